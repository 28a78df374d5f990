"""What all loss modules share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from torch import Tensor, nn

from isoloss.adapter import check_reduction
from isoloss.arguments import as_array, check_setting
from isoloss.losses.declaration import declaration
from isoloss.torch import ops
from isoloss.torch.binding import call
from isoloss.torch.collective import Group


class Criterion(nn.Module):
    """A spec as a module. For a spec of your own::

        class MyLoss(Criterion):
            spec = staticmethod(my_spec)

            def forward(self, predictions, targets, *, where=None, weights=None):
                return self.evaluate({"predictions": predictions, "targets": targets}, where, weights)

    A setting given as `nn.Parameter` is learned; one given as another tensor or as a NumPy array becomes a buffer, so
    that it moves with the module and stands in its `state_dict`.
    """

    spec: ClassVar[Callable[..., Any]]
    axis: int = -1  # a setting of the losses that have rows

    def __init__(
        self,
        *,
        reduction: str = "mean",
        group: Group = None,
        averaged_gradients: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__()
        loss = declaration(self.spec)
        check_reduction(loss, reduction)
        self.reduction = reduction
        self.group = group
        self.averaged_gradients = averaged_gradients
        known = loss.defaults
        if unknown := settings.keys() - known.keys():
            raise TypeError(f"{loss.name} has no setting {', '.join(sorted(unknown))}; its are {', '.join(known)}")
        for setting in loss.settings:
            value = settings.get(setting.name, setting.default)
            if not (setting.learnable and isinstance(value, (Tensor, np.ndarray))):
                settings[setting.name] = check_setting(loss, setting, value)
        for name, value in (known | settings).items():
            array = any(a.name == name for a in loss.arguments)
            if isinstance(value, (np.ndarray, np.generic)) or (array and value is not None):
                value = as_array(ops, loss, name, value, None, real=True)  # a copy, which alone is loaded into
            if not isinstance(value, nn.Parameter) and (isinstance(value, Tensor) or array):
                self.register_buffer(name, value)  # None, too, which may be set later, and then saved
            else:
                setattr(self, name, value)

    def evaluate(self, inputs: dict[str, Any], where: Any, weights: Any) -> Tensor:
        """The loss of these inputs at this module's settings."""
        loss = declaration(self.spec)
        arrays = {a.name: getattr(self, a.name) if a.is_setting else inputs.get(a.name) for a in loss.arguments}
        settings = {s.name: getattr(self, s.name) for s in loss.settings}
        options = {"axis": self.axis, "where": where, "weights": weights, "reduction": self.reduction}
        shared = {"group": self.group, "averaged_gradients": self.averaged_gradients}
        return call(self.spec, arrays, settings, **shared, **options)

    def extra_repr(self) -> str:
        loss = declaration(self.spec)
        names = [*loss.defaults, *(("group", "averaged_gradients") if self.group is not None else ()), "reduction"]
        return ", ".join(f"{name}={_short(getattr(self, name))}" for name in names)


def _short(value: Any) -> str:
    if isinstance(value, Tensor):
        learned = "learned" if isinstance(value, nn.Parameter) else "tensor"
        return (
            f"{value.item():g} ({learned})"
            if value.ndim == 0 and not value.is_meta
            else f"({learned} of shape {tuple(value.shape)})"
        )
    return repr(value)
