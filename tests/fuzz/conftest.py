"""How much is fuzzed: `--hypothesis-profile quick`, the same few examples each time, or `nightly`."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

COMMON = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck), "print_blob": False}
# shrinking takes minutes where an exact answer does: a find of the quick profile is printed as it is
settings.register_profile("quick", max_examples=40, derandomize=True, phases=[Phase.generate], **COMMON)
settings.register_profile("nightly", max_examples=2000, phases=[Phase.generate], **COMMON)
settings.load_profile("quick")
