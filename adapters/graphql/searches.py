"""One registered search: filters and a page into operations, rows of the answers into pages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from graphql.language import SelectionSetNode

from adapters import matching
from adapters.filters import RequestFilter, asked_by
from adapters.graphql.endpoint import Answer, Endpoint, Steps
from adapters.graphql.operation import Operation, read
from adapters.graphql.registration import GraphQLSearch
from adapters.graphql.rows import RowReader
from adapters.spi import Key, Page, Record, Search, SearchCapability, SearchResult, unsupported
from adapters.web import sorts

NOTHING = Page((), (), False, 0)


class SearchCall(ABC):
    """A registered search of one entity. Each style of pages adds how one is asked and read.

    ``sorts``: the variables of each order that can be asked for.
    """

    def __init__(self, spec: GraphQLSearch, rows: RowReader, filters: Mapping[str, RequestFilter]) -> None:
        self.operation: Operation = read(spec.query, spec.rows)
        self._spec = spec
        self._rows = rows
        self._filters = filters
        self._variables = frozenset().union(*(each.variables for each in filters.values()))
        self.sorts = sorts.values(spec.sorts)
        self._own = frozenset({spec.parents} if spec.parents is not None else ())
        self._document = lru_cache(maxsize=256)(self._made)

    @property
    @abstractmethod
    def variables(self) -> frozenset[str]:
        """Those that pages give values to."""

    @abstractmethod
    def capability(self) -> SearchCapability: ...

    @abstractmethod
    async def pages(
        self, request: Search, parents: Sequence[Key | None], variables: dict[str, Any], endpoint: Endpoint
    ) -> SearchResult:
        """One page of each parent; without parents, of ``None``."""

    @abstractmethod
    def selected(self, rows: SelectionSetNode, counted: bool) -> SelectionSetNode:
        """What is asked where the rows are."""

    async def answer(self, request: Search, endpoint: Endpoint) -> SearchResult:
        """Pages of everything, or of at most ``batch`` parents."""
        self._supported(request)
        forms: Mapping[Any, Key | None] = {None: None}
        if request.parents is not None:
            forms = {**self._rows.mapping.to_source(self._spec.parents or "", request.parents)}
        pages: dict[Key | None, Page] = dict.fromkeys(request.parents or (), NOTHING)
        asked = asked_by(self._filters, request.filters)
        if not forms or asked is None:
            return SearchResult(pages or {None: NOTHING})
        variables = {word: asked.get(word) for word in self._variables}
        if request.sort is not None:
            variables |= self.sorts[request.sort]
        variables |= {f"{self._spec.parents}_{index}": form for index, form in enumerate(forms) if self._own}
        result = await self.pages(request, list(forms.values()), variables, endpoint)
        return SearchResult({**pages, **result.pages}, result.failed)

    async def ask(self, request: Search, variables: dict[str, Any], parents: int, endpoint: Endpoint) -> Answer:
        document = self._document(request.fields, parents if self._own else 0, request.want_total)
        return await endpoint.ask(document, variables, request.deadline)

    def way(self, index: int) -> Steps:
        return (f"a{index}", *self.operation.way[1:]) if self._own else self.operation.way

    def belong(self, records: Sequence[Record], parent: Key | None) -> None:
        if self._spec.parents is not None and parent is not None:
            matching.belong(records, self._spec.parents, parent)

    def _made(self, fields: frozenset[str], aliases: int, counted: bool) -> str:
        rows = self.selected(self._rows.selected(fields), counted)
        return self.operation.by_alias(rows, self._own, aliases) if aliases else self.operation.once(rows)

    def _supported(self, request: Search) -> None:
        what = f"search {request.name} of {request.entity}"
        source, able = self._rows.source, self.capability()
        for name in request.filters.keys() - self._spec.filters.keys():
            raise unsupported(source, f"filter {name} of {what}")
        if (request.parents is None) != (self._spec.parents is None):
            raise unsupported(source, f"{what} {'without' if request.parents is None else 'below'} parents")
        if request.parents is not None and len(request.parents) > able.batch:
            raise unsupported(source, f"more than {able.batch} parents in one call")
        if not 1 <= request.first <= able.limit:
            raise unsupported(source, f"a page of {request.first}; at most {able.limit}")
