"""The adapter for databases: lookups and searches as statements, rows as records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.clock import now
from adapters.mapping import Unmapped
from adapters.matching import match
from adapters.spi import Adapter, Key, Lookup, LookupResult, Search, SearchResult, refuse_undeclared, unsupported
from adapters.sql.calls import CompiledCall
from adapters.sql.catalogue import Catalogue
from adapters.sql.database import Database
from adapters.sql.entities import CompiledEntity
from adapters.sql.errors import ForeignText
from adapters.sql.heartbeat import Heartbeat
from adapters.sql.lookups import CompiledLookup, without_foreign
from adapters.sql.searches import CompiledSearch


class SqlAdapter(Adapter):
    """One registered database. Nothing is connected before it is asked."""

    kind = "sql"

    def __init__(
        self,
        source: str,
        entities: Mapping[str, CompiledEntity],
        database: Database,
        unmapped: Unmapped,
        heartbeat: Heartbeat | None,
        catalogue: Catalogue,
    ) -> None:
        self.source = source
        self.peer = database.peer
        self.capabilities = {name: entity.capability for name, entity in entities.items()}
        self.entities = entities
        self._lookups = {(name, by): one for name, entity in entities.items() for by, one in entity.lookups.items()}
        self._searches = {(name, by): one for name, entity in entities.items() for by, one in entity.searches.items()}
        self._database = database
        self._unmapped = unmapped
        self._heartbeat = heartbeat
        self._catalogue = catalogue

    async def lookup(self, request: Lookup) -> LookupResult:
        what = f"lookup {request.by} of {request.entity}"
        lookup = self._lookups.get((request.entity, request.by))
        if lookup is None:
            raise unsupported(self.source, what)
        for argument in request.arguments.keys() - lookup.capability.arguments:
            raise unsupported(self.source, f"argument {argument} of {what}")
        try:
            return await self._look_up(lookup, request, what)
        except ForeignText:
            smaller = without_foreign(request.keys)
            if smaller is None:
                raise
        found: dict[Key, Any] = {key: [] for key in request.keys} if lookup.capability.many else {}
        for keys in smaller:
            request.tally.calls += 1
            found |= (await self.lookup(request.of(keys))).found
        return LookupResult(found)

    async def _look_up(self, lookup: CompiledLookup | CompiledCall, request: Lookup, what: str) -> LookupResult:
        fields = lookup.fields(request.fields)
        queries = lookup.queries(request.keys, fields, request.arguments)
        as_of = await self._as_of(request.deadline)
        answers = await self._database.rows(queries, what, request.deadline)
        records = lookup.mapping.records(lookup.rows(answers, request.keys), fields, as_of, request.outline)
        many = lookup.capability.many
        return match(records, request, many=many, source=self.source)

    async def search(self, request: Search) -> SearchResult:
        what = f"search {request.name} of {request.entity}"
        search = self._searches.get((request.entity, request.name))
        if search is None:
            raise unsupported(self.source, what)
        for name in request.filters.keys() - search.capability.filters:
            raise unsupported(self.source, f"filter {name} of {what}")
        if request.parents is None and search.needs_parents:
            raise unsupported(self.source, f"{what} without parents")
        if request.parents is not None and not search.capability.parents:
            raise unsupported(self.source, f"{what} below parents")
        refuse_undeclared(self.source, request, search.capability)
        try:
            return await self._search(search, request, what)
        except ForeignText:
            smaller = without_foreign(request.parents or ())
            if smaller is None and any(isinstance(value, list) for value in request.filters.values()):
                raise  # of several values it is only one
        pages = dict(search.result(request, (), now()).pages)
        for parents in smaller or ():
            request.tally.calls += 1
            pages |= (await self.search(replace(request, parents=parents))).pages
        return SearchResult(pages)

    async def _search(self, search: CompiledSearch, request: Search, what: str) -> SearchResult:
        queries = search.queries(request)
        request.tally.calls += max(0, len(queries) - 1)  # the first is counted where calls are limited
        as_of = await self._as_of(request.deadline)
        answers = await self._database.rows(queries, what, request.deadline)
        return search.result(request, answers, as_of)

    async def _as_of(self, deadline: float) -> str:
        """Since when answers are true: taken before they are read."""
        return now() if self._heartbeat is None else await self._heartbeat.as_of(deadline)

    def unmapped(self) -> Mapping[str, int]:
        return self._unmapped.taken()

    async def there(self, entity: str) -> str:
        if not self._catalogue.has(entity):
            return ""
        return await self._database.inspected(lambda inspector: self._catalogue.told(entity, inspector))

    async def ping(self) -> None:
        await self._database.ping()

    async def aclose(self) -> None:
        await self._database.aclose()
