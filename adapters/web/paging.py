"""How systems cut their lists into pages: one small class per style.

A cursor is a record's place in the whole list and the mark of its key: ``41-7c9e6679``. The mark tells a system that
answers a page past the end with its last page again.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from zlib import crc32

from adapters.cursors import unreadable
from adapters.spi import BadData, Page, Record, Search
from adapters.web.asked import Answered
from adapters.web.page_words import NumberPage, OffsetPage
from adapters.web.paths import Search as Path
from adapters.web.paths import Unfit

NO_MARK = "0"
"""Of a record that does not say its key."""

CURSOR = re.compile(r"([0-9]{1,15})-([0-9a-f]{1,8})")


Target = str | None
"""A link to follow in the place of the request, as ``Links`` made it."""


class Part(NamedTuple):
    """What one call answered."""

    records: Sequence[Record]
    total: int | None
    answered: Answered


class Fetch(Protocol):
    """Makes one call with these values for the page's variables, or of this link."""

    def __call__(self, page: Mapping[str, Any], target: Target = None) -> Awaitable[Part]: ...


class Cursor(NamedTuple):
    position: int
    mark: str

    @classmethod
    def read(cls, text: str | None, source: str) -> Cursor | None:
        """Raises ``Rejected`` for a text that is none."""
        if text is None:
            return None
        match = CURSOR.fullmatch(text)
        if match is None:
            raise unreadable(source)
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.position}-{self.mark}"


class Paging(ABC):
    """``variables``: the names that ``page`` gives values to. ``key``: the fields that tell records apart.

    ``more``: the compiled path that tells whether there is a next page, where there is one. ``calls``: how many calls
    one page takes at most; ``counting``: and the count of all records. ``order``: as in ``SearchCapability``.
    ``fields``: those that cursors are made of.
    """

    variables: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    order = ""
    calls = 1
    counting = 0

    def __init__(self, source: str, key: Sequence[str], more: Path | None = None) -> None:
        self._source = source
        self._key = key
        self._more = more

    @abstractmethod
    async def page(self, fetch: Fetch, request: Search) -> Page:
        """The page that is asked for. Raises ``Rejected`` for a cursor that is none of this search's."""

    def fresh(self, part: Part, start: int, most: int, before: str | None) -> list[Record]:
        """The records of a call for at most ``most`` from ``start`` on; none if they are the last page again.

        That is a page which ends with the record (by its mark) behind which it should begin.
        """
        if len(part.records) > most:
            raise BadData(self._source, f"expected at most {most} rows of one page, found {len(part.records)}")
        past_the_end = part.total is None or start >= part.total
        again = (
            past_the_end and part.records and before not in (None, NO_MARK) and self.mark(part.records[-1]) == before
        )
        return [] if again else list(part.records)

    def cut(self, records: Sequence[Record], start: int, first: int, total: int | None, more: bool) -> Page:
        """A page that begins at ``start`` of the list; ``more`` counts where the total is not known."""
        taken = records[:first]
        cursors = [str(Cursor(start + index, self.mark(record))) for index, record in enumerate(taken)]
        has_next = start + len(taken) < total if total is not None and taken else more and bool(taken)
        return Page(taken, cursors, has_next, total)

    def more(self, part: Part, guess: bool) -> bool:
        """Whether the reply says that there is a next page; ``guess`` where it says nothing."""
        return guess if self._more is None else bool(self.found(self._more, part))

    def found(self, path: Path, part: Part) -> Any:
        try:
            return path(part.answered.body)
        except Unfit as unfit:
            raise BadData(self._source, f"`page` cannot be applied to the reply: {unfit}") from None

    def mark(self, record: Record) -> str:
        key = [record.values.get(name) for name in self._key]
        return NO_MARK if not key or None in key else f"{crc32(repr(key).encode()):x}"


class Whole(Paging):
    """The system answers everything at once."""

    async def page(self, fetch: Fetch, request: Search) -> Page:
        start = begin(Cursor.read(request.after, self._source))
        part = await fetch({})
        records = part.records[start:]
        return self.cut(records, start, request.first, len(part.records), more=False)


class ByOffset(Paging):
    """``offset`` and ``limit``. One record more than asked tells whether there is a next page, if nothing else does."""

    def __init__(
        self, source: str, key: Sequence[str], words: OffsetPage, most: int, counted: bool, more: Path | None
    ) -> None:
        super().__init__(source, key, more)
        self.variables = frozenset({words.offset, words.limit})
        self._words = words
        self._most = most
        self._counted = counted

    async def page(self, fetch: Fetch, request: Search) -> Page:
        first, cursor = request.first, Cursor.read(request.after, self._source)
        start = begin(cursor)
        limit = first if self._counted or self._more is not None else min(first + 1, self._most)
        part = await fetch({self._words.offset: start, self._words.limit: limit})
        records = self.fresh(part, start, limit, cursor and cursor.mark)
        # At the system's own limit a full page may be the last; then the next one is empty.
        return self.cut(records, start, first, part.total, more=self.more(part, len(records) >= limit))


class ByNumber(Paging):
    """Page numbers. A page that does not begin at a multiple of its size lies in two of the system's pages."""

    calls = 2

    def __init__(self, source: str, key: Sequence[str], words: NumberPage, more: Path | None) -> None:
        super().__init__(source, key, more)
        self.variables = frozenset({words.number, words.size})
        self._words = words

    async def page(self, fetch: Fetch, request: Search) -> Page:
        first, cursor = request.first, Cursor.read(request.after, self._source)
        start = begin(cursor)
        number, skipped = divmod(start, first)
        part = await self._fetch(fetch, number, first)
        records = self.fresh(part, start, first, cursor and cursor.mark)
        if skipped and len(records) == first and self.more(part, True):
            part = await self._fetch(fetch, number + 1, first)
            records += self.fresh(part, (number + 1) * first, first, self.mark(records[-1]))
        records = records[skipped:]
        more = len(records) > first or self.more(part, len(records) >= first + bool(skipped))
        return self.cut(records, start, first, part.total, more)

    async def _fetch(self, fetch: Fetch, number: int, size: int) -> Part:
        return await fetch({self._words.number: number + self._words.first, self._words.size: size})


def begin(after: Cursor | None) -> int:
    return 0 if after is None else after.position + 1
