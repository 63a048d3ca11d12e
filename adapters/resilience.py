"""What one source may cost: time and places are bounded, and every failure has a name."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine
from time import monotonic
from traceback import format_tb
from typing import Any, TypeVar

from adapters.deadlines import until
from adapters.places import Places
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
        self._places = Places(limits.concurrency)
        self._queue = limits.queue

    def lookup(self, request: Lookup) -> Coroutine[Any, Any, LookupResult]:
        return self._call(self.adapter.lookup, request)

    def search(self, request: Search) -> Coroutine[Any, Any, SearchResult]:
        return self._call(self.adapter.search, request)

    async def ping(self) -> None:
        # Beside the queue: a busy source is still there.
        await self._within(monotonic() + self._timeout, self.adapter.ping())

    async def _call(self, ask: Callable[[Q], Awaitable[R]], request: Q) -> R:
        now = monotonic()
        if request.deadline <= now:
            raise TimedOut(self.source, "the deadline had passed before the call")
        if not self._places.taken():
            await self._place(request.deadline)
            now = monotonic()
        try:
            deadline = min(request.deadline, now + self._timeout)
            request.tally.calls += 1
            return await self._within(deadline, ask(request.until(deadline)))
        finally:
            self._places.give_back()

    async def _place(self, deadline: float) -> None:
        waiting = self._places.waiting
        if waiting >= self._queue:
            raise Overloaded(self.source, f"{waiting} calls wait already")
        try:
            await self._places.wait(deadline)
        except TimeoutError:
            raise TimedOut(self.source, f"the deadline passed among {waiting + 1} waiting calls") from None

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
