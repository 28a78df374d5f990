"""Other libraries as adapters, to be judged as the backends are: for the losses that they share with isoloss.

A module for each library has a function by the name of each loss that it shares: the library's call, written out as a
user would write it, so that it equals ours. What a function does not take as an argument it does not offer; its
docstring names the call and says where it departs. `isoloss.conformance.peers.torch:adapter` is an adapter like any
other. A loss that a library lacks is not put together from parts here: its faults would be ours.

`rows` is the porting table: our call and another library's, line by line, with more libraries than are judged.
"""

from __future__ import annotations

PEERS = ("torch", "tensorflow", "optax", "keras-torch", "keras-tensorflow", "keras-jax")
"""Module, and backend if it has several."""
