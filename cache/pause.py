"""Leaving alone what fails."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

FIRST = 0.1
LONGEST = 2.0
"""Seconds."""


class Pause:
    """After a failure nothing is tried for a moment, then once; each time that fails, for twice as long."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._seconds = 0.0
        self._until = 0.0
        self._trying = False

    @property
    def on(self) -> bool:
        return self._seconds > 0

    def may_try(self) -> bool:
        """Whoever gets ``True`` during a pause is its one attempt."""
        if not self.on:
            return True
        if self._clock() < self._until:
            return False
        self._trying = True
        self._until = self._clock() + self._seconds  # for others; and if the attempt never ends
        return True

    def worked(self) -> None:
        self._seconds = 0.0
        self._trying = False

    def failed(self) -> None:
        if self.on and not self._trying:
            return  # begun before the pause
        self._trying = False
        self._seconds = min(self._seconds * 2 or FIRST, LONGEST)
        self._until = self._clock() + self._seconds
