"""For how long what was made of an instant stays true."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from math import inf
from pathlib import Path

import pytest

import resolvers
from resolvers.clock import Clock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC).timestamp()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


def test_what_asks_nothing_is_true_for_ever(clock: Clock) -> None:
    assert clock.until == inf


def test_what_has_come_stays_so(clock: Clock) -> None:
    assert clock.has_come(NOON)
    assert clock.has_come(NOON - 1)
    assert clock.until == inf


def test_what_has_not_come_is_true_until_it_has(clock: Clock) -> None:
    assert not clock.has_come(NOON + 60)
    assert not clock.has_come(NOON + 0.5)
    assert not clock.has_come(NOON + 30)
    assert clock.until == NOON + 0.5


def test_a_day_ends_at_midnight(clock: Clock) -> None:
    assert clock.today() == "2026-11-22"
    assert clock.until == MIDNIGHT
    assert Clock(MIDNIGHT).today() == "2026-11-23"


def test_the_instant_itself_is_true_only_now(clock: Clock) -> None:
    assert clock.now() == "2026-11-22T12:00:00+00:00"
    assert clock.until == NOON
    assert not clock.has_come(NOON + 1)
    assert clock.until == NOON


def test_nothing_in_the_graph_reads_another_clock() -> None:
    """An answer that was made of the time itself would be given again when it is no longer true."""
    folder = Path(resolvers.__path__[0])
    read = {
        (file.name, node.attr if isinstance(node, ast.Attribute) else node.id)
        for file in folder.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    clocks = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "localtime", "gmtime"}
    assert {(file, name) for file, name in read if name in clocks} == {
        ("availability.py", "now"),
        ("availability.py", "today"),
    }
