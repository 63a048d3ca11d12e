"""Relay's connections (https://relay.dev/graphql/connections.htm): one call for the pages of many parents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from graphql.language import SelectionSetNode

from adapters.filters import RequestFilter
from adapters.graphql.endpoint import Answer, Endpoint, Steps
from adapters.graphql.operation import value_at
from adapters.graphql.registration import GraphQLSearch
from adapters.graphql.rows import RowReader
from adapters.graphql.searches import SearchCall
from adapters.graphql.selection import field
from adapters.mapping import WrittenInstant
from adapters.merging import Order
from adapters.spi import BadData, Key, Page, Search, SearchCapability, SearchResult, SourceError, Start

FROM_THE_END = frozenset({"last", "before"})
"""The variables of pages that are counted from the end."""


class Begun(NamedTuple):
    """How a connection is begun at an instant: ``variable`` takes it, as ``written``; its records come, too."""

    variable: str
    order: Order
    written: WrittenInstant

    def value(self, start: Start) -> Any:
        [value] = self.written.write(datetime.fromisoformat(start.value))
        return value

    def cut(self, page: Page, start: Start, first: int) -> Page:
        """The page without records that are ahead of ``start``."""
        ahead = 0
        for record in page.records:
            instant = record.values[self.order.field]
            if instant is None or not self.order.ahead(datetime.fromisoformat(instant), start):
                break
            ahead += 1
        end = ahead + first
        more = page.has_next or len(page.records) > end
        return Page(page.records[ahead:end], page.cursors[ahead:end], more, page.total)


class ConnectionSearch(SearchCall):
    """``begun``: where the service keeps the order of an instant, and its cursors stand for values."""

    def __init__(
        self, spec: GraphQLSearch, rows: RowReader, filters: Mapping[str, RequestFilter], begun: Begun | None
    ) -> None:
        super().__init__(spec, rows, filters)
        self._begun = begun
        self.backwards = begun is None and self.operation.variables >= FROM_THE_END

    @property
    def variables(self) -> frozenset[str]:
        ends = FROM_THE_END if self.operation.variables & FROM_THE_END else ()
        return frozenset({"first", "after", *ends, *([self._begun.variable] if self._begun else [])})

    def capability(self) -> SearchCapability:
        counted = self._spec.total is not None
        return SearchCapability(
            filters=frozenset(self._spec.filters),
            parents=self._spec.parents is not None,
            batch=self._spec.batch,
            limit=self._spec.limit,
            total=counted,
            counting=int(counted and self._begun is not None),
            calls=1 if self._begun is None else 2,
            order=self._spec.order or "" if self._begun is not None else "",
            sorts=frozenset(self.sorts),
            backwards=self.backwards,
        )

    async def pages(
        self, request: Search, parents: Sequence[Key | None], variables: dict[str, Any], endpoint: Endpoint
    ) -> SearchResult:
        if request.start is None or self._begun is None:
            result = await self._asked(request, parents, variables, endpoint)
        else:
            result = await self._from(request.start, self._begun, request, parents, variables, endpoint)
        if None in result.failed:
            raise result.failed[None]
        return result

    def selected(self, rows: SelectionSetNode, counted: bool) -> SelectionSetNode:
        edges = field("edges", SelectionSetNode(selections=(field("cursor"), field("node", rows))))
        ends = ["hasNextPage", "hasPreviousPage"] if self.backwards else ["hasNextPage"]
        info = field("pageInfo", SelectionSetNode(selections=tuple(map(field, ends))))
        total = (field(self._spec.total),) if counted and self._spec.total else ()
        return SelectionSetNode(selections=(edges, info, *total))

    # ------------------------------------------------------------ from an instant on

    async def _from(
        self,
        start: Start,
        begun: Begun,
        request: Search,
        parents: Sequence[Key | None],
        variables: dict[str, Any],
        endpoint: Endpoint,
    ) -> SearchResult:
        """Records of the instant itself may take the places of others: then as many as there may be are asked for."""
        asked = replace(request, fields=request.fields | {begun.order.field}, want_total=False)
        begin = {**variables, begun.variable: begun.value(start)}
        for first in dict.fromkeys((request.first, self._spec.limit)):
            request.tally.calls += first != request.first  # the first is the attempt, which the wrapper counts
            result = await self._asked(replace(asked, first=first), parents, begin, endpoint)
            pages = {parent: begun.cut(page, start, request.first) for parent, page in result.pages.items()}
            if all(not page.has_next or len(page.records) >= request.first for page in pages.values()):
                break
        too_many = BadData(self._rows.source, f"more than {self._spec.limit} records of one instant")
        lost = [parent for parent, page in pages.items() if page.has_next and not page.records]
        failed = {**result.failed, **dict.fromkeys(lost, too_many)}
        if request.want_total and self._spec.total is not None:
            request.tally.calls += 1
            counted = await self._asked(replace(request, first=1), parents, variables, endpoint)
            pages = {parent: replace(page, total=totals(counted, parent)) for parent, page in pages.items()}
        return SearchResult({parent: page for parent, page in pages.items() if parent not in failed}, failed)

    # ------------------------------------------------------------ one call

    async def _asked(
        self, request: Search, parents: Sequence[Key | None], variables: dict[str, Any], endpoint: Endpoint
    ) -> SearchResult:
        size, cursor = ("last", "before") if request.backwards else ("first", "after")
        page = {size: request.first, cursor: request.after}
        answer = await self.ask(request, {**variables, **page}, len(parents), endpoint)
        pages: dict[Key | None, Page] = {}
        failed: dict[Key | None, SourceError] = {}
        for index, parent in enumerate(parents):
            way = self.way(index)
            found = value_at(answer.data, way)
            lost = [fault.error for fault in answer.at(way) if fault.error is not None]
            if isinstance(found, dict):
                pages[parent] = self._page(found, answer, way, request, parent, endpoint)
            elif lost:
                failed[parent] = lost[0]
        return SearchResult(pages, failed)

    def _page(
        self, found: dict[str, Any], answer: Answer, way: Steps, request: Search, parent: Key | None, to: Endpoint
    ) -> Page:
        edges = [
            (edge, (*way, "edges", index, "node"))
            for index, edge in enumerate(found.get("edges") or ())
            if isinstance(edge, dict) and edge.get("node") is not None
        ]
        nodes = [(edge["node"], place) for edge, place in edges]
        records, _ = self._rows.records(nodes, answer, request.fields, request.outline, to)
        if len(records) != len(edges) or len(records) > request.first:
            expected = f"at most {request.first} edges, each with a node"
            raise BadData(self._rows.source, f"expected {expected}, found {len(edges)} with {len(records)} records")
        self.belong(records, parent)
        total = found.get(self._spec.total) if self._spec.total and request.want_total else None
        more = bool((found.get("pageInfo") or {}).get("hasPreviousPage" if request.backwards else "hasNextPage"))
        return Page(
            records, [str(edge.get("cursor")) for edge, _ in edges], more, total if isinstance(total, int) else None
        )


def totals(counted: SearchResult, parent: Key | None) -> int | None:
    return counted.pages[parent].total if parent in counted.pages else None
