"""Keras, on the backend that KERAS_BACKEND names."""

from __future__ import annotations

from functools import partial

import keras

import isoloss.keras
from isoloss.conformance.runners import runner

_UNDER = runner(keras.backend.backend())

COMPILED = _UNDER.COMPILED[:1]
MODES = ("eager", *COMPILED)  # the functions are the framework's own; tests/acceptance judges what Keras adds
SLOW = _UNDER.SLOW

run = partial(_UNDER.run, functions=isoloss.keras)
