"""One call that several requests wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from math import inf
from typing import Any, Generic, TypeVar

from adapters.deadlines import deadlines
from adapters.outline import Outline
from adapters.spi import Key, Lookup, Search, SourceError, TimedOut, Unavailable

Q = TypeVar("Q", Lookup, Search)
R = TypeVar("R")


class Flight(Generic[R]):
    """``ask`` of a ``request`` for these ``keys``, in a task of its own; ``forget`` is called when nobody can join any
    more."""

    __slots__ = (
        "_error",
        "_fields",
        "_forget",
        "_landings",
        "_outline",
        "_over",
        "_result",
        "_source",
        "_task",
        "keys",
    )

    def __init__(
        self,
        source: str,
        ask: Callable[[Q], Awaitable[R]],
        request: Q,
        keys: Sequence[Key | None],
        forget: Callable[[Flight[R]], None],
    ) -> None:
        self.keys = keys
        self._source = source
        self._fields = request.fields
        self._outline: Outline | None = request.outline
        self._forget = forget
        self._over = False
        self._error: Exception | None = None
        self._landings: set[Landing] = set()
        # not asyncio.create_task, which would find a name for it
        self._task = asyncio.get_running_loop().create_task(self._fly(ask, request))

    @property
    def result(self) -> R:
        return self._result

    @property
    def error(self) -> SourceError | None:
        """Why there is no result, or none yet. An exception that is no ``SourceError`` is raised."""
        if not self._over:
            return self._late()
        if self._error is None or isinstance(self._error, SourceError):
            return self._error
        raise self._error

    def takes(self, fields: frozenset[str], outline: Outline | None) -> bool:
        """Whether a request for these fields, and for so much of them, may join."""
        return fields <= self._fields and (self._outline is None or self._outline.brings(fields, outline))

    def join(self, landing: Landing) -> None:
        """It is told when there is a result, or never will be."""
        self._landings.add(landing)

    def leave(self, landing: Landing) -> None:
        """The last to leave cancels what is not done."""
        self._landings.discard(landing)
        if not self._landings and not self._over:
            self._end(self._late())

    def close(self) -> None:
        self._end(self._closed())

    def _end(self, error: SourceError) -> None:
        self._error = error
        self._task.cancel()
        self._land()

    async def _fly(self, ask: Callable[[Q], Awaitable[R]], request: Q) -> None:
        try:
            self._result = await ask(request)
        except asyncio.CancelledError:
            self._error = self._error or self._closed()
            raise
        except Exception as error:
            self._error = error
        finally:
            self._land()

    def _late(self) -> SourceError:
        return TimedOut(self._source, "no answer by the deadline")

    def _closed(self) -> SourceError:
        return Unavailable(self._source, "closed while it was asked")

    def _land(self) -> None:
        if not self._over:
            self._over = True
            self._forget(self)
            for landing in self._landings:
                landing.landed()


class Landing:
    """Waits for so many flights."""

    __slots__ = ("_left", "over")

    def __init__(self, flights: int, over: asyncio.Future[None]) -> None:
        self.over = over
        self._left = flights

    def landed(self) -> None:
        self._left -= 1
        if not self._left:
            self.expire()

    def expire(self) -> None:
        if not self.over.done():
            self.over.set_result(None)


async def landing(flights: Collection[Flight[Any]], deadline: float) -> None:
    """Wait for all of them until ``deadline`` (``time.monotonic``)."""
    due = deadlines()
    waits = Landing(len(flights), due.loop.create_future())
    for flight in flights:
        flight.join(waits)
    if deadline < inf:
        due.add(waits, deadline)
    try:
        await waits.over
    finally:
        due.remove(waits)
        for flight in flights:
            flight.leave(waits)
