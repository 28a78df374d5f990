"""The site that `nox -s docs` has built: what it documents, where its links lead, and that it works without a network."""

from __future__ import annotations

import functools
import http.server
import json
import re
import shutil
import threading
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlparse

import numpy as np
import pytest

pytest.importorskip("sphinx", reason="`nox -s docs` builds the site and runs this")

from sphinx.util.inventory import InventoryFile
from typer.main import get_command

import isoloss.losses
import isoloss.numpy
import isoloss.plot
from isoloss.commands import app
from isoloss.losses import LOSSES, PARTS

ROOT = Path(__file__).parents[2]
SITE = ROOT / "out/site"
PAGES = sorted(str(path.relative_to(SITE)) for path in SITE.rglob("*.html"))
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
DRIVER = shutil.which("chromedriver")
browser = pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs Chromium and chromedriver on the PATH")


class Read(HTMLParser):
    """A page: its ids, its links, and what it fetches."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids.update(filter(None, (found.get("id"), found.get("name"))))
        self.fetched += filter(None, (found.get(name) for name in ("src", "srcset", "data", "action", "poster")))
        if target := found.get("href"):
            (self.links if tag == "a" else self.fetched).append(target)


@functools.cache
def read(page: str) -> Read:
    return Read((SITE / page).read_text(encoding="utf-8"))


@functools.cache
def documented() -> set[str]:
    with (SITE / "objects.inv").open("rb") as file:
        found = InventoryFile.load(file, "", lambda _, target: target)
    return {name for kind, objects in found.items() if kind.startswith("py:") for name in objects}


def test_there_is_a_page_for_each_loss() -> None:
    assert PAGES, "run `nox -s docs`"
    assert {f"losses/{name}.html" for name in (*LOSSES, *PARTS)} <= set(PAGES)


@pytest.mark.parametrize("framework", ["torch", "tensorflow", "keras", "jax", "numpy"])
def test_what_is_public_in_a_framework_is_documented(framework: str) -> None:
    folder = ROOT / "backends" / framework
    opening = (folder / "__init__.py").read_text(encoding="utf-8")
    names = set(re.findall(r"import (\w+) as \1", opening))
    for module in re.findall(r"from isoloss\.\w+\.(\w+) import \*", opening):
        names |= set(
            re.findall(r"^(?:def|class) (\w+)", (folder / f"{module}.py").read_text(encoding="utf-8"), re.MULTILINE)
        )
    assert len(names) > len(LOSSES)
    assert {f"isoloss.{framework}.{name}" for name in names} <= documented()


def test_what_else_is_public_is_documented() -> None:
    for module in (isoloss.plot, isoloss.losses):
        assert {f"{module.__name__}.{name}" for name in module.__all__} <= documented()
    page = (SITE / "reference/command.html").read_text(encoding="utf-8")
    for name, command in get_command(app).commands.items():  # pyright: ignore[reportAttributeAccessIssue]
        assert f"isoloss {name}" in page
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert any(option in page for option in parameter.opts)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for link in read(page).links:
        target, anchor = urldefrag(link)
        if urlparse(target).scheme in ("http", "https"):
            continue
        there = (SITE / page).parent / unquote(target) if target else SITE / page
        assert there.is_file(), link
        if anchor and there.suffix == ".html":
            assert unquote(anchor) in read(str(there.resolve().relative_to(SITE.resolve()))).ids, link


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_fetched_from_elsewhere(page: str) -> None:
    for target in read(page).fetched:
        assert not urlparse(target).netloc, target
        assert target.startswith("data:") or ((SITE / page).parent / unquote(urlparse(target).path)).exists(), target


def test_no_style_reaches_out() -> None:
    sheets = list(SITE.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"(url\(\s*[\"']?|@import\s*[\"']?)(https?:)?//", text), sheet


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_has_all_parts(name: str) -> None:
    text = (SITE / f"losses/{name}.html").read_text(encoding="utf-8")
    assert text.count('<svg role="img"') == 2
    assert 'class="math' in text
    for section in (
        "call-it",
        "arguments",
        "what-it-gives",
        "check-a-port-by-hand",
        "accuracy",
        "in-other-libraries",
        "the-spec",
        "source",
    ):
        assert section in read(f"losses/{name}.html").ids
    shown = re.sub("<[^>]*>", "", text)
    assert f"def {name}(" in shown
    assert "gradient_" in shown
    for argument in LOSSES[name].arguments:
        assert argument.name in shown


@pytest.mark.parametrize("name", LOSSES)
def test_numbers_to_check_by_can_be_copied_and_are_right(name: str) -> None:
    loss = LOSSES[name]
    page = (ROOT / f"docs/losses/{name}.md").read_text(encoding="utf-8")
    cases = re.findall(r"```python\n# [^\n]*\n(.*?)\n```", page.partition("## Check a port by hand")[2], re.DOTALL)
    assert len(cases) == 3
    for case in cases:
        given: dict[str, Any] = {}
        exec(case, {}, given)  # noqa: S102 - the page's own lines
        value = given.pop("value")
        gradients = {n: given.pop(n) for n in [*given] if n.startswith("gradient_")}
        arrays = {a.name for a in loss.arguments} | loss.learnable | {"where", "weights"}
        call = {
            n: np.asarray(x, np.float32 if np.asarray(x).dtype.kind == "f" else None) if n in arrays else x
            for n, x in given.items()
        }
        assert np.allclose(getattr(isoloss.numpy, name)(**call), value, rtol=1e-4, atol=0)
        for gradient, numbers in gradients.items():
            assert np.shape(numbers) == np.shape(given[gradient.removeprefix("gradient_")])


# -------------------------------------------------------------------------- browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def window() -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


def opened(window: Any, address: str, page: str, width: int = 1400) -> None:
    """Open a page, and wait until its formulas are set."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    window.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    window.get(address + page)
    window.set_script_timeout(20)
    window.execute_async_script(
        "const done = arguments[0]; if (window.MathJax?.startup) MathJax.startup.promise.then(() => done()); else done();"
    )


