"""Requests that are passed on are the same in all that is not said to be another."""

from __future__ import annotations

from dataclasses import fields

from adapters.outline import Outlined, outline
from adapters.spi import Principal, Search, Sort, Start
from adapters.tally import Tally

ASKED = Search(
    "Order",
    "customer",
    first=5,
    fields=frozenset({"number"}),
    after="here",
    filters={"status": "OPEN"},
    parents=["C1", "C2"],
    want_total=True,
    principal=Principal("ann"),
    deadline=1.0,
    tally=Tally(),
    start=Start("2026-01-01T00:00:00Z", inclusive=True),
    sort=Sort("NEWEST", reverse=True),
    backwards=True,
    want_facets=True,
    outline=outline((Outlined("number"),)),
    further={"C1": ["C3"]},
)
NAMES = [each.name for each in fields(Search)]
PLAIN = Search("Order", "customer", 5, frozenset({"number"}))


def test_every_part_of_a_search_is_another_than_when_nothing_is_said() -> None:
    """So that the tests below see to each of them."""
    said = [name for name in NAMES if name not in {"entity", "name", "first", "fields", "tally"}]
    assert [name for name in said if getattr(ASKED, name) == getattr(PLAIN, name)] == []


def differing(one: Search, other: Search) -> dict[str, object]:
    return {name: getattr(other, name) for name in NAMES if getattr(one, name) is not getattr(other, name)}


def test_a_search_until_another_deadline() -> None:
    assert differing(ASKED, ASKED.until(2.0)) == {"deadline": 2.0}
    assert differing(PLAIN, PLAIN.until(2.0)) == {"deadline": 2.0}


def test_a_search_below_other_parents() -> None:
    assert differing(ASKED, ASKED.of(["C2"], 1.5)) == {"parents": ["C2"], "deadline": 1.5}
    assert differing(PLAIN, PLAIN.of(["C2"], 1.5)) == {"deadline": 1.5}
