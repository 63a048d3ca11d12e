"""Fresh answers as they came, or were read: what is asked for again needs no name, no store and no decoding.

Only beside a store of this process, where nobody else can make an answer invalid.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import inf
from operator import itemgetter
from typing import Any, NamedTuple

from cache.entry import Answer
from cache.form import Form

DECODED = 4
"""How much larger than its JSON text an answer is in memory, about."""
EACH = 400
"""Bytes of one beside that."""


MOST_FORMS = 4
"""Of one answer."""


class Warmed(NamedTuple):
    """``answer``: ``None`` says that there is no such key. ``until``: seconds since 1970. ``length``: of its text.
    ``forms``: the answer as operations take it, ``None`` where that was asked for once."""

    answer: Answer | None
    until: float
    length: int
    forms: dict[Form, Answer | None]


ANSWER, UNTIL, FORMS = itemgetter(0), itemgetter(1), itemgetter(3)


class AtHand(NamedTuple):
    """``answers`` by key; a key that does not exist has none. ``until``: the first of them ends."""

    answers: dict[Any, Any]
    until: float


class Warm:
    """At most ``size`` bytes, about. Two halves: when the young one is full it becomes the old one, and what was in the
    old one and is not asked for meanwhile is forgotten. Answers must not be changed by who gets them.

    A question is anything that two requests have in common when the same keys have the same answers.
    """

    def __init__(self, size: int) -> None:
        self.turn = 0
        self._half = size // 2
        self._young: dict[Hashable, dict[Any, Warmed]] = {}
        self._old: dict[Hashable, dict[Any, Warmed]] = {}
        self._weight = 0

    def answers(self, question: Hashable, keys: Sequence[Any], now: float, form: Form | None = None) -> AtHand | None:
        """Where all of them are here and good. Hardly a line of it is run for each key: a list has a thousand."""
        kept: list[Any] = list(map(self._young.get(question, NOTHING).get, keys))
        if not all(kept):
            kept = [each or self._again(question, key) for key, each in zip(keys, kept, strict=True)]
            if not all(kept):
                return None
        until = min(map(UNTIL, kept), default=inf)
        if until <= now:
            return None
        answers = list(map(ANSWER, kept)) if form is None else self._formed(kept, form)
        found = dict(zip(keys, answers, strict=True))
        if not all(found.values()):  # there is no such key, or it has an empty list
            found = {key: answer for key, answer in found.items() if answer is not None}
        return AtHand(found, until)

    def keep(self, question: Hashable, turn: int, answers: Iterable[tuple[Any, Warmed]]) -> None:
        """By key; ``turn``: when they began to be read."""
        if turn == self.turn:
            for key, warmed in answers:
                self._put(question, key, warmed)

    def forget(self) -> None:
        """Everything, and what is being read now."""
        self.turn += 1
        self._young, self._old, self._weight = {}, {}, 0

    def _formed(self, kept: Sequence[Warmed], form: Form) -> list[Answer | None]:
        formed = [forms.get(form) for forms in map(FORMS, kept)]
        if not all(formed):
            formed = [each or self._form(warmed, form) for each, warmed in zip(formed, kept, strict=True)]
        return formed

    def _form(self, warmed: Warmed, form: Form) -> Answer | None:
        """The answer in a form that is asked for again; the first time as it is, since making one costs what it saves
        in five answers."""
        answer, forms = warmed.answer, warmed.forms
        if form not in forms:
            if len(forms) >= MOST_FORMS:
                forms.clear()
            forms[form] = None
        elif answer:
            answer = forms[form] = form.of(answer)
            self._weight += warmed.length * DECODED
        return answer

    def _again(self, question: Hashable, key: Any) -> Warmed | None:
        kept = self._old.get(question, NOTHING).get(key)
        if kept is not None:
            self._put(question, key, kept)
        return kept

    def _put(self, question: Hashable, key: Any, warmed: Warmed) -> None:
        young = self._young.setdefault(question, {})
        if key not in young:
            self._weight += warmed.length * DECODED + EACH
        young[key] = warmed
        if self._weight > self._half:
            self._old, self._young, self._weight = self._young, {}, 0


NOTHING: Mapping[Any, Any] = {}
