"""Requests of any size for systems that take so many keys at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from adapters.spi import Adapter, EntityCapability, Key, Lookup, LookupResult, Search, SearchResult, SourceError
from adapters.wrapper import Wrapper

R = TypeVar("R")

NOTHING = EntityCapability(frozenset())


class Batched(Wrapper):
    """Asks for at most the capability's ``batch`` of keys or parents at a time; ``parallel`` such calls at once.

    What one call fails with is the failure of its keys; the others stand. A request that fits passes through as it is.
    """

    def __init__(self, adapter: Adapter, parallel: int = 16) -> None:
        super().__init__(adapter)
        self._parallel = parallel

    async def lookup(self, request: Lookup) -> LookupResult:
        capability = self.capabilities.get(request.entity, NOTHING).lookups.get(request.by)
        if capability is None or len(request.keys) <= capability.batch:
            return await self.adapter.lookup(request)
        results = await self._each(split(request.keys, capability.batch), lambda keys: self._lookup(request, keys))
        return LookupResult(
            {key: found for result in results for key, found in result.found.items()},
            {key: error for result in results for key, error in result.failed.items()},
        )

    async def search(self, request: Search) -> SearchResult:
        capability = self.capabilities.get(request.entity, NOTHING).searches.get(request.name)
        parents = request.parents
        if capability is None or parents is None or len(parents) <= capability.batch:
            return await self.adapter.search(request)
        results = await self._each(split(parents, capability.batch), lambda keys: self._search(request, keys))
        return SearchResult(
            {key: page for result in results for key, page in result.pages.items()},
            {key: error for result in results for key, error in result.failed.items()},
        )

    async def _lookup(self, request: Lookup, keys: Sequence[Key]) -> LookupResult:
        try:
            return await self.adapter.lookup(request.of(keys))
        except SourceError as error:
            return LookupResult(failed=dict.fromkeys(keys, error))

    async def _search(self, request: Search, parents: Sequence[Key]) -> SearchResult:
        try:
            return await self.adapter.search(request.of(parents, request.deadline))
        except SourceError as error:
            return SearchResult(failed=dict.fromkeys(parents, error))

    async def _each(self, chunks: Sequence[Sequence[Key]], ask: Callable[[Sequence[Key]], Awaitable[R]]) -> Sequence[R]:
        """The result of every chunk, as they come."""
        waiting = iter(chunks)
        results: list[R] = []

        async def work() -> None:
            # A thousand chunks are not a thousand tasks, and do not fill the source's queue on their own.
            for chunk in waiting:
                results.append(await ask(chunk))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._parallel, len(chunks))):
                group.create_task(work())
        return results


def split(keys: Sequence[Key], size: int) -> list[Sequence[Key]]:
    return [keys[start : start + size] for start in range(0, len(keys), size)]
