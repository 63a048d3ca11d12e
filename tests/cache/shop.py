"""A source for the tests of the cache: products and stock in plain dicts that a test can change."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch, among
from adapters.spi import Key, Lookup, LookupResult, Record, Search, SearchResult
from cache.cached import Cached
from cache.coalesced import Coalesced
from cache.policy import Policy
from cache.stores import Stores, open_stores

POLICY = Policy(fresh=60)


class Clock:
    """Seconds since 1970, as the test says."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Shop(MemoryAdapter):
    """50 products by code, stock of three places by sku; tests change them in place."""

    def __init__(self) -> None:
        self.products: list[dict[str, Any]] = [
            {"code": f"P{number}", "name": f"Product {number}", "price": {"amount": "1.00"}} for number in range(50)
        ]
        self.stock: list[dict[str, Any]] = [
            {"sku": f"S{sku}", "place": f"W{place}", "onHand": "5"} for sku in range(4) for place in range(3)
        ]
        self.reached = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        super().__init__(
            "erp",
            {
                "Product": MemoryEntity(
                    self.products,
                    {"code": MemoryLookup(batch=20), "name": MemoryLookup()},
                    {
                        "products": MemorySearch(
                            {"name": among("name")}, sorts={"CODE": ("code",)}, facets={"name": "name"}
                        )
                    },
                ),
                "Stock": MemoryEntity(
                    self.stock,
                    {"sku": MemoryLookup(many=True, arguments={"places": among("place")}), "sku place": MemoryLookup()},
                    {"bySku": MemorySearch(parent="sku")},
                ),
            },
        )

    async def lookup(self, request: Lookup) -> LookupResult:
        """Reads what there is, and answers when ``gate`` is open; ``reached`` is set in between."""
        result = await super().lookup(request)
        self.reached.set()
        await self.gate.wait()
        return result

    def rename(self, code: str, name: str) -> None:
        next(product for product in self.products if product["code"] == code)["name"] = name

    def remove(self, code: str) -> None:
        self.products[:] = [product for product in self.products if product["code"] != code]

    @property
    def asked(self) -> list[list[Key]]:
        """The keys of each call that was a lookup."""
        return [list(call.keys) for call in self.calls if isinstance(call, Lookup)]


def cached(
    shop: Shop, clock: Clock, policy: Policy = POLICY, stores: Stores | None = None, version: str = "1"
) -> Cached:
    return Cached(Coalesced(shop), {"Product": policy, "Stock": policy}, stores or open_stores(), version, clock)


def products(*keys: Key, **words: Any) -> Lookup:
    return Lookup(**{"entity": "Product", "by": "code", "keys": keys, "fields": frozenset({"name"}), **words})


def stock(*keys: Key, **words: Any) -> Lookup:
    return Lookup(**{"entity": "Stock", "by": "sku", "keys": keys, "fields": frozenset({"onHand"}), **words})


def search(**words: Any) -> Search:
    return Search(**{"entity": "Product", "name": "products", "first": 2, "fields": frozenset({"name"}), **words})


def names(result: LookupResult) -> Mapping[Key, str]:
    return {key: record.values["name"] for key, record in result.found.items()}


def codes(result: SearchResult) -> Sequence[str]:
    return [record.values["code"] for record in result.pages[None].records]


def staleness(result: LookupResult) -> Mapping[Key, bool]:
    return {key: record.stale for key, record in result.found.items() if isinstance(record, Record)}


async def settled() -> None:
    """Whatever runs in the background and waits for nothing outside is done."""
    for _ in range(30):
        await asyncio.sleep(0)
