"""The REST adapter: registered lookups and searches of one source, as HTTP requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.mapping import Unmapped
from adapters.rest.endpoint import Endpoint
from adapters.rest.lookups import LookupCall
from adapters.rest.searches import SearchCall
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


class Answers:
    """What the source answers of one entity. ``fields`` and ``apart``: as in ``EntityCapability``."""

    def __init__(
        self,
        fields: frozenset[str],
        lookups: Mapping[str, LookupCall],
        searches: Mapping[str, SearchCall],
        apart: Sequence[frozenset[str]] = (),
    ) -> None:
        self.lookups = lookups
        self.searches = searches
        self.capability = EntityCapability(
            fields,
            {name: lookup.capability() for name, lookup in lookups.items()},
            {name: search.capability() for name, search in searches.items()},
            apart,
        )


NO_ANSWERS = Answers(frozenset(), {}, {})


class RestAdapter(Adapter):
    """One call per lookup and per page: at most ``batch`` keys, or one parent, at a time."""

    kind = "rest"

    def __init__(
        self, source: str, entities: Mapping[str, Answers], endpoint: Endpoint, ping: str | None, unmapped: Unmapped
    ) -> None:
        self.source = source
        self.capabilities: Capabilities = {name: answers.capability for name, answers in entities.items()}
        self.peer = endpoint.peer
        self._entities = entities
        self._endpoint = endpoint
        self._unmapped = unmapped
        self._ping = ping

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

    def unmapped(self) -> Mapping[str, int]:
        return self._unmapped.taken()

    async def ping(self) -> None:
        await self._endpoint.reach(self._ping)

    async def aclose(self) -> None:
        await self._endpoint.aclose()
