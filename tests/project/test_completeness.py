"""Nothing is forgotten for a loss: its page, its example, its exact reference, its cases."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
from types import ModuleType

import numpy as np
import pytest

import isoloss.losses
import isoloss.numpy
from isoloss.conformance.cases import CASES
from isoloss.conformance.references import REFERENCES
from isoloss.losses import FAMILIES, LOSSES, PARTS
from isoloss.losses.declaration import SECTIONS, Loss, declaration, sections
from isoloss.losses.declaration import loss as declare
from isoloss.protocol import A, Namespace

YEAR = re.compile(r"\b(1[6-9]|20)\d\d\b")

DECLARED = LOSSES | PARTS
every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


def modules() -> list[ModuleType]:
    names = [module.name for module in pkgutil.iter_modules(isoloss.losses.__path__)]
    return [importlib.import_module(f"isoloss.losses.{name}") for name in sorted(names)]


def missing(loss: Loss) -> set[str]:
    """What a spec's docstring lacks."""
    before, page = sections(inspect.getdoc(loss.spec) or "")
    lacks = {section for section in SECTIONS if not page.get(section, "").strip()}
    if not loss.summary.endswith("."):
        lacks.add("a summary")
    if before.count("$$") != 2:
        lacks.add("a formula")
    own = set(inspect.signature(loss.spec).parameters) - {"xp"}
    lacks |= {name for name in own if not re.search(rf"^{name}: \S", page.get("Args", ""), re.MULTILINE)}
    if ">>> " not in page.get("Example", "") or f"isoloss.numpy.{loss.name}(" not in page.get("Example", ""):
        lacks.add("an example")
    source = page.get("Source", "")
    if not YEAR.search(re.sub(r"https?://\S+", "", source)) and not any(f"`{name}`" in source for name in LOSSES):
        lacks.add("a year, or the loss whose source is its own")
    return lacks


@declare("BareLoss", predictions="...", per="...")
def bare(xp: Namespace[A], predictions: A, *, scale: float = 1.0) -> A:
    """Nothing is said of this one

    Source: https://example.org/2021
    """
    return predictions * scale


def test_what_a_page_lacks_is_seen() -> None:
    lacking = {"a summary", "a formula", "an example", "a year, or the loss whose source is its own"}
    assert missing(declaration(bare)) == {*SECTIONS, "predictions", "scale", *lacking} - {"Source"}


@pytest.mark.parametrize("loss", DECLARED.values(), ids=DECLARED)
def test_every_loss_has_a_whole_page(loss: Loss) -> None:
    assert missing(loss) == set()


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_examples_are_right(module: ModuleType) -> None:
    report: list[str] = []
    for example in doctest.DocTestFinder().find(module):
        doctest.DocTestRunner().run(example, out=report.append)
    assert not report, "".join(report)


def test_every_spec_is_in_the_list() -> None:
    specs = {
        name
        for module in modules()
        for name, found in vars(module).items()
        if hasattr(found, "__loss__") and found.__module__ == module.__name__
    }
    assert specs == set(DECLARED)
    assert {family.__name__ for family in FAMILIES} <= {module.__name__ for module in modules()}


def test_names_say_what_is_what() -> None:
    assert all(name == loss.name == loss.spec.__name__ for name, loss in DECLARED.items())
    names = [loss.class_name for loss in LOSSES.values()]
    assert len(set(names)) == len(names)
    assert all(name.endswith("Loss") for name in names)


def test_every_loss_has_a_reference_and_cases() -> None:
    assert set(REFERENCES) == set(LOSSES)
    assert set(CASES) == set(LOSSES)


@every_loss
def test_every_loss_has_cases_of_each_sort(loss: Loss) -> None:
    cases = CASES[loss.name]
    assert cases.typical
    assert cases.degenerate
    assert cases.refused
    ids = [case.id for case in (*cases.typical, *cases.degenerate, *cases.refused)]
    assert len(set(ids)) == len(ids)


@every_loss
def test_numpy_gives_one_number_as_a_scalar(loss: Loss) -> None:
    case = next(c for c in CASES[loss.name].typical if c.core and not c.options)
    assert isinstance(getattr(isoloss.numpy, loss.name)(**case.inputs, **case.settings), np.floating)
