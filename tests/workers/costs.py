"""What a shared batch costs each worker: `python tests/workers/costs.py` measures it, and writes it into docs/distributed.md.

Gloo processes on this machine, one thread each. Bytes are those of the tensors given to the collectives, by the volume of
the usual ring: of k workers each sends, and receives, (k - 1) times what it gives to an all-gather, 2 (k - 1) / k times
what it gives to an all-reduce and (k - 1) / k times what it gives to a reduce-scatter. Beside them stands what the loopback
device says was sent.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "bench"))

import measure

os.environ.update(measure.ENVIRONMENT)  # before a framework is imported

import torch
import torch.distributed as dist
import torch.nn.functional as F
from model import LOSSES, Found, Shape, report
from processes import run
from torch import Tensor
from torch.distributed.nn.functional import all_gather

import isoloss.torch

PAGE = HERE.parents[1] / "docs" / "distributed.md"
SIZES = (2, 4)
SHAPES = (Shape(256, 128), Shape(1024, 128), Shape(1024, 768))
ROUNDS = 9
TEMPERATURE = 0.05
SENT = Path("/sys/class/net/lo/statistics/tx_bytes")

Loss = Callable[..., Tensor]


# ------------------------------------------------------------- the plain form: gather with gradient


def gathered(x: Tensor) -> Tensor:
    return torch.cat(all_gather(x))


def nearest(queries: Tensor, keys: Tensor, positives: Tensor) -> Tensor:
    return F.cross_entropy(queries @ keys.T / TEMPERATURE, positives)


def among_all(embeddings: Tensor, partner: Tensor) -> Tensor:
    z = F.normalize(embeddings)
    first = dist.get_rank() * len(z)
    logits = z @ gathered(z).T / TEMPERATURE
    own = torch.arange(len(z))
    logits = logits.masked_fill(F.one_hot(own + first, logits.shape[1]).bool(), float("-inf"))
    return F.cross_entropy(logits, partner + first)


def plain_simcse(embeddings: Tensor) -> Tensor:
    return among_all(embeddings, torch.arange(len(embeddings)) ^ 1)


def plain_nt_xent(embeddings: Tensor) -> Tensor:
    return among_all(embeddings, torch.arange(len(embeddings)).roll(len(embeddings) // 2))


def plain_info_nce(queries: Tensor, keys: Tensor) -> Tensor:
    own = torch.arange(len(queries)) + dist.get_rank() * len(queries)
    return nearest(F.normalize(queries), gathered(F.normalize(keys)), own)


def plain_clip(images: Tensor, texts: Tensor) -> Tensor:
    images, texts = F.normalize(images), F.normalize(texts)
    own = torch.arange(len(images)) + dist.get_rank() * len(images)
    return (nearest(images, gathered(texts), own) + nearest(texts, gathered(images), own)) / 2.0


FORMS: dict[str, Callable[[str], Loss]] = {
    "isoloss": lambda name: (
        lambda *x: getattr(isoloss.torch, name)(*x, temperature=TEMPERATURE, group="world", averaged_gradients=True)
    ),
    "gather": lambda name: globals()[f"plain_{name}"],
}


# ------------------------------------------------------------- one worker


@contextmanager
def counted(size: int) -> Iterator[list[float]]:
    """The bytes that each collective of the block sends."""
    sent: list[float] = []
    volumes = {
        "all_gather": lambda _, own, **__: (size - 1) * own.nbytes,
        "all_reduce": lambda own, *_, **__: 2 * (size - 1) / size * own.nbytes,
        "reduce_scatter": lambda _, parts, **__: (size - 1) / size * sum(part.nbytes for part in parts),
        # without a reduce-scatter, gather with gradient has every worker scatter its parts and adds them up
        "scatter": lambda _, parts, *__, **___: (
            0 if parts is None else (size - 1) / size * sum(p.nbytes for p in parts)
        ),
    }
    originals = {name: getattr(dist, name) for name in volumes}

    def counting(name: str) -> Callable[..., Any]:
        def collective(*arguments: Any, **keywords: Any) -> Any:
            sent.append(volumes[name](*arguments, **keywords))
            return originals[name](*arguments, **keywords)

        return collective

    try:
        for name in volumes:
            setattr(dist, name, counting(name))
        yield sent
    finally:
        for name, original in originals.items():
            setattr(dist, name, original)


def work(rank: int, size: int, folder: Path) -> None:
    """Measure all losses and forms in one of the processes."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=size)
    found: list[dict[str, Any]] = []
    for shape in SHAPES:
        for loss, sides in LOSSES.items():
            steps = {form: step(form, loss, sides, shape, rank) for form in FORMS}
            row: dict[str, Any] = {"workers": size, "rows": shape.rows, "columns": shape.columns, "loss": loss}
            values: dict[str, float] = {}
            for form, once in steps.items():
                step(form, loss, sides, Shape(8, 8), rank)()  # what is loaded or opened at first is no cost of a step
                dist.barrier()
                with counted(size) as sent, measure.peak() as peak:
                    values[form] = once()
                row[form] = {"bytes": sum(sent), "memory": peak.bytes, "seconds": [], "wire": []}
            mean = torch.tensor([values["gather"]])
            dist.all_reduce(mean)
            assert abs(mean.item() / size / values["isoloss"] - 1.0) < 1e-3
            for _ in range(ROUNDS):
                for form, once in steps.items():
                    before, seconds = sent_so_far(), time.perf_counter()
                    once()
                    row[form]["seconds"].append(time.perf_counter() - seconds)
                    row[form]["wire"].append((sent_so_far() - before) / size)
            found.append(row)
    (folder / f"{rank}.json").write_text(json.dumps(found))
    dist.destroy_process_group()


