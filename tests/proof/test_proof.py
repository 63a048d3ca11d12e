"""The proof in short; ``make proof`` runs it at length, and there every construct has to be met."""

from __future__ import annotations

from tests.proof.coverage import missing, table
from tests.proof.run import run

OPERATIONS = 300
RARE = 5
"""So many of the constructs may be too rare for this number of operations."""


def test_the_engine_answers_like_the_truth() -> None:
    outcome = run(seed=1, numbers=range(OPERATIONS))
    assert not outcome.failures, outcome.failures[0]
    print(table(outcome.seen))
    assert len(missing(outcome.seen)) <= RARE
