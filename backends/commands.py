"""The commands: `isoloss list`, `show`, `check`, `conformance` and `demo`.

What they print comes from a report, which `--json` writes; nothing is cut or wrapped where the output is no terminal.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import fill
from typing import Annotated, Any, NoReturn, TypeAlias

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

import isoloss
from isoloss.adapter import signature
from isoloss.cli import families, home
from isoloss.conformance import demo as demonstration
from isoloss.conformance.check import BACKENDS as OF_PORTS
from isoloss.conformance.check import check as judge
from isoloss.conformance.check import show as show_verdict
from isoloss.conformance.check.signatures import nearest
from isoloss.conformance.page import page
from isoloss.conformance.peers.rows import LIBRARIES, Row, named, names, rows
from isoloss.conformance.report import LEVELS, Report, lines
from isoloss.conformance.suite import BACKENDS, DTYPES, Choice, Started, Task, installed, run
from isoloss.losses import LOSSES
from isoloss.losses.declaration import Loss, sections

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)

SCHEMA = 1
"""Of what `list` and `show` write."""

UNBOUNDED, WIDEST = 10_000, 120
"""Columns: where nobody looks at a terminal, and of text at most."""


def _writable(file: Path | None) -> Path | None:
    if file and not file.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {file.parent}")
    return file


Json: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--json",
        metavar="FILE",
        callback=_writable,
        help="Write it all as JSON, too; with - it goes to standard output, and nothing else does.",
        show_default=False,
    ),
]


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """The same loss in every framework. Without a command: what is here.

    Every command has a --help of its own, with examples: `isoloss show --help`.

    Exit codes: 0 if all is well, 1 if something is wrong, 2 if it could not be run.
    """
    if context.invoked_subcommand is None:
        home()


@app.command("list")
def list_(
    family: Annotated[
        str | None, typer.Argument(metavar="FAMILY", help=f"{', '.join(families())}. All of them.", show_default=False)
    ] = None,
    json_file: Json = None,
) -> None:
    """Say what each loss is, by family: its function, its class in PyTorch and Keras, a line.

    Exits with 0, or with 2 if there is no such family.

    Examples:
    [dim]isoloss list[/]
    [dim]isoloss list contrastive[/]
    [dim]isoloss list --json - | jq '.losses\\[].name'[/]
    """
    found = families()
    _known("FAMILY", [family] if family else [], found)
    chosen = {family: found[family]} if family else found
    losses = [_summary(LOSSES[name], of) for of, contents in chosen.items() for name in contents]
    if _write({"schema": SCHEMA, "isoloss": isoloss.__version__, "losses": losses}, json_file):
        return
    console = _console()
    for of in chosen:
        console.print(f"[bold]{of}")
        _list([loss for loss in losses if loss["family"] == of], console)
        console.print()


@app.command()
def show(
    name: Annotated[
        str, typer.Argument(metavar="LOSS", help="By its name here or in another library.", show_default=False)
    ],
    json_file: Json = None,
) -> None:
    """Say what a loss computes, what it takes, and which calls of other libraries it stands for.

    A name of PyTorch, Keras, Optax, sentence-transformers, ... finds it, too.

    Exits with 0, or with 2 if nothing goes by that name.

    Examples:
    [dim]isoloss show simcse[/]
    [dim]isoloss show MultipleNegativesRankingLoss[/]
    """
    found = named(name)
    if not found:
        _stop(f"no loss goes by the name {name!r}{nearest(name, names(), ': `isoloss list` says what there is')}")
    of = {loss: family for family, losses in families().items() for loss in losses}
    losses = [_described(LOSSES[loss], of[loss]) for loss in found]
    if _write({"schema": SCHEMA, "isoloss": isoloss.__version__, "name": name, "losses": losses}, json_file):
        return
    if name not in found:
        typer.echo(f"{name} is {' or '.join(found)} here\n")
    for loss in losses:
        for line in _page(loss, min(_console().width, WIDEST)):
            typer.echo(line)


@app.command()
def check(
    port: Annotated[
        str,
        typer.Argument(
            metavar="FILE.py:FUNCTION", help="A function, or a class whose object is called.", show_default=False
        ),
    ],
    loss: Annotated[
        str,
        typer.Option(
            "--as", metavar="LOSS", help="What it should be: `isoloss list` says which there are.", show_default=False
        ),
    ],
    backend: Annotated[str, typer.Option(metavar="NAME", help=f"{', '.join(OF_PORTS)}.", show_default=False)],
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="PORTS=OURS", help="An argument of the port, and isoloss's name of it. May be repeated."
        ),
    ] = None,
    time_limit: Annotated[float, typer.Option(metavar="SECONDS", help="That the port may take for all cases.")] = 120.0,
    json_file: Json = None,
) -> None:
    """Judge one port of one loss: where value or gradient departs and, if a known mistake explains it, which.

    Exits with 0 if it is right, 1 if it is wrong, 2 if it could not be run.

    Examples:
    [dim]isoloss check my_losses.py:simcse --as simcse --backend torch[/]
    [dim]isoloss check my_losses.py:mae --as mae --backend numpy --map y_hat=predictions[/]
    """
    pairs = [pair.partition("=") for pair in map_ or ()]
    for pair in pairs:
        if not all(pair):
            _stop(f"--map {''.join(pair)}: give it as PORTS=OURS, such as --map y_hat=logits")
    mapping = {theirs: ours for theirs, _, ours in pairs}
    with Console(stderr=True).status(escape(f"running {port}")):
        found = judge(port, loss, backend, mapping, seconds=time_limit)
    if not _write(found.json(), json_file):
        show_verdict(found, _console())
    raise typer.Exit(found.code)


@app.command()
def conformance(
    backend: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help=f"{', '.join(BACKENDS)}. May be repeated. All that are installed."),
    ] = None,
    adapter: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODULE:FUNCTION",
            help="Something else: (loss, inputs, settings) -> (value, {name: gradient}) or NotImplemented.",
        ),
    ] = None,
    device: Annotated[str, typer.Option(metavar="NAME", help="cpu or cuda.")] = "cpu",
    dtype: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help=f"{', '.join(DTYPES)}. May be repeated. All.")
    ] = None,
    mode: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="eager, inductor, function, xla, jit, vmap, ... May be repeated. All."),
    ] = None,
    loss: Annotated[list[str] | None, typer.Option(metavar="NAME", help="May be repeated. All.")] = None,
    case: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="One case of a loss. May be repeated. All.")
    ] = None,
    exhaustive: Annotated[
        bool, typer.Option("--exhaustive", help="Every number of 16 bits, too, for losses of one number: minutes.")
    ] = False,
    level: Annotated[
        str, typer.Option(metavar="LEVEL", help=f"What must be reached: {', '.join(LEVELS[1:])}.")
    ] = LEVELS[-1],
    json_file: Json = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", callback=_writable, help="Write a page, too.")
    ] = None,
) -> None:
    """Judge losses against exact arithmetic: values and gradients, case by case.

    Exits with 0 if the level is reached, 1 if not, 2 if something could not be run.

    Examples:
    [dim]isoloss conformance --backend torch --loss simcse[/]
    [dim]isoloss conformance --backend torch --backend jax --dtype float32 --html report.html[/]
    [dim]isoloss conformance --adapter my_module:adapter --level close[/]
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
    if html_file:
        html_file.write_text(page(found), encoding="utf-8")
    if not _write(found, json_file):
        console = _console()
        for line in lines(found):
            console.print(line, soft_wrap=line.startswith(" "))  # a command stays whole, to be copied
    holds = LEVELS.index(found["reached"]) >= LEVELS.index(level)
    raise typer.Exit(2 if found["broken"] else 0 if holds else 1)


