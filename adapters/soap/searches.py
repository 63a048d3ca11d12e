"""One registered search: filters and a page into a message, rows of the reply into a page of records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from lxml import etree

from adapters.clock import now
from adapters.mapping import EntityMapping
from adapters.soap.elements import text
from adapters.soap.endpoint import Endpoint
from adapters.soap.faults import Fault, Faults
from adapters.soap.lookups import LookupCall
from adapters.soap.message import Message
from adapters.soap.paging import Paging
from adapters.soap.paths import Steps
from adapters.soap.reader import Row
from adapters.soap.registration import SoapSearch
from adapters.soap.rows import Rows, below
from adapters.spi import (
    BadData,
    Key,
    Lookup,
    Page,
    Record,
    Rejected,
    Search,
    SearchCapability,
    SearchResult,
    unsupported,
)


class Part(NamedTuple):
    """What one call answered."""

    rows: list[Row]
    total: int | None


class Completion(NamedTuple):
    """The lookup that gives the records whose keys a search found."""

    by: str
    call: LookupCall


class SearchCall:
    """A registered search of one entity. A cursor is the record's place in the whole list."""

    def __init__(
        self,
        source: str,
        spec: SoapSearch,
        mapping: EntityMapping,
        message: Message,
        rows: Rows,
        total: Steps | None,
        faults: Faults,
        completion: Completion | None,
    ) -> None:
        self._source = source
        self._spec = spec
        self._mapping = mapping
        self._message = message
        self._rows = rows
        self._total = total
        self._faults = faults
        self._completion = completion
        self._filters = message.given("filter")
        self._paging = Paging(message.names, spec.limit, counted=total is not None)

    def capability(self) -> SearchCapability:
        completing = 0 if self._completion is None else self._completion.call.capability().batch
        return SearchCapability(self._filters, limit=self._spec.limit, total=self._paging.total, completing=completing)

    async def answer(self, request: Search, endpoint: Endpoint) -> SearchResult:
        """One page of everything."""
        if request.parents is not None:
            raise unsupported(self._source, f"search {request.name} of {request.entity} below parents")
        if not 1 <= request.first <= self._spec.limit:
            raise unsupported(self._source, f"a page of {request.first}; at most {self._spec.limit}")
        start = 0 if request.after is None else self._place(request.after) + 1
        if [] in request.filters.values():  # one of none
            return SearchResult({None: Page((), (), False, 0)})
        fields = request.fields if self._completion is None else frozenset(self._completion.by.split())
        part = await self._ask(request, start, fields, endpoint)
        cut = self._paging.cut(part.rows, part.total, start, request.first)
        found = dict(enumerate(self._mapping.records(cut.rows, fields, now()), start))
        if self._completion is not None:
            found = await self._completed(found, self._completion, request, endpoint)
        page = Page(list(found.values()), [str(place) for place in found], cut.has_next, cut.total)
        return SearchResult({None: page})

    def _place(self, cursor: str) -> int:
        place = whole(cursor)
        if place is None:
            raise Rejected(self._source, "an unreadable cursor", message="The cursor is none of this source's.")
        return place

    async def _ask(self, request: Search, start: int, fields: frozenset[str], endpoint: Endpoint) -> Part:
        def decode(body: etree._Element) -> Part:
            return Part(self._rows.read(body, fields), self._count(body))

        values: dict[str, Any] = {f"filter.{name}": request.filters.get(name) for name in self._filters}
        values |= self._paging.values(start, request.first)
        try:
            return await endpoint.ask(self._message, values, decode, self._faults, request.deadline)
        except Fault as fault:
            if self._faults.meaning(fault) == "missing":
                return Part([], 0)
            raise self._faults.error(fault) from None

    def _count(self, body: etree._Element) -> int | None:
        if self._total is None:
            return None
        found = below(body, self._total)
        count = whole((text(found[0]) or "").strip()) if found else None
        if count is None:
            raise BadData(self._source, f"expected a count at `{self._spec.total}`, found none")
        return count

    async def _completed(
        self, found: Mapping[int, Record], completion: Completion, request: Search, endpoint: Endpoint
    ) -> dict[int, Record]:
        """The records themselves; one that is gone by now is left out."""
        keys = {place: key for place, record in found.items() if (key := key_of(record, completion.by)) is not None}
        asked = list(dict.fromkeys(keys.values()))
        lookup = Lookup(
            request.entity,
            completion.by,
            asked,
            request.fields,
            principal=request.principal,
            deadline=request.deadline,
        )
        size = completion.call.capability().batch
        records: dict[Key, Record] = {}
        for start in range(0, len(asked), size):  # in turn: together they take one place among the source's calls
            request.tally.calls += 1
            records |= (await completion.call.answer(lookup.of(asked[start : start + size]), endpoint)).found
        return {place: records[key] for place, key in keys.items() if key in records}


def key_of(record: Record, by: str) -> Key | None:
    parts = tuple(record.values[name] for name in by.split())
    if None in parts:
        return None
    return parts if len(parts) > 1 else parts[0]


def whole(count: str) -> int | None:
    """A number without sign, of a size that lists have."""
    return int(count) if count.isascii() and count.isdecimal() and len(count) < 16 else None
