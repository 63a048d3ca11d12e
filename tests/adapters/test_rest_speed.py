"""A large API costs per call what a small one costs: ratios within one run, each the best of many."""

from __future__ import annotations

import asyncio
import gc
import time
from typing import Any

import httpx
import pytest

from adapters.rest.adapter import RestAdapter
from adapters.rest.build import build
from adapters.rest.registration import RestSource
from adapters.spi import Lookup
from adapters.types import FieldType, Types

pytestmark = pytest.mark.alone

OPERATIONS = 200
ROUNDS = 12
CALLS = 40
TOLERATED = 1.2


class Answering(httpx.AsyncBaseTransport):
    """Fifty rows for whatever is asked."""

    rows = b'{"items": [' + b",".join(b'{"no": "A%d", "title": "Item", "kg": 1.5}' % n for n in range(50)) + b"]}"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(self.rows))


def api(operations: int) -> RestAdapter:
    """So many types with a lookup each, every one with all that a request can have."""
    names = [f"Type{number}" for number in range(operations)]
    fields = {"sku": FieldType("String"), "name": FieldType("String"), "weight": FieldType("Decimal")}
    lookup = {"get": "/x{?list}", "conditions": {"list": {"each": "{key}", "join": ","}}, "rows": "items"}
    entity = {
        "key": "sku",
        "fields": {"sku": "no", "name": "title", "weight": "kg"},
        "lookup": {"sku": lookup},
        "search": {"all": {"get": "/y{?o,l}", "page": {"offset": "o", "limit": "l"}}},
    }
    words: dict[str, Any] = {"source": "api", "role": "ERP", "kind": "rest", "url": "http://api.test"}
    registration = RestSource.model_validate({**words, "entities": dict.fromkeys(names, entity)})
    return build(registration, Types(dict.fromkeys(names, fields), {}), Answering())


def seconds(loop: asyncio.AbstractEventLoop, adapter: RestAdapter) -> float:
    """CPU of some calls."""
    request = Lookup("Type0", "sku", [f"A{n}" for n in range(50)], frozenset({"name", "weight"}))

    async def calls() -> None:
        for _ in range(CALLS):
            assert len((await adapter.lookup(request)).found) == 50

    start = time.thread_time()
    loop.run_until_complete(calls())
    return time.thread_time() - start


def test_two_hundred_operations_cost_per_call_what_one_costs() -> None:
    small, large = api(1), api(OPERATIONS)
    loop = asyncio.new_event_loop()
    least_small = least_large = float("inf")
    gc.collect()
    gc.disable()
    try:
        for round_ in range(8 * ROUNDS):
            least_small = min(least_small, seconds(loop, small))
            least_large = min(least_large, seconds(loop, large))
            if round_ >= ROUNDS and least_large <= least_small * TOLERATED:
                break
    finally:
        gc.enable()
        loop.close()
    print(f"{least_small / CALLS * 1e6:.0f} µs with 1 operation, {least_large / CALLS * 1e6:.0f} µs with {OPERATIONS}")
    assert least_large <= least_small * TOLERATED