def sent_so_far() -> int:
    """What all processes have sent, once they are all here."""
    dist.barrier()
    sent = int(SENT.read_text())
    dist.barrier()
    return sent


def step(form: str, loss: str, sides: int, shape: Shape, rank: int) -> Callable[[], float]:
    """Value and gradients of views with a cosine of about 0.7."""
    generator = torch.Generator().manual_seed(rank)
    rows = [torch.randn(shape.rows, shape.columns, generator=generator) for _ in range(sides)]
    run_loss = FORMS[form](loss)

    def once() -> float:
        learned = [x.detach().requires_grad_() for x in rows]
        value = run_loss(*learned)
        value.backward()
        return value.item()

    return once


# ------------------------------------------------------------- the session


def session() -> list[Found]:
    """What all workers found: of bytes and memory the most, of time the median of the slowest."""
    rows: list[Found] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            done = run([[HERE / "costs.py", rank, size, folder] for rank in range(size)], limit=1200.0)
            if any(process.returncode for process in done):
                sys.exit("\n".join(process.stderr for process in done))
            of_ranks = [json.loads(Path(folder, f"{rank}.json").read_text()) for rank in range(size)]
        for of_row in zip(*of_ranks, strict=True):
            for form in FORMS:
                parts = [row[form] for row in of_row]
                rows.append(
                    Found(
                        workers=size,
                        shape=Shape(of_row[0]["rows"], of_row[0]["columns"]),
                        loss=of_row[0]["loss"],
                        form=form,
                        bytes=max(part["bytes"] for part in parts),
                        wire=median(parts[0]["wire"]),
                        memory=max(part["memory"] for part in parts),
                        seconds=median(max(times) for times in zip(*(part["seconds"] for part in parts), strict=True)),
                    )
                )
    return rows


def main(arguments: Sequence[str]) -> None:
    if arguments:
        rank, size, folder = arguments
        work(int(rank), int(size), Path(folder))
        return
    beside = f"other work on the machine at the start: a load of {os.getloadavg()[0]:.1f}"
    machine = f"{date.today().isoformat()}, {measure.processor()}, {os.cpu_count()} cores, PyTorch {torch.__version__}; {beside}"
    rows = session()
    PAGE.write_text(report(PAGE.read_text(), rows, machine))


if __name__ == "__main__":
    main(sys.argv[1:])
