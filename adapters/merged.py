"""Several sources that each hold a part of an entity's records, as one list in one order."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any, NamedTuple

from adapters.composite import Composite
from adapters.merging import Order, Placed, chosen, placed
from adapters.seals import Seal, seal_of_process
from adapters.spi import (
    Adapter,
    EntityCapability,
    Key,
    Lookup,
    LookupResult,
    Page,
    Record,
    Rejected,
    Search,
    SearchCapability,
    SearchResult,
    SourceError,
    Start,
    Unsupported,
)

log = logging.getLogger("crossdock.source")

CURSOR_VERSION = 1
FATAL = (Rejected, Unsupported)
"""What a source says of the request itself: no other source's records make up for it."""


@dataclass(frozen=True, slots=True)
class MergedEntity:
    """``order``: of lists, such as ``placedAt desc``. ``key``: fields by which records of two sources are the same."""

    order: str | None = None
    key: tuple[str, ...] = ()


class Mark(NamedTuple):
    """The record that a page goes on behind: its instant, its source, and its cursor there."""

    instant: str
    source: str
    cursor: str


class Merged(Composite):
    """All sources are asked at the same time, each once.

    A lookup's record is that of the source of the highest rank that has it; of several records for a key, each is there
    once. Only what all sources have answered is known not to exist. A key of which the request says which source its
    parent came from is asked of that source alone.

    The order of a search is total: by the instant, then by rank, then as the source itself orders. A cursor holds the
    instant of one record, its source, and its cursor there. From that follows where every source goes on: its own
    behind its cursor, the others at the instant. So pages neither repeat nor lose a record, whatever is added in
    between, and a source that did not answer goes on where the list has come to by then; until it answers it is in
    ``Page.missing``.
    """

    def __init__(
        self, name: str, sources: Sequence[Adapter], entities: Mapping[str, MergedEntity], seal: Seal | None = None
    ) -> None:
        super().__init__(name, sources, {entity: capability(sources, entity) for entity in sorted(entities)})
        self._entities = entities
        self._seal = seal or seal_of_process()
        self._ranks = {source.source: rank for rank, source in enumerate(sources)}

    # ------------------------------------------------------------ lookups

    async def lookup(self, request: Lookup) -> LookupResult:
        sources = self.looking_up(request.entity, request.by)
        request = replace(request, fields=request.fields.union(self._entities[request.entity].key))
        asked = [(source, self._keys_of(source, request)) for source in sources]
        results = await asyncio.gather(*(self.look_up(source, request.of(keys)) for source, keys in asked if keys))
        until = min((result.until for result in results), default=inf)
        lost = {key: error for result in reversed(results) for key, error in result.failed.items()}
        if self.capabilities[request.entity].lookups[request.by].many:
            names = self._entities[request.entity].key
            rows = {
                key: once([row for result in results for row in result.found.get(key, ())], names)
                for key in request.keys
                if key not in lost
            }
            return LookupResult(rows, lost, until)
        found = {key: record for result in reversed(results) for key, record in result.found.items()}
        return LookupResult(found, {key: error for key, error in lost.items() if key not in found}, until)

    def _keys_of(self, source: Adapter, request: Lookup) -> list[Key]:
        elsewhere = self._ranks.keys() - {source.source}
        return [key for key in request.keys if request.origins.get(key) not in elsewhere]

    # ------------------------------------------------------------ searches

    async def search(self, request: Search) -> SearchResult:
        sources = self.searching(request)
        order = Order.read(self._entities[request.entity].order or "")
        mark = self._read(request)
        limit = self.capabilities[request.entity].searches[request.name].limit
        request = replace(request, first=min(request.first, limit), after=None, fields=request.fields | {order.field})
        results = await asyncio.gather(
            *(self.search_in(source, self._resumed(source, request, mark)) for source in sources)
        )
        answers = {source.source: result for source, result in zip(sources, results, strict=True)}
        pages: dict[Key | None, Page] = {}
        failed: dict[Key | None, SourceError] = {}
        for parent in request.parents or (None,):
            try:
                pages[parent] = self._page(request, parent, answers, order, mark)
            except SourceError as error:
                failed[parent] = error
        if request.parents is None and failed:
            raise failed[None]
        return SearchResult(pages, failed, min(result.until for result in results))

    def _resumed(self, source: Adapter, request: Search, mark: Mark | None) -> Search:
        """Where a source goes on: of records at the mark's instant, those of higher ranks have been there; from the end
        of the list, those of lower ones."""
        if mark is None:
            return request
        if source.source == mark.source:
            return replace(request, after=mark.cursor)
        later = self._ranks[source.source] > self._ranks[mark.source]
        return replace(request, start=Start(mark.instant, inclusive=later != request.backwards))

    def _page(
        self,
        request: Search,
        parent: Key | None,
        answers: Mapping[str, SearchResult],
        order: Order,
        mark: Mark | None,
    ) -> Page:
        """One page of what the sources gave below a parent; raises where none of them did."""
        pages = {source: result.pages[parent] for source, result in answers.items() if parent in result.pages}
        missing = {source: result.failed[parent] for source, result in answers.items() if parent in result.failed}
        lists: list[list[Placed]] = []
        for source, page in list(pages.items()):
            try:
                lists.append(self._placed(page, source, order, mark, backwards=request.backwards))
            except SourceError as error:
                missing[source] = error
                del pages[source]
        for page in pages.values():
            missing |= page.missing
        if fatal := next((error for error in missing.values() if isinstance(error, FATAL)), None):
            raise fatal
        if not pages:
            raise next(iter(missing.values()))
        for source, why in missing.items():
            log.warning("%s left out of %s.%s: %s", source, request.entity, request.name, why)
        ends = [each[-1] for each, page in zip(lists, pages.values(), strict=True) if each and page.has_next]
        shown = chosen(lists, request.first, ends)
        if request.backwards:
            shown.reverse()
        more = any(page.has_next for page in pages.values()) or sum(map(len, lists)) > len(shown)
        totals = [page.total for page in pages.values()]
        total = None if missing or None in totals else sum(filter(None, totals))
        return Page([it.record for it in shown], [self._cursor(request, it) for it in shown], more, total, missing)

    def _placed(self, page: Page, source: str, order: Order, mark: Mark | None, *, backwards: bool) -> list[Placed]:
        """From the end, everything is the other way round: the records, the order and the ranks."""
        rank, bound = self._ranks[source], mark.instant if mark else None
        if not backwards:
            return placed(page, rank, order, source, bound)
        turned = replace(page, records=page.records[::-1], cursors=page.cursors[::-1])
        return placed(turned, -rank, order.reversed(), source, bound)

    # ------------------------------------------------------------ cursors

    def _cursor(self, request: Search, at: Placed) -> str:
        text = json.dumps([CURSOR_VERSION, at.instant, at.record.source, at.cursor], separators=(",", ":"))
        return self._seal.sealed(text, self._context(request))

    def _read(self, request: Search) -> Mark | None:
        if request.after is None:
            return None
        text = self._seal.opened(request.after, self._context(request))
        version, *mark = json.loads(text) if text is not None else [None]
        if version != CURSOR_VERSION or mark[1] not in self._ranks:
            raise Rejected(self.source, "a cursor of another list", message="The cursor does not belong to this list.")
        return Mark(*mark)

    def _context(self, request: Search) -> str:
        """What a cursor is good for: this list in this order. The sources may change: it is known by their names."""
        return json.dumps([request.entity, request.name, self._entities[request.entity].order])


