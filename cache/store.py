"""A store that may fail, without any request failing with it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from aiocache.base import BaseCache

from cache.pause import Pause

T = TypeVar("T")

Kept = tuple[Mapping[str, bytes], float | None]
"""Values by name, and for how many seconds; ``None``: for as long as the store sees fit."""

log = logging.getLogger("crossdock.cache")


class StoreFailed(Exception):
    """The store did not do what it has to do now."""


@dataclass(slots=True)
class StoreCounts:
    """Operations that failed, operations that were left out in a pause, and values that were no entries."""

    failures: int = 0
    paused: int = 0
    unusable: int = 0


class Store:
    """Bytes by name in an aiocache cache, which has its own time limit.

    Reads and writes pause on their own: a full store can still be read.
    """

    def __init__(self, cache: BaseCache) -> None:
        self.counts = StoreCounts()
        self._cache = cache
        self._reads = Pause()
        self._writes = Pause()

    async def read(self, names: Sequence[str]) -> Sequence[bytes | None] | None:
        """The values in the order of ``names``; ``None`` when the store does not answer."""
        values = await self._try(self._reads, "read", lambda: self._cache.multi_get(names))
        return values if values is not None and len(values) == len(names) else None

    async def write(self, kept: Sequence[Kept], gone: Sequence[str] = ()) -> None:
        """Keep some values and delete others, in this order, up to the first that fails."""

        async def change() -> None:
            for values, seconds in kept:
                if values:
                    ttl = None if seconds is None else float(seconds)  # aiocache rounds anything but a float
                    await self._cache.multi_set(list(values.items()), ttl=ttl)
            for name in gone:
                await self._cache.delete(name)

        await self._try(self._writes, "write", change)

    async def put(self, values: Mapping[str, bytes], seconds: float) -> None:
        """Keep them, pause or not, or raise ``StoreFailed``."""
        if values:
            await self._insist(lambda: self._cache.multi_set(list(values.items()), ttl=float(seconds)))

    async def increment(self, name: str) -> int:
        """The number under ``name``, one higher than it was; pause or not, or raise ``StoreFailed``."""
        return int(await self._insist(lambda: self._cache.increment(name)))

    async def aclose(self) -> None:
        try:
            await self._cache.close()
        except Exception as error:
            log.warning("cache store: not closed properly: %s", type(error).__name__)

    async def _try(self, pause: Pause, what: str, operation: Callable[[], Awaitable[T]]) -> T | None:
        if not pause.may_try():
            self.counts.paused += 1
            return None
        try:
            result = await operation()
        except Exception as error:  # whatever it is that it throws, the sources are still there
            self._failed(pause, what, error)
            return None
        if pause.on:
            log.warning("cache store: %s works again", what)
        pause.worked()
        return result

    def _failed(self, pause: Pause, what: str, error: Exception) -> None:
        self.counts.failures += 1
        was_on = pause.on
        pause.failed()
        if pause.on and not was_on:
            log.warning("cache store: no %s: %s; the sources are asked instead", what, type(error).__name__)

    async def _insist(self, operation: Callable[[], Awaitable[Any]]) -> Any:
        try:
            return await operation()
        except Exception as error:
            self.counts.failures += 1
            raise StoreFailed(f"the cache store did not take a change: {type(error).__name__}") from error
