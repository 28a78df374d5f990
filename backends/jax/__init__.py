"""The losses in JAX."""

from isoloss.jax.binding import bind as bind
from isoloss.jax.functions import *
