"""Values of requests as keys of dictionaries."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any


def frozen(value: Any) -> Hashable:
    """The same for equal arguments, and only for those: in Python ``1`` equals ``True``."""
    if isinstance(value, Mapping):
        return frozenset((name, frozen(item)) for name, item in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(frozen, value))
    hashable: Hashable = (type(value), value)
    return hashable
