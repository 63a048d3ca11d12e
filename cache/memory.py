"""The store of one process: an aiocache cache with an upper bound, which its own memory cache does not have."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from math import inf
from time import monotonic
from typing import NamedTuple

from aiocache.base import BaseCache
from aiocache.serializers import NullSerializer

OVERHEAD = 400
"""Bytes that an entry takes beside its name and its value."""


class Kept(NamedTuple):
    value: bytes
    until: float


class Memory(BaseCache):  # type: ignore[misc]  # aiocache brings no types
    """At most ``entries``, and at most ``size`` bytes of memory; what was used longest ago leaves first.

    Values are bytes: what is in the cache cannot be changed by who read it.
    """

    NAME = "memory"

    def __init__(self, entries: int, size: int, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(serializer=NullSerializer(encoding=None), timeout=None)
        self._entries = entries
        self._size = size
        self._clock = clock
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._kept)

    async def multi_get(self, keys: Sequence[str], **_: object) -> list[bytes | None]:
        # Nothing here waits, and there is no namespace: aiocache's work for each key would be most of the cost.
        return [self._read(key) for key in keys]

    async def _multi_get(self, keys: Sequence[str], **_: object) -> list[bytes | None]:
        return [self._read(key) for key in keys]

    async def _get(self, key: str, **_: object) -> bytes | None:
        return self._read(key)

    async def _set(self, key: str, value: bytes, ttl: float | None = None, **_: object) -> bool:
        self._write(key, value, ttl)
        return True

    async def _multi_set(self, pairs: Iterable[tuple[str, bytes]], ttl: float | None = None, **_: object) -> bool:
        for key, value in pairs:
            self._write(key, value, ttl)
        return True

    async def _increment(self, key: str, delta: int, **_: object) -> int:
        number = int(self._read(key) or 0) + delta
        self._write(key, str(number).encode(), None)
        return number

    async def _delete(self, key: str, **_: object) -> int:
        return int(self._drop(key))

    def _read(self, key: str) -> bytes | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.until <= self._clock():
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return kept.value

    def _write(self, key: str, value: bytes, ttl: float | None) -> None:
        self._drop(key)
        self._kept[key] = Kept(value, inf if ttl is None else self._clock() + ttl)
        self.size += weight(key, value)
        while len(self._kept) > self._entries or self.size > self._size:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> bool:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.size -= weight(key, kept.value)
        return kept is not None


def weight(key: str, value: bytes) -> int:
    return len(key) + len(value) + OVERHEAD
