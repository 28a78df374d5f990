"""Calls that a type checker must refuse."""

from __future__ import annotations

import jax
import tensorflow
import torch

import isoloss.jax
import isoloss.keras
import isoloss.numpy
import isoloss.tensorflow
import isoloss.torch
from isoloss.numpy.ops import Array


def misspelt(t: torch.Tensor, f: tensorflow.Tensor, j: jax.Array, n: Array) -> None:
    isoloss.torch.simcse(t, temprature=0.1)  # error: reportCallIssue
    isoloss.tensorflow.simcse(f, temprature=0.1)  # error: reportCallIssue
    isoloss.jax.simcse(j, temprature=0.1)  # error: reportCallIssue
    isoloss.numpy.simcse(n, temprature=0.1)  # error: reportCallIssue
    isoloss.keras.simcse(t, temprature=0.1)  # error: reportCallIssue
    isoloss.torch.SimCSELoss(temprature=0.1)  # error: reportCallIssue
    isoloss.keras.SimCSELoss(temprature=0.1)  # error: reportCallIssue
    isoloss.torch.simsce(t)  # error: reportAttributeAccessIssue
    isoloss.torch.info_nce(t, t, negative=t)  # error: reportCallIssue


def of_the_wrong_type(t: torch.Tensor, f: tensorflow.Tensor, j: jax.Array, n: Array) -> None:
    isoloss.torch.simcse(t, temperature="0.1")  # error: reportArgumentType
    isoloss.tensorflow.simcse(f, temperature=None)  # error: reportArgumentType
    isoloss.jax.info_nce(j, j, similarity="euclidean")  # error: reportArgumentType
    isoloss.numpy.cross_entropy(n, n, ignore_index=0.5)  # error: reportArgumentType
    isoloss.torch.SimCSELoss(temperature=[0.1])  # error: reportArgumentType
    isoloss.keras.SimCSELoss(temperature="0.1")  # error: reportArgumentType
    isoloss.jax.simcse("embeddings")  # error: reportArgumentType


def of_no_reduction(t: torch.Tensor, f: tensorflow.Tensor, j: jax.Array, n: Array) -> None:
    isoloss.torch.mse(t, t, reduction="avg")  # error: reportArgumentType
    isoloss.tensorflow.mse(f, f, reduction="avg")  # error: reportArgumentType
    isoloss.jax.mse(j, j, reduction="avg")  # error: reportArgumentType
    isoloss.numpy.mse(n, n, reduction="avg")  # error: reportArgumentType
    isoloss.keras.mse(t, t, reduction="avg")  # error: reportArgumentType
    isoloss.torch.MSELoss(reduction="avg")  # error: reportArgumentType
    isoloss.keras.MSELoss(reduction="avg")  # error: reportArgumentType


def of_the_wrong_number(t: torch.Tensor) -> None:
    isoloss.torch.mse(t)  # error: reportCallIssue
    isoloss.torch.simcse(t, 0.1)  # error: reportCallIssue


def of_another_framework(t: torch.Tensor, j: jax.Array) -> None:
    isoloss.jax.mse(j, t)  # error: reportArgumentType
    isoloss.torch.mse(t, j)  # error: reportArgumentType
