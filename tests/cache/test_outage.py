"""A store that is killed or hangs while it is used: no request fails, and none waits for long."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from time import perf_counter

import pytest
import uvloop

from cache.cached import Cached
from cache.stores import open_stores
from tests.cache.shop import Clock, Shop, cached, names, products, settled
from tests.cache.stalls import Stalls
from tests.cache.valkey_server import ValkeyServer, running_valkey

pytestmark = pytest.mark.alone

STORE_SECONDS = 0.05
"""What a store may add."""

REQUEST_SECONDS = 0.025
"""What a request takes otherwise, at most, while this process runs."""


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Load:
    """8 clients that ask until ``stop``, and the seconds that each of their requests took."""

    def __init__(self, source: Cached) -> None:
        self.source = source
        self.stalls = Stalls()
        self.seconds: list[float] = []
        self._clients = [asyncio.create_task(self._client(number)) for number in range(8)]

    async def _client(self, number: int) -> None:
        turn = 0
        while True:
            turn += 1
            codes = list(dict.fromkeys([f"P{(number * 7 + turn) % 50}", f"P{(number * 11 + turn) % 50}"]))
            began, stalled = perf_counter(), self.stalls.seconds
            result = await self.source.lookup(products(*codes))
            self.seconds.append(perf_counter() - began - (self.stalls.seconds - stalled))
            assert names(result) == {code: f"Product {code[1:]}" for code in codes}
            await asyncio.sleep(0.002)

    async def requests(self, count: int) -> list[float]:
        """The seconds of the next requests."""
        start = len(self.seconds)
        async with asyncio.timeout(20):
            while len(self.seconds) < start + count:
                await asyncio.sleep(0.005)
                assert not any(client.done() for client in self._clients), "a request failed"
        return self.seconds[start:]

    async def stop(self) -> None:
        self.stalls.stop()
        for client in self._clients:
            client.cancel()
        await asyncio.wait(self._clients)


async def test_killed_under_load(shop: Shop, clock: Clock) -> None:
    with running_valkey() as server:
        await under_load(shop, clock, server, server.stop, server.start)


async def test_suspended_under_load(shop: Shop, clock: Clock) -> None:
    with running_valkey() as server:
        await under_load(shop, clock, server, server.suspend, server.resume)


async def under_load(
    shop: Shop, clock: Clock, server: ValkeyServer, fail: Callable[[], None], mend: Callable[[], None]
) -> None:
    stores = open_stores(server.url)
    load = Load(cached(shop, clock, stores=stores))
    await load.requests(200)
    await asyncio.to_thread(fail)
    failures, calls = stores.shared.counts.failures, len(shop.calls)
    seconds = await load.requests(600)
    assert len(shop.calls) > calls, "the source was not asked instead"
    tried = stores.shared.counts.failures - failures
    assert tried > 0
    assert sum(each > REQUEST_SECONDS for each in seconds) <= tried, "a dead store costs something each time"
    await asyncio.to_thread(mend)
    await used_again(shop, load)
    await load.stop()
    assert max(load.seconds) <= STORE_SECONDS + REQUEST_SECONDS
    await stores.aclose()


async def used_again(shop: Shop, load: Load) -> None:
    """The store answers most of what is asked."""
    async with asyncio.timeout(10):
        while True:
            calls = len(shop.calls)
            asked = await load.requests(50)
            if len(shop.calls) - calls < len(asked) / 2:
                return


async def test_after_a_hang_every_reply_belongs_to_its_question(shop: Shop, clock: Clock) -> None:
    with running_valkey() as server:
        stores = open_stores(server.url, seconds=0.2)
        source = cached(shop, clock, stores=stores)
        await source.lookup(products(*[f"P{number}" for number in range(50)]))
        server.suspend()
        await asyncio.gather(*[source.lookup(products(f"P{number}")) for number in range(20)])
        assert stores.shared.counts.failures > 0
        server.resume()
        await asyncio.sleep(0.15)  # the first pause
        for number in range(20, 50):
            assert names(await source.lookup(products(f"P{number}"))) == {f"P{number}": f"Product {number}"}
        assert stores.shared.counts.unusable == 0
        await stores.aclose()


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_busy_process_is_not_a_slow_store(loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def run() -> None:
        stores = open_stores(server.url)
        source = cached(Shop(), Clock(), stores=stores)
        await source.lookup(products("P1"))
        server.suspend()
        reading = asyncio.create_task(source.lookup(products("P1")))
        await settled()
        server.resume()
        time.sleep(3 * STORE_SECONDS)  # noqa: ASYNC251  the busy process
        await reading
        assert stores.shared.counts.failures == 0
        await stores.aclose()

    with running_valkey() as server, asyncio.Runner(loop_factory=loop) as runner:
        runner.run(run())


async def test_what_is_logged_of_a_dead_store_is_one_line_without_its_address(
    shop: Shop, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    stores = open_stores("redis://ann:hunter2@127.0.0.1:1/0")
    source = cached(shop, clock, stores=stores)
    with caplog.at_level(logging.INFO, logger="crossdock"):
        for _ in range(10):
            await source.lookup(products("P1"))
    assert [record.message for record in caplog.records if record.name.startswith("crossdock")] == [
        "cache store: no read: ConnectionError; the sources are asked instead"
    ]
    assert "hunter2" not in caplog.text
    await stores.aclose()
