"""One registered search: filters and a page into a message, rows of the reply into a page of records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from lxml import etree

from adapters import keyset
from adapters.clock import now
from adapters.filters import RequestFilter, asked_by
from adapters.keyset import Behind
from adapters.mapping import EntityMapping
from adapters.soap.elements import value_at
from adapters.soap.endpoint import Endpoint
from adapters.soap.faults import Fault, Faults
from adapters.soap.keyset import KeysetPages
from adapters.soap.lookups import LookupCall, can_be_key
from adapters.soap.message import Message
from adapters.soap.paging import Ask, Bookmarks, Expired, Locators, Offsets, Paging, Part, whole
from adapters.soap.paths import Steps
from adapters.soap.registration import SoapSearch
from adapters.soap.rows import Rows
from adapters.soap.wanted import Row
from adapters.spi import (
    BadData,
    Key,
    Lookup,
    Page,
    Record,
    Search,
    SearchCapability,
    SearchResult,
    unsupported,
)


class Completion(NamedTuple):
    """The lookup that gives the records whose keys a search found."""

    by: str
    call: LookupCall


class Ways(NamedTuple):
    """Where a reply tells of the list: its count, and what leads on; where a row has its bookmark."""

    total: Steps | None = None
    bookmark: Steps | None = None
    locator: Steps | None = None
    pages: Steps | None = None


class SearchCall:
    """A registered search of one entity. ``more``: the message that goes on where the search ended."""

    def __init__(
        self,
        source: str,
        spec: SoapSearch,
        mapping: EntityMapping,
        message: Message,
        more: Message | None,
        rows: Rows,
        ways: Ways,
        faults: Faults,
        completion: Completion | None,
        pages: KeysetPages | None,
        filters: Mapping[str, RequestFilter],
    ) -> None:
        self._source = source
        self._spec = spec
        self._mapping = mapping
        self._message = message
        self._more = more or message
        self._rows = rows
        self._ways = ways
        self._faults = faults
        self._completion = completion
        self._keyset = pages
        self._filters = filters
        self._paging = self._style()

    def capability(self) -> SearchCapability:
        completing = 0 if self._completion is None else self._completion.call.capability().batch
        return SearchCapability(
            frozenset(self._filters),
            parents=self._spec.parents is not None,
            batch=1,  # a page is of one parent, and so is a call
            limit=self._spec.limit,
            total=self._paging.total,
            counting=0 if self._keyset is None else self._keyset.pages.counting,
            completing=completing,
            calls=1 if self._keyset is None else self._keyset.pages.calls,
            order="" if self._keyset is None else self._keyset.pages.order,
        )

    async def answer(self, request: Search, endpoint: Endpoint) -> SearchResult:
        """One page: of everything, or below the one parent."""
        self._refuse(request)
        if request.parents is not None and not request.parents:
            return SearchResult()
        parent = None if request.parents is None else request.parents[0]
        values = self._values(request, parent)
        if values is None:
            return SearchResult({parent: Page((), (), False, 0)})
        return SearchResult({parent: await self._page(request, parent, values, endpoint)})

    async def _page(self, request: Search, parent: Key | None, values: Mapping[str, Any], endpoint: Endpoint) -> Page:
        below = frozenset() if self._spec.parents is None else frozenset({self._spec.parents})
        fields = (request.fields if self._completion is None else frozenset(self._completion.by.split())) | below
        fields |= frozenset() if self._keyset is None else self._keyset.pages.fields
        calls = 0

        async def ask(page: Mapping[str, Any], further: bool) -> Part:
            nonlocal calls
            request.tally.calls += calls > 0  # the first is counted already
            calls += 1
            return await self._ask(request, {**values, **page}, further, fields, endpoint)

        def records(rows: Sequence[Row]) -> list[Record]:
            found = self._mapping.records(rows, fields, now(), request.outline)
            if self._spec.parents is not None and any(r.values[self._spec.parents] != parent for r in found):
                raise BadData(self._source, f"expected rows of the asked {self._spec.parents}, found another's")
            return found

        if self._keyset is None:
            cut = await self._paging.page(ask, request.first, request.after)
            page = Page(records(cut.rows), cut.cursors, cut.has_next, cut.total)
        else:
            page = await self._behind(self._keyset, ask, records, request)
        if self._completion is None:
            return page
        found = dict(zip(page.cursors, page.records, strict=True))
        found = await self._completed(found, self._completion, request, endpoint)
        return Page(list(found.values()), list(found), page.has_next, page.total)

    async def _behind(
        self, style: KeysetPages, ask: Ask, records: Callable[[Sequence[Row]], list[Record]], request: Search
    ) -> Page:
        async def call(behind: Behind, size: int) -> keyset.Part:
            part = await ask(style.values(behind, size), False)
            return keyset.Part(records(part.rows), len(part.rows) >= size, part.total)

        return await style.pages.page(call, request)

    def _values(self, request: Search, parent: Key | None) -> dict[str, Any] | None:
        """What the message is filled with; ``None`` where nothing can be found."""
        values = asked_by(self._filters, request.filters)
        if values is None or parent is None or self._spec.parents is None:
            return values
        forms = [form for form in self._mapping.to_source(self._spec.parents, [parent]) if can_be_key(form)]
        return {**values, "parent": forms[0]} if forms else None

    def _style(self) -> Paging:
        counted = self._ways.total is not None
        if self._ways.locator is not None:
            return Locators(self._source, counted=counted)
        if self._ways.bookmark is not None:
            return Bookmarks(self._source, self._spec.limit, counted=counted)
        return Offsets(self._source, self._message.names, self._spec.limit, counted=counted)

    def _refuse(self, request: Search) -> None:
        what = f"search {request.name} of {request.entity}"
        for name in request.filters.keys() - self._filters.keys():
            raise unsupported(self._source, f"filter {name} of {what}")
        if (request.parents is None) != (self._spec.parents is None):
            raise unsupported(self._source, f"{what} {'without' if request.parents is None else 'below'} parents")
        if request.parents is not None and len(request.parents) > 1:
            raise unsupported(self._source, "more than 1 parent in one call")
        if not 1 <= request.first <= self._spec.limit:
            raise unsupported(self._source, f"a page of {request.first}; at most {self._spec.limit}")
        for names in self._spec.exclusive:
            given = [name for name in names if request.filters.get(name) is not None]
            if len(given) > 1:
                raise unsupported(self._source, f"search {request.name} by {' and '.join(given)} together")

    async def _ask(
        self, request: Search, values: Mapping[str, Any], further: bool, fields: frozenset[str], endpoint: Endpoint
    ) -> Part:
        def decode(body: etree._Element) -> Part:
            return self._part(body, fields)

        message = self._more if further else self._message
        try:
            return await endpoint.ask(message, values, decode, self._faults, request.deadline)
        except Fault as fault:
            expired = self._spec.more.expired if self._spec.more is not None and further else ()
            if any(name in expired for name in self._faults.names(fault)):
                raise Expired from None
            if self._faults.meaning(fault) == "missing":
                return Part([], 0)
            raise self._faults.error(fault) from None

    def _part(self, body: etree._Element, fields: frozenset[str]) -> Part:
        found = self._rows.read(body, fields)
        for fault in found.faults.values():
            if self._faults.meaning(fault) != "missing":
                raise fault
        places = [place for place in range(len(found.rows)) if place not in found.faults]
        ways = self._ways
        return Part(
            [found.rows[place] for place in places],
            self._count(body),
            [value_at(found.elements[place], ways.bookmark) or "" for place in places] if ways.bookmark else (),
            (value_at(body, ways.locator) or "") if ways.locator else "",
            whole((value_at(body, ways.pages) or "").strip()) if ways.pages else None,
        )

    def _count(self, body: etree._Element) -> int | None:
        if self._ways.total is None:
            return None
        count = whole((value_at(body, self._ways.total) or "").strip())
        if count is None:
            raise BadData(self._source, f"expected a count at `{self._spec.total}`, found none")
        return count

    async def _completed(
        self, found: Mapping[str, Record], completion: Completion, request: Search, endpoint: Endpoint
    ) -> dict[str, Record]:
        """The records themselves; one that is gone by now is left out."""
        keys = {cursor: key for cursor, record in found.items() if (key := key_of(record, completion.by)) is not None}
        asked: Sequence[Key] = list(dict.fromkeys(keys.values()))
        lookup = Lookup(
            request.entity,
            completion.by,
            asked,
            request.fields,
            principal=request.principal,
            deadline=request.deadline,
            outline=request.outline,
        )
        size = completion.call.capability().batch
        records: dict[Key, Record] = {}
        for start in range(0, len(asked), size):  # in turn: together they take one place among the source's calls
            request.tally.calls += 1
            records |= (await completion.call.answer(lookup.of(asked[start : start + size]), endpoint)).found
        return {cursor: records[key] for cursor, key in keys.items() if key in records}


def key_of(record: Record, by: str) -> Key | None:
    parts = tuple(record.values[name] for name in by.split())
    if None in parts:
        return None
    return parts if len(parts) > 1 else parts[0]
