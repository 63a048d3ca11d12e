"""Cached over a real Valkey: what is shared, what it is told, and what is made of a full or a poisoned one."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from adapters.spi import Principal
from cache.gathered import MOST
from cache.policy import Policy
from cache.stores import Stores, open_stores
from tests.cache.shop import Clock, Shop, cached, codes, names, products, search
from tests.cache.valkey_server import ValkeyServer, running_valkey

PATIENT_SECONDS = 5.0
"""How long a store may take where that is not what is tested."""


@pytest.fixture(scope="module")
def running() -> Iterator[ValkeyServer]:
    with running_valkey() as server:
        yield server


@pytest.fixture
async def client(running: ValkeyServer) -> AsyncIterator[Redis]:
    client = Redis(unix_socket_path=str(running.socket), decode_responses=True, encoding_errors="replace")
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def stores(running: ValkeyServer, client: Redis) -> AsyncIterator[Stores]:
    stores = open_stores(running.url, seconds=PATIENT_SECONDS)
    yield stores
    await stores.aclose()


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_what_one_process_fetched_another_has(
    shop: Shop, clock: Clock, stores: Stores, running: ValkeyServer
) -> None:
    policy = Policy(fresh=60, missing=5)
    others = open_stores(running.url, seconds=PATIENT_SECONDS)
    first, second = cached(shop, clock, policy, stores), cached(shop, clock, policy, others)
    for source in (first, second, first):
        assert names(await source.lookup(products("P1", "P2", "X"))) == {"P1": "Product 1", "P2": "Product 2"}
        assert codes(await source.search(search())) == ["P0", "P1"]
    assert len(shop.calls) == 2
    await others.aclose()


async def test_the_store_forgets_by_itself(shop: Shop, clock: Clock, stores: Stores, client: Redis) -> None:
    policy = Policy(fresh=60, missing=5, stale=300, stale_if_error=200)
    await cached(shop, clock, policy, stores).lookup(products("P1", "X"))
    lives = sorted([round(await client.pttl(name) / 1000) for name in await client.keys()])
    assert lives == [5, 360]


async def test_names_in_the_store_show_no_keys_arguments_or_principals(
    shop: Shop, clock: Clock, stores: Stores, client: Redis
) -> None:
    source = cached(shop, clock, stores=stores)
    await source.lookup(products("P1", principal=Principal("ann")))
    await source.search(search(filters={"name": "Product 7"}))
    await source.invalidate("Product", "code", ["P2"])
    kept = [str(name) for name in await client.keys()]
    assert sorted(name for name in kept if not re.fullmatch("crossdock:[0-9a-f]{32}(:[0-9a-f]{32})?", name)) == [
        "crossdock:generation:erp:Product:lookup:name",
        "crossdock:generation:erp:Product:search:products",
    ]
    assert len(kept) == 5  # and two answers, and what is told of one key


async def test_private_answers_never_leave_the_process(shop: Shop, clock: Clock, stores: Stores, client: Redis) -> None:
    source = cached(shop, clock, Policy(fresh=60, private=True), stores)
    for _ in range(2):
        await source.lookup(products("P1", principal=Principal("ann")))
    assert len(shop.calls) == 1
    assert await client.keys() == []


@pytest.mark.parametrize("delay", [0, 0.1])
async def test_a_thousand_reads_of_one_key_are_one_call_and_one_write(
    shop: Shop, clock: Clock, stores: Stores, client: Redis, delay: float
) -> None:
    shop.delay = delay
    source = cached(shop, clock, stores=stores)
    await client.config_resetstat()
    asking = [asyncio.create_task(source.lookup(products("P1"))) for _ in range(1000)]
    results = await asyncio.gather(*asking)
    assert [names(result) for result in results] == [{"P1": "Product 1"}] * 1000
    assert len(shop.calls) == 1
    commands = await client.info("commandstats")
    assert commands["cmdstat_mset"]["calls"] == 1
    assert commands["cmdstat_mget"]["calls"] <= 1000 / MOST


async def test_over_tcp_as_a_user_who_may_use_nothing_else(shop: Shop, clock: Clock, client: Redis) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    await client.config_set("port", port)
    await client.acl_setuser("ann", enabled=True, passwords=["+hunter2"], keys=["crossdock:*"], categories=["+@all"])
    stores = open_stores(f"redis://ann:hunter2@127.0.0.1:{port}/0", seconds=PATIENT_SECONDS)
    source = cached(shop, clock, Policy(fresh=60, missing=5), stores)
    for _ in range(2):
        assert names(await source.lookup(products("P1", "X"))) == {"P1": "Product 1"}
    assert len(shop.calls) == 1
    await source.invalidate("Product")
    assert stores.shared.counts.failures == 0
    await stores.aclose()
    await client.config_set("port", 0)


# What can happen to it


async def test_a_full_store_is_still_read(shop: Shop, clock: Clock, stores: Stores, client: Redis) -> None:
    source = cached(shop, clock, stores=stores)
    await source.lookup(products("P1"))
    await client.config_set("maxmemory", "1")
    try:
        for _ in range(5):
            assert names(await source.lookup(products("P1", "P2"))) == {"P1": "Product 1", "P2": "Product 2"}
    finally:
        await client.config_set("maxmemory", "0")
    assert shop.asked == [["P1"]] + [["P2"]] * 5
    assert stores.shared.counts.failures >= 1


POISON = [
    b"",
    b"null",
    b"{",
    b"[]",
    b"7",
    b'"text"',
    b"\x80\x04\x95\x1c\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x01:\x94\x85\x94R\x94.",
    b"[" * 100_000,
    b'{"of": "another", "generation": "0", "asked": 1800000000.0, "answer": null}',
]


@pytest.mark.parametrize("poison", POISON, ids=range(len(POISON)))
async def test_a_poisoned_value_is_a_miss_and_is_mended(
    shop: Shop, clock: Clock, stores: Stores, client: Redis, poison: bytes
) -> None:
    source = cached(shop, clock, stores=stores)
    await source.lookup(products("P1"))
    [name] = await client.keys()
    await client.set(name, poison)
    for _ in range(2):
        assert names(await source.lookup(products("P1"))) == {"P1": "Product 1"}
    assert len(shop.calls) == 2
    assert stores.shared.counts.unusable == 1


@pytest.mark.parametrize(
    "change",
    [
        {"asked": None},
        {"asked": "nan"},
        {"asked": 1.9e9},
        {"generation": 7},
        {"answer": []},
        {"answer": {"values": {"name": "narrow"}, "asOf": "2026-01-01T00:00:00Z"}},
        {"answer": {"values": {"name": "x", "code": "P1", "price": None}, "asOf": None}},
        {"answer": {"values": ["name"], "asOf": "2026-01-01T00:00:00Z"}},
    ],
)
async def test_an_entry_that_is_not_as_it_was_written_is_a_miss(
    shop: Shop, clock: Clock, stores: Stores, client: Redis, change: dict[str, object]
) -> None:
    source = cached(shop, clock, stores=stores)
    await source.lookup(products("P1"))
    [name] = await client.keys()
    await client.set(name, json.dumps(json.loads(await client.get(name) or b"") | change))
    assert names(await source.lookup(products("P1"))) == {"P1": "Product 1"}
    assert len(shop.calls) == 2


async def test_a_value_of_another_kind_is_a_failure_of_the_store(
    shop: Shop, clock: Clock, stores: Stores, client: Redis
) -> None:
    source = cached(shop, clock, stores=stores)
    await client.lpush("crossdock:generation:erp:Product:lookup:code", "x")
    assert names(await source.lookup(products("P1"))) == {"P1": "Product 1"}


@pytest.mark.parametrize("poison", [b"x", b"-1", b"9" * 5000, b"\xff"])
async def test_a_poisoned_generation_is_mended(
    shop: Shop, clock: Clock, stores: Stores, client: Redis, poison: bytes
) -> None:
    source = cached(shop, clock, stores=stores)
    await client.set("crossdock:generation:erp:Product:lookup:code", poison)
    for _ in range(2):
        assert names(await source.lookup(products("P1"))) == {"P1": "Product 1"}
    assert len(shop.calls) == 1
    await source.invalidate("Product")
    await source.lookup(products("P1"))
    assert len(shop.calls) == 2


@pytest.mark.parametrize("url", ["http://127.0.0.1", "memcached://127.0.0.1", "127.0.0.1:6379"])
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="redis://"):
        open_stores(url)
