"""What adapters over several sources have in common: one entity's records, from more than one system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from adapters.spi import (
    Adapter,
    Capabilities,
    EntityCapability,
    Key,
    Lookup,
    LookupResult,
    Record,
    Search,
    SearchResult,
    SourceError,
    Unavailable,
    refuse_undeclared,
    unsupported,
)

R = TypeVar("R", Lookup, Search)


class Composite(Adapter):
    """Several sources as one, in their order of rank. Each is asked only for what it declares; a field that it does not
    give is null in its records. A record says which source it is from.

    The sources belong to whoever made them: ``aclose`` leaves them open.
    """

    kind = "composite"

    def __init__(self, name: str, sources: Sequence[Adapter], capabilities: Capabilities) -> None:
        self.source = name
        self.sources = sources
        self.capabilities = capabilities
        self._fields: Mapping[tuple[str, str], frozenset[str]] = {
            (source.source, entity): top_level(source.capabilities[entity])
            for source in sources
            for entity in capabilities
            if entity in source.capabilities
        }

    async def ping(self) -> None:
        """One of them is enough."""
        error: SourceError = Unavailable(self.source, "no source")
        for source in self.sources:
            try:
                return await source.ping()
            except SourceError as failed:
                error = failed
        raise error

    def looking_up(self, entity: str, by: str) -> list[Adapter]:
        """The sources that have the lookup. Refuses what the composite itself does not declare."""
        if by not in self._capability(entity).lookups:
            raise unsupported(self.source, f"lookup {by} of {entity}")
        return [source for source in self.sources if declares(source, entity, "lookups", by)]

    def searching(self, request: Search) -> list[Adapter]:
        """The sources that have the search."""
        entity, name = request.entity, request.name
        search = self._capability(entity).searches.get(name)
        if search is None or (request.parents is not None and not search.parents):
            raise unsupported(self.source, f"search {name} of {entity}")
        refuse_undeclared(self.source, request, search)
        return [source for source in self.sources if declares(source, entity, "searches", name)]

    async def look_up(self, source: Adapter, request: Lookup) -> LookupResult:
        """One source's answer; an error of the whole request is that of each key."""
        many = self.capabilities[request.entity].lookups[request.by].many
        able = source.capabilities[request.entity].lookups[request.by].arguments
        passed = {name: value for name, value in request.arguments.items() if name in able}
        asked, lacking = self._asked(source, replace(request, arguments=passed))
        try:
            result = await source.lookup(asked)
        except SourceError as error:
            return LookupResult({}, dict.fromkeys(request.keys, error))
        if not lacking:
            return result
        found: dict[Key, Any] = {
            key: completed(answer, lacking) if many else completed((answer,), lacking)[0]
            for key, answer in result.found.items()
        }
        return LookupResult(found, result.failed, result.until)

    async def search_in(self, source: Adapter, request: Search) -> SearchResult:
        """One source's pages; an error of the whole request is that of each parent."""
        asked, lacking = self._asked(source, request)
        try:
            result = await source.search(asked)
        except SourceError as error:
            return SearchResult({}, dict.fromkeys(request.parents or (None,), error))
        if not lacking:
            return result
        pages = {key: replace(page, records=completed(page.records, lacking)) for key, page in result.pages.items()}
        return SearchResult(pages, result.failed, result.until)

    def _capability(self, entity: str) -> EntityCapability:
        return self.capabilities.get(entity) or EntityCapability(frozenset())

    def _asked(self, source: Adapter, request: R) -> tuple[R, frozenset[str]]:
        """The request as one source can be asked it, counted as its own; and the fields that it does not give."""
        given = request.fields & self._fields[source.source, request.entity]
        return replace(request, fields=given, tally=request.tally.part(source.source)), request.fields - given


def declares(source: Adapter, entity: str, kind: str, name: str) -> bool:
    capability = source.capabilities.get(entity)
    return capability is not None and name in getattr(capability, kind)


def top_level(capability: EntityCapability) -> frozenset[str]:
    return frozenset(path.partition(".")[0] for path in capability.fields)


def completed(records: Sequence[Record], lacking: frozenset[str]) -> list[Record]:
    """Copies with a null for each field that their source does not give: the records themselves may be shared."""
    nulls = dict.fromkeys(sorted(lacking))
    return [
        Record({**nulls, **record.values}, record.source, record.as_of, record.errors, record.stale)
        for record in records
    ]
