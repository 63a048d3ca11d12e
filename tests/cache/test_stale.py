"""Answers beyond their time: given while a new one is fetched, or because there is none, and always marked."""

from __future__ import annotations

import asyncio

import pytest

from adapters.spi import Rejected, SourceError, TimedOut, Unavailable
from adapters.tally import Tally
from cache.policy import Policy
from tests.cache.shop import Clock, Shop, cached, names, products, search, settled, staleness, stock


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_stale_is_answered_at_once_says_so_and_is_renewed(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60, stale=600))
    await source.lookup(products("P1"))
    shop.rename("P1", "new")
    clock.now += 61
    shop.delay = 0.01
    tally = Tally()
    late = [await source.lookup(products("P1", "P2", tally=tally)), await source.lookup(products("P1"))]
    assert [names(result)["P1"] for result in late] == ["Product 1", "Product 1"]
    assert staleness(late[0]) == {"P1": True, "P2": False}
    assert (tally.hits, tally.misses, tally.stale) == (0, 1, 1)
    await asyncio.sleep(0.03)
    await settled()
    renewed = await source.lookup(products("P1"))
    assert (names(renewed), staleness(renewed)) == ({"P1": "new"}, {"P1": False})
    assert sorted(shop.asked) == [["P1"], ["P1"], ["P2"]]


async def test_a_thousand_stale_reads_are_renewed_by_one_call(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60, stale=600))
    await source.lookup(products("P1"))
    clock.now += 61
    shop.delay = 0.01
    for _ in range(1000):
        await source.lookup(products("P1"))
    await asyncio.sleep(0.03)
    await settled()
    assert len(shop.calls) == 2


async def test_stale_ends(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60, stale=600))
    await source.lookup(products("P1"))
    shop.rename("P1", "new")
    clock.now += 660
    assert names(await source.lookup(products("P1"))) == {"P1": "new"}


async def test_stale_lists_and_pages_say_so_in_every_record(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60, stale=600))
    for expected in (False, True):
        rows = (await source.lookup(stock("S1"))).found["S1"]
        page = (await source.search(search())).pages[None]
        assert {record.stale for record in [*rows, *page.records]} == {expected}
        clock.now += 61


async def test_renewing_goes_on_when_the_source_fails_and_the_stale_answer_stands(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60, stale=600))
    await source.lookup(products("P1"))
    shop.down = Unavailable("erp")
    clock.now += 61
    for _ in range(2):
        assert staleness(await source.lookup(products("P1"))) == {"P1": True}
        await settled()
    assert len(shop.calls) == 3


async def test_closing_ends_what_is_renewed(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60, stale=600))
    await source.lookup(products("P1"))
    clock.now += 61
    shop.delay = 60
    await source.lookup(products("P1"))
    await settled()
    await source.aclose()
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize("error", [Unavailable("erp"), TimedOut("erp")])
async def test_if_the_source_does_not_answer_the_old_answer_does(shop: Shop, clock: Clock, error: SourceError) -> None:
    source = cached(shop, clock, Policy(fresh=60, stale_if_error=600))
    await source.lookup(products("P1", "P2"))
    shop.down = error
    clock.now += 61
    tally = Tally()
    result = await source.lookup(products("P1", "P3", tally=tally))
    assert (names(result), staleness(result)) == ({"P1": "Product 1"}, {"P1": True})
    assert set(result.failed) == {"P3"}
    assert (tally.hits, tally.misses, tally.stale) == (0, 1, 1)
    shop.down = None
    shop.broken["Product", "P2"] = error
    result = await source.lookup(products("P1", "P2"))
    assert (staleness(result), result.failed) == ({"P1": False, "P2": True}, {})
    clock.now += 660
    with pytest.raises(type(error)):
        shop.down = error
        await source.lookup(products("P1"))


async def test_a_refusal_is_an_answer_that_the_old_one_does_not_replace(shop: Shop, clock: Clock) -> None:
    source = cached(shop, clock, Policy(fresh=60, stale_if_error=600))
    await source.lookup(products("P1"))
    shop.broken["Product", "P1"] = Rejected("erp")
    clock.now += 61
    assert isinstance((await source.lookup(products("P1"))).failed["P1"], Rejected)
