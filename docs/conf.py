"""How Sphinx makes the site: `nox -s docs`."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.fileutil import copy_asset

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import loss_pages
import reference_pages

import isoloss

project = "isoloss"
author = "The isoloss authors"
version = release = isoloss.__version__

extensions = ["myst_parser", "sphinx_design", "sphinx.ext.mathjax"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
exclude_patterns = ["demo"]
nitpicky = True
highlight_language = "text"
pygments_style, pygments_dark_style = "friendly", "github-dark"
toc_object_entries = False
smartquotes = False

mathjax_path = "mathjax/tex-chtml.js"
mathjax3_config = {
    "options": {"enableMenu": False},
    "tex": {"packages": {"[-]": ["noundefined"]}},  # what MathJax does not know is an error, which a test sees
}

html_theme = "furo"
html_title = "isoloss"
html_favicon = "_static/icon.svg"
html_static_path = ["_static"]
html_css_files = ["isoloss.css"]
html_use_index = html_copy_source = html_show_sourcelink = html_show_copyright = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5cad", "color-brand-content": "#0b5cad"},
    "dark_css_variables": {"color-brand-primary": "#7cb8f2", "color-brand-content": "#7cb8f2"},
}


def setup(app: Sphinx) -> None:
    """Write the pages that follow from the specs, and bring along what renders the formulas."""
    app.connect("config-inited", lambda *_: (loss_pages.write(HERE), reference_pages.write(HERE)))
    app.connect("source-read", _without_last_lines)
    app.connect("build-finished", _mathjax)


def _without_last_lines(app: Sphinx, name: str, source: list[str]) -> None:
    """Without the empty line that ends a block for doctest."""
    source[0] = source[0].replace("\n\n```\n", "\n```\n")


def _mathjax(app: Sphinx, failure: Exception | None) -> None:
    """Of MathJax what `tex-chtml.js` loads by itself."""
    found = find_spec("sphinx-mathjax-offline")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("the formulas need MathJax: pip install sphinx-mathjax-offline")
    if not failure and app.builder.format == "html":
        source = Path(found.submodule_search_locations[0], "static", "mathjax")
        for part in ("tex-chtml.js", "output/chtml/fonts/woff-v2"):
            to = Path(app.outdir, "_static", "mathjax", part)
            copy_asset(source / part, to.parent if to.suffix else to)
