"""What docs/snippets.md says of the published snippets is so."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from isoloss.losses import LOSSES, PARTS

PAGE = Path(__file__).parents[2] / "docs/snippets.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
ROWS = re.findall(r"^\| `(\w+)(.*?)\| (.*?) \|", TEXT, re.MULTILINE)  # function, the rest of its cell, our call

FUNCTIONS = re.findall(
    r"\w+",
    """
    compute_loss compute_loss simcse_loss simcse_hard_neg_loss
    simcse_unsup_loss simcse_sup_loss simcse_loss
    contrastive_loss info_nce_loss
    NPairsLoss correlation_loss_func
    mse_loss mae_loss huber_loss rmse_loss bce_loss categorical_cross_entropy hinge_loss logistic_loss bpr_loss
    margin_ranking_loss listnet_loss info_nce_loss
""",
)


def test_each_number_is_what_the_code_above_it_gives() -> None:
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "doctest", PAGE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout or done.stderr


def test_all_code_is_run() -> None:
    found = doctest.DocTestParser().get_examples(TEXT)
    assert len(BLOCKS) == TEXT.count("```") / 2 > 0
    assert all(block.startswith(">>> ") and block.endswith("\n\n") for block in BLOCKS)  # a fence is no output
    assert len(found) == sum(block.count("\n>>> ") + 1 for block in BLOCKS)


def test_each_function_of_the_snippets_has_a_row() -> None:
    assert Counter(name for name, _, _ in ROWS) == Counter(FUNCTIONS)


def test_rows_name_losses_that_there_are() -> None:
    for name, _, call in ROWS:
        called = re.findall(r"(\w+)\(", call)
        assert called, name
        assert set(called) <= {*LOSSES, *PARTS}, name


def test_numbers_in_sentences_come_from_the_code() -> None:
    code = " ".join(BLOCKS)
    prose = re.sub(r"```.*?```|`[^`]*`|https?://\S+", "", TEXT, flags=re.DOTALL)
    assert [number for number in re.findall(r"\d+\.\d+", prose) if number not in code] == []


def test_links_lead_to_headings() -> None:
    headings = {
        re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in re.findall(r"^#+ (.*)", TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", TEXT)) <= headings
