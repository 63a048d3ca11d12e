"""What one source may cost: time and places are bounded, and every failure has a name."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic
from traceback import format_tb
from typing import TypeVar

from adapters.deadlines import until
from adapters.registration import Limits
from adapters.spi import (
    Adapter,
    Lookup,
    LookupResult,
    Overloaded,
    Search,
    SearchResult,
    SourceError,
    TimedOut,
    Unavailable,
)
from adapters.wrapper import Wrapper

Q = TypeVar("Q", Lookup, Search)
R = TypeVar("R")

log = logging.getLogger("crossdock.source")


class Resilient(Wrapper):
    """Each call gets a place, ``limits.timeout`` or the time that is left, and an error that says what happened.

    A call waits for a place until its deadline, with at most ``limits.queue`` others; more are refused at once. An
    exception that is no ``SourceError`` is a fault of the adapter: logged, and ``Unavailable`` to who asked.
    """

    def __init__(self, adapter: Adapter, limits: Limits) -> None:
        super().__init__(adapter)
        self._timeout = limits.timeout
        self._places = Places(adapter.source, limits.concurrency, limits.queue)

    async def lookup(self, request: Lookup) -> LookupResult:
        return await self._call(self.adapter.lookup, request)

    async def search(self, request: Search) -> SearchResult:
        return await self._call(self.adapter.search, request)

    async def ping(self) -> None:
        # Beside the queue: a busy source is still there.
        await self._within(monotonic() + self._timeout, self.adapter.ping())

    async def _call(self, ask: Callable[[Q], Awaitable[R]], request: Q) -> R:
        await self._places.take(request.deadline)
        try:
            deadline = min(request.deadline, monotonic() + self._timeout)
            request.tally.calls += 1
            return await self._within(deadline, ask(request.until(deadline)))
        finally:
            self._places.give_back()

    async def _within(self, deadline: float, attempt: Awaitable[R]) -> R:
        """One attempt, with a name for whatever ends it."""
        try:
            with until(deadline) as time:
                return await attempt
        except SourceError:
            raise
        except Exception as error:
            if isinstance(error, TimeoutError) and time.expired:
                raise TimedOut(self.source, f"no answer by the deadline, {self._timeout:g} s at most") from None
            raise self._fault(error) from None

    def _fault(self, error: Exception) -> Unavailable:
        """The log gets the class of an exception and where it was raised: its text may hold values."""
        name = type(error).__name__
        log.error("%s: %s in the adapter, at\n%s", self.source, name, "".join(format_tb(error.__traceback__)))
        return Unavailable(self.source, f"{name} in the adapter")


class Places:
    """The places of one source, and the queue for them."""

    def __init__(self, source: str, count: int, queue: int) -> None:
        self._source = source
        self._free = asyncio.Semaphore(count)
        self._queue = queue
        self._waiting = 0

    async def take(self, deadline: float) -> None:
        """Take a place, or raise ``Overloaded`` at once, or ``TimedOut`` at the deadline."""
        if deadline <= monotonic():
            raise TimedOut(self._source, "the deadline had passed before the call")
        if not self._free.locked():
            await self._free.acquire()  # without waiting
            return
        if self._waiting >= self._queue:
            raise Overloaded(self._source, f"{self._waiting} calls wait already")
        self._waiting += 1
        try:
            with until(deadline):
                await self._free.acquire()
        except TimeoutError:
            raise TimedOut(self._source, f"the deadline passed among {self._waiting} waiting calls") from None
        finally:
            self._waiting -= 1

    def give_back(self) -> None:
        self._free.release()
