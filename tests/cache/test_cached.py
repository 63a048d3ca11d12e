"""Cached: what is asked of the source, what is answered without it, and what is never kept."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

import pytest

from adapters.memory import UNREADABLE, MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch
from adapters.spi import Principal, Rejected, Search, Sort, Start, TimedOut, Unavailable, Unsupported
from adapters.tally import Tally
from cache.cached import Cached
from cache.policy import Policy
from cache.stores import Stores, open_stores
from tests.cache.shop import Clock, Shop, cached, codes, names, products, search, settled, stock

ALL = [f"P{number}" for number in range(50)]


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


# Keys


async def test_of_fifty_keys_47_are_known_and_one_call_asks_for_the_other_3(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    await source.lookup(products(*ALL[:20]))
    await source.lookup(products(*ALL[23:]))
    shop.calls.clear()
    tally = Tally()
    result = await source.lookup(products(*ALL, tally=tally))
    assert names(result) == {f"P{number}": f"Product {number}" for number in range(50)}
    assert shop.asked == [["P20", "P21", "P22"]]
    assert (tally.hits, tally.misses, tally.stale) == (47, 3, 0)


async def test_all_keys_known_is_no_call(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    first = await source.lookup(products("P1", "P2"))
    second = await source.lookup(products("P2", "P1"))
    assert names(first) == names(second)
    assert len(shop.calls) == 1


async def test_after_fresh_it_is_asked_again(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60))
    await source.lookup(products("P1"))
    shop.rename("P1", "new")
    clock.now += 59.9
    assert names(await source.lookup(products("P1"))) == {"P1": "Product 1"}
    clock.now += 0.1
    assert names(await source.lookup(products("P1"))) == {"P1": "new"}


async def test_an_entity_without_a_policy_is_not_kept(shop: Shop, clock: Clock) -> None:
    source = Cached(shop, {"Stock": Policy(fresh=60)}, open_stores(), "1", clock)
    tally = Tally()
    for _ in range(2):
        await source.lookup(products("P1", tally=tally))
        await source.search(search(tally=tally))
    assert len(shop.calls) == 4
    assert (tally.hits, tally.misses) == (0, 0)


async def test_keys_of_other_types_are_other_keys(shop: Shop, clock: Clock) -> None:
    shop.products[:] = [{"code": 1, "name": "number"}, {"code": "1", "name": "text"}]
    source = cached(shop, clock)
    for _ in range(2):
        assert names(await source.lookup(products(1))) == {1: "number"}
        assert names(await source.lookup(products("1"))) == {"1": "text"}
    assert len(shop.calls) == 2


async def test_composite_keys(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    for _ in range(2):
        result = await source.lookup(stock(("S1", "W1"), ("S1", "W9"), by="sku place"))
        assert {key: record.values["onHand"] for key, record in result.found.items()} == {("S1", "W1"): "5"}
    assert shop.asked == [[("S1", "W1"), ("S1", "W9")], [("S1", "W9")]]


@pytest.mark.parametrize("key", ["\ud800", 2**64])
async def test_a_key_that_json_cannot_carry_is_asked_each_time(shop: Shop, clock: Clock, key: str | int) -> None:
    source = cached(shop, clock)
    for _ in range(2):
        assert names(await source.lookup(products("P1", key))) == {"P1": "Product 1"}
    assert shop.asked == [["P1", key]] * 2


# Whole records


async def test_a_record_fetched_for_one_field_answers_for_all(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    await source.lookup(products("P1", fields=frozenset({"name"})))
    result = await source.lookup(products("P1", fields=frozenset({"code", "name", "price"})))
    assert result.found["P1"].values == {"code": "P1", "name": "Product 1", "price": {"amount": "1.00"}}
    assert len(shop.calls) == 1


async def test_a_field_that_is_not_declared_is_asked_of_the_source(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    await source.lookup(products("P1"))
    result = await source.lookup(products("P1", fields=frozenset({"colour"})))
    assert result.found["P1"].values["colour"] is None
    assert shop.calls[-1].fields == {"colour"}


async def test_who_changes_an_answer_of_a_store_changes_no_other(shop: Shop, clock: Clock) -> None:
    stores = open_stores()
    source = cached(shop, clock, stores=Stores(stores.shared, stores.private))
    await source.lookup(products("P1"))
    (await source.lookup(products("P1"))).found["P1"].values["price"]["amount"] = "0.00"
    assert (await source.lookup(products("P1"))).found["P1"].values["price"] == {"amount": "1.00"}


async def test_many_records_of_a_key_are_kept_together_and_none_is_an_answer(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    for _ in range(2):
        result = await source.lookup(stock("S1", "S9"))
        assert [record.values["place"] for record in result.found["S1"]] == ["W0", "W1", "W2"]
        assert result.found["S9"] == []
    assert len(shop.calls) == 1


async def test_other_arguments_are_other_answers(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    for _ in range(2):
        for places in (["W0"], ["W1", "W2"], "W2"):
            result = await source.lookup(stock("S1", arguments={"places": places}))
            assert all(record.values["place"] in places for record in result.found["S1"])
    assert len(shop.calls) == 3


async def test_as_of_stays_the_instant_of_the_source(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    shop.as_of = "2026-05-05T05:05:05Z"
    await source.lookup(products("P1"))
    shop.as_of = "2026-06-06T06:06:06Z"
    record = (await source.lookup(products("P1"))).found["P1"]
    assert (record.as_of, record.stale, record.source) == ("2026-05-05T05:05:05Z", False, "erp")


async def test_another_version_of_the_registration_sees_nothing_of_the_old(shop: Shop, clock: Clock) -> None:
    stores = open_stores()
    for version in ("1", "2", "1"):
        await cached(shop, clock, stores=stores, version=version).lookup(products("P1"))
    assert len(shop.calls) == 2


# Who asks


async def test_private_answers_are_for_one_principal(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60, private=True))
    for name in ("ann", "bob", "ann", "bob"):
        await source.lookup(products("P1", principal=Principal(name)))
        await source.search(search(principal=Principal(name)))
    assert [call.principal.name for call in shop.calls] == ["ann", "ann", "bob", "bob"]


async def test_public_answers_are_for_everybody(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60))
    for name in ("ann", "bob"):
        await source.lookup(products("P1", principal=Principal(name)))
    assert len(shop.calls) == 1


# What is not there


async def test_a_missing_key_is_kept_for_its_own_time(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60, missing=5))
    tally = Tally()
    for _ in range(3):
        assert names(await source.lookup(products("P1", "X", tally=tally))) == {"P1": "Product 1"}
    assert (tally.hits, tally.misses) == (4, 2)
    clock.now += 5
    shop.products.append({"code": "X", "name": "new"})
    assert names(await source.lookup(products("P1", "X"))) == {"P1": "Product 1", "X": "new"}
    assert shop.asked == [["P1", "X"], ["X"]]


async def test_without_a_time_for_missing_keys_they_are_asked_each_time(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60))
    for _ in range(2):
        assert names(await source.lookup(products("X"))) == {}
    assert len(shop.calls) == 2


@pytest.mark.parametrize("missing", [0, 1])
async def test_a_record_that_is_gone_does_not_come_back(shop: Shop, clock: Clock, missing: float) -> None:
    source = cached(shop, clock, Policy(fresh=60, missing=missing, stale_if_error=600))
    await source.lookup(products("P1"))
    shop.remove("P1")
    clock.now += 61
    assert names(await source.lookup(products("P1"))) == {}
    clock.now += 2
    shop.down = Unavailable("erp")
    with pytest.raises(Unavailable):
        await source.lookup(products("P1"))


# Errors


async def test_errors_are_not_kept(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    shop.broken["Product", "P1"] = Rejected("erp")
    result = await source.lookup(products("P1", "P2"))
    assert (set(result.found), set(result.failed)) == ({"P2"}, {"P1"})
    del shop.broken["Product", "P1"]
    assert names(await source.lookup(products("P1", "P2"))) == {"P1": "Product 1", "P2": "Product 2"}
    assert shop.asked == [["P1", "P2"], ["P1"]]


async def test_a_record_with_an_error_in_it_is_answered_and_not_kept(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    shop.rename("P1", UNREADABLE)  # type: ignore[arg-type]  # that is the point
    for _ in range(2):
        record = (await source.lookup(products("P1", "P2"))).found["P1"]
        assert record.values["name"] is None
        assert set(record.errors) == {("name",)}
    assert shop.asked == [["P1", "P2"], ["P1"]]


async def test_values_that_json_cannot_carry_are_answered_and_not_kept(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    shop.rename("P1", "\ud800")
    for _ in range(2):
        assert names(await source.lookup(products("P1"))) == {"P1": "\ud800"}
    assert len(shop.calls) == 2


async def test_a_source_that_is_down_costs_only_what_is_not_known(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    await source.lookup(products("P1"))
    shop.down = Unavailable("erp")
    result = await source.lookup(products("P1", "P2"))
    assert names(result) == {"P1": "Product 1"}
    assert isinstance(result.failed["P2"], Unavailable)
    tally = Tally()
    with pytest.raises(Unavailable):
        await source.lookup(products("P2", "P3", tally=tally))
    assert (tally.hits, tally.misses) == (0, 2)


async def test_what_is_not_declared_is_refused_by_the_source(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    with pytest.raises(Unsupported, match="erp does not declare lookup colour of Product"):
        await source.lookup(products("P1", by="colour"))
    with pytest.raises(Unsupported, match="erp does not declare search colours of Product"):
        await source.search(search(name="colours"))


async def test_a_request_that_is_too_late_gets_no_answer(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    await source.lookup(products("P1"))
    with pytest.raises(TimedOut):
        await source.lookup(products("P1", deadline=monotonic() - 1))


# Searches


async def test_pages_are_kept_by_everything_that_was_asked(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    asked: list[dict[str, Any]] = [
        {},
        {"first": 3},
        {"after": "2"},
        {"want_total": True},
        {"want_facets": True},
        {"filters": {"name": ["Product 7"]}},
        {"filters": {"name": ["Product 7", "Product 8"]}},
        {"backwards": True},
        {"sort": Sort("CODE")},
        {"sort": Sort("CODE", reverse=True)},
    ]
    first = [await source.search(search(**words)) for words in asked]
    second = [await source.search(search(**words)) for words in asked]
    assert len(shop.calls) == len(asked)
    assert [codes(result) for result in first] == [codes(result) for result in second]
    assert [codes(second[at]) for at in (2, -3, -2, -1)] == [["P2", "P3"], ["P48", "P49"], ["P0", "P1"], ["P9", "P8"]]
    at_hand = [source.kept_search(search(**words)) for words in asked]
    assert [result and result.pages for result in at_hand] == [result.pages for result in second]
    page = second[3].pages[None]
    assert (page.cursors, page.has_next, page.total, page.facets) == (["1", "2"], True, 50, None)
    [facet] = second[4].pages[None].facets or ()
    assert (facet["code"], len(facet["values"])) == ("name", 50)


async def test_pages_that_start_somewhere_are_kept_by_where(clock: Clock) -> None:
    orders = [{"number": f"O{day}", "placedAt": f"2026-01-0{day}T00:00:00Z"} for day in range(1, 9)]
    searches = {"orders": MemorySearch(keyset=("placedAt", "number"))}
    bare = MemoryAdapter("oms", {"Order": MemoryEntity(orders, {"number": MemoryLookup()}, searches)})
    source = Cached(bare, {"Order": Policy(fresh=60)}, open_stores(), "1", clock)
    starts = [None, *(Start(f"2026-01-0{day}T00:00:00Z", inclusive) for day in (3, 5) for inclusive in (True, False))]
    for _ in range(2):
        found = [
            [record.values["number"] for record in (await source.search(request)).pages[None].records]
            for request in (
                Search("Order", "orders", 2, frozenset({"number"}), start=start, want_total=False) for start in starts
            )
        ]
        assert found == [["O1", "O2"], ["O3", "O4"], ["O4", "O5"], ["O5", "O6"], ["O6", "O7"]]
    assert len(bare.calls) == len(starts)


async def test_pages_below_parents_are_kept_parent_by_parent(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    below: dict[str, Any] = {"entity": "Stock", "name": "bySku", "fields": frozenset({"onHand"}), "want_total": True}
    await source.search(search(**below, parents=["S1", "S2"]))
    result = await source.search(search(**below, parents=["S2", "S3"]))
    assert {parent: page.total for parent, page in result.pages.items()} == {"S2": 3, "S3": 3}
    assert [call.parents for call in shop.calls] == [["S1", "S2"], ["S3"]]  # type: ignore[union-attr]


async def test_pages_hold_whole_records(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    await source.search(search(fields=frozenset({"code"})))
    result = await source.search(search(fields=frozenset({"code", "name", "price"})))
    assert result.pages[None].records[0].values["price"] == {"amount": "1.00"}
    assert len(shop.calls) == 1


async def test_a_failed_search_is_not_kept(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    shop.down = Unavailable("erp")
    with pytest.raises(Unavailable):
        await source.search(search())
    shop.down = None
    assert codes(await source.search(search())) == ["P0", "P1"]


# At the same time


async def test_a_thousand_reads_of_one_key_are_one_call_whoever_leaves(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    shop.delay = 0.02
    asking = [asyncio.create_task(source.lookup(products("P1"))) for _ in range(1000)]
    await settled()
    asking[0].cancel()
    results = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert [names(result) for result in results[1:] if not isinstance(result, BaseException)] == [
        {"P1": "Product 1"}
    ] * 999
    assert len(shop.calls) == 1
    await source.lookup(products("P1"))
    assert len(shop.calls) == 1
