"""Asking and Arrivals: what may be kept of what is on its way, and who gets what has just come."""

from __future__ import annotations

import time

from cache.entry import Entry
from cache.fetches import MOMENT, Arrivals, Asking


def entry(name: str) -> Entry:
    return Entry(name, "0", 1.0, None)


def test_of_calls_for_several_generations_only_what_was_there_first_is_kept() -> None:
    asking = Asking()
    with asking.of({"a": "1", "b": "1"}) as first:
        with asking.of({"a": "2", "b": "1"}) as second, asking.of({"a": "2"}) as third:
            assert [set(first), set(second), set(third)] == [{"a", "b"}, {"b"}, set()]
        with asking.of({"a": "1"}) as late:
            assert late == set()
    with asking.of({"a": "2"}) as after:
        assert after == {"a"}


def test_what_has_come_is_there_for_who_asked_the_store_before_it_was_written() -> None:
    arrivals = Arrivals()
    before = arrivals.turn
    with arrivals.of([entry("a")]):
        while_written = arrivals.turn
        assert arrivals.since(while_written, "a") == entry("a")
    assert arrivals.since(before, "a") == entry("a")
    assert arrivals.since(while_written, "a") == entry("a")
    assert arrivals.since(arrivals.turn, "a") is None
    assert arrivals.since(before, "b") is None


def test_what_has_come_is_not_held_for_long() -> None:
    arrivals = Arrivals()
    with arrivals.of([entry("a"), entry("b")]):
        pass
    with arrivals.of([entry("b")]):
        pass
    time.sleep(MOMENT / 2)
    with arrivals.of([entry("b")]):
        pass
    time.sleep(MOMENT * 0.6)
    with arrivals.of([entry("c")]):
        assert arrivals.since(0, "a") is None
        assert arrivals.since(0, "b") is not None
        assert arrivals.since(0, "c") is not None
