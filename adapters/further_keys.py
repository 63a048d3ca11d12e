"""Parents with several keys: what belongs to any of them is in one list."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from adapters.merging import Order, Placed, chosen, placed
from adapters.seals import Seal, seal_of_process
from adapters.spi import (
    Adapter,
    Further,
    Key,
    Lookup,
    LookupResult,
    Page,
    Search,
    SearchResult,
    SourceError,
    Start,
    Unavailable,
    unsupported,
)
from adapters.wrapper import Wrapper

CURSOR_VERSION = 1

Begin = tuple[str | None, Start | None]
"""Where in a key's list a page begins: behind a cursor, at an instant, or (neither) where the list does."""


class Mark(NamedTuple):
    """The record that a page goes on behind: its instant, the key it was found by, and the source's cursor there."""

    instant: str
    key: Key
    cursor: str


class FurtherKeys(Wrapper):
    """Asks for the ``further`` keys of a request together with its own, and gives what they have to its own.

    Pages are one list: by the instant that the search is ordered by; at the same instant, and throughout where it is
    ordered by none, key by key, the parent's own first. A cursor holds the instant of one record, its key, and its
    cursor there, as that of a list over several sources does (``adapters.merged``). Below parents with one key nothing
    changes, cursors included.
    """

    def __init__(self, adapter: Adapter, seal: Seal | None = None) -> None:
        super().__init__(adapter)
        self._seal = seal or seal_of_process()

    def kept_lookup(self, request: Lookup) -> LookupResult | None:
        return None if request.further else self.adapter.kept_lookup(request)

    def kept_search(self, request: Search) -> SearchResult | None:
        return None if request.further or self._mark(request) else self.adapter.kept_search(request)

    async def lookup(self, request: Lookup) -> LookupResult:
        if not request.further:
            return await self.adapter.lookup(request)
        failed = {key: error for key in request.keys if isinstance(error := request.further.get(key), SourceError)}
        groups = {key: keys_of(key, request.further) for key in request.keys if key not in failed}
        keys = unique(groups.values())
        result = await self.adapter.lookup(replace(request, keys=keys, further={})) if keys else LookupResult()
        rows: dict[Key, list[Any]] = {}
        for key, each in groups.items():
            if error := first_of(each, result.failed):
                failed[key] = error
            elif answers := [result.found[one] for one in each if one in result.found]:
                rows[key] = [row for answer in answers for row in answer]
        return LookupResult(rows, failed)

    async def search(self, request: Search) -> SearchResult:
        mark = self._mark(request)
        if not request.further and mark is None:
            return await self.adapter.search(request)
        if request.sort is not None or request.backwards:
            return await self._in_another_order(request)
        ordered = self.capabilities[request.entity].searches[request.name].order
        joining = Joining(request, Order.read(ordered) if ordered else None, mark)
        results = await asyncio.gather(*(self.adapter.search(each) for each in joining.requests()))
        found = {key: page for result in results for key, page in result.pages.items()}
        lost = {key: error for result in results for key, error in result.failed.items()}
        pages: dict[Key | None, Page] = {}
        failed: dict[Key | None, SourceError] = {}
        for parent, keys in joining.groups.items():
            try:
                if error := first_of(keys, lost):
                    raise error
                pages[parent] = self._sealed(request, joining.page(self.source, parent, found))
            except SourceError as error:
                failed[parent] = error
        return SearchResult(pages, failed)

    async def _in_another_order(self, request: Search) -> SearchResult:
        """Only the source's own order is known here: of parents with one key it is asked, of others it is refused."""
        single = [parent for parent in request.parents or () if len(keys_of(parent, request.further)) == 1]
        what = f"another order or direction of {request.name}, for parents with several keys"
        refused = unsupported(self.source, what)
        asked = replace(request, parents=single, further={})
        result = await self.adapter.search(asked) if single else SearchResult()
        others = [parent for parent in request.parents or () if parent not in single]
        pages: dict[Key | None, Page] = {
            key: incomplete(result.pages[key], request.further.get(key)) for key in single if key in result.pages
        }
        return SearchResult(pages, {**result.failed, **dict.fromkeys(others, refused)})

    # ------------------------------------------------------------ cursors

    def _sealed(self, request: Search, joined: Joined) -> Page:
        if joined.marks is None:
            return joined.page
        written = (json.dumps([CURSOR_VERSION, *mark], separators=(",", ":")) for mark in joined.marks)
        return replace(joined.page, cursors=[self._seal.sealed(text, context(request)) for text in written])

    def _mark(self, request: Search) -> Mark | None:
        """What a cursor of ours says; one of the source's own, which is all that a parent with one key has, is none."""
        text = self._seal.opened(request.after, context(request)) if request.after else None
        version, *mark = json.loads(text) if text is not None else [None]
        return Mark(*mark) if version == CURSOR_VERSION else None


