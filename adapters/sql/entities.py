"""One registered entity, compiled for a dialect. Its registration has been checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.engine import Dialect

from adapters.mapping import EntityMapping
from adapters.spi import EntityCapability, LookupCapability, SearchCapability, Sort
from adapters.sql.calls import CompiledCall
from adapters.sql.columns import key_columns, ordered, paging, relation, sorting
from adapters.sql.conditions import AnyOf, condition
from adapters.sql.dialects import most_keys
from adapters.sql.facets import FacetStatements
from adapters.sql.filters import Filters
from adapters.sql.lookups import CompiledLookup
from adapters.sql.pages import PageStatements
from adapters.sql.paging import Keyset, Paging
from adapters.sql.registration import SqlEntity, SqlLookup, SqlSearch
from adapters.sql.relations import Relation
from adapters.sql.searches import CompiledSearch, Ordered
from adapters.types import Types


@dataclass(frozen=True, slots=True)
class CompiledEntity:
    """``capability`` is what the source declares; ``lookups`` and ``searches`` answer it."""

    capability: EntityCapability
    lookups: Mapping[str, CompiledLookup | CompiledCall]
    searches: Mapping[str, CompiledSearch]


class EntityCompiler:
    def __init__(
        self,
        spec: SqlEntity,
        mapping: EntityMapping,
        types: Types,
        dialect: Dialect,
        table: Relation | None,
        filters: Filters,
    ) -> None:
        self._spec = spec
        self._mapping = mapping
        self._types = types
        self._dialect = dialect
        self._table = table
        self._filters = filters

    def compiled(self) -> CompiledEntity:
        lookups = {by: self._lookup(by, lookup) for by, lookup in self._spec.lookup.items()}
        searches = {name: self._search(name, search) for name, search in self._spec.search.items()}
        capability = EntityCapability(
            self._mapping.fields,
            {by: lookup.capability for by, lookup in lookups.items()},
            {name: search.capability for name, search in searches.items()},
        )
        return CompiledEntity(capability, lookups, searches)

    def _lookup(self, by: str, lookup: SqlLookup) -> CompiledLookup | CompiledCall:
        columns = key_columns(by, self._spec, self._mapping)
        conditions = self._conditions(lookup.arguments)
        if lookup.call is not None:
            return CompiledCall(
                self._mapping, by, lookup, columns=columns, conditions=conditions, dialect=self._dialect
            )
        rows = relation(lookup, self._table, columns, "keys")
        batch = min(lookup.batch, most_keys(self._dialect, len(columns), len(lookup.arguments), rows.times))
        return CompiledLookup(
            self._mapping,
            by,
            LookupCapability(lookup.many, batch, frozenset(lookup.arguments)),
            relation=rows,
            columns=columns,
            conditions=conditions,
            order=[ordered(text, self._spec, self._mapping) for text in lookup.order],
            dialect=self._dialect,
        )

    def _search(self, name: str, search: SqlSearch) -> CompiledSearch:
        columns = key_columns(search.parents, self._spec, self._mapping)
        rows = relation(search, self._table, columns, "parents")
        batch = min(search.batch, most_keys(self._dialect, max(1, len(columns)), len(search.filters), rows.times))
        conditions = {word: self._filters.condition(name, word, words) for word, words in search.filters.items()}
        facets = [self._filters.facet(code, words) for code, words in search.facets.items()]
        key = key_columns(" ".join(self._spec.key_names), self._spec, self._mapping)
        pages = paging(search, self._spec, self._mapping)
        orders: dict[Sort | None, Paging] = {None: pages} | {
            Sort(by, reverse): sorting(sort, reverse, pages, self._spec, self._mapping)
            for by, sort in search.sorts.items()
            for reverse in (False, True)
        }
        required = [term.column for term in pages.order]
        made = {
            sort: Ordered(paging, PageStatements(rows, conditions, paging.order, required, self._dialect))
            for sort, paging in orders.items()
        }
        return CompiledSearch(
            self._mapping,
            SearchCapability(
                frozenset(search.filters),
                bool(columns),
                batch,
                search.limit,
                search.total,
                int(search.total),
                order=str(pages.instants or "") if isinstance(pages, Keyset) else "",
                facets=frozenset(search.facets),
                faceting=len(search.facets),
                sorts=frozenset(filter(None, orders)),
                backwards=isinstance(pages, Keyset),
            ),
            made,
            FacetStatements(made[None].statements, facets, key, self._dialect),
            conditions=conditions,
            parents=search.parents or "",
            columns=columns,
            dialect=self._dialect,
            needs_parents=search.sql is not None and bool(columns),
        )

    def _conditions(self, fields: Mapping[str, str]) -> dict[str, AnyOf]:
        return {name: condition(field, self._spec, self._mapping, self._types) for name, field in fields.items()}
