"""The proof in short; ``python -m tests.proof`` runs it at length."""

from __future__ import annotations

from tests.proof.coverage import missing, table
from tests.proof.run import run

OPERATIONS = 300
MOST = 3
"""Rare constructs may need so many times more."""


def test_the_engine_answers_like_the_truth() -> None:
    outcomes = []
    for start in range(0, MOST * OPERATIONS, OPERATIONS):
        outcomes.append(run(seed=1, numbers=range(start, start + OPERATIONS)))
        assert not outcomes[-1].failures, outcomes[-1].failures[0]
        seen = sum((outcome.seen for outcome in outcomes), start=type(outcomes[0].seen)())
        if not missing(seen):
            break
    print(table(seen))
    assert missing(seen) == []
