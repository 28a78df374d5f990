"""The report as a page: what it says, that it is well formed and safe, and that it works in a browser without network."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from isoloss.conformance.page import page

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
HOSTILE = """<script>document.title = "taken"</script> "quoted" & 'quoted' </table>"""
LOSSES = ("simcse", "mse", "binary_cross_entropy_with_logits")
FIVE = ("torch", "tensorflow", "jax", "numpy", "my_pkg:adapter")


def outcome(backend: str, loss: str, case: str, **other: Any) -> dict[str, Any]:
    """One that passes: a value and four slopes, of which one number is off by an ulp."""
    return {
        "backend": backend,
        "mode": "eager",
        "dtype": "float32",
        "device": "cpu",
        "loss": loss,
        "case": case,
        "regime": "typical",
        "kind": "typical",
        "status": "passed",
        "fault": "",
        "value": 0.5,
        "gradient": 1.25,
        "bound": [8, 16],
        "judged": 5,
        "numbers": 5,
        "finite": True,
        "close": True,
        "histogram": [4, 1, 0, 0, 0],
        **other,
    }


def report(backends: Iterable[str], *others: dict[str, Any], **head: Any) -> dict[str, Any]:
    """Of each backend and loss two cases that pass; and others."""
    outcomes = [outcome(b, loss, case) for b in backends for loss in LOSSES for case in ("batch", "one row")]
    run = {"device": "cpu", "modes": ["eager"], "versions": {"python": "3.11.7"}, "platform": "Linux", "seconds": 1.5}
    return {
        "schema": 1,
        "isoloss": "0.1.0",
        "vectors": "0a" * 32,
        "level": "uniform",
        "reached": "uniform",
        "runs": [{"backend": backend, **run, "processor": "x86_64"} for backend in backends],
        "broken": [],
        "outcomes": [*outcomes, *others],
        **head,
    }


FAILED = {"status": "failed", "mode": "inductor", "regime": "sure"}
NOT_OFFERED = {"status": "not offered", "value": None, "gradient": None, "judged": 0, "numbers": 0}
REFUSAL = {
    **NOT_OFFERED,
    "status": "passed",
    "kind": "refusal",
    "regime": "refusal",
    "bound": [0, 0],
    "histogram": [0] * 5,
}
MIXED = report(
    FIVE,
    outcome("torch", "simcse", "aligned", **FAILED, gradient=40.5, fault=HOSTILE, histogram=[4, 0, 0, 0, 1]),
    outcome("torch", "mse", "huge", **FAILED, value="inf", gradient="inf", close=False, fault="value: nan"),
    outcome("jax", "mse", "huge", **FAILED, value="inf", finite=False, close=False, fault="value: nan, expected 1.0"),
    outcome("tensorflow", "mse", "cancelled", status="not judged", value=None, gradient=None, judged=0, numbers=5),
    outcome("my_pkg:adapter", "rmse", "batch", **NOT_OFFERED),
    outcome("numpy", "mse", "text", **REFUSAL),
    outcome("torch", "mse", "batch", device="cuda"),
    reached="none",
)
GOOD = report(["torch"])
both = pytest.mark.parametrize("whole", [MIXED, GOOD], ids=["five backends", "one backend"])


class Parsed(HTMLParser):
    """A page, read strictly: what is opened is closed, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        assert len(attrs) == len(dict(attrs)), f"an attribute of {tag} stands twice"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


