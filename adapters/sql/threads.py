"""The threads of one source: blocking drivers run here, and the event loop can end what they run.

``concurrent.futures`` costs twice as much per call and cannot end a call that has begun.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")

CLOSING_SECONDS = 5.0


class Abandoned(Exception):
    """Nobody waits for the call any more."""


class Call(Generic[T]):
    """One piece of work on its way through a thread.

    The thread says with ``begin`` how to stop what it is about to do; the loop may ask for that until its ``end``.
    """

    __slots__ = ("_ended", "_lock", "_loop", "_stop", "_work", "abandoned", "future")

    def __init__(
        self, work: Callable[[Call[T]], T], loop: asyncio.AbstractEventLoop, ended: Callable[[Call[T]], None]
    ) -> None:
        self.future: asyncio.Future[T] = loop.create_future()
        self.abandoned = False
        self._work = work
        self._loop = loop
        self._ended = ended
        self._lock = Lock()
        self._stop: Callable[[], None] | None = None

    def begin(self, stop: Callable[[], None]) -> None:
        """``stop`` is called from another thread, at most once, and never after ``end``."""
        with self._lock:
            if self.abandoned:
                raise Abandoned
            self._stop = stop

    def end(self) -> None:
        with self._lock:  # waits for a `stop` under way: it must not hit the next statement
            self._stop = None

    def abandon(self) -> None:
        """From the loop: nothing more is begun, and what runs is stopped. Does not wait for that."""
        with self._lock:
            self.abandoned = True
            running = self._stop is not None
        if running:  # a driver's cancel may itself take a while
            Thread(target=self._stop_now, name="crossdock-sql-stop", daemon=True).start()

    def _stop_now(self) -> None:
        with self._lock:
            if self._stop is not None:
                self._stop()

    def perform(self) -> None:
        """In a thread: do the work and hand its outcome to the loop."""
        try:
            if self.abandoned:
                raise Abandoned
            result = self._work(self)
        except BaseException as error:  # whatever it is, the loop must hear of it
            self._hand_over(self._failed, error)
        else:
            self._hand_over(self._succeeded, result)

    def _hand_over(self, deliver: Callable[[Any], None], outcome: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to hear
            self._loop.call_soon_threadsafe(deliver, outcome)

    def _succeeded(self, result: T) -> None:
        self._ended(self)
        if not self.future.done():
            self.future.set_result(result)

    def _failed(self, error: BaseException) -> None:
        self._ended(self)
        if not self.future.done():
            self.future.set_exception(error)

    def expire(self) -> None:
        """From the loop, at the deadline."""
        if not self.future.done():
            self.future.set_exception(TimeoutError())


class Threads:
    """At most ``size`` threads, begun when they are needed."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._size = size
        self._queue: SimpleQueue[Call[Any] | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._calls: set[Call[Any]] = set()
        self._closed = False

    async def run(self, work: Callable[[Call[T]], T], seconds: float | None = None) -> T:
        """The result of ``work``. After ``seconds``, or when the caller is cancelled, the work is stopped.

        Raises what ``work`` raises, ``TimeoutError`` and, when closed, ``Abandoned``.
        """
        if self._closed:
            raise Abandoned
        loop = asyncio.get_running_loop()
        call = Call(work, loop, self._calls.discard)
        self._begin(call)
        timer = None if seconds is None else loop.call_later(seconds, call.expire)
        try:
            return await call.future
        finally:
            if timer is not None:
                timer.cancel()
            if call in self._calls:
                call.abandon()

    def _begin(self, call: Call[Any]) -> None:
        self._calls.add(call)
        if len(self._threads) < min(self._size, len(self._calls)):
            thread = Thread(target=self._serve, name=f"{self._name}-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._queue.put(call)

    def _serve(self) -> None:
        while (call := self._queue.get()) is not None:
            call.perform()

    async def aclose(self) -> None:
        """Stop what runs and end every thread. One that a driver holds for longer ends when that lets it go."""
        self._closed = True
        for call in self._calls:
            call.abandon()
        for _ in self._threads:
            self._queue.put(None)
        await asyncio.to_thread(self._join)

    def _join(self) -> None:
        end = time.monotonic() + CLOSING_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
