"""Answers at hand: what was read of a store of this process once is given again without reading it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from adapters.outline import Outlined, outline
from adapters.spi import Principal, Record
from cache.cached import Cached
from cache.form import form
from cache.policy import Policy
from cache.stores import Stores, open_stores
from cache.warm import MOST_FORMS, Warm, Warmed
from tests.cache.shop import Clock, Shop, cached, codes, names, products, search, stock

CODES = [f"P{number}" for number in range(6)]


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def warmed(source: Cached) -> None:
    """Fetched, then read of the store."""
    for _ in range(2):
        await source.lookup(products(*CODES))
        await source.search(search())


async def test_what_was_never_read_is_not_at_hand(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    assert source.kept_lookup(products(*CODES)) is None
    assert source.kept_search(search()) is None


async def test_what_was_read_is_at_hand_and_counted_as_kept(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    await warmed(source)
    request = products(*CODES[:3])
    found = source.kept_lookup(request)
    assert found is not None
    assert names(found) == {code: f"Product {code[1:]}" for code in CODES[:3]}
    assert (request.tally.hits, request.tally.misses, request.tally.calls) == (3, 0, 0)
    page = source.kept_search(search())
    assert page is not None
    assert codes(page) == ["P0", "P1"]


async def test_one_key_that_is_not_at_hand_leaves_all_to_the_store(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    await warmed(source)
    request = products(*CODES, "P40")
    assert source.kept_lookup(request) is None
    assert request.tally.hits == 0


async def test_lists_and_other_arguments_are_other_answers(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    for _ in range(2):
        await source.lookup(stock("S1"))
    found = source.kept_lookup(stock("S1"))
    assert found is not None
    assert len(found.found["S1"]) == 3
    assert source.kept_lookup(stock("S1", arguments={"places": ["W1"]})) is None


async def test_that_there_is_no_such_key_is_at_hand_for_as_long_as_it_is_kept(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60, missing=5))
    for _ in range(2):
        await source.lookup(products("none"))
    found = source.kept_lookup(products("none"))
    assert found is not None
    assert found.found == {}
    clock.now += 5
    assert source.kept_lookup(products("none")) is None


async def test_an_answer_is_at_hand_while_it_is_fresh(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    await warmed(source)
    clock.now += 59.9
    assert source.kept_lookup(products("P1")) is not None
    clock.now += 0.1
    assert source.kept_lookup(products("P1")) is None


async def test_private_answers_are_at_hand_for_their_caller_only(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60, private=True))
    ann, bob = (replace(products("P1"), principal=Principal(name)) for name in ("ann", "bob"))
    for _ in range(2):
        await source.lookup(ann)
    assert source.kept_lookup(ann) is not None
    assert source.kept_lookup(bob) is None


@pytest.mark.parametrize("keys", [(), ("P1",)], ids=["entity", "key"])
async def test_an_invalid_answer_is_not_at_hand(shop: Shop, clock: Clock, keys: tuple[str, ...]) -> None:
    stores = open_stores()
    source, other = (cached(shop, clock, stores=stores) for _ in range(2))
    await warmed(source)
    shop.rename("P1", "New")
    await other.invalidate("Product", "code" if keys else None, keys)
    assert source.kept_lookup(products("P1")) is None
    assert names(await source.lookup(products("P1"))) == {"P1": "New"}


async def test_what_is_made_invalid_while_it_is_read_is_not_kept_at_hand(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    await source.lookup(products("P1"))
    reading = asyncio.ensure_future(source.lookup(products("P1")))
    await source.invalidate("Product")
    await reading
    shop.rename("P1", "New")
    assert source.kept_lookup(products("P1")) is None
    assert names(await source.lookup(products("P1"))) == {"P1": "New"}


async def test_a_shared_store_is_read_each_time(shop: Shop, clock: Clock) -> None:
    stores = open_stores()
    source = cached(shop, clock, stores=Stores(stores.shared, stores.private))
    await warmed(source)
    assert source.kept_lookup(products("P1")) is None


async def test_nothing_is_decoded_for_what_is_at_hand(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    await warmed(source)
    first, second = (source.kept_lookup(products("P1")) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.found["P1"] is second.found["P1"]


def test_memory_is_bounded_and_what_is_asked_for_stays() -> None:
    warm = Warm(100_000)
    for number in range(1000):
        warm.keep("question", warm.turn, [(number, Warmed(None, 10.0, 25, {}))])
        assert warm.answers("question", [0], now=1.0) == ({}, 10.0)
    held = [number for number in range(1000) if warm.answers("question", [number], now=1.0) is not None]
    assert 100 <= len(held) <= 200  # of 500 bytes each
    assert held[0] == 0
    assert warm.answers("question", [0], now=10.0) is None


async def test_what_was_fetched_is_at_hand_at_once(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60, missing=5))
    fetched = await source.lookup(products("P1", "none"))
    kept = source.kept_lookup(products("P1", "none"))
    assert kept is not None
    assert kept.found["P1"] is fetched.found["P1"]
    assert list(kept.found) == ["P1"]
    assert kept.until == clock.now + 5


async def test_what_is_made_invalid_while_it_is_fetched_is_not_at_hand(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    shop.gate.clear()
    fetching = asyncio.ensure_future(source.lookup(products("P1")))
    await shop.reached.wait()
    await source.invalidate("Product")
    shop.gate.set()
    await fetching
    assert source.kept_lookup(products("P1")) is None


# ------------------------------------------------------------ forms

NAME_AND_AMOUNT = outline((Outlined("name"), Outlined("price", below=outline((Outlined("amount", required=True),)))))
WANTED = frozenset({"name", "price", "code"})


async def test_what_is_asked_for_again_is_in_the_form_that_the_request_takes(shop: Shop, clock: Clock) -> None:
    shop.products[1]["price"] = {"currency": "EUR", "amount": "1.00"}
    source = cached(shop, clock)
    await source.lookup(products("P1", "none", fields=WANTED))
    given = [source.kept_lookup(products("P1", fields=WANTED, outline=NAME_AND_AMOUNT)) for _ in range(3)]
    first, second, third = (result.found["P1"] for result in given if result is not None)
    assert first.outline is None
    assert second is third
    assert [*second.values.items()] == [("name", "Product 1"), ("price", {"amount": "1.00"}), ("code", "P1")]
    assert second.outline is NAME_AND_AMOUNT
    assert (second.source, second.as_of, second.stale) == (first.source, first.as_of, first.stale)
    whole = source.kept_lookup(products("P1", fields=WANTED))
    assert whole is not None
    assert whole.found["P1"] is first
    assert first.values["price"] == {"currency": "EUR", "amount": "1.00"}


async def test_a_value_that_does_not_fit_is_left_to_the_answer(shop: Shop, clock: Clock) -> None:
    shop.products[1]["price"] = {"amount": None}
    source = cached(shop, clock)
    await source.lookup(products("P1", fields=WANTED))
    for _ in range(3):
        kept = source.kept_lookup(products("P1", fields=WANTED, outline=NAME_AND_AMOUNT))
    assert kept is not None
    assert kept.found["P1"].outline is None
    assert kept.found["P1"].values == {"name": "Product 1", "price": {"amount": None}, "code": "P1"}


async def test_lists_and_pages_are_in_the_form_as_well(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    on_hand = outline((Outlined("onHand"),))
    await source.lookup(stock("S1", "none"))
    await source.search(search())
    for _ in range(3):
        levels = source.kept_lookup(stock("S1", "none", outline=on_hand))
        page = source.kept_search(search(outline=outline((Outlined("name"),))))
    assert levels is not None
    assert page is not None
    assert levels.found["none"] == []
    assert [record.values for record in levels.found["S1"]] == [{"onHand": "5"}] * 3
    assert [record.values for record in page.pages[None].records] == [{"name": "Product 0"}, {"name": "Product 1"}]
    assert page.pages[None].has_next


async def test_a_form_ends_with_the_answer(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    request = products("P1", fields=WANTED, outline=NAME_AND_AMOUNT)
    await source.lookup(request)
    for _ in range(3):
        source.kept_lookup(request)
    shop.rename("P1", "New")
    clock.now += 60
    assert source.kept_lookup(request) is None
    await source.lookup(request)
    for _ in range(3):
        kept = source.kept_lookup(request)
        assert kept is not None
        assert kept.found["P1"].values["name"] == "New"


async def test_an_outline_of_more_than_is_asked_for_is_none(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock)
    request = products("P1", fields=frozenset({"name"}), outline=NAME_AND_AMOUNT)
    await source.lookup(request)
    for _ in range(3):
        kept = source.kept_lookup(request)
    assert kept is not None
    assert kept.found["P1"].outline is None


def test_an_answer_has_few_forms() -> None:
    warm = Warm(100_000)
    record = Record({"name": "a"}, "erp", "")
    warmed = Warmed(record, 10.0, 25, {})
    warm.keep("question", warm.turn, [("key", warmed)])
    for number in range(20):
        one = form(outline((Outlined("name"),)), frozenset({"name", f"field{number}"}))
        assert one is not None
        warm.answers("question", ["key"], 1.0, one)
    kept = warm.answers("question", ["key"], 1.0)
    assert kept is not None
    assert kept.answers == {"key": record}
    assert len(warmed.forms) <= MOST_FORMS