@both
def test_it_is_well_formed_and_reaches_for_nothing(whole: dict[str, Any]) -> None:
    html = page(whole)
    found = Parsed(html)
    assert [tag for tag, _ in found.elements if tag in ("script", "style")] == ["style", "script"]
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in found.elements:
        assert not attributes.keys() & {"src", "srcset", "action", "style", "onclick"}
        target = attributes.get("href") or "#losses"
        assert target == "data:," or target.removeprefix("#") in ids
        assert attributes.get("popovertarget", ids[0]) in ids
    assert not re.search(r"https?:|url\(|@import|fetch\(|import\(", html)
    policies = [a["content"] or "" for _, a in found.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert [policy.partition(";")[0] for policy in policies] == ["default-src 'none'"]


@both
def test_same_report_same_page(whole: dict[str, Any]) -> None:
    code = "import json, sys; from isoloss.conformance.page import page; print(ascii(page(json.load(sys.stdin))))"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=json.dumps(whole),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == ascii(page(whole))


@both
def test_everything_is_named(whole: dict[str, Any]) -> None:
    text = Parsed(page(whole)).text
    for part in ("loss", "backend", "regime", "dtype", "mode"):
        assert all(one[part] in text for one in whole["outcomes"])
    assert whole["vectors"] in text
    assert "Linux" in text
    assert "python 3.11.7" in text


def counts(html: str) -> dict[str, str]:
    return dict(re.findall(r"<div><dt>([^<]*)</dt><dd>([^<]*)</dd></div>", html))


def test_the_head_of_a_good_run() -> None:
    html = page(GOOD)
    assert "✓ The declared level holds: uniform" in html
    assert "No result failed." in html
    assert counts(html) == {
        "results judged": "6",
        "passed": "6",
        "failed": "0",
        "not judged": "0",
        "not offered": "0",
        "numbers not judged": "0 %",
    }
    assert not re.search(r'<t[dr] class="(close|finite|none|failed)"', html)


def test_the_head_of_a_bad_run() -> None:
    html = page(MIXED)
    assert "✗ The declared level does not hold: uniform" in html
    assert counts(html) == {  # 5 backends, 3 losses, 2 cases; 3 failed, 2 more passed; 5 of 175 numbers
        "results judged": "35",
        "passed": "32",
        "failed": "3",
        "not judged": "1",
        "not offered": "1",
        "numbers not judged": "2.86 %",
    }


@pytest.mark.parametrize(
    ("declared", "reached", "holds"),
    [
        ("uniform", "accurate", False),
        ("accurate", "uniform", True),
        ("close", "close", True),
        ("finite", "none", False),
    ],
)
def test_the_declared_level_holds_if_it_is_reached(declared: str, reached: str | None, holds: bool) -> None:
    html = page(report(["torch"], level=declared, reached=reached))
    assert ("✓ The declared level holds" in html) == holds
    assert ("✗ The declared level does not hold" in html) != holds


def cell(html: str, row: str, backend: int) -> tuple[str, str]:
    """Class and summary of a cell of the first matrix."""
    (line,) = re.findall(rf'<th scope="row">{row}</th>(.*)</tr>\n', html.partition('id="distances"')[0])
    found = re.findall(r'<td class="(\w+)">(?:<button[^>]*>(.*?)</button><div popover.*?</div>|(.*?))</td>', line)
    kind, open_, plain = found[backend]
    return kind, re.sub("<[^>]*>", "", open_ or plain).replace("&nbsp;", " ")


@pytest.mark.parametrize(
    ("loss", "backend", "expected"),
    [
        ("simcse", "torch", ("close", "≈ close 0.5 / 8 · 40.5 / 16 2 of 3")),
        ("mse", "torch", ("finite", "~ finite ∞ / 8 · ∞ / 16 3 of 4")),
        ("mse", "jax", ("none", "✗ not finite ∞ / 8 · 1.3 / 16 2 of 3")),  # 1.25, rounded up
        ("mse", "numpy", ("accurate", "✓ accurate 0.5 / 8 · 1.3 / 16 3 of 3")),
        ("mse", "tensorflow", ("accurate", "✓ accurate 0.5 / 8 · 1.3 / 16 2 of 2")),
        ("rmse", "my_pkg:adapter", ("absent", "– not offered")),
        ("rmse", "torch", ("missing", "– not run")),
    ],
)
def test_cells(loss: str, backend: str, expected: tuple[str, str]) -> None:
    assert cell(page(MIXED), loss, FIVE.index(backend)) == expected


def test_a_distance_beyond_its_bound_looks_so() -> None:
    html = page(report(["torch"], outcome("torch", "mse", "off", **FAILED, value=8.01, fault="value: off")))
    assert cell(html, "mse", 0) == ("close", "≈ close 8.1 / 8 · 1.3 / 16 2 of 3")


def test_the_histogram_counts_every_number() -> None:
    text = [a.get("aria-label") or "" for tag, a in Parsed(page(MIXED)).elements if tag == "svg"]
    assert [one.partition(":")[0] for one in text] == [
        "all backends",
        *(b if b != FIVE[-1] else "my_pkg" for b in FIVE),
    ]
    assert text[0].endswith("170 numbers 136 off by 0, 33 off by 1, 0 off by 2, 0 off by 3, 1 off by >3 ulp")
    assert text[1].endswith("45 numbers 36 off by 0, 8 off by 1, 0 off by 2, 0 off by 3, 1 off by >3 ulp")


def worst(html: str) -> list[list[str]]:
    """The cells of the table of the worst cases, without tags."""
    rows = re.findall(r'<tr class="(?:passed|failed)">(.*?)</tr>', html.partition('table class="worst"')[2])
    return [[re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in rows]


def test_the_worst_come_first_with_their_command() -> None:
    rows = worst(page(MIXED))
    assert [(row[0], row[3]) for row in rows[:3]] == [("mse", "torch"), ("mse", "jax"), ("simcse", "torch")]
    assert f"{escape(HOSTILE)}" in rows[2][-1]
    assert (
        "isoloss conformance --backend torch --loss simcse --mode inductor --dtype float32 --case aligned"
        in rows[2][-1]
    )
    commands = [row[-1] for row in rows if row[3] == "my_pkg:adapter"]
    assert commands
    assert all("isoloss conformance --adapter my_pkg:adapter --loss " in command for command in commands)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "--backend torch --loss mse --mode eager --dtype float32 --case off"),
        ({"device": "cuda"}, "--backend torch --device cuda --loss mse --mode eager --dtype float32 --case off"),
        (
            {"kind": "exhaustive"},
            "--backend torch --loss mse --mode eager --dtype float32 --exhaustive --case 'every number'",
        ),
        ({"case": "it's"}, "--backend torch --loss mse --mode eager --dtype float32 --case 'it'\"'\"'s'"),
    ],
)
def test_the_command_repeats_the_case(change: dict[str, Any], expected: str) -> None:
    (row,) = worst(page({**GOOD, "outcomes": [outcome("torch", "mse", "off") | change]}))
    assert unescape(row[-1]) == f"isoloss conformance {expected}"