class Joined(NamedTuple):
    """A page whose records were found by several keys; of one key, the source's own, without ``marks``."""

    page: Page
    marks: Sequence[Mark] | None


class Joining:
    """One search for parents of which some have several keys. ``groups``: the keys of each, its own first."""

    def __init__(self, request: Search, order: Order | None, mark: Mark | None) -> None:
        self.request = request
        self.order = order
        self.mark = mark
        self.groups = {parent: keys_of(parent, request.further) for parent in request.parents or ()}

    def requests(self) -> list[Search]:
        """One for all keys whose pages begin alike: three at most."""
        asked: dict[Begin, dict[Key, None]] = {}
        for keys in self.groups.values():
            for rank, key in enumerate(keys):
                if (begin := self._begin(rank, keys)) is not None:
                    asked.setdefault(begin, {})[key] = None
        fields = self.request.fields | {self.order.field} if self.order else self.request.fields
        whole = replace(self.request, fields=fields, further={})
        return [replace(whole, parents=list(keys), after=after, start=start) for (after, start), keys in asked.items()]

    def _begin(self, rank: int, keys: Sequence[Key]) -> Begin | None:
        """Where a key's page begins; ``None`` where its list was at its end before the mark."""
        mark = self.mark
        if mark is None or mark.key not in keys:
            after = self.request.after if mark is None else mark.cursor
            return (after, self.request.start) if rank == 0 or self.order else (None, None)
        marked = keys.index(mark.key)
        if rank == marked:
            return mark.cursor, None
        if self.order:
            return None, Start(mark.instant, inclusive=rank > marked)
        return (None, None) if rank > marked else None

    def page(self, source: str, parent: Key, found: Mapping[Any, Page]) -> Joined:
        keys = self.groups[parent]
        pages = {rank: found[key] for rank, key in enumerate(keys) if key in found}
        if not pages:
            raise Unavailable(source, f"no page for one of the parents of {self.request.name}")
        if len(keys) == 1:
            return Joined(incomplete(pages[0], self.request.further.get(parent)), None)
        lists = [self._placed(page, rank, source) for rank, page in pages.items()]
        ends = [each[-1] for each, page in zip(lists, pages.values(), strict=True) if each and page.has_next]
        shown = chosen(lists, self.request.first, ends)
        more = any(page.has_next for page in pages.values()) or sum(map(len, lists)) > len(shown)
        totals = [page.total for page in pages.values()]
        total = None if None in totals or len(pages) < len(keys) else sum(filter(None, totals))
        marks = [Mark(place.instant, keys[place.rank], place.cursor) for place in shown]
        return Joined(Page([place.record for place in shown], (), more, total), marks)

    def _placed(self, page: Page, rank: int, source: str) -> list[Placed]:
        if self.order:
            begun = self.mark.instant if self.mark else self.request.start.value if self.request.start else None
            return placed(page, rank, self.order, source, begun)
        records = zip(page.records, page.cursors, strict=True)
        return [Placed(0.0, rank, position, "", record, cursor) for position, (record, cursor) in enumerate(records)]


def incomplete(page: Page, further: Sequence[Key] | SourceError | None) -> Page:
    """The page, which says so where the further keys are not known."""
    if not isinstance(further, SourceError):
        return page
    return replace(page, missing={**page.missing, further.source: further})


def context(request: Search) -> str:
    """What a cursor is good for."""
    return json.dumps([request.entity, request.name, "further keys"])


def keys_of(key: Key, further: Further) -> Sequence[Key]:
    """All keys of a parent, its own first."""
    others = further.get(key, ())
    return (key,) if isinstance(others, SourceError) else (key, *others)


def unique(groups: Iterable[Sequence[Key]]) -> list[Key]:
    return list(dict.fromkeys(key for keys in groups for key in keys))


def first_of(keys: Sequence[Key], failed: Mapping[Any, SourceError]) -> SourceError | None:
    return next((failed[key] for key in keys if key in failed), None)
