"""How long this process could not run: other processes have the processors too."""

from __future__ import annotations

import asyncio
from time import perf_counter

STEP = 0.002


class Stalls:
    """``seconds``: by how much the event loop was late, in all, since this began."""

    def __init__(self) -> None:
        self._lost = 0.0
        self._began = perf_counter()
        self._task = asyncio.create_task(self._watch())

    @property
    def seconds(self) -> float:
        return self._lost + max(0.0, perf_counter() - self._began - STEP)

    def stop(self) -> None:
        self._task.cancel()

    async def _watch(self) -> None:
        while True:
            self._began = perf_counter()
            await asyncio.sleep(STEP)
            self._lost += max(0.0, perf_counter() - self._began - STEP)