def test_a_backend_that_broke_is_named_with_the_reason() -> None:
    html = page(report(["torch"], broken=[{"backend": "jax", "reason": "no <jax> here"}], reached="none"))
    assert "✗ jax: no &lt;jax&gt; here" in html
    assert cell(html, "mse", 1) == ("missing", "– not run")


def test_a_hopeless_backend_does_not_hide_the_faults_of_another() -> None:
    bad = [outcome("jax", "mse", f"case {k}", **FAILED, value="inf", fault="value: inf") for k in range(300)]
    one = outcome("torch", "simcse", "aligned", **FAILED, gradient=17.0, fault="gradient")
    rows = worst(page(report(["jax", "torch"], *bad, one)))
    assert len(rows) == 100
    assert [row[3] for row in rows].count("torch") == 1
    assert all("✗" in row[-1] for row in rows)


def test_a_full_run_is_a_small_page() -> None:
    outcomes = [
        outcome(backend, f"loss_{loss}", f"case {case}", mode=mode, dtype=dtype)
        for backend in FIVE
        for loss in range(20)
        for case in range(18)
        for mode in ("eager", "graph", "compiled", "vmap")
        for dtype in ("float64", "float32", "bfloat16", "float16")
    ]
    assert len(outcomes) == 28_800
    assert len(page({**GOOD, "outcomes": outcomes}).encode()) < 1e6


