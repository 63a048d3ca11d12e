"""The proof in short; ``python -m tests.proof`` runs it at length."""

from __future__ import annotations

from tests.proof.coverage import missing, table
from tests.proof.run import run

OPERATIONS = 300


def test_the_engine_answers_like_the_truth() -> None:
    outcome = run(seed=1, numbers=range(OPERATIONS))
    assert not outcome.failures, outcome.failures[0]
    print(table(outcome.seen))
    assert missing(outcome.seen) == []