def once(records: list[Record], names: Sequence[str]) -> list[Record]:
    """Of records with the same key, the first one. A record without a whole key is like no other."""
    if not names:
        return records
    kept: dict[Any, Record] = {}
    for number, record in enumerate(records):
        key = tuple(record.values.get(name) for name in names)
        kept.setdefault(number if None in key else key, record)
    return list(kept.values())


def capability(sources: Sequence[Adapter], entity: str) -> EntityCapability:
    """What all sources that have the entity can be asked alike; and the keys by which only some of them look up one
    record: nothing is missed, as the others have no such keys."""
    able = [source.capabilities[entity] for source in sources if entity in source.capabilities]
    fields = frozenset().union(*(each.fields for each in able))
    first, *others = able
    looking = {by: [each.lookups[by] for each in able if by in each.lookups] for each in able for by in each.lookups}
    lookups = {
        by: replace(some[0], arguments=frozenset().union(*(lookup.arguments for lookup in some)))
        for by, some in looking.items()
        if len(some) == len(able) or not any(lookup.many for lookup in some)
    }
    searches = {
        name: _search([each.searches[name] for each in able])
        for name in first.searches
        if all(name in each.searches for each in others)
    }
    return EntityCapability(fields, lookups, searches)


def _search(able: Sequence[SearchCapability]) -> SearchCapability:
    return SearchCapability(
        filters=frozenset.intersection(*(each.filters for each in able)),
        parents=all(each.parents for each in able),
        batch=min(each.batch for each in able),
        limit=min(each.limit for each in able),
        total=all(each.total for each in able),
        backwards=all(each.backwards for each in able),
    )
