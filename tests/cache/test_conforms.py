"""A cached source keeps the contract: cold, warm, and over both stores."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.batching import Batched
from adapters.conformance import LookupSample, SearchSample, conform
from adapters.registration import Limits
from adapters.resilience import Resilient
from cache.cached import Cached
from cache.coalesced import Coalesced
from cache.policy import Policy
from cache.stores import Stores, open_stores
from tests.cache.shop import Shop
from tests.cache.valkey_server import running_valkey

LOOKUPS = [
    LookupSample("Product", "code", known=[f"P{number}" for number in range(25)], unknown="X"),
    LookupSample("Product", "name", known=["Product 1", "Product 2"], unknown="X"),
    LookupSample("Stock", "sku", known=["S1", "S2"], unknown="X", empty="S9"),
    LookupSample("Stock", "sku place", known=[("S1", "W1"), ("S2", "W2")], unknown=("S1", "X")),
]
SEARCHES = [
    SearchSample("Product", "products", count=50),
    SearchSample("Product", "products", {"name": ["Product 1", "Product 2", "Product 3"]}, count=3),
    SearchSample("Stock", "bySku", parents=["S1", "S2"], unknown_parent="X", count=3),
]


POLICIES = [Policy(fresh=60), Policy(60, missing=60, private=True), Policy(0.001, missing=0.001, stale=60)]


@pytest.fixture
async def valkey() -> AsyncIterator[Stores]:
    with running_valkey() as server:
        stores = open_stores(server.url, seconds=5.0)
        yield stores
        await stores.aclose()


@pytest.mark.parametrize("policy", POLICIES)
async def test_it_keeps_the_contract(policy: Policy) -> None:
    await conforms(policy, open_stores())


async def test_it_keeps_the_contract_over_valkey(valkey: Stores) -> None:
    await conforms(POLICIES[0], valkey)


async def conforms(policy: Policy, stores: Stores) -> None:
    inner = Coalesced(Batched(Resilient(Shop(), Limits())))
    source = Cached(inner, {"Product": policy, "Stock": policy}, stores, "1")
    for _ in range(2):
        assert await conform(source, LOOKUPS, SEARCHES)
    await source.aclose()
