"""The order in which large replies are read: one after the other, each on its way to its answer before the next.

Replies that arrive together would else all be read first and answered afterwards: a thousand records of each of thirty
would be there at the same time, cold when they are taken up again, and walked through by the collector. Small requests
come between.
"""

from __future__ import annotations

import asyncio
from collections import deque

LARGE = 32 * 1024
"""Bytes of a reply; a smaller one is read at once."""

STEPS = 3
"""Of the loop, from a reply that is read to its answer: the shared call ends, who waits for it is told, and goes on."""


class Turns:
    """``next`` returns when it is the caller's turn, which ends by itself some steps later."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def next(self) -> None:
        loop = asyncio.get_running_loop()
        if self._taken:
            turn = loop.create_future()
            self._waiting.append(turn)
            await turn
        else:
            self._taken = True
            loop.call_soon(self._pass_on, loop, STEPS)

    def _pass_on(self, loop: asyncio.AbstractEventLoop, steps: int) -> None:
        if steps:
            loop.call_soon(self._pass_on, loop, steps - 1)
            return
        self._taken = self._given()
        if self._taken:
            loop.call_soon(self._pass_on, loop, STEPS)

    def _given(self) -> bool:
        """To the first who still waits; whether there was one."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return True
        return False
