"""Fresh answers as they were read: what is asked for again and again needs no name, no store and no decoding.

Only beside a store of this process, where nobody else can make an answer invalid.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cache.entry import Answer

DECODED = 4
"""How much larger than its JSON text an answer is in memory, about."""
EACH = 400
"""Bytes of one beside that."""


class Warmed(NamedTuple):
    """``answer``: ``None`` says that there is no such key. ``until``: seconds since 1970."""

    answer: Answer | None
    until: float


class Warm:
    """At most ``size`` bytes, about. Two halves: when the young one is full it becomes the old one, and what was in the
    old one and is not asked for meanwhile is forgotten. Answers must not be changed by who gets them.

    A question is anything that two requests have in common when the same keys have the same answers.
    """

    def __init__(self, size: int) -> None:
        self.turn = 0
        self._half = size // 2
        self._young: dict[Hashable, dict[Any, tuple[Warmed, int]]] = {}
        self._old: dict[Hashable, dict[Any, tuple[Warmed, int]]] = {}
        self._weight = 0

    def answers(self, question: Hashable, keys: Sequence[Any], now: float) -> dict[Any, Any] | None:
        """By key, where all of them are here and good; a key that does not exist has no answer."""
        young = self._young.get(question)
        if young is None:
            young = self._young[question] = {}
        found = {}
        for key in keys:
            kept = young.get(key) or self._again(question, key)
            if kept is None or kept[0].until <= now:
                return None
            if kept[0].answer is not None:
                found[key] = kept[0].answer
        return found

    def keep(self, question: Hashable, turn: int, answers: Iterable[tuple[Any, Warmed, int]]) -> None:
        """Key, answer and length of its text; ``turn``: when they began to be read."""
        if turn == self.turn:
            for key, warmed, length in answers:
                self._put(question, key, warmed, length * DECODED + EACH)

    def forget(self) -> None:
        """Everything, and what is being read now."""
        self.turn += 1
        self._young, self._old, self._weight = {}, {}, 0

    def _again(self, question: Hashable, key: Any) -> tuple[Warmed, int] | None:
        kept = self._old.get(question, NOTHING).get(key)
        if kept is not None:
            self._put(question, key, *kept)
        return kept

    def _put(self, question: Hashable, key: Any, warmed: Warmed, weight: int) -> None:
        young = self._young.setdefault(question, {})
        if key not in young:
            self._weight += weight
        young[key] = warmed, weight
        if self._weight > self._half:
            self._old, self._young, self._weight = self._young, {}, 0


NOTHING: Mapping[Any, Any] = {}
