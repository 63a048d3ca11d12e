"""Numbers by label values, added up here in plain Python and read when somebody asks for them.

The SDK takes 10 to 15 µs for each number (a lock, a checked and hashed copy of the labels, a search for views); this is
one of them. They are added by one thread, the event loop's, and may be read by any.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

Values = tuple[str, ...]
"""Of the labels, in their order."""
Reading = Mapping[Values, tuple[float, ...]]

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Where the buckets of a histogram end; one more is for all that takes longer."""


class Instrument:
    """``name`` and ``unit`` as OpenTelemetry writes them; ``labels`` bound how many values there can be."""

    unit = "1"

    def __init__(self, name: str, labels: Values, description: str) -> None:
        self.name = name
        self.labels = labels
        self.description = description
        self._found: dict[Values, list[float]] = {}

    def read(self) -> Reading:
        return {values: tuple(numbers) for values, numbers in list(self._found.items())}


class Totals(Instrument):
    """A counter; its reading is one number."""

    def add(self, count: int, *values: str) -> None:
        found = self._found.get(values)
        if found is None:
            self._found[values] = [count]
        else:
            found[0] += count


class Durations(Instrument):
    """A histogram; its reading are the numbers of the buckets, each by itself, and the sum in seconds."""

    unit = "s"

    def add(self, seconds: float, *values: str) -> None:
        found = self._found.get(values)
        if found is None:
            found = self._found[values] = [0] * (len(SECONDS) + 1) + [0.0]
        found[bisect_left(SECONDS, seconds)] += 1
        found[-1] += seconds
