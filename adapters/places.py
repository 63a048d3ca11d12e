"""So many at a time, in the order of coming."""

from __future__ import annotations

import asyncio
from collections import deque

from adapters.deadlines import until


class Places:
    """``taken`` or ``wait``, then ``give_back``. Unlike ``asyncio.Semaphore`` it costs next to nothing while there are
    places; a place that is given back goes straight to who has waited longest."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def taken(self) -> bool:
        """Whether there was a place, which is taken now."""
        if self._free:
            self._free -= 1
            return True
        return False

    async def wait(self, deadline: float) -> None:
        """Takes the next place that is given back. Raises ``TimeoutError`` at the deadline."""
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            with until(deadline):
                await place
        except BaseException:
            if place.done() and not place.cancelled():
                self.give_back()  # it came in the moment of giving up
            elif place in self._waiting:
                self._waiting.remove(place)
            raise

    def give_back(self) -> None:
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():  # else it has been given up
                place.set_result(None)
                return
        self._free += 1
