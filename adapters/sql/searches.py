"""Searches: what is asked for a page, and the pages that are made of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy.engine import Dialect

from adapters import facets
from adapters.facets import Counted
from adapters.mapping import EntityMapping
from adapters.matching import grouped
from adapters.result_set import ResultSet
from adapters.spi import Facet, Key, Page, Record, Rejected, Search, SearchCapability, SearchResult, Sort
from adapters.sql.conditions import Asked, Condition, bound, given, shapes
from adapters.sql.dialects import MOST_NARROWING, compare
from adapters.sql.facets import TEXT, VALUE, FacetSpec, FacetStatements
from adapters.sql.keys import room
from adapters.sql.pages import COUNT, Cut, Extent, PageStatements
from adapters.sql.paging import Paging
from adapters.sql.queries import Query
from adapters.sql.statements import MOST_TEXTS, askable, batches


class Ordered(NamedTuple):
    """A list in one order."""

    paging: Paging
    statements: PageStatements


class CompiledSearch:
    """``orders``: those that may be asked for, and under ``None`` the list's own. ``parents`` names the field or hidden
    key that holds the parent's key, in ``columns``.

    ``needs_parents``: there is no answer for the whole source.
    """

    def __init__(
        self,
        mapping: EntityMapping,
        capability: SearchCapability,
        orders: Mapping[Sort | None, Ordered],
        counting: FacetStatements,
        *,
        conditions: Mapping[str, Condition],
        parents: str,
        columns: tuple[str, ...],
        dialect: Dialect,
        needs_parents: bool,
    ) -> None:
        self.mapping = mapping
        self.capability = capability
        self._orders = orders
        self._facets = counting
        self._conditions = conditions
        self._parents = parents
        self._columns = columns
        self._compare = compare(dialect)
        self.needs_parents = needs_parents
        self._selected = lru_cache(MOST_TEXTS)(self._columns_of)

    def queries(self, request: Search) -> list[Query]:
        """The statements, one per batch of parents, each followed by one that counts and one for each facet where those
        are wanted; none if nothing can match."""
        filters = given(self._conditions, request.filters)
        if filters is None:
            return []
        if any(asked.size > MOST_NARROWING for asked in filters.values()):
            most = f"A filter takes at most {MOST_NARROWING} values."
            raise Rejected(self.mapping.source, "a filter with too many values", message=most)
        queries = []
        for extent, values in self._extents(request, filters):
            queries.append(self._page_query(request, extent, values))
            if self._counts(request):
                queries.append(Query(partial(self._orders[request.sort].statements.count, extent), values))
            for facet in self._faceted(request):
                bound_too = {**values, **facet.values}
                queries.append(Query(partial(self._facets.statement, facet, extent), bound_too))
        return queries

    def _extents(self, request: Search, filters: Mapping[str, Asked]) -> Iterator[tuple[Extent, dict[str, Any]]]:
        """Which rows each statement is about, and the values that say so."""
        asked = shapes(filters)
        narrowing = {**bound(filters), **self._orders[request.sort].statements.values()}
        if request.parents is None:
            yield Extent(None, asked), narrowing
            return
        forms = askable(list(self.mapping.to_source(self._parents, request.parents)))
        for batch in batches(forms, self.capability.batch):
            keys = room(self._columns, len(batch), self.capability.batch, self._compare)
            yield Extent(keys, asked), narrowing | keys.bound(batch)

    def _page_query(self, request: Search, extent: Extent, values: Mapping[str, Any]) -> Query:
        paging, statements = self._orders[request.sort]
        place = paging.place(request)
        most = self._first(request) + 1  # one more: is there a next page?
        cut = Cut(most, place.edge, place.start, request.backwards)
        statement = partial(statements.page, self._selected(self._fields(request), request.sort), extent, cut)
        return Query(statement, {**values, **place.values})

    def _columns_of(self, fields: frozenset[str], sort: Sort | None) -> tuple[str, ...]:
        """Those of the fields, and those of the order: cursors are made of them."""
        order = self._orders[sort].paging.order
        return tuple(sorted(self.mapping.node(fields).paths | {term.column for term in order}))

    def result(self, request: Search, answers: Sequence[ResultSet], as_of: str) -> SearchResult:
        """The pages, from the rows that ``queries`` gave; each asked parent has one."""
        counted, faceted = self._counts(request), self._faceted(request)
        step = 1 + counted + len(faceted)  # statements of one batch of parents
        rows = ResultSet.together(answers[::step])
        records = self.mapping.records(rows, self._fields(request), as_of, request.outline)
        below = self._below(request, records)
        totals = self._totals(request, ResultSet.together(answers[1::step]), as_of) if counted else {}
        counts = [
            self._counted(request, facet, ResultSet.together(answers[1 + counted + index :: step]).named(), as_of)
            for index, facet in enumerate(faceted)
        ]
        paging = self._orders[request.sort].paging
        start = paging.place(request).start
        first = self._first(request)
        pages: dict[Key | None, Page] = {}
        for parent, rows_below in below.items():
            shown = rows_below[:first]
            if request.backwards:
                shown.reverse()
            cursors = paging.cursors(ResultSet(rows.columns, [rows.rows[at] for at in shown]), start)
            total = totals.get(parent, 0) if counted else None
            page = Page([records[at] for at in shown], cursors, len(rows_below) > first, total)
            if request.want_facets:
                page.facets = [each[parent] for each in counts]
            pages[parent] = page
        return SearchResult(pages)

    def _below(self, request: Search, records: Sequence[Record]) -> Mapping[Any, list[int]]:
        """Where the records of each parent are, in order; without parents, all of them under ``None``."""
        places = range(len(records))
        if request.parents is None:
            return {None: list(places)}
        return grouped(places, records, self._parents.split(), request.parents)

    def _totals(self, request: Search, counts: ResultSet, as_of: str) -> dict[Key | None, int]:
        names = frozenset(self._parents.split())
        below = self._below(request, self.mapping.records(counts, names, as_of))
        found = [row[COUNT] for row in counts.named()]
        return {parent: sum(found[at] for at in rows) for parent, rows in below.items()}

    def _counted(
        self, request: Search, facet: FacetSpec, rows: Sequence[Mapping[str, Any]], as_of: str
    ) -> dict[Key | None, Facet]:
        """The facet of each parent's list."""
        fields = self._fields(replace(request, fields=frozenset({facet.field} if facet.field else ())))
        records = self.mapping.records([{**row, facet.column: row[VALUE]} for row in rows], fields, as_of)
        found = [
            Counted(record.values[facet.field] if facet.field else row[VALUE], row[COUNT], row.get(TEXT))
            for record, row in zip(records, rows, strict=True)
        ]
        below = self._below(request, records)
        return {
            parent: facets.facet(facet.code, facet.label, [found[at] for at in places])
            for parent, places in below.items()
        }

    def _faceted(self, request: Search) -> Sequence[FacetSpec]:
        return self._facets.facets if request.want_facets else ()

    def _fields(self, request: Search) -> frozenset[str]:
        """What is read: the parent's key too, by which rows are given to their parents."""
        return request.fields | (set() if request.parents is None else set(self._parents.split()))

    def _first(self, request: Search) -> int:
        return min(request.first, self.capability.limit)

    def _counts(self, request: Search) -> bool:
        return self.capability.total and request.want_total
