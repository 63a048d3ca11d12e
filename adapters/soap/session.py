"""A login session: one token for all calls, one login at a time however many calls want it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from time import monotonic

from adapters.spi import Unavailable


class Session:
    """``login`` makes the call and gives the token; ``ttl`` in seconds, ``inf`` if only a fault tells the end."""

    def __init__(self, source: str, login: Callable[[], Awaitable[str]], ttl: float = inf) -> None:
        self._source = source
        self._login = login
        self._ttl = ttl
        self._token: str | None = None
        self._ends = -inf
        self._task: asyncio.Task[str] | None = None

    async def token(self) -> str:
        """The token, after a login if there is none or its time is over. Raises what the login raises."""
        if self._token is not None and monotonic() < self._ends:
            return self._token
        return await self._renewed()

    async def renew(self, refused: str) -> str:
        """A token other than the one that the system no longer takes; another call may have renewed it already."""
        if self._token == refused:
            self._ends = -inf
        return await self.token()

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _renewed(self) -> str:
        # The login belongs to the source: whoever wanted it first may give up, the others still get the token.
        if self._task is None:
            self._task = asyncio.create_task(self._log_in(), name="crossdock login")
            self._task.add_done_callback(lambda task: task.cancelled() or task.exception())  # seen, if nobody waits
        task = self._task
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            waiter = asyncio.current_task()
            if task.cancelled() and not (waiter and waiter.cancelling()):
                raise Unavailable(self._source, "closed during a login") from None
            raise

    async def _log_in(self) -> str:
        begun = monotonic()
        try:
            self._token = await self._login()
            self._ends = begun + self._ttl
            return self._token
        finally:
            self._task = None
