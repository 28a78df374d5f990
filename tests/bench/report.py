"""What came of it, as a page: docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contenders import OURS, TITLES
from exact import REGIMES
from goals import elements, goals, of_own_products, small_ratios
from plan import BYTES, OVER, SECONDS
from results import Results, Row

MARKS = {True: "✓", False: "✗", None: "not measured"}
TASKS = {"nt_xent": "Self-similarity", "info_nce": "Two sides"}
WHY = """\
What misses its number, and why:

- **Large batches, D = 768, in JAX and XLA.** Their matrix products are slower than `torch.mm`, which is the unit.{own}
- **Small batches.** In eager PyTorch value and gradient are written by hand, and what is left is the check of kinds, shapes
  and settings. In `tf.function` the form that is right for small losses, for zero vectors and for lengths near the ends of
  the range takes more operations than the plain one, each of which costs some microseconds whatever it holds; `jit` and
  XLA make few passes of them, but for one more over the embeddings, for their largest number.
- **Large element-wise losses in eager PyTorch.** `F.huber_loss` computes an element in one go. Here each operation of the
  formula is a pass, over blocks that stay in the cache.
- **32 elements in eager PyTorch.** The check of kinds, shapes and settings costs as much as the loss.
- **4096 elements in torch.compile.** Its guards look at what a loss declares before each call: some 15 us. Binary
  cross-entropy looks for infinite logits and for targets outside of 0 to 1 in the same pass.
- **Cross-entropy and ListNet, compiled.** The label, or the largest, is kept out of the sum so that small losses are right,
  and ListNet's slopes come from the differences of the scores, so that lists nearly in order are: more passes, and arrays
  that XLA keeps.
- **Eager JAX.** The loss is one compiled function. What is left is what JAX itself takes to differentiate one.
"""


def page(results: Results, plot: str, tool: str = "nox -s bench") -> str:
    """The page."""
    lines = [
        "# Performance",
        "",
        f"<!-- written by `{tool}` -->",
        "",
        "What a contrastive loss and its gradient cost, in float32, on one thread, beside what other libraries and the plain",
        f"form in each framework need for the same. `{tool}` measures all of it anew and writes this page and its plot; the",
        "numbers behind them stay in `docs/performance/`. `nox -s bench -- memory` measures one part.",
        "",
        "- **One unit** is the time of 2·N²·D operations as the bare matrix product takes it: the mean of the three products",
        "  that automatic differentiation of a similarity matrix runs (NT, NN and TN), by `torch.mm` into memory that is",
        "  already there, in the same process and the same rounds. Automatic differentiation thus takes at least 3 units.",
        "  What the same three take in JAX and TensorFlow, into new memory as both have it, stands beside their losses.",
        "- **Time** is processor time of a process pinned to one core, with every framework's pools at one thread: the median",
        "  over rounds, in each of which all contenders and the products run once. What is compiled is compiled before. Each",
        "  framework has a process of its own for each size, and so has what leaves memory behind.",
        "- **Memory** is the peak of resident memory in a process of its own, less what was resident when the inputs were",
        "  there and the code was compiled, less the bytes of the returned gradient. TensorFlow runs without oneDNN for this,",
        "  whose pool would hide it.",
        "- **Not run** is what was predicted, from how it grew with smaller N, to need what stands in its place: more than",
        f"  {BYTES / 1e9:.0f} GB, which is also what a process may take, or more than {SECONDS:.0f} seconds for one step.",
        "- *plain* is the few lines that one would write: normalise, multiply, mask the diagonal, cross-entropy. *tutorials'",
        "  form* broadcasts every pair: N×N×D numbers. Temperature 0.05; views with a cosine of 0.7.",
        "",
    ]
    lines += ["## Numbers to reach", "", *_goals(results)]
    if "time" in results.parts:
        lines += [f"![Time and memory against N]({plot})", "", "The exponents are fitted to N = 1024 and more.", ""]
        lines += ["## Time", "", *_ran(results, "time"), ""]
        for task in TASKS:
            lines += _sizes(results, "time", task)
    if "memory" in results.parts:
        lines += ["## Memory", "", *_ran(results, "memory"), ""]
        for task in TASKS:
            lines += _sizes(results, "memory", task)
    if "error" in results.parts:
        lines += ["## Error", "", *_ran(results, "error"), "", *_errors(results)]
    if "small" in results.parts:
        lines += ["## Small batches", "", *_ran(results, "small"), "", *_small(results)]
    if "losses" in results.parts:
        lines += ["## Element-wise and row-wise losses", "", *_ran(results, "losses"), "", *_losses(results)]
    return "\n".join([*lines, *_versions(results)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Markdown, with an empty line after it."""
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def _goals(results: Results) -> list[str]:
    rows = []
    for goal in goals(results):
        found = "" if goal.found is None else goal.form.format(goal.found)
        limit = f"{'≥' if goal.at_least else '≤'} {goal.form.format(goal.limit)}"
        rows.append((goal.what, limit, found, MARKS[goal.reached]))
    own = {
        name: of_own_products(results, *at) for name, at in (("JAX", ("jax", 8192, 768)), ("XLA", ("xla", 16384, 768)))
    }
    needed = [f"{name} {units:.2f}" for name, units in own.items() if units is not None]
    why = WHY.format(own=f"\n  In units of their own: {', '.join(needed)}." if needed else "")
    return [*table(("", "to reach", "measured", ""), rows), *why.splitlines(), ""]


