"""Parents with several keys: one list of what belongs to any of them, page by page, and nothing changed for others."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from adapters.conformance import LookupSample, SearchSample, conform
from adapters.further_keys import FurtherKeys
from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch
from adapters.spi import Further, Lookup, Page, Search, Sort, Start, Unavailable, Unsupported

FIELDS = frozenset({"number"})
LINKS_DOWN = Unavailable("crosswalk")


def order(number: int, customer: str, minute: int) -> dict[str, Any]:
    return {"number": f"O{number:03}", "customer": customer, "placedAt": f"2026-11-20T10:{minute:02}:00Z"}


def orders(count: int = 60, seed: int = 1) -> list[dict[str, Any]]:
    """Of three customers; many at the same instant."""
    draw = random.Random(seed)
    return [order(number, draw.choice("ABC"), draw.randrange(12)) for number in range(count)]


def adapter(rows: Sequence[Mapping[str, Any]]) -> MemoryAdapter:
    newest = ("placedAt desc", "number")
    return MemoryAdapter(
        "oms",
        {
            "Order": MemoryEntity(
                rows,
                {"customer": MemoryLookup(many=True, batch=10), "number": MemoryLookup()},
                {
                    "newest": MemorySearch(parent="customer", keyset=newest, sorts={"CODE": ("number",)}),
                    "stored": MemorySearch(parent="customer"),
                },
            )
        },
    )


def placed(rows: Sequence[Mapping[str, Any]], keys: str) -> list[str]:
    """The numbers as one list: the latest first, then by the rank of the key, then as the source has them."""
    own = [row for row in rows if row["customer"] in keys]
    own.sort(key=lambda row: (keys.index(row["customer"]), row["number"]))
    own.sort(key=lambda row: str(row["placedAt"]), reverse=True)
    return [row["number"] for row in own]


def search(further: Further, first: int = 7, name: str = "newest", parents: Sequence[str] = ("A",)) -> Search:
    return Search("Order", name, first, FIELDS, parents=list(parents), further=further, want_total=True)


def numbers(page: Page) -> list[str]:
    return [record.values["number"] for record in page.records]


async def paged(source: FurtherKeys, request: Search) -> list[str]:
    found: list[str] = []
    after: str | None = None
    while True:
        [page] = (await source.search(replace(request, after=after))).pages.values()
        found += numbers(page)
        assert len(page.records) == len(page.cursors) <= request.first
        if not page.has_next:
            return found
        after = page.cursors[-1]


async def test_it_keeps_the_contract() -> None:
    rows = orders()
    source = FurtherKeys(adapter(rows))
    lookups = [
        LookupSample("Order", "number", known=["O001", "O002"], unknown="X"),
        LookupSample("Order", "customer", known=["A", "B"], unknown="X", empty="X"),
    ]
    searches = [
        SearchSample("Order", name, parents=["A", "B"], unknown_parent="X", count=len(placed(rows, "A")))
        for name in ("newest", "stored")
    ]
    assert await conform(source, lookups, searches)


@pytest.mark.parametrize("first", [1, 2, 7, 50])
@pytest.mark.parametrize("keys", ["AB", "BA", "CAB"])
async def test_pages_are_one_list_in_the_order_of_the_search(first: int, keys: str) -> None:
    rows = orders()
    source = FurtherKeys(adapter(rows))
    request = search({keys[0]: list(keys[1:])}, first, parents=keys[:1])
    assert await paged(source, request) == placed(rows, keys)
    assert (await source.search(request)).pages[keys[0]].total == len(placed(rows, keys))


@pytest.mark.parametrize("first", [1, 3, 50])
async def test_without_an_order_key_by_key(first: int) -> None:
    rows = orders()
    found = await paged(FurtherKeys(adapter(rows)), search({"B": ["A", "C"]}, first, "stored", "B"))
    assert found == [row["number"] for key in "BAC" for row in rows if row["customer"] == key]


async def test_what_comes_in_between_shifts_nothing() -> None:
    rows = orders()
    kept = adapter(rows)
    source, request = FurtherKeys(kept), search({"A": ["B"]})
    one = (await source.search(request)).pages["A"]
    rows += [order(900, "A", 59), order(901, "B", 59)]
    two = (await source.search(replace(request, after=one.cursors[-1]))).pages["A"]
    expected = [number for number in placed(rows, "AB") if number < "O900"]
    assert numbers(one) + numbers(two) == expected[:14]


async def test_a_list_may_begin_at_an_instant() -> None:
    """As a merge over several sources asks it."""
    rows = orders()
    source = FurtherKeys(adapter(rows))
    for inclusive in (True, False):
        begun = replace(search({"A": ["B"]}, 50), start=Start("2026-11-20T10:06:00Z", inclusive))
        found = numbers((await source.search(begun)).pages["A"])
        late = "2026-11-20T10:06:00Z" if inclusive else "2026-11-20T10:05:59Z"
        ahead = {row["number"] for row in rows if row["placedAt"] > late}
        assert found == [number for number in placed(rows, "AB") if number not in ahead]


async def test_a_page_costs_one_request_and_those_that_follow_three_at_most() -> None:
    kept = adapter(orders())
    source, request = FurtherKeys(kept), search({"B": ["A", "C"]}, parents="B")
    page = (await source.search(request)).pages["B"]
    assert [list(call.parents or ()) for call in kept.calls if isinstance(call, Search)] == [["B", "A", "C"]]
    kept.calls.clear()
    await source.search(replace(request, after=page.cursors[-1]))
    assert sorted(key for call in kept.calls if isinstance(call, Search) for key in call.parents or ()) == [
        "A",
        "B",
        "C",
    ]
    assert len(kept.calls) <= 3


async def test_other_parents_are_answered_as_ever() -> None:
    kept = adapter(orders())
    plain = (await kept.search(search({}, parents="AC"))).pages
    page = (await FurtherKeys(kept).search(search({"A": ["B"]}, parents="AC"))).pages["C"]
    assert (numbers(page), page.cursors) == (numbers(plain["C"]), plain["C"].cursors)
    [alone] = (await FurtherKeys(kept).search(search({}))).pages.values()
    assert alone.cursors == plain["A"].cursors


async def test_links_may_come_and_go_between_two_pages() -> None:
    rows = orders()
    source = FurtherKeys(adapter(rows))
    one = (await source.search(search({}))).pages["A"]
    two = (await source.search(replace(search({"A": ["B"]}), after=one.cursors[-1]))).pages["A"]
    last = next(row["placedAt"] for row in rows if row["number"] == numbers(one)[-1])
    assert all(record.values["placedAt"] <= last for record in two.records)
    gone = (await source.search(replace(search({}), after=two.cursors[-1]))).pages["A"]
    assert {row["customer"] for row in rows if row["number"] in numbers(gone)} == {"A"}


async def test_one_key_s_failure_is_the_parent_s() -> None:
    kept = adapter(orders())
    kept.broken["Order", "B"] = Unavailable("oms")
    source = FurtherKeys(kept)
    result = await source.search(search({"A": ["B"]}, parents="AC"))
    assert (set(result.pages), set(result.failed)) == ({"C"}, {"A"})
    lists = await source.lookup(Lookup("Order", "customer", ["A", "C"], FIELDS, further={"A": ["B"]}))
    assert (set(lists.found), set(lists.failed)) == ({"C"}, {"A"})


async def test_where_the_further_keys_are_not_known_pages_say_so_and_lists_fail() -> None:
    rows = orders()
    source = FurtherKeys(adapter(rows))
    page = (await source.search(search({"A": LINKS_DOWN}))).pages["A"]
    assert page.missing == {"crosswalk": LINKS_DOWN}
    assert numbers(page) == placed(rows, "A")[:7]
    lists = await source.lookup(Lookup("Order", "customer", ["A", "C"], FIELDS, further={"A": LINKS_DOWN}))
    assert (set(lists.found), lists.failed) == ({"C"}, {"A": LINKS_DOWN})


async def test_a_list_without_pages_has_the_rows_of_all_keys() -> None:
    rows = orders()
    kept = adapter(rows)
    request = Lookup("Order", "customer", ["C", "A"], FIELDS, further={"A": ["B", "X"]})
    found = (await FurtherKeys(kept).lookup(request)).found
    assert {key: [row.values["number"] for row in each] for key, each in found.items()} == {
        "C": [row["number"] for row in rows if row["customer"] == "C"],
        "A": [row["number"] for key in "AB" for row in rows if row["customer"] == key],
    }
    assert [list(call.keys) for call in kept.calls if isinstance(call, Lookup)] == [["C", "A", "B", "X"]]


async def test_another_order_is_refused_to_those_with_several_keys() -> None:
    source = FurtherKeys(adapter(orders()))
    asked = search({"A": ["B"]}, parents="AC")
    for request in (replace(asked, sort=Sort("CODE")), replace(asked, backwards=True)):
        result = await source.search(request)
        assert (set(result.pages), set(result.failed)) == ({"C"}, {"A"})
        assert isinstance(result.failed["A"], Unsupported)
        assert "oms does not declare another order or direction of newest" in str(result.failed["A"])
