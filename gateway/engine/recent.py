"""What was used of late, within a bound of bytes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The values used last, which together weigh at most ``limit`` bytes; one that alone weighs more is not kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.weight = 0
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        held = self._held.get(key)
        if held is None:
            return None
        self._held.move_to_end(key)
        return held[0]

    def put(self, key: K, value: V, weight: int) -> None:
        """Also says anew what a value weighs that is there already."""
        if key in self._held:
            self.weight -= self._held.pop(key)[1]
        self._held[key] = value, weight
        self.weight += weight
        while self.weight > self.limit:
            self.weight -= self._held.popitem(last=False)[1][1]

    def __len__(self) -> int:
        return len(self._held)