def _ran(results: Results, part: str) -> list[str]:
    ran = results.ran[part]
    return [f"`{ran['command']}`, {ran['day']}, {ran['machine']}."]


def _versions(results: Results) -> list[str]:
    versions = {name: number for ran in results.ran.values() for name, number in ran["versions"].items()}
    return [f"Versions: {', '.join(f'{name} {number}' for name, number in sorted(versions.items()))}."]


def _sizes(results: Results, part: str, task: str) -> list[str]:
    lines: list[str] = []
    rows = results.rows(part, task=task)
    for columns in sorted({row["columns"] for row in rows}, reverse=True):
        here = [row for row in rows if row["columns"] == columns]
        sizes = sorted({row["rows"] for row in here})
        what = "units (time of one step)" if part == "time" else "MB"
        lines += [f"### {TASKS[task]} (`{task}`), D = {columns}: {what}", ""]
        by_name: dict[tuple[str, str], dict[int, Row]] = {}
        for row in here:
            by_name.setdefault((row["setting"], row["name"]), {})[row["rows"]] = row
        cells, notes = [], []
        for (setting, name), of_size in by_name.items():
            line = [TITLES[setting], f"**{name}**" if name == OURS else name]
            for n in sizes:
                row = of_size.get(n, {})
                line.append(_cell(row, part))
                if row.get("error", OVER) != OVER:
                    notes.append(f"- {TITLES[setting]}, {name}, N = {n}: {row['error']}")
            if part == "memory":
                exponent = results.exponent(part, "peak", task=task, setting=setting, name=name, columns=columns)
                line.append("" if exponent is None else f"{exponent:.2f}")
            cells.append(line)
        head = ["framework", "implementation", *(f"N = {n}" for n in sizes)]
        lines += table([*head, "exponent"] if part == "memory" else head, cells)
        if part == "time":
            notes += _disagreements(here)
        lines += [*notes, ""] if notes else []
    return lines


def _cell(row: Row, part: str) -> str:
    if "skipped" in row:
        return f"not run: {row['skipped']}"
    if "error" in row:
        return OVER if row["error"] == OVER else "failed"
    if not row:
        return ""
    if part == "time":
        return f"{row['units']:.{1 if row['units'] < 100 else 0}f} ({duration(row['seconds'])})"
    return f"{row['peak'] / 1e6:.{1 if row['peak'] < 1e8 else 0}f}"


