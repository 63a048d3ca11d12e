"""Codes that ``map`` does not name and for which ``otherwise`` stands in: counted, because nobody sees them else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


class Unmapped:
    """The counts of one source, by coordinate."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def note(self, coordinate: str) -> None:
        self._counts[coordinate] += 1

    def taken(self) -> Mapping[str, int]:
        """What came since it was asked before."""
        if not self._counts:
            return self._counts
        counts, self._counts = self._counts, Counter()
        return counts
