"""A source of numbers for the tests of wrappers: it counts its calls and answers when it is let."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from adapters.spi import (
    Adapter,
    Capabilities,
    EntityCapability,
    Key,
    Lookup,
    LookupCapability,
    LookupResult,
    Page,
    Record,
    Search,
    SearchCapability,
    SearchResult,
    Sort,
    refuse_undeclared,
    unsupported,
)

FIELDS = frozenset({"number", "square"})
NOW = "2026-11-22T10:00:00Z"


class Counter(Adapter):
    """``Number`` by ``number``: every key but those below zero exists. Searches give the key's multiples.

    ``open``: answers wait for it. ``fail``: called with the keys before an answer, to raise what it likes.
    """

    kind = "counter"
    source = "counter"

    def __init__(self, batch: int = 100, fail: Callable[[tuple[Any, ...]], None] = lambda keys: None) -> None:
        self.capabilities: Capabilities = {
            "Number": EntityCapability(
                FIELDS,
                {"number": LookupCapability(batch=batch, arguments=frozenset({"base"}))},
                {
                    "multiples": SearchCapability(
                        parents=True, batch=batch, filters=frozenset({"even"}), sorts=frozenset({Sort("NUMBER")})
                    ),
                    "all": SearchCapability(),
                },
            )
        }
        self.calls: list[tuple[Any, ...]] = []
        self.requests: list[Lookup | Search] = []
        self.cancelled = 0
        self.now = 0
        self.most = 0
        self.open = asyncio.Event()
        self.open.set()
        self.closed = False
        self._fail = fail

    async def lookup(self, request: Lookup) -> LookupResult:
        if request.by != "number":
            raise unsupported(self.source, f"lookup {request.by} of {request.entity}")
        await self._call(request, request.keys)
        return LookupResult({key: number(key) for key in request.keys if isinstance(key, int) and key >= 0})

    async def search(self, request: Search) -> SearchResult:
        if request.name not in {"multiples", "all"}:
            raise unsupported(self.source, f"search {request.name} of {request.entity}")
        refuse_undeclared(self.source, request, self.capabilities["Number"].searches[request.name])
        parents: tuple[Any, ...] = (None,) if request.parents is None else tuple(request.parents)
        await self._call(request, parents)
        return SearchResult({parent: multiples(parent or 1, request.first) for parent in parents})

    async def ping(self) -> None:
        await self.open.wait()
        self._fail(())

    async def aclose(self) -> None:
        self.closed = True

    async def _call(self, request: Lookup | Search, keys: Any) -> None:
        self.calls.append(tuple(keys))
        self.requests.append(request)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.open.wait()
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.now -= 1
        self._fail(tuple(keys))


def number(key: int) -> Record:
    values: dict[str, Any] = {"number": key, "square": key * key}
    return Record(values, "counter", NOW)


def multiples(of: int, count: int) -> Page:
    records = [number(of * factor) for factor in range(1, count + 1)]
    return Page(records, [str(record.values["number"]) for record in records], True)


def numbers(result: LookupResult) -> Mapping[Key, int]:
    return {key: record.values["square"] for key, record in result.found.items()}
