"""What is made invalid is not answered again: not from a store, nor by what was on its way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from adapters.spi import Principal
from cache.policy import Policy
from cache.store import StoreFailed
from cache.stores import Stores, open_stores
from tests.cache.shop import POLICY, Clock, Shop, cached, codes, names, products, search, settled, stock
from tests.cache.valkey_server import ValkeyServer, running_valkey


@pytest.fixture(scope="module")
def running() -> Iterator[ValkeyServer]:
    with running_valkey() as server:
        yield server


@pytest.fixture(params=["memory", "valkey"])
async def stores(request: pytest.FixtureRequest, running: ValkeyServer) -> AsyncIterator[Stores]:
    async with Redis(unix_socket_path=str(running.socket)) as client:
        await client.flushall()
    stores = open_stores(running.url if request.param == "valkey" else None, seconds=5.0)
    yield stores
    await stores.aclose()


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_an_entity_is_forgotten_and_only_that(shop: Shop, clock: Clock, stores: Stores) -> None:
    source = cached(shop, clock, stores=stores)
    for _ in range(2):
        await source.lookup(products("P1", "P2"))
        await source.search(search())
        await source.lookup(stock("S1"))
    assert len(shop.calls) == 3
    shop.rename("P1", "new")
    await source.invalidate("Product")
    assert names(await source.lookup(products("P1", "P2"))) == {"P1": "new", "P2": "Product 2"}
    assert (await source.search(search())).pages[None].records[1].values["name"] == "new"
    await source.lookup(stock("S1"))
    assert len(shop.calls) == 5


async def test_a_key_is_forgotten_and_the_others_of_its_lookup_are_not(
    shop: Shop, clock: Clock, stores: Stores
) -> None:
    source = cached(shop, clock, stores=stores)
    await source.lookup(products("P1", "P2"))
    shop.rename("P1", "new")
    await source.invalidate("Product", "code", ["P1", "P7", "\ud800"])
    for _ in range(2):
        assert names(await source.lookup(products("P1", "P2"))) == {"P1": "new", "P2": "Product 2"}
    assert shop.asked == [["P1", "P2"], ["P1"]]


async def test_with_a_key_goes_what_may_hold_its_record_under_other_keys(
    shop: Shop, clock: Clock, stores: Stores
) -> None:
    source = cached(shop, clock, stores=stores)
    await source.lookup(products("Product 1", by="name"))
    await source.search(search())
    shop.rename("P1", "new")
    await source.invalidate("Product", "code", ["P1"])
    assert names(await source.lookup(products("Product 1", by="name"))) == {}
    assert codes(await source.search(search())) == ["P0", "P1"]
    assert len(shop.calls) == 4


async def test_a_key_is_forgotten_for_all_arguments_and_principals(shop: Shop, clock: Clock, stores: Stores) -> None:
    source = cached(shop, clock, Policy(fresh=60, private=True), stores)

    async def places() -> list[str]:
        asked = [stock("S1", principal=Principal(name), arguments={"places": ["W0"]}) for name in ("ann", "bob")]
        results = [await source.lookup(request) for request in asked]
        return [record.values["onHand"] for result in results for record in result.found["S1"]]

    assert await places() == ["5", "5"]
    shop.stock[3]["onHand"] = "4"
    assert await places() == ["5", "5"]
    await source.invalidate("Stock", "sku", ["S1"])
    assert await places() == ["4", "4"]


async def test_what_is_on_its_way_is_not_kept(shop: Shop, clock: Clock, stores: Stores) -> None:
    source = cached(shop, clock, stores=stores)
    for by, keys in ((None, []), ("code", ["P1"])):
        shop.rename("P1", "old")
        await source.invalidate("Product")
        shop.gate.clear()
        shop.reached.clear()
        early = asyncio.create_task(source.lookup(products("P1")))
        await shop.reached.wait()
        shop.rename("P1", "new")
        await source.invalidate("Product", by, keys)
        joining = asyncio.create_task(source.lookup(products("P1")))  # joins the call that began before
        await asyncio.sleep(0.01)
        early.cancel()
        await settled()
        last = asyncio.create_task(source.lookup(products("P1")))
        await asyncio.sleep(0.01)
        shop.gate.set()
        await asyncio.gather(joining, last)
        assert names(await source.lookup(products("P1"))) == {"P1": "new"}


async def test_other_processes_hear_of_it(shop: Shop, clock: Clock, running: ValkeyServer) -> None:
    for policy in (POLICY, Policy(fresh=60, private=True)):
        stores = [open_stores(running.url, seconds=5.0) for _ in range(2)]
        here, there = (cached(shop, clock, policy, each) for each in stores)
        for by, keys in ((None, []), ("code", ["P1"])):
            shop.rename("P1", "old")
            await here.invalidate("Product")
            assert names(await there.lookup(products("P1"))) == {"P1": "old"}
            shop.rename("P1", "new")
            await here.invalidate("Product", by, keys)
            assert names(await there.lookup(products("P1"))) == {"P1": "new"}
        for each in stores:
            await each.aclose()


async def test_a_store_that_forgets_is_told_again(shop: Shop, clock: Clock, running: ValkeyServer) -> None:
    stores = open_stores(running.url, seconds=5.0)
    source = cached(shop, clock, stores=stores)
    generation = "crossdock:generation:erp:Product:lookup:code"
    await source.lookup(products("P1"))
    shop.rename("P1", "new")
    for _ in range(3):
        await source.invalidate("Product")
    async with Redis(unix_socket_path=str(running.socket)) as client:
        number = int(await client.getdel(generation) or b"")
        assert names(await source.lookup(products("P1"))) == {"P1": "new"}
        assert int(await client.get(generation) or b"") == number
        await client.delete(generation)
        await source.invalidate("Product")
        await source.lookup(products("P1"))
        assert int(await client.get(generation) or b"") == number + 1
    await stores.aclose()


async def test_a_store_that_is_down_says_so_and_here_it_counts_already(shop: Shop, clock: Clock) -> None:
    with running_valkey() as server:
        stores = open_stores(server.url)
        source = cached(shop, clock, stores=stores)
        await source.lookup(products("P1"))
        server.suspend()
        with pytest.raises(StoreFailed):
            await source.invalidate("Product")
        with pytest.raises(StoreFailed):
            await source.invalidate("Product", "code", ["P1"])
        server.resume()
        shop.rename("P1", "new")
        assert names(await source.lookup(products("P1"))) == {"P1": "new"}
        await stores.aclose()


async def test_an_entity_that_is_not_kept_has_nothing_to_forget(shop: Shop, clock: Clock) -> None:
    await cached(shop, clock).invalidate("Customer")
    assert shop.calls == []
