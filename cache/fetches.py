"""What one process is asking a source for, and what it has got a moment ago."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from time import monotonic

from cache.entry import Entry

MOMENT = 0.1
"""Seconds; no read of a store takes longer."""


@dataclass(slots=True)
class Asked:
    generation: str | None
    times: int


class Asking:
    """Which entries are being fetched, and for which generation.

    Single flight lets a request join a call that began before the entry was made invalid. What such a call brings
    must not be kept under the new generation.
    """

    def __init__(self) -> None:
        self._asked: dict[str, Asked] = {}

    @contextmanager
    def of(self, generations: Mapping[str, str]) -> Iterator[frozenset[str]]:
        """While these entries (by name) are fetched. Gives the names of those that may be kept."""
        sound = frozenset([name for name, generation in generations.items() if self._begin(name, generation)])
        try:
            yield sound
        finally:
            for name in generations:
                self._end(name)

    def _begin(self, name: str, generation: str) -> bool:
        asked = self._asked.setdefault(name, Asked(generation, 0))
        asked.times += 1
        if asked.generation != generation:
            asked.generation = None  # of several: also for all who come while one of these is under way
        return asked.generation is not None

    def _end(self, name: str) -> None:
        asked = self._asked[name]
        asked.times -= 1
        if not asked.times:
            del self._asked[name]


class Arrivals:
    """What was fetched, until every read of the store that may have missed it has ended.

    So that such a read does not become another call, and not another write.
    """

    def __init__(self) -> None:
        self.turn = 0
        self._entries: dict[str, tuple[float, Entry]] = {}
        self._landed: deque[tuple[float, Entry]] = deque()

    @contextmanager
    def of(self, entries: Iterable[Entry]) -> Iterator[None]:
        """While these are written to the store."""
        self._forget()
        entries = list(entries)
        self._entries.update((entry.name, (inf, entry)) for entry in entries)
        try:
            yield
        finally:
            self.turn += 1
            self._entries.update((entry.name, (self.turn, entry)) for entry in entries)
            self._landed.extend((monotonic(), entry) for entry in entries)

    def since(self, turn: int, name: str) -> Entry | None:
        """What was not in the store yet at ``turn``."""
        landed = self._entries.get(name)
        return landed[1] if landed is not None and landed[0] > turn else None

    def _forget(self) -> None:
        while self._landed and self._landed[0][0] < monotonic() - MOMENT:
            entry = self._landed.popleft()[1]
            if self._entries.get(entry.name, (inf, None))[1] is entry:
                del self._entries[entry.name]
