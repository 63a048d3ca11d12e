"""Whole answers: what is asked again gets the same bytes, while nothing that they were made of can have changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import time
from typing import NamedTuple

import orjson

from gateway.engine.context import Scope
from gateway.engine.recent import Recent
from gateway.engine.request import Answer, OperationRequest

EACH = 1024
"""Bytes that an answer takes beside its body, and the text and variables that it answers."""
ONCE = 10_000
"""Questions that are remembered to have come once."""


class Question(NamedTuple):
    """All that an answer depends on, beside the systems' records and the clock."""

    text: str
    operation_name: str | None
    variables: bytes
    caller: str
    scope: Scope


class Kept(NamedTuple):
    """``until``: seconds since 1970. ``turn``: of what was kept, when it was made."""

    answer: Answer
    until: float
    turn: int


class Answers:
    """At most ``limit`` bytes, those used last; with 0, none.

    An answer is kept when its question comes again: most of what is asked once never is. ``turn`` gives a number that
    changes when anything that was at hand is made invalid, ``clock`` seconds since 1970.
    """

    def __init__(self, limit: int, turn: Callable[[], int] = int, clock: Callable[[], float] = time) -> None:
        self.turn = turn
        self._clock = clock
        self._recent: Recent[Question, Kept] = Recent(limit)
        self._once: set[int] = set()

    @property
    def remembered(self) -> int:
        """Questions that have come once."""
        return len(self._once)

    def question(self, request: OperationRequest, scope: Scope) -> Question | None:
        """``None`` where nothing is kept for it."""
        if not self._recent.limit:
            return None
        try:
            variables = orjson.dumps(request.variables)
        except TypeError:  # not of JSON, which has no such values
            return None
        return Question(request.query, request.operation_name, variables, request.principal.name, scope)

    def get(self, question: Question) -> Answer | None:
        kept = self._recent.get(question)
        return kept.answer if kept is not None and self._holds(kept.until, kept.turn) else None

    def keep(self, question: Question, answer: Answer, until: float, turn: int) -> None:
        """``turn``: as it was before the first part of the answer was read; ``until``: the first of them ends."""
        if self._came_before(question) and self._holds(until, turn):
            weight = EACH + len(question.text) + len(question.variables) + len(answer.body)
            self._recent.put(question, Kept(again(answer), until, turn), weight)

    def _holds(self, until: float, turn: int) -> bool:
        return self._clock() < until and turn == self.turn()

    def _came_before(self, question: Question) -> bool:
        mark = hash(question)
        if mark in self._once:
            return True
        if len(self._once) >= ONCE:
            self._once.clear()
        self._once.add(mark)
        return False


def again(answer: Answer) -> Answer:
    """The answer as it is given the next time: its steps take no time any more."""
    account = answer.account
    if account is None:
        return answer
    steps = tuple(step._replace(seconds=0.0) for step in account.steps)
    return replace(answer, account=replace(account, steps=steps, plan="hit", kept=True))
