"""The same loss in every framework.

Import the module of the framework you use: `isoloss.torch`, `isoloss.tensorflow`, `isoloss.keras`, `isoloss.jax` or
`isoloss.numpy`. This package imports none of them.
"""

from isoloss.losses import LOSSES

__version__ = "0.1.0"

NAMES = tuple(LOSSES)
"""The names of all losses."""

__all__ = ["NAMES", "__version__"]
