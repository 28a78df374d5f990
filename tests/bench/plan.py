"""How much is measured: all of it, or what a smoke run needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from contenders import CONTRASTIVE
from exact import TASKS

BYTES = 16e9
"""What a contender may need; what needs more, by prediction or by trying, is not run."""
OVER = f"more than {BYTES / 1e9:.0f} GB"
"""What is said of what failed for it."""
SECONDS = 180.0
"""What one step may take."""

LOSSES = ("mse", "huber", "binary_cross_entropy_with_logits")
ROW_WISE = ("cross_entropy", "listnet")
MILLION = 1_000_000


Where = tuple[str, str, int]
"""Task, setting and D."""


@dataclass(frozen=True)
class Plan:
    """Sizes and rounds."""

    time: dict[Where, tuple[int, ...]]  # the N of each
    memory: dict[Where, tuple[int, ...]]
    error: tuple[tuple[str, str], ...]  # task, setting
    small: dict[str, list[tuple[int, int]]]  # setting -> the N and D of each
    element_wise: tuple[int, ...]
    row_wise: tuple[tuple[int, int], ...]
    settings: tuple[str, ...]  # of the element-wise and row-wise losses
    rounds: dict[str, Any]
    small_rounds: dict[str, Any]
    alone: dict[Where, int] = field(default_factory=dict)  # an N for isoloss alone

    def losses(self, setting: str) -> list[tuple[str, tuple[int, ...]]]:
        """Each element-wise and row-wise loss, and the shapes it is given; few elements are not worth compiling for."""
        least = 4096 if setting == "compile" else 0
        lengths = [n for n in self.element_wise if n >= least]
        shapes = [shape for shape in self.row_wise if shape[0] * shape[1] >= least]
        return [(loss, (n,)) for loss in LOSSES for n in lengths] + [(loss, s) for loss in ROW_WISE for s in shapes]


WHERE = [
    (task, setting, columns)
    for task in TASKS
    for setting in CONTRASTIVE
    for columns in (128, 768)
    if columns == 768 or task == "nt_xent" or setting == "torch"  # where the peers of two sides are
]
SIZES, FEWER = (256, 1024, 4096, 8192, 16384), (1024, 4096, 16384)
FULL = Plan(
    time={where: FEWER if where[0] == "info_nce" and where[1] != "torch" else SIZES for where in WHERE},
    memory=dict.fromkeys(WHERE, FEWER),
    error=tuple((task, setting) for task in TASKS for setting in CONTRASTIVE),
    small={setting: [(n, columns) for columns in (128, 768) for n in (32, 64, 128, 256)] for setting in CONTRASTIVE},
    element_wise=(32, 4096, MILLION),
    row_wise=((32, 10), (4096, 1000)),
    settings=("torch", "compile", "jax-eager", "jax", "tf-eager", "graph", "xla"),
    rounds={"at_least": 3, "at_most": 9, "share": 12.0},
    small_rounds={"at_least": 15, "at_most": 15, "share": 20.0},
    alone={("nt_xent", setting, 128): 65536 for setting in CONTRASTIVE},
)
QUICK = Plan(
    time={("nt_xent", setting, 768): (256,) for setting in ("torch", "jax", "graph")},
    memory={("info_nce", "torch", 768): (256, 1024)},
    error=(("info_nce", "torch"), ("nt_xent", "xla")),
    small={"jax": [(32, 128)]},
    element_wise=(4096,),
    row_wise=((32, 10),),
    settings=("torch",),
    rounds={"at_least": 1, "at_most": 1, "share": 1.0},
    small_rounds={"at_least": 1, "at_most": 1, "share": 1.0},
)
