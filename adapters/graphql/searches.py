"""One registered search: filters and a page into operations, rows of the answers into pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from graphql.language import SelectionSetNode
from httpx import Headers

from adapters.graphql.endpoint import Answer, Endpoint, Steps
from adapters.graphql.operation import Operation, read, value_at
from adapters.graphql.registration import GraphQLSearch
from adapters.graphql.rows import RowReader, placed
from adapters.graphql.selection import field
from adapters.matching import belong
from adapters.spi import BadData, Key, Page, Rejected, Search, SearchCapability, SearchResult, SourceError, unsupported
from adapters.web.asked import Answered
from adapters.web.paging import BadCursor, Paging, Part, Target

NO_HEADERS = Headers()
NOTHING = Page((), (), False, 0)


class SearchCall:
    """A registered search of one entity. ``paging``: of a list with pages of another style than Relay's."""

    def __init__(self, spec: GraphQLSearch, rows: RowReader, paging: Paging | None) -> None:
        self.operation: Operation = read(spec.query, spec.rows)
        self._spec = spec
        self._rows = rows
        self._paging = paging
        self._own = frozenset({spec.parents} if spec.parents is not None else ())
        self._document = lru_cache(maxsize=256)(self._made)

    def capability(self) -> SearchCapability:
        return SearchCapability(
            filters=frozenset(self._spec.filters),
            parents=self._spec.parents is not None,
            batch=self._batch,
            limit=self._spec.limit,
            total=self._spec.total is not None or self._spec.page is None,
        )

    @property
    def _batch(self) -> int:
        return self._spec.batch if self._paging is None else 1

    async def answer(self, request: Search, endpoint: Endpoint) -> SearchResult:
        """Pages of everything, or of at most ``batch`` parents, in one call."""
        self._supported(request)
        forms: Mapping[Any, Key | None] = {None: None}
        if request.parents is not None:
            forms = {**self._rows.mapping.to_source(self._spec.parents or "", request.parents)}
        pages: dict[Key | None, Page] = dict.fromkeys(request.parents or (), NOTHING)
        if not forms:
            return SearchResult(pages)
        variables = {word: request.filters.get(name) for name, word in self._spec.filters.items()}
        variables |= {f"{self._spec.parents}_{index}": form for index, form in enumerate(forms) if self._own}
        ask = self._connections if self._paging is None else self._list
        result = await ask(request, list(forms.values()), variables, endpoint)
        return SearchResult({**pages, **result.pages}, result.failed)

    # ------------------------------------------------------------ Relay's pages

    async def _connections(
        self, request: Search, parents: Sequence[Key | None], variables: dict[str, Any], endpoint: Endpoint
    ) -> SearchResult:
        answer = await self._ask(
            request, {**variables, "first": request.first, "after": request.after}, len(parents), endpoint
        )
        pages: dict[Key | None, Page] = {}
        failed: dict[Key | None, SourceError] = {}
        for index, parent in enumerate(parents):
            way = self._way(index)
            found = value_at(answer.data, way)
            lost = [fault.error for fault in answer.at(way) if fault.error is not None]
            if isinstance(found, dict):
                pages[parent] = self._page(found, answer, way, request, parent, endpoint)
            elif lost:
                failed[parent] = lost[0]
        if None in failed:
            raise failed[None]
        return SearchResult(pages, failed)

    def _page(
        self, found: dict[str, Any], answer: Answer, way: Steps, request: Search, parent: Key | None, to: Endpoint
    ) -> Page:
        edges = [
            (edge, (*way, "edges", index, "node"))
            for index, edge in enumerate(found.get("edges") or ())
            if isinstance(edge, dict) and edge.get("node") is not None
        ]
        records, _ = self._rows.records([(edge["node"], place) for edge, place in edges], answer, request.fields, to)
        if len(records) != len(edges) or len(records) > request.first:
            expected = f"at most {request.first} edges, each with a node"
            raise BadData(self._rows.source, f"expected {expected}, found {len(edges)} with {len(records)} records")
        self._belong(records, parent)
        total = found.get(self._spec.total) if self._spec.total and request.want_total else None
        more = bool((found.get("pageInfo") or {}).get("hasNextPage"))
        return Page(
            records, [str(edge.get("cursor")) for edge, _ in edges], more, total if isinstance(total, int) else None
        )

    # ------------------------------------------------------------ other pages

    async def _list(
        self, request: Search, parents: Sequence[Key | None], variables: dict[str, Any], endpoint: Endpoint
    ) -> SearchResult:
        [parent] = parents

        async def fetch(page: Mapping[str, Any], target: Target = None) -> Part:
            answer = await self._ask(request, {**variables, **page}, 1, endpoint)
            way = self._way(0)
            rows = placed(value_at(answer.data, way), way)
            records, lost = self._rows.records(rows, answer, request.fields, endpoint)
            if lost:
                raise lost[0]
            self._belong(records, parent)
            return Part(records, self._counted(answer, way), Answered(answer.data, NO_HEADERS))

        assert self._paging is not None
        try:
            return SearchResult({parent: await self._paging.page(fetch, request.first, request.after)})
        except BadCursor:
            said = "The cursor is none of this source's."
            raise Rejected(self._rows.source, "an unreadable cursor", message=said) from None

    def _counted(self, answer: Answer, way: Steps) -> int | None:
        if self._spec.total is None:
            return None
        counted = value_at(answer.data, (way[0], *self._spec.total.split(".")[1:]))
        return counted if isinstance(counted, int) else None

    # ------------------------------------------------------------ both

    async def _ask(self, request: Search, variables: dict[str, Any], parents: int, endpoint: Endpoint) -> Answer:
        document = self._document(request.fields, parents if self._own else 0, request.want_total)
        return await endpoint.ask(document, variables, request.deadline)

    def _way(self, index: int) -> Steps:
        return (f"a{index}", *self.operation.way[1:]) if self._own else self.operation.way

    def _made(self, fields: frozenset[str], aliases: int, counted: bool) -> str:
        rows = self._rows.selected(fields)
        if self._paging is None:
            rows = connection(rows, self._spec.total if counted else None)
        return self.operation.by_alias(rows, self._own, aliases) if aliases else self.operation.once(rows)

    def _belong(self, records: Sequence[Any], parent: Key | None) -> None:
        if self._spec.parents is not None and parent is not None:
            belong(records, self._spec.parents, parent)

    def _supported(self, request: Search) -> None:
        what = f"search {request.name} of {request.entity}"
        source = self._rows.source
        for name in request.filters.keys() - self._spec.filters.keys():
            raise unsupported(source, f"filter {name} of {what}")
        if (request.parents is None) != (self._spec.parents is None):
            raise unsupported(source, f"{what} {'without' if request.parents is None else 'below'} parents")
        if request.parents is not None and len(request.parents) > self._batch:
            raise unsupported(source, f"more than {self._batch} parents in one call")
        if not 1 <= request.first <= self._spec.limit:
            raise unsupported(source, f"a page of {request.first}; at most {self._spec.limit}")


def connection(row: SelectionSetNode, total: str | None) -> SelectionSetNode:
    """Of a connection (https://relay.dev/graphql/connections.htm), with the row as its node."""
    edges = field("edges", SelectionSetNode(selections=(field("cursor"), field("node", row))))
    page = field("pageInfo", SelectionSetNode(selections=(field("hasNextPage"),)))
    return SelectionSetNode(selections=(edges, page, *((field(total),) if total else ())))
