"""What a type checker must accept, with the types it must see. `test_types.py` runs pyright over this file."""

from __future__ import annotations

from typing import assert_type

import jax
import numpy as np
import tensorflow
import torch

import isoloss.jax.ops
import isoloss.keras
import isoloss.numpy.ops
import isoloss.tensorflow.ops
import isoloss.torch.ops
from isoloss.losses import Weighted, given, loss
from isoloss.losses.contrastive import simcse
from isoloss.losses.declaration import Positive
from isoloss.losses.regression import mse
from isoloss.numpy.ops import Array
from isoloss.protocol import A, Backend, Namespace

# a backend is a module: each has every primitive, with the right signature
in_torch: Backend[torch.Tensor] = isoloss.torch.ops
in_tensorflow: Backend[tensorflow.Tensor] = isoloss.tensorflow.ops
in_jax: Backend[jax.Array] = isoloss.jax.ops
in_numpy: Backend[Array] = isoloss.numpy.ops


@loss("CauchyLoss", predictions="...", targets=given("..."), per="...")
def cauchy(xp: Namespace[A], predictions: A, targets: A, *, scale: Positive[A] = 1.0) -> A:
    """A loss of the user's own."""
    error = (predictions - targets) / scale
    return xp.log1p(error * error)


def functions(t: torch.Tensor, f: tensorflow.Tensor, j: jax.Array, n: Array) -> None:
    assert_type(isoloss.torch.mse(t, n), torch.Tensor)
    assert_type(isoloss.tensorflow.mse(f, n), tensorflow.Tensor)
    assert_type(isoloss.jax.mse(j, n), jax.Array)
    assert_type(isoloss.numpy.mse(n, n), Array)
    assert_type(isoloss.torch.simcse(t, temperature=t, where=t, reduction="none"), torch.Tensor)
    assert_type(isoloss.tensorflow.simcse(f, temperature=f, where=f, reduction="none"), tensorflow.Tensor)
    assert_type(isoloss.jax.simcse(j, temperature=j, where=j, reduction="none"), jax.Array)
    assert_type(isoloss.numpy.simcse(n, temperature=np.float32(0.1).item(), weights=2.0), Array)
    assert_type(isoloss.torch.cross_entropy(t, t, ignore_index=-100, class_weights=n, axis=1), torch.Tensor)


def classes(t: torch.Tensor) -> None:
    learned = torch.nn.Parameter(torch.tensor(0.05))
    assert_type(isoloss.torch.SimCSELoss(temperature=learned).forward(t), torch.Tensor)
    assert_type(isoloss.torch.InfoNCELoss(similarity="dot", reduction="sum").forward(t, t, t), torch.Tensor)
    assert_type(isoloss.keras.SimCSELoss(temperature=0.05, name="views"), isoloss.keras.SimCSELoss)


def specs(t: torch.Tensor, f: tensorflow.Tensor, j: jax.Array, n: Array) -> None:
    assert_type(mse(in_torch, t, t), torch.Tensor)
    assert_type(mse(in_tensorflow, f, f), tensorflow.Tensor)
    assert_type(mse(isoloss.jax.ops, j, j), jax.Array)
    assert_type(cauchy(in_numpy, n, n, scale=2.0), Array)
    assert_type(cauchy(isoloss.torch.ops, t, t, scale=t), torch.Tensor)
    assert_type(simcse(in_torch, t), torch.Tensor | Weighted[torch.Tensor])
    isoloss.torch.bind(cauchy)
