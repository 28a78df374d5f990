"""Modules that are no backends, and a backend for the wrong arrays."""

from __future__ import annotations

import torch

import isoloss.numpy.ops
import isoloss.torch.ops
from isoloss.numpy.ops import Array
from isoloss.protocol import Backend

from . import lacks_log, wrong_signature

lacking: Backend[Array] = lacks_log  # error: reportAssignmentType
differing: Backend[Array] = wrong_signature  # error: reportAssignmentType
of_other_arrays: Backend[torch.Tensor] = isoloss.numpy.ops  # error: reportAssignmentType
no_module_of_primitives: Backend[torch.Tensor] = isoloss.torch  # error: reportAssignmentType