@app.command()
def demo(json_file: Json = None) -> None:
    """Compute one loss and its gradient in every framework that is installed, beside the exact answer.

    It takes some seconds, most of them to load the frameworks.

    Exits with 0 if all are right, 1 if one is not, 2 if one could not be run.

    Examples:
    [dim]isoloss demo[/]
    """
    with Console(stderr=True).status("loading the frameworks"):
        found = demonstration.run()
    if not _write(found, json_file):
        console = _console()
        for line in demonstration.lines(found):
            console.print(line)
    raise typer.Exit(demonstration.code(found))


# ------------------------------------------------------------------- what is told of a loss


def _summary(loss: Loss, family: str) -> dict[str, Any]:
    return {"name": loss.name, "class": loss.class_name, "family": family, "summary": loss.summary}


def _described(loss: Loss, family: str) -> dict[str, Any]:
    documented = inspect.getdoc(loss.spec) or ""
    before, parts = sections(documented)
    return {
        **_summary(loss, family),
        "signature": f"{loss.name}{signature(loss)}",
        "arguments": [
            {
                "name": argument.name,
                "role": "predicted" if argument.predicted else "given",
                "kind": "integer" if argument.integer else "floating",
                "shape": argument.shape,
                "optional": argument.optional,
            }
            for argument in loss.arguments
        ],
        "settings": [
            {"name": setting.name, "default": setting.default, "wanted": setting.wanted} for setting in loss.settings
        ],
        "docstring": documented,
        "definition": before.partition("\n\n")[2],
        "sections": parts,
        "libraries": [_ported(row) for row in rows(loss.name)],
    }


