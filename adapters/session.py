"""A login session: one token for all calls, one login at a time however many calls want it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from time import monotonic
from typing import Generic, NamedTuple, TypeVar

from adapters.spi import Unavailable

T = TypeVar("T")

MARGIN = 30.0
"""Seconds before its end at which a token is renewed, or a tenth of its life where that is less: clocks differ, and a
call takes its time."""


class Granted(NamedTuple, Generic[T]):
    """What a login gives. ``seconds``: how long it holds, ``inf`` if only a refusal tells the end."""

    token: T
    seconds: float = inf


class Session(Generic[T]):
    """``login`` makes the call."""

    def __init__(self, source: str, login: Callable[[], Awaitable[Granted[T]]]) -> None:
        self._source = source
        self._login = login
        self._granted: Granted[T] | None = None
        self._ends = -inf
        self._task: asyncio.Task[T] | None = None
        self._waiting = 0

    async def token(self) -> T:
        """The token, after a login if there is none or its time is over. Raises what the login raises."""
        if self._granted is not None and monotonic() < self._ends:
            return self._granted.token
        return await self._renewed()

    async def renew(self, refused: T) -> T:
        """A token other than the one that the system no longer takes; another call may have renewed it already."""
        if self._granted is not None and self._granted.token == refused:
            self._ends = -inf
        return await self.token()

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _renewed(self) -> T:
        # The login belongs to the source: whoever wanted it first may give up, the others still get the token. When
        # nobody waits any more it is given up, so that the next call does not wait for one that is lost.
        if self._task is None:
            self._task = asyncio.create_task(self._log_in(), name="crossdock login")
            self._task.add_done_callback(lambda task: task.cancelled() or task.exception())  # seen, if nobody waits
        task = self._task
        self._waiting += 1
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            waiter = asyncio.current_task()
            if task.cancelled() and not (waiter and waiter.cancelling()):
                raise Unavailable(self._source, "closed during a login") from None
            raise
        finally:
            self._waiting -= 1
            if not self._waiting and self._task is task:
                self._task = None
                task.cancel()

    async def _log_in(self) -> T:
        begun = monotonic()
        try:
            self._granted = await self._login()
            self._ends = begun + self._granted.seconds - min(MARGIN, self._granted.seconds / 10)
            return self._granted.token
        finally:
            if self._task is asyncio.current_task():
                self._task = None
