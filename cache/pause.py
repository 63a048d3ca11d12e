"""Leaving alone what fails."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic


class Pause:
    """After ``failures`` in a row nothing is tried for ``seconds``; then one attempt at a time, as far apart."""

    def __init__(self, failures: int = 3, seconds: float = 1.0, clock: Callable[[], float] = monotonic) -> None:
        self._limit = failures
        self._seconds = seconds
        self._clock = clock
        self._failures = 0
        self._until = 0.0

    @property
    def on(self) -> bool:
        return self._failures >= self._limit

    def may_try(self) -> bool:
        """Whoever gets ``True`` during a pause is its one attempt."""
        if not self.on:
            return True
        if self._clock() < self._until:
            return False
        self._until = self._clock() + self._seconds
        return True

    def worked(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        self._until = self._clock() + self._seconds