def complaints(window: Any, address: str) -> list[str]:
    """What the console says, and requests that go elsewhere, since this was last asked."""
    found = [entry["message"] for entry in window.get_log("browser")]
    for entry in window.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            found += [] if url.startswith((address, "data:", "chrome:", "about:", "blob:")) else [f"fetched {url}"]
    return found


@browser
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_at_ease_in_a_narrow_window(window: Any, address: str, page: str) -> None:
    opened(window, address, page, width=400)
    beyond = "return [document.documentElement, document.querySelector('.content')].map((x) => x.scrollWidth - x.clientWidth)"
    assert window.execute_script(beyond) == [0, 0]
    assert not window.execute_script("return [...document.querySelectorAll('mjx-merror')].map((x) => x.textContent)")
    unset = "return document.querySelectorAll('.math').length - document.querySelectorAll('.math mjx-container').length"
    assert window.execute_script(unset) <= 0
    assert not complaints(window, address)


@browser
def test_underscores_in_formulas_are_underscores(window: Any, address: str) -> None:
    for loss, name in (("clip", "image_embeddings"), ("cross_entropy", "label_smoothing")):
        opened(window, address, f"losses/{loss}.html")
        text = window.execute_script("return document.querySelector('.math mjx-assistive-mml').textContent")
        assert name in text
        assert "\\" not in text


@browser
def test_tabs_switch_together(window: Any, address: str) -> None:
    opened(window, address, "losses/mse.html")
    shown = (
        "return [...document.querySelectorAll('.sd-tab-content')].filter((x) => x.offsetHeight).map((x) => x.innerText)"
    )
    assert "isoloss.torch.mse" in window.execute_script(shown)[0]
    window.execute_script("[...document.querySelectorAll('.sd-tab-label')].find((x) => x.innerText == 'JAX').click()")
    (text,) = window.execute_script(shown)
    assert "isoloss.jax.mse" in text
    opened(window, address, "index.html")  # the choice is remembered
    assert "isoloss.jax.simcse" in window.execute_script(shown)[0]
    window.execute_script("localStorage.clear(); sessionStorage.clear()")
    assert not complaints(window, address)


@browser
@pytest.mark.parametrize(
    ("words", "page"),
    [("info_nce", "losses/info_nce.html"), ("BYOLLoss", "losses/byol.html"), ("pinball", "losses/quantile.html")],
)
def test_search_finds(window: Any, address: str, words: str, page: str) -> None:
    opened(window, address, f"search.html?q={words}")
    links = "return [...document.querySelectorAll('#search-results li a')].map((x) => x.getAttribute('href'))"
    for _ in range(100):
        if "Search finished" in window.execute_script("return document.body.innerText"):
            break
        time.sleep(0.1)
    found = [urldefrag(link)[0].partition("?")[0] for link in window.execute_script(links)]
    assert page in found[:5]
    assert not complaints(window, address)


@browser
def test_a_request_that_leaves_would_be_seen(window: Any, address: str) -> None:
    opened(window, address, "index.html")
    assert not complaints(window, address)
    window.execute_script("new Image().src = 'http://example.invalid/x.png'")
    time.sleep(0.5)
    assert any("example.invalid" in told for told in complaints(window, address))
