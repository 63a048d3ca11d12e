"""One call that several requests wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from math import inf
from time import monotonic
from typing import Any, Generic, TypeVar

from adapters.outline import Outline
from adapters.spi import Key, SourceError, TimedOut, Unavailable

R = TypeVar("R")


class Flight(Generic[R]):
    """``call`` in a task of its own, for these ``keys``; ``forget`` is called when nobody can join any more."""

    def __init__(
        self,
        source: str,
        call: Coroutine[Any, Any, R],
        keys: Sequence[Key | None],
        fields: frozenset[str],
        outline: Outline | None,
        forget: Callable[[Flight[R]], None],
    ) -> None:
        self.keys = keys
        self._source = source
        self._fields = fields
        self._outline = outline
        self._forget = forget
        self._waiting = 0
        self._task = asyncio.create_task(call)
        self._task.add_done_callback(self._landed)

    @property
    def result(self) -> R:
        return self._task.result()

    @property
    def error(self) -> SourceError | None:
        """Why there is no result, or none yet. An exception that is no ``SourceError`` is raised."""
        if not self._task.done():
            return TimedOut(self._source, "no answer by the deadline")
        if self._task.cancelled():
            return Unavailable(self._source, "closed while it was asked")
        error = self._task.exception()
        if error is None or isinstance(error, SourceError):
            return error
        raise error

    def takes(self, fields: frozenset[str], outline: Outline | None) -> bool:
        """Whether a request for these fields, and for so much of them, may join."""
        return fields <= self._fields and (self._outline is None or self._outline.brings(fields, outline))

    def join(self, landed: Callable[[asyncio.Task[R]], None]) -> None:
        """``landed`` is called when there is a result, or never will be."""
        self._waiting += 1
        self._task.add_done_callback(landed)

    def leave(self, landed: Callable[[asyncio.Task[R]], None]) -> None:
        """The last to leave cancels what is not done."""
        self._waiting -= 1
        self._task.remove_done_callback(landed)
        if not self._waiting and not self._task.done():
            self.cancel()

    def cancel(self) -> None:
        self._forget(self)
        self._task.cancel()

    def _landed(self, task: asyncio.Task[R]) -> None:
        self._forget(self)
        if not task.cancelled():
            task.exception()  # seen, even when everybody has left


async def landing(flights: Collection[Flight[Any]], deadline: float) -> None:
    """Wait for all of them until ``deadline`` (``time.monotonic``); ``asyncio.wait`` would take twice as long."""
    loop = asyncio.get_running_loop()
    over = loop.create_future()
    left = len(flights)

    def landed(_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            end()

    def end() -> None:
        if not over.done():
            over.set_result(None)

    timer = None if deadline == inf else loop.call_later(max(0.0, deadline - monotonic()), end)
    for flight in flights:
        flight.join(landed)
    try:
        await over
    finally:
        if timer is not None:
            timer.cancel()
        for flight in flights:
            flight.leave(landed)
