"""Ends what takes too long, on the clock that deadlines are on: ``time.monotonic``."""

from __future__ import annotations

import asyncio
from math import inf
from time import monotonic
from types import TracebackType


class until:
    """Cancels what is awaited inside at the ``deadline`` and raises ``TimeoutError`` in its place.

    ``asyncio.timeout``, which is entered and left by coroutines, takes twice as long (5.5 µs); each call has one.
    """

    __slots__ = ("_cancelling", "_deadline", "_task", "_timer", "expired")

    def __init__(self, deadline: float) -> None:
        self.expired = False
        self._deadline = deadline
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> until:
        if self._deadline < inf:
            task = asyncio.current_task()
            assert task is not None
            self._task: asyncio.Task[object] = task
            self._cancelling = task.cancelling()
            seconds = max(0.0, self._deadline - monotonic())
            self._timer = asyncio.get_running_loop().call_later(seconds, self._expire)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        # who else has cancelled the task meanwhile means it
        if self.expired and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _expire(self) -> None:
        self.expired = True
        self._task.cancel()