def _ported(row: Row) -> dict[str, Any]:
    cause = re.sub(r"\[(\w[^]]*)\]\(([^)]*)\)", r"\1: \2", row.differs)  # links, as plain text has them
    return {"library": LIBRARIES[row.library].title, "ours": row.call, "theirs": row.theirs, "differs": cause}


def _page(loss: Mapping[str, Any], width: int) -> Iterator[str]:
    yield _fill(loss["signature"], width, " " * 4)
    yield f"In PyTorch and Keras also {loss['class']}\n\n{_filled(loss['docstring'], width)}\n"
    yield "In other libraries" if loss["libraries"] else "No other library here has it."
    for row in loss["libraries"]:
        yield f"\n  {row['library']}\n    {row['ours']}\n    {row['theirs']}"
        if row["differs"]:
            yield _fill(f"    differs: {row['differs']}", width, " " * 6)
    yield ""


def _filled(docstring: str, width: int) -> str:
    """A docstring with lines of another width; formulas and examples stay as they are."""
    blocks: list[str] = []
    for block in docstring.split("\n\n"):
        if not block.startswith(("$$", "Example:")):
            whole = re.sub(r"\n(?: {8}|(?! ))(?=\S)", " ", block)  # a line that goes on stands at the margin, or at 8
            lines = (_fill(x, width, " " * 8 * x.startswith(" ")) for x in whole.splitlines())
            block = "\n".join(lines)
        blocks.append(block)
    return "\n\n".join(blocks)


def _fill(text: str, width: int, indent: str) -> str:
    """Text with lines of a width; addresses stay whole."""
    return fill(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _list(losses: list[dict[str, Any]], console: Console) -> None:
    """In a terminal the class stands below the function, so that what the loss is has room beside them."""
    if console.is_terminal:
        table = Table.grid(padding=(0, 2))
        for loss in losses:
            table.add_row(f"{loss['name']}\n[dim]{loss['class']}[/]", escape(loss["summary"]))
        console.print(table)
        return
    widths = [max(len(loss[column]) for loss in losses) for column in ("name", "class")]
    for loss in losses:
        console.print(f"  {loss['name']:{widths[0]}}  {loss['class']:{widths[1]}}  {loss['summary']}", markup=False)


# ------------------------------------------------------------------------- input and output


def _console() -> Console:
    """Standard output; lines are as long as they are where it is no terminal."""
    console = Console(highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = UNBOUNDED
    return console


def _write(report: Mapping[str, Any], file: Path | None) -> bool:
    """Write a report where it is asked for; whether that is standard output, where nothing else may stand."""
    if file == Path("-"):
        typer.echo(json.dumps(report, indent=2))
        return True
    if file:
        file.write_text(json.dumps(report, separators=(",", ":")), encoding="utf-8")
    return False


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[doing]}"),
        console=console,
        disable=not console.is_terminal,
    )


def _known(option: str, names: list[str] | None, choices: Any) -> None:
    for name in names or ():
        if name not in choices:
            _stop(f"{option}: there is no {name!r}{nearest(name, choices)}")


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
