"""How systems cut their lists into pages: one small class per style.

A cursor is a record's place in the whole list and the mark of its key: ``41-7c9e6679``. The mark tells a system that
answers a page past the end with its last page again.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple
from zlib import crc32

from adapters.rest.registration import NumberPage, OffsetPage
from adapters.spi import BadData, Page, Record

NO_MARK = "0"
"""Of a record that does not say its key."""

CURSOR = re.compile(r"([0-9]{1,15})-([0-9a-f]{1,8})")


class Part(NamedTuple):
    """What one call answered."""

    records: Sequence[Record]
    total: int | None


Fetch = Callable[[Mapping[str, Any]], Awaitable[Part]]
"""Makes one call with these values for the page's variables."""


class Cursor(NamedTuple):
    position: int
    mark: str

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """``None`` for a text that is no cursor."""
        match = CURSOR.fullmatch(text)
        return cls(int(match[1]), match[2]) if match else None

    def __str__(self) -> str:
        return f"{self.position}-{self.mark}"


class Paging(ABC):
    """``variables``: the names that ``page`` gives values to. ``key``: the fields that tell records apart."""

    variables: frozenset[str] = frozenset()

    def __init__(self, source: str, key: Sequence[str]) -> None:
        self._source = source
        self._key = key

    @abstractmethod
    async def page(self, fetch: Fetch, first: int, after: Cursor | None) -> Page:
        """The ``first`` records behind ``after``."""

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

    def mark(self, record: Record) -> str:
        key = [record.values.get(name) for name in self._key]
        return NO_MARK if not key or None in key else f"{crc32(repr(key).encode()):x}"


class Whole(Paging):
    """The system answers everything at once."""

    async def page(self, fetch: Fetch, first: int, after: Cursor | None) -> Page:
        part = await fetch({})
        start = begin(after)
        records = part.records[start:]
        return self.cut(records, start, first, len(part.records), more=False)


class ByOffset(Paging):
    """``offset`` and ``limit``. One record more than asked tells whether there is a next page, if nothing else does."""

    def __init__(self, source: str, key: Sequence[str], words: OffsetPage, most: int, counted: bool) -> None:
        super().__init__(source, key)
        self.variables = frozenset({words.offset, words.limit})
        self._words = words
        self._most = most
        self._counted = counted

    async def page(self, fetch: Fetch, first: int, after: Cursor | None) -> Page:
        start = begin(after)
        limit = first if self._counted else min(first + 1, self._most)
        part = await fetch({self._words.offset: start, self._words.limit: limit})
        records = self.fresh(part, start, limit, after and after.mark)
        # At the system's own limit a full page may be the last; then the next one is empty.
        return self.cut(records, start, first, part.total, more=len(records) >= limit)


class ByNumber(Paging):
    """Page numbers. A page that does not begin at a multiple of its size lies in two of the system's pages."""

    def __init__(self, source: str, key: Sequence[str], words: NumberPage) -> None:
        super().__init__(source, key)
        self.variables = frozenset({words.number, words.size})
        self._words = words

    async def page(self, fetch: Fetch, first: int, after: Cursor | None) -> Page:
        start = begin(after)
        number, skipped = divmod(start, first)
        part = await self._fetch(fetch, number, first)
        records = self.fresh(part, start, first, after and after.mark)
        if skipped and len(records) == first:
            following = await self._fetch(fetch, number + 1, first)
            records += self.fresh(following, (number + 1) * first, first, self.mark(records[-1]))
        records = records[skipped:]
        return self.cut(records, start, first, part.total, more=len(records) >= first + bool(skipped))

    async def _fetch(self, fetch: Fetch, number: int, size: int) -> Part:
        return await fetch({self._words.number: number + self._words.first, self._words.size: size})


def begin(after: Cursor | None) -> int:
    return 0 if after is None else after.position + 1
