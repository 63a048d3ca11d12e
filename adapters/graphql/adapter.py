"""The GraphQL adapter: registered lookups and searches of one source, as operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.graphql.endpoint import Endpoint
from adapters.graphql.lookups import LookupCall
from adapters.graphql.searches import SearchCall
from adapters.mapping import Unmapped
from adapters.spi import (
    Adapter,
    Capabilities,
    EntityCapability,
    Lookup,
    LookupResult,
    Search,
    SearchResult,
    unsupported,
)


@dataclass(frozen=True)
class Answers:
    """What the source answers of one entity. ``fields``: as in ``EntityCapability``."""

    fields: frozenset[str]
    lookups: Mapping[str, LookupCall]
    searches: Mapping[str, SearchCall]

    def capability(self) -> EntityCapability:
        return EntityCapability(
            self.fields,
            {name: lookup.capability() for name, lookup in self.lookups.items()},
            {name: search.capability() for name, search in self.searches.items()},
        )


NO_ANSWERS = Answers(frozenset(), {}, {})


class GraphQLAdapter(Adapter):
    """One call per lookup and per page, for as many keys or parents as the registration's ``batch``."""

    kind = "graphql"

    def __init__(self, source: str, entities: Mapping[str, Answers], endpoint: Endpoint, unmapped: Unmapped) -> None:
        self.source = source
        self.capabilities: Capabilities = {name: answers.capability() for name, answers in entities.items()}
        self.peer = endpoint.peer
        self._entities = entities
        self._endpoint = endpoint
        self._unmapped = unmapped

    async def lookup(self, request: Lookup) -> LookupResult:
        lookup = self._entities.get(request.entity, NO_ANSWERS).lookups.get(request.by)
        if lookup is None:
            raise unsupported(self.source, f"lookup {request.by} of {request.entity}")
        return await lookup.answer(request, self._endpoint)

    async def search(self, request: Search) -> SearchResult:
        search = self._entities.get(request.entity, NO_ANSWERS).searches.get(request.name)
        if search is None:
            raise unsupported(self.source, f"search {request.name} of {request.entity}")
        return await search.answer(request, self._endpoint)

    async def ping(self) -> None:
        await self._endpoint.reach()

    def unmapped(self) -> Mapping[str, int]:
        return self._unmapped.taken()

    async def aclose(self) -> None:
        await self._endpoint.aclose()
