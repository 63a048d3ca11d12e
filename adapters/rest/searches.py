"""One registered search: filters and a page into requests, rows of the replies into one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.filters import RequestFilter, asked_by
from adapters.mapping import EntityMapping
from adapters.matching import belong
from adapters.rest.facets import FacetReader
from adapters.rest.parts import Parts
from adapters.rest.registration import RestSearch
from adapters.rest.rows import Rows, count
from adapters.spi import Facet, Key, Page, Search, SearchCapability, SearchResult, unsupported
from adapters.web import paths, sorts
from adapters.web.asked import Asked
from adapters.web.endpoint import Endpoint
from adapters.web.paging import Paging, Part, Target, Whole
from adapters.web.reply import Missing
from adapters.web.request import Unaskable

MOST = 1000
"""Records of one page, where the system answers everything at once anyway."""

NOTHING = Page((), (), False, 0)


class SearchCall:
    """A registered search of one entity. ``total``: the compiled path to the count, where there is one."""

    def __init__(
        self,
        source: str,
        spec: RestSearch,
        mapping: EntityMapping,
        asked: Asked,
        rows: Rows,
        parts: Parts,
        paging: Paging,
        total: paths.Search | None,
        filters: Mapping[str, RequestFilter],
        facets: Sequence[FacetReader],
    ) -> None:
        self._source = source
        self._spec = spec
        self._mapping = mapping
        self._asked = asked
        self._rows = rows
        self._parts = parts
        self._paging = paging
        self._total = total
        self._filters = filters
        self._facets = facets
        self._sorts = sorts.values(spec.sorts)
        self._limit = spec.limit if "limit" in spec.model_fields_set or not isinstance(paging, Whole) else MOST

    def capability(self) -> SearchCapability:
        return SearchCapability(
            filters=frozenset(self._spec.filters),
            parents=self._spec.parents is not None,
            batch=1,  # a page is of one parent, and so is a call
            limit=self._limit,
            total=self._total is not None or isinstance(self._paging, Whole),
            counting=self._paging.counting,
            calls=self._paging.calls,
            order=self._paging.order,
            facets=frozenset(self._spec.facets),
            sorts=frozenset(self._sorts),
        )

    async def answer(self, request: Search, endpoint: Endpoint) -> SearchResult:
        """One page: of everything, or below the one parent."""
        self._supported(request)
        if request.parents is not None and not request.parents:
            return SearchResult()
        parent = None if request.parents is None else request.parents[0]
        values = self._values(request, parent)
        if values is None:  # in a URL, an empty list would ask for everything
            return SearchResult({parent: self._nothing(request)})
        asked = values
        made = 0
        facets: list[Facet] | None = None

        async def fetch(page: Mapping[str, Any], target: Target = None) -> Part:
            nonlocal made, facets
            request.tally.calls += made > 0  # the first is the attempt, which the wrapper counts
            made += 1
            if made > 1 or not request.want_facets:
                return await self._fetch({**asked, **page}, target, request, endpoint)
            part = await self._fetch({**asked, **page, **self._spec.facets_with}, target, request, endpoint)
            facets = [each.read(part.answered.body) for each in self._facets]
            return part

        try:
            found = await self._paging.page(fetch, request)
        except (Missing, Unaskable):
            found = self._nothing(request)
        return SearchResult({parent: found if facets is None else replace(found, facets=facets)})

    def _nothing(self, request: Search) -> Page:
        return replace(NOTHING, facets=[each.none() for each in self._facets] if request.want_facets else None)

    async def _fetch(self, values: Mapping[str, Any], target: Target, request: Search, endpoint: Endpoint) -> Part:
        if target is None:
            answered = await endpoint.ask(self._asked, values, request.deadline)
        else:
            answered = await endpoint.follow(self._asked, target, request.deadline)
        body = answered.body
        total = None if self._total is None else count(self._source, self._total, body)
        fields = request.fields | self._paging.fields
        records = await self._parts.records(self._rows.of(body), fields, request, endpoint)
        if self._spec.parents is not None and request.parents is not None:
            belong(records, self._spec.parents, request.parents[0])
        return Part(records, total, answered)

    def _supported(self, request: Search) -> None:
        what = f"search {request.name} of {request.entity}"
        for name in request.filters.keys() - self._spec.filters.keys():
            raise unsupported(self._source, f"filter {name} of {what}")
        if (request.parents is None) != (self._spec.parents is None):
            raise unsupported(self._source, f"{what} {'without' if request.parents is None else 'below'} parents")
        if request.parents is not None and len(request.parents) > 1:
            raise unsupported(self._source, "more than 1 parent in one call")
        if not 1 <= request.first <= self._limit:
            raise unsupported(self._source, f"a page of {request.first}; at most {self._limit}")

    def _values(self, request: Search, parent: Key | None) -> dict[str, Any] | None:
        """``None`` where nothing can be there: for values and parents that the system has no word for."""
        values = asked_by(self._filters, request.filters)
        if values is not None and request.sort is not None:
            values |= self._sorts[request.sort]
        if values is not None and self._spec.parents is not None and parent is not None:
            forms = [*self._mapping.to_source(self._spec.parents, [parent])]
            return values | dict.fromkeys((self._spec.parents, "parent"), forms[0]) if forms else None
        return values