def _disagreements(rows: Sequence[Row]) -> list[str]:
    """Who computed another loss than isoloss: such a row compares nothing."""
    ours = {(row["setting"], row["rows"]): row["loss"] for row in rows if row["name"] == OURS and "loss" in row}
    lines = []
    for row in rows:
        right = ours.get((row["setting"], row["rows"]))
        if right is not None and "loss" in row and not abs(row["loss"] - right) <= 1e-3 * abs(right):
            where = f"{TITLES[row['setting']]}, {row['name']}, N = {row['rows']}"
            lines.append(f"- {where}: another loss, {row['loss']:.6g} for {right:.6g}")
    return lines


def _errors(results: Results) -> list[str]:
    lines: list[str] = []
    for task, title in TASKS.items():
        rows = results.rows("error", task=task)
        true = next((row["errors"] for row in rows if "errors" in row), None)
        if true is None:
            continue
        first = rows[0]
        lines += [
            f"### {title} (`{task}`), N = {first['rows']}, D = {first['columns']}: relative error of loss / gradient",
            "",
        ]
        head = [f"{r.name}, temperature {r.temperature}: {true[r.name]['true']:.1e}" for r in REGIMES]
        cells, notes = [], []
        for row in rows:
            name = f"**{row['name']}**" if row["name"] == OURS else row["name"]
            errors = [row["errors"][r.name] for r in REGIMES] if "errors" in row else []
            found = [f"{e['loss']:.0e} / {e['gradient']:.0e}" for e in errors] or ["failed"] * len(REGIMES)
            cells.append([TITLES[row["setting"]], name, *found])
            if "error" in row:
                notes.append(f"- {TITLES[row['setting']]}, {row['name']}: {row['error']}")
        lines += table(("framework", "implementation", *head), cells) + ([*notes, ""] if notes else [])
    return lines


def _small(results: Results) -> list[str]:
    sizes = sorted({(row["columns"], row["rows"]) for row in results.rows("small")})
    cells, notes = [], []
    for setting in dict.fromkeys(row["setting"] for row in results.rows("small")):
        ratios, line = small_ratios(results, setting), [TITLES[setting]]
        for columns, n in sizes:
            ratio = ratios.get((columns, n))
            ours = results.found("small", "seconds", setting=setting, name=OURS, rows=n, columns=columns)
            line.append("failed" if ratio is None or ours is None else f"{ratio:.2f} ({duration(ours)})")
        cells.append(line)
        notes += [
            f"- {TITLES[setting]}, {r['name']}: {r['error']}"
            for r in results.rows("small", setting=setting)
            if "error" in r
        ]
    head = ("framework", *(f"D = {columns}, N = {n}" for columns, n in sizes))
    intro = ["`nt_xent`: the time of isoloss in terms of the plain form's (time of one step).", ""]
    return [*intro, *table(head, cells), *notes, ""] if notes else [*intro, *table(head, cells)]


def _losses(results: Results) -> list[str]:
    lines = [
        "Loss and gradient by the predictions: the time of isoloss in terms of the framework's own (of one step).",
        "",
    ]
    for setting in dict.fromkeys(row["setting"] for row in results.rows("losses")):
        rows = results.rows("losses", setting=setting)
        cells = []
        for row in sorted(rows, key=lambda row: (row["loss"], elements(row))):
            shape = "×".join(map(str, row["shape"]))
            if "error" in row:
                cells.append((f"`{row['loss']}`", shape, "", "failed", row["error"]))
                continue
            called, times = f"`{row['called']}`", (duration(row["ours"]), duration(row["theirs"]))
            cells.append((f"`{row['loss']}`", shape, called, f"{row['ratio']:.2f}", " / ".join(times)))
        head = ("loss", "shape", "the framework's own", "ratio", "isoloss / theirs")
        lines += [f"### {TITLES[setting]}", "", *table(head, cells)]
    return lines


def duration(seconds: float) -> str:
    """With two or three digits."""
    size, unit = next((s, u) for s, u in ((1.0, "s"), (1e-3, "ms"), (0.0, "µs")) if seconds >= s)
    number = seconds / (size or 1e-6)
    return f"{number:.{0 if number >= 100 else 1}f} {unit}"
