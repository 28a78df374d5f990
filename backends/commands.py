"""The commands: `isoloss show`, `isoloss conformance` and `isoloss check`."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from isoloss.adapter import signature
from isoloss.cli import home
from isoloss.conformance.check import BACKENDS as OF_PORTS
from isoloss.conformance.check import check as judge
from isoloss.conformance.check.signatures import nearest
from isoloss.conformance.page import page
from isoloss.conformance.peers.rows import LIBRARIES, named, names, rows
from isoloss.conformance.report import LEVELS, Report, lines
from isoloss.conformance.suite import BACKENDS, DTYPES, Choice, Started, Task, installed, run
from isoloss.losses import LOSSES

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]}
)


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """The same loss in every framework. Without a command: what is here."""
    if context.invoked_subcommand is None:
        home()


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A loss, by its name here or in another library.", show_default=False)],
) -> None:
    """Say what a loss computes, what it takes, and which calls of other libraries it stands for.

    A name of PyTorch, Keras, Optax, sentence-transformers, ... finds it, too: `isoloss show CosineSimilarity`.
    """
    found = named(name)
    if not found:
        _stop(f"no loss goes by the name {name!r}{nearest(name, names(), ': `isoloss` says what there is')}")
    if name not in found:
        typer.echo(f"{name} is {' or '.join(found)} here\n")
    for loss in map(LOSSES.__getitem__, found):
        typer.echo(f"{loss.name}{signature(loss)}")
        typer.echo(f"In PyTorch and Keras also {loss.class_name}\n\n{inspect.getdoc(loss.spec)}\n")
        ported = rows(loss.name)
        typer.echo("In other libraries" if ported else "No other library here has it.")
        for row in ported:
            typer.echo(f"\n  {LIBRARIES[row.library].title}\n    {row.call}\n    {row.theirs}")
            if row.differs:
                cause = re.sub(r"\[(\w[^]]*)\]\(([^)]*)\)", r"\1: \2", row.differs)
                typer.echo(f"    differs: {cause}")
        typer.echo("")


@app.command()
def conformance(
    backend: Annotated[
        list[str] | None, typer.Option(help=f"{', '.join(BACKENDS)}; may be repeated. All that are installed.")
    ] = None,
    adapter: Annotated[
        list[str] | None,
        typer.Option(help="MODULE:FUNCTION, (loss, inputs, settings) -> (value, {name: gradient}) or NotImplemented."),
    ] = None,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    dtype: Annotated[list[str] | None, typer.Option(help=f"{', '.join(DTYPES)}; may be repeated. All.")] = None,
    mode: Annotated[
        list[str] | None, typer.Option(help="eager, inductor, function, xla, jit, vmap, ...; may be repeated. All.")
    ] = None,
    loss: Annotated[list[str] | None, typer.Option(help="May be repeated. All.")] = None,
    case: Annotated[list[str] | None, typer.Option(help="The id of a case; may be repeated. All.")] = None,
    exhaustive: Annotated[
        bool, typer.Option("--exhaustive", help="Every number of 16 bits, too, for losses of one number: minutes.")
    ] = False,
    level: Annotated[str, typer.Option(help=f"The level that must be reached: {', '.join(LEVELS[1:])}.")] = LEVELS[-1],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the report here.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write the report as a page here.")] = None,
) -> None:
    """Judge losses against exact arithmetic: values and gradients, case by case.

    Exits with 0 if the level is reached, 1 if not, 2 if something could not be run.
    """
    _known("--loss", loss, LOSSES)
    _known("--backend", backend, BACKENDS)
    _known("--dtype", dtype, DTYPES)
    _known("--level", [level], LEVELS[1:])
    for name in adapter or ():
        if not all(name.partition(":")):
            _stop(f"--adapter {name}: give it as MODULE:FUNCTION")
    chosen = [*(backend or ([] if adapter else installed())), *(adapter or ())]
    choice = Choice(*(tuple(x or ()) for x in (loss, mode, dtype, case)), device=device, exhaustive=exhaustive)
    report = Report()
    with _progress() as progress:
        for name in chosen:
            bar = progress.add_task(name, total=None, doing="starting")
            for event in run(name, choice):
                report.add(event)
                if isinstance(event, Started):
                    progress.update(bar, total=event.tasks)
                elif isinstance(event, Task):
                    progress.update(bar, advance=1, doing=f"{event.loss}, {event.mode}, {event.dtype}")
            progress.update(bar, doing="")
    found = report.json(level)
    if not found["broken"] and not found["outcomes"]:
        _stop(
            "nothing to run: no such mode or case in what was chosen. `isoloss conformance --help` says what there is"
        )
    if json_file:
        json_file.write_text(json.dumps(found, separators=(",", ":")), encoding="utf-8")
    if html_file:
        html_file.write_text(page(found), encoding="utf-8")
    console = Console(highlight=False, soft_wrap=True, emoji=False)
    for line in lines(found):
        console.print(line)
    holds = LEVELS.index(found["reached"]) >= LEVELS.index(level)
    raise typer.Exit(2 if found["broken"] else 0 if holds else 1)


@app.command()
def check(
    port: Annotated[
        str, typer.Argument(metavar="FILE.py:FUNCTION", help="A function, or a class whose object is called.")
    ],
    loss: Annotated[str, typer.Option("--as", help="The loss that it should be: `isoloss` says which there are.")],
    backend: Annotated[str, typer.Option(help=f"{', '.join(OF_PORTS)}.")],
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help="PORTS=OURS: an argument of the port, and isoloss's name of it; may be repeated."),
    ] = None,
    time_limit: Annotated[float, typer.Option(help="Seconds that the port may take for all cases.")] = 120.0,
) -> None:
    """Judge one port of one loss: where value or gradient departs and, if a known mistake explains it, which.

    Exits with 0 if it is right, 1 if it is wrong, 2 if it could not be run.
    """
    pairs = [pair.partition("=") for pair in map_ or ()]
    for pair in pairs:
        if not all(pair):
            _stop(f"--map {''.join(pair)}: give it as PORTS=OURS, such as --map y_hat=logits")
    mapping = {theirs: ours for theirs, _, ours in pairs}
    raise typer.Exit(judge(port, loss, backend, mapping, seconds=time_limit, console=Console(highlight=False)))


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[doing]}"),
        console=Console(stderr=True),
    )


def _known(option: str, names: list[str] | None, choices: Any) -> None:
    for name in names or ():
        if name not in choices:
            _stop(f"{option}: there is no {name!r}{nearest(name, choices)}")


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
