"""Calls that come at the same time become one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")

MOST = 100
"""Calls in one."""


class Gathered(Generic[A, R]):
    """Those that come while one is under way wait, and are the next: the more there are, the less each costs.

    ``act``: does what was asked in several calls at once, for all of them one result or one exception. It belongs to
    none of them: who leaves takes nothing from the others. When it fails, those who wait have failed as well, so that
    nobody waits for longer than one ``act`` takes.
    """

    def __init__(self, act: Callable[[Sequence[A]], Awaitable[R]]) -> None:
        self._act = act
        self._waiting: deque[tuple[list[A], asyncio.Future[R]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, asked: A) -> R:
        if not self._waiting or len(self._waiting[-1][0]) >= MOST:
            self._waiting.append(([], asyncio.get_running_loop().create_future()))
        together, result = self._waiting[-1]
        together.append(asked)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return await asyncio.shield(result)

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _work(self) -> None:
        while self._waiting:
            together, result = self._waiting.popleft()
            try:
                result.set_result(await self._act(together))
            except BaseException as error:
                self._fail(result, error)
                if not isinstance(error, Exception):
                    raise

    def _fail(self, result: asyncio.Future[R], error: BaseException) -> None:
        failure = error if isinstance(error, Exception) else ConnectionError("closed")
        for each in (result, *(waiting for _, waiting in self._waiting)):
            each.set_exception(failure)
            each.exception()  # seen, even when everybody has left
        self._waiting.clear()
