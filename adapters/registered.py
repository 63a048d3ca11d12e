"""An adapter whose lookups and searches are registered calls to one endpoint: what SOAP, REST and GraphQL share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from adapters.mapping import Unmapped
from adapters.spi import (
    Adapter,
    Capabilities,
    EntityCapability,
    Lookup,
    LookupCapability,
    LookupResult,
    Search,
    SearchCapability,
    SearchResult,
    refuse_undeclared,
    unsupported,
)


class Endpoint(Protocol):
    """Where all calls of a source go."""

    @property
    def peer(self) -> Mapping[str, str | int]: ...
    async def aclose(self) -> None: ...


E = TypeVar("E", bound=Endpoint)
T = TypeVar("T")
To = TypeVar("To", contravariant=True)


class LookupCall(Protocol[To]):
    def capability(self) -> LookupCapability: ...
    async def answer(self, request: Lookup, endpoint: To, /) -> LookupResult: ...


class SearchCall(Protocol[To]):
    def capability(self) -> SearchCapability: ...
    async def answer(self, request: Search, endpoint: To, /) -> SearchResult: ...


@dataclass(frozen=True)
class Answers(Generic[E]):
    """What the source answers of one entity. ``fields`` and ``apart``: as in ``EntityCapability``."""

    fields: frozenset[str]
    lookups: Mapping[str, LookupCall[E]]
    searches: Mapping[str, SearchCall[E]]
    apart: Sequence[frozenset[str]] = ()

    def capability(self) -> EntityCapability:
        return EntityCapability(
            self.fields,
            {name: lookup.capability() for name, lookup in self.lookups.items()},
            {name: search.capability() for name, search in self.searches.items()},
            self.apart,
        )


def present(calls: Mapping[str, T | None]) -> dict[str, T]:
    """The calls that could be built; what is wrong with the others is noted."""
    return {name: call for name, call in calls.items() if call is not None}


NO_ANSWERS: Answers[Any] = Answers(frozenset(), {}, {})


class RegisteredAdapter(Adapter, Generic[E]):
    """Each kind adds its name and its ``ping``."""

    def __init__(self, source: str, entities: Mapping[str, Answers[E]], endpoint: E, unmapped: Unmapped) -> None:
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
        refuse_undeclared(self.source, request, self.capabilities[request.entity].searches[request.name])
        return await search.answer(request, self._endpoint)

    def unmapped(self) -> Mapping[str, int]:
        return self._unmapped.taken()

    async def aclose(self) -> None:
        await self._endpoint.aclose()