# -------------------------------------------------------------------------- browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
browser = pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: `apt-get install chromium`, or Chrome on the PATH")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--enable-logging=stderr", "--dump-dom"),
)
HARNESS = """<!DOCTYPE html><meta charset="utf-8"><title>harness</title>
<iframe width="{width}" height="900" srcdoc="{page}"></iframe>
<script>
document.querySelector("iframe").onload = ({{ target }}) => {{
  const page = target.contentDocument, window = target.contentWindow;
  let found;
  try {{ found = (() => {{ {script} }})(); }} catch (error) {{ found = String(error); }}
  document.documentElement.dataset.result = JSON.stringify(found);
}};
</script>"""
STEPS = """
const heads = [...page.querySelectorAll(".worst th")], form = page.querySelector("form.filter");
const column = (k) => [...page.querySelectorAll(".worst tbody tr")].filter((row) => !row.hidden)
  .map((row) => row.cells[k].dataset.number ?? row.cells[k].textContent);
const click = (k) => { heads[k].firstChild.click(); return [heads[k].ariaSort, column(k)]; };
const fill = (change) => { form.reset(); change(form.elements); form.dispatchEvent(new window.Event("input")); };
const found = { rows: column(0).length, downward: click(7), upward: click(7), names: click(0) };
fill((fields) => fields.text.value = "TORCH aligned");
found.text = [column(3), column(1), form.querySelector("output").value];
fill((fields) => fields.failed.checked = true);
found.failed = column(3).sort();
fill((fields) => fields.backend.value = "my_pkg:adapter");
found.backend = column(3);
const button = page.querySelector(".matrix td.close button");
button.click();
found.opened = [...page.querySelectorAll(":popover-open h3")].map((title) => title.textContent);
found.title = page.title;
return found;
"""


def opened(html: str, folder: Path, script: str, width: int = 1400) -> Any:
    """What a script finds in a page that Chromium has opened without a word of complaint."""
    (folder / "page.html").write_text(HARNESS.format(width=width, page=escape(html), script=script), encoding="utf-8")
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={folder / 'profile'}", (folder / "page.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert not [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(Parsed(done.stdout.strip()).elements[0][1]["data-result"] or "")


@browser
def test_sorting_filtering_and_opening(tmp_path: Path) -> None:
    found = opened(page(MIXED), tmp_path, STEPS)
    assert found["rows"] == 34  # 30 of the five backends, 3 failed, 1 refusal
    order, gradients = found["downward"]
    numbers = [float(x) for x in gradients]  # inf, 40.5, 1.25 ..., and -1 of the refusal
    assert order == "descending"
    assert numbers == [float("inf"), 40.5, *[1.25] * 31, -1.0]
    assert found["upward"] == ["ascending", gradients[::-1]]
    assert found["names"] == ["ascending", sorted(found["names"][1])]
    assert len(set(found["names"][1])) == 3
    assert found["text"] == [["torch"], ["aligned"], "1 of 34 shown"]
    assert found["failed"] == ["jax", "torch", "torch"]
    assert found["backend"] == ["my_pkg:adapter"] * 6
    assert found["opened"] == ["simcse in torch"]
    assert found["title"] == "isoloss conformance"


@browser
@both
@pytest.mark.parametrize("width", [390, 1400])
def test_it_fits_and_requests_nothing(whole: dict[str, Any], width: int, tmp_path: Path) -> None:
    script = "return [page.documentElement.scrollWidth, window.performance.getEntriesByType('resource').length]"
    wide, requests = opened(page(whole), tmp_path, script, width)
    assert wide <= width
    assert requests == 0


@browser
def test_a_page_that_reaches_out_would_be_seen(tmp_path: Path) -> None:
    html = page(GOOD).replace("<h1>", '<img src="http://example.invalid/x.png"><h1>')
    with pytest.raises(AssertionError, match="Content Security Policy"):
        opened(html, tmp_path, "return 0")
