"""How a search's list is cut into pages, and what a cursor holds: enough to go on from, whatever the system forgot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from adapters.soap.wanted import Row
from adapters.spi import BadData, Rejected


class Part(NamedTuple):
    """What one call answered. ``marks``: the rows' bookmarks. ``locator``, ``pages``: see ``registration.More``."""

    rows: Sequence[Row]
    total: int | None = None
    marks: Sequence[str] = ()
    locator: str = ""
    pages: int | None = None


class Cut(NamedTuple):
    """A page's rows and their cursors, whether there are more behind it, and how many there are in all if known."""

    rows: Sequence[Row]
    cursors: Sequence[str]
    has_next: bool
    total: int | None


class Expired(Exception):
    """The system has forgotten a locator."""


Ask = Callable[[Mapping[str, Any], bool], Awaitable[Part]]
"""Makes the search's call, or the one that goes on, with these values. Raises ``Expired``."""


class Paging(Protocol):
    @property
    def total(self) -> bool:
        """Whether pages tell how many rows there are in all."""

    async def page(self, ask: Ask, first: int, after: str | None) -> Cut: ...


class Offsets:
    """``$first`` and ``$offset``: the system cuts. ``$first`` alone: it answers the beginning, ``limit`` rows of it,
    and pages are cut from that. Neither: it answers everything. A cursor is the row's place in the list.
    """

    def __init__(self, source: str, names: Collection[str], limit: int, *, counted: bool) -> None:
        self._source = source
        self._by_system = "offset" in names
        self._whole = not self._by_system and "first" not in names
        self._limit = limit
        self._counted = counted

    @property
    def total(self) -> bool:
        return self._counted or self._whole

    async def page(self, ask: Ask, first: int, after: str | None) -> Cut:
        start = 0 if after is None else place_of(self._source, after) + 1
        part = await ask({"offset": start, "first": self._asked(first) if self._by_system else self._limit}, False)
        total = len(part.rows) if self._whole and part.total is None else part.total
        left = part.rows if self._by_system else part.rows[start:]
        taken = left[:first]
        if total is not None:
            more = start + len(taken) < total
        else:
            more = len(left) > first or (self._by_system and len(left) >= self._asked(first))
        cursors = [str(place) for place in range(start, start + len(taken))]
        return Cut(taken, cursors, more and bool(taken), total)

    def _asked(self, first: int) -> int:
        """One row more tells whether there is a next page, if no count does and the system gives as many."""
        return first if self._counted else min(first + 1, self._limit)


class Bookmarks:
    """``$bookmark``: the system goes on behind the row that has it. A cursor is the row's bookmark."""

    def __init__(self, source: str, limit: int, *, counted: bool) -> None:
        self._source = source
        self._limit = limit
        self.total = counted

    async def page(self, ask: Ask, first: int, after: str | None) -> Cut:
        asked = min(first + 1, self._limit)
        part = await ask({"bookmark": after, "first": asked}, False)
        if not all(part.marks):
            raise BadData(self._source, "expected a bookmark in every row, found one without")
        if after is not None and after in part.marks:
            raise BadData(self._source, "expected rows behind the bookmark, found its own row again")
        more = len(part.rows) > first or len(part.rows) >= asked
        return Cut(part.rows[:first], part.marks[:first], more and bool(part.rows), part.total)


class Seat(NamedTuple):
    """A row's place in the list, and the part of the list that it is in: where that begins and what leads to it."""

    place: int = -1
    start: int = 0
    page: int = 1
    locator: str = ""

    def cursor(self) -> str:
        return f"{self.place}.{self.start}.{self.page}.{self.locator}"

    @classmethod
    def of(cls, source: str, cursor: str) -> Seat:
        place, start, page, locator = (*cursor.split(".", 3), "", "", "")[:4]
        seat = cls(place_of(source, place), place_of(source, start), place_of(source, page), locator)
        if seat.start > seat.place or seat.page < 1:
            raise unreadable(source)
        return seat


class Locators:
    """The system gives the list in parts of its own size, and with each what leads to the next.

    A cursor holds what leads to its part. When the system has forgotten that, the list is gone through from its
    beginning to the row's place.
    """

    def __init__(self, source: str, *, counted: bool) -> None:
        self._source = source
        self.total = counted

    async def page(self, ask: Ask, first: int, after: str | None) -> Cut:
        seat = Seat() if after is None else Seat.of(self._source, after)
        try:
            return await self._page(ask, first, seat.place + 1, seat)
        except Expired:
            return await self._page(ask, first, seat.place + 1, Seat())

    async def _page(self, ask: Ask, first: int, begin: int, seat: Seat) -> Cut:
        rows: list[Row] = []
        cursors: list[str] = []
        total = None
        async for part, at in self._parts(ask, seat):
            total = part.total if part.total is not None else total
            for place, row in enumerate(part.rows, at.start):
                if place >= begin:
                    rows.append(row)
                    cursors.append(at._replace(place=place).cursor())
            if len(rows) > first or (len(rows) == first and not goes_on(part, at)):
                break
        return Cut(rows[:first], cursors[:first], len(rows) > first, total)

    async def _parts(self, ask: Ask, seat: Seat) -> AsyncIterator[tuple[Part, Seat]]:
        """The parts from this one on; an empty one is the last."""
        at = seat
        while True:
            further = at.page > 1
            part = await ask({"locator": at.locator, "page": at.page} if further else {}, further)
            yield part, at
            if not goes_on(part, at):
                return
            at = Seat(-1, at.start + len(part.rows), at.page + 1, part.locator)


def goes_on(part: Part, at: Seat) -> bool:
    return bool(part.rows and part.locator) and (part.pages is None or at.page < part.pages)


def place_of(source: str, cursor: str) -> int:
    place = whole(cursor)
    if place is None:
        raise unreadable(source)
    return place


def unreadable(source: str) -> Rejected:
    return Rejected(source, "an unreadable cursor", message="The cursor is none of this source's.")


def whole(count: str) -> int | None:
    """A number without sign, of a size that lists have."""
    return int(count) if count.isascii() and count.isdecimal() and len(count) < 16 else None
