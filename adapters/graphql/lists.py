"""Plain lists of rows, cut into pages as REST systems do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphql.language import SelectionSetNode

from adapters.filters import RequestFilter
from adapters.graphql.endpoint import Answer, Endpoint, Steps
from adapters.graphql.operation import value_at
from adapters.graphql.registration import GraphQLSearch
from adapters.graphql.rows import RowReader, placed
from adapters.graphql.searches import SearchCall
from adapters.spi import Key, Search, SearchCapability, SearchResult
from adapters.web.asked import Answered
from adapters.web.paging import Paging, Part, Target


class ListSearch(SearchCall):
    """One parent at a time."""

    def __init__(
        self, spec: GraphQLSearch, rows: RowReader, filters: Mapping[str, RequestFilter], paging: Paging
    ) -> None:
        super().__init__(spec, rows, filters)
        self._paging = paging

    @property
    def variables(self) -> frozenset[str]:
        return self._paging.variables

    def capability(self) -> SearchCapability:
        return SearchCapability(
            filters=frozenset(self._spec.filters),
            parents=self._spec.parents is not None,
            batch=1,
            limit=self._spec.limit,
            total=self._spec.total is not None or self._spec.page is None,
            counting=self._paging.counting,
            calls=self._paging.calls,
            order=self._paging.order,
            sorts=frozenset(self.sorts),
        )

    async def pages(
        self, request: Search, parents: Sequence[Key | None], variables: dict[str, Any], endpoint: Endpoint
    ) -> SearchResult:
        [parent] = parents
        request = replace(request, fields=request.fields | self._paging.fields)
        made = 0

        async def fetch(page: Mapping[str, Any], target: Target = None) -> Part:
            nonlocal made
            request.tally.calls += made > 0  # the first is the attempt, which the wrapper counts
            made += 1
            answer = await self.ask(request, {**variables, **page}, 1, endpoint)
            way = self.way(0)
            rows = placed(value_at(answer.data, way), way)
            records, lost = self._rows.records(rows, answer, request.fields, request.outline, endpoint)
            if lost:
                raise lost[0]
            self.belong(records, parent)
            return Part(records, self._counted(answer, way), Answered(answer.data))

        return SearchResult({parent: await self._paging.page(fetch, request)})

    def selected(self, rows: SelectionSetNode, counted: bool) -> SelectionSetNode:
        return rows

    def _counted(self, answer: Answer, way: Steps) -> int | None:
        if self._spec.total is None:
            return None
        counted = value_at(answer.data, (way[0], *self._spec.total.split(".")[1:]))
        return counted if isinstance(counted, int) else None
