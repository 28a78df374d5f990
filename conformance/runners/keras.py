"""Keras, on the backend that KERAS_BACKEND names."""

from __future__ import annotations

from functools import partial

import keras

import isoloss.keras
from isoloss.conformance.runners import runner

_UNDER = runner(keras.backend.backend())

MODES = _UNDER.MODES
COMPILED = _UNDER.COMPILED

run = partial(_UNDER.run, functions=isoloss.keras)
