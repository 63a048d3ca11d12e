"""Pages that go on behind a record's own values, of a system that keeps its list in order: what comes or goes in
between shifts nothing, and where the order is that of an instant, the list can be begun at any one.

A cursor is JSON: the record's instant, and its key. Where a system goes on by the instant alone it gives the records of
that instant again; the cursor then holds the keys of those that have been there.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from adapters.cursors import Cursors, unreadable
from adapters.mapping import EntityMapping, WrittenInstant
from adapters.merging import Order
from adapters.problems import Place, nearest
from adapters.spi import BadData, Page, Record, Search, Start

CALLS = 2
"""Of one page of an ordered list: records of one instant that are ahead of it may take the places of others. Then the
second call is for as many as there may be."""

KeyParts = tuple[str | int, ...]


class Behind(NamedTuple):
    """Where a call begins. ``values``: of the record that it goes on behind, by field; ``start``: an instant, from
    which on records are wanted, those of that instant too. Both as the source writes them."""

    values: Mapping[str, Any]
    start: Any = None


BEGINNING = Behind({})


class Part(NamedTuple):
    """What one call answered. ``more``: whether there are records behind these."""

    records: Sequence[Record]
    more: bool
    total: int | None = None


Ask = Callable[[Behind, int], Awaitable[Part]]
"""Makes one call, for so many records."""


@dataclass(frozen=True, slots=True)
class Seen:
    """``keys``: of records of this ``instant`` that have been there, the last one at the end."""

    instant: datetime | None
    keys: tuple[KeyParts, ...]


@dataclass(frozen=True)
class KeysetSpec:
    """What a registration says. ``given``: the fields whose values a call says. ``most``: records of one call."""

    order: str | None
    given: frozenset[str]
    start: bool
    most: int
    counted: bool


class Keyset:
    """``order``: as in ``SearchCapability``. ``fields``: those that cursors are made of. ``calls``: of one page."""

    def __init__(
        self, mapping: EntityMapping, key: Sequence[str], spec: KeysetSpec, written: WrittenInstant | None
    ) -> None:
        self.order = spec.order or ""
        self._by = Order.read(self.order) if self.order else None
        self.fields = frozenset(key) | ({self._by.field} if self._by else set())
        self.calls = CALLS if self.order else 1
        self.counting = int(spec.counted)
        self._mapping = mapping
        self._key = key
        self._spec = spec
        self._written = written
        self._by_key = set(key) <= spec.given

    async def page(self, ask: Ask, request: Search) -> Page:
        """The page that is asked for, of at most ``most`` records."""
        first, seen = request.first, None if request.after is None else self._read(request.after)
        records: list[Record] = []
        places: list[Seen] = []
        total: int | None = None
        for made in range(self.calls):
            behind = self._behind(seen, request.start)
            part = await ask(behind, self._spec.most if made else self._size(first, seen))
            if behind is BEGINNING:
                total = part.total
            for record, at in self._new(part.records, seen):
                seen = at
                if records or not self._ahead(at, request.start):
                    records.append(record)
                    places.append(at)
            if len(records) >= first or not part.more:
                break
        if part.more and not records:
            raise BadData(self._mapping.source, f"more than {self._spec.most} records of one instant")
        if total is None and request.want_total and self._spec.counted:
            total = (await ask(BEGINNING, 1)).total
        return Page(records[:first], Cursors(written, places[:first]), len(records) > first or part.more, total)

    def _size(self, first: int, seen: Seen | None) -> int:
        """One more tells whether there are more; those that have been there may come again."""
        again = 0 if seen is None or self._by_key else len(seen.keys)
        return min(first + 1 + again, self._spec.most)

    def _new(self, records: Sequence[Record], seen: Seen | None) -> Iterator[tuple[Record, Seen]]:
        """The records that have not been there, each with what has been when it has."""
        for record in records:
            at = self._seen(record)
            if seen is None or at.instant != seen.instant or at.keys[0] not in seen.keys:
                together = seen is not None and not self._by_key and at.instant == seen.instant
                seen = Seen(at.instant, (*seen.keys, *at.keys)) if seen is not None and together else at
                yield record, seen

    def _ahead(self, at: Seen, start: Start | None) -> bool:
        if start is None or self._by is None or at.instant is None:
            return False
        return self._by.ahead(at.instant, start)

    def _behind(self, seen: Seen | None, start: Start | None) -> Behind:
        if seen is not None:
            return Behind(self._values(seen))
        return BEGINNING if start is None else Behind({}, self._moment(datetime.fromisoformat(start.value)))

    def _values(self, seen: Seen) -> dict[str, Any]:
        key = seen.keys[-1]
        forms = list(self._mapping.to_source(" ".join(self._key), [key if len(key) > 1 else key[0]]))
        if not forms:
            raise unreadable(self._mapping.source)
        values = dict(zip(self._key, forms[0] if len(key) > 1 else forms, strict=True))
        if self._by is not None:
            values[self._by.field] = self._moment(seen.instant)
        return {name: value for name, value in values.items() if name in self._spec.given}

    def _moment(self, instant: datetime | None) -> Any:
        [value] = self._written.write(instant) if self._written and instant else [None]
        return value

    def _seen(self, record: Record) -> Seen:
        key: tuple[Any, ...] = tuple(record.values.get(name) for name in self._key)
        instant = None if self._by is None else record.values.get(self._by.field)
        if None in key or (self._by is not None and instant is None):
            raise BadData(self._mapping.source, f"expected {listed(self.fields)} in every record of the list")
        return Seen(None if instant is None else datetime.fromisoformat(instant), (key,))

    def _read(self, cursor: str) -> Seen:
        try:
            instant, keys = json.loads(cursor)
            moment = None if self._by is None else datetime.fromisoformat(instant)
            seen = Seen(moment, tuple(tuple(key) for key in keys))
            if not seen.keys or not all(self._is_key(key) for key in seen.keys):
                raise ValueError
        except (TypeError, ValueError):
            raise unreadable(self._mapping.source) from None
        return seen

    def _is_key(self, key: KeyParts) -> bool:
        return len(key) == len(self._key) and all(part.__class__ in (str, int) for part in key)


def written(seen: Seen) -> str:
    instant = None if seen.instant is None else seen.instant.isoformat()
    return json.dumps([instant, seen.keys], separators=(",", ":"))


class Note(Protocol):
    """Takes down a mistake."""

    def __call__(self, place: Place, expected: str, found: str, hint: str = "", /) -> None: ...


def keyset(place: Place, note: Note, mapping: EntityMapping, key: Sequence[str], spec: KeysetSpec) -> Keyset | None:
    """``place``: of the search. ``None`` where something is wrong, which is noted."""
    if not key:
        note(place, "the entity's `key`, by which records are told apart", "none")
        return None
    by = None if spec.order is None else Order.read(spec.order)
    known = {*key, *([by.field] if by else [])}
    for name in sorted(spec.given - known):
        note(place, f"pages by fields of the key{' or of `order`' if by else ''}", f"`{name}`", nearest(name, known))
    by_key = set(key) <= spec.given
    if not by_key and not (by and spec.given == {by.field}):
        expected = f"pages by all of the key: {listed(key)}{f', or by {by.field} alone' if by else ''}"
        note(place, expected, listed(spec.given), "else records that tie could be lost between two pages")
        return None
    if by is None:
        return Keyset(mapping, key, spec, None) if spec.given <= known else None
    written = instant(place, note, mapping, by)
    if not spec.start:
        note(place, "`start`, the instant at which the list is to begin", "none", "`order` promises it")
    return Keyset(mapping, key, spec, written) if written and spec.given <= known and spec.start else None


def instant(place: Place, note: Note, mapping: EntityMapping, order: Order) -> WrittenInstant | None:
    """How the source has the instant that its list is ordered by."""
    written = mapping.written(order.field)
    if written is not None and len(written.paths) == 1 and isinstance(written.write(datetime.now(UTC))[0], str | int):
        return written
    hint = "such as `instant`, `instant(epoch)` or a pattern of date and time"
    note((*place, "order"), "an instant that is read from one path", f"`{order.field}`", hint)
    return None


def unordered(place: Place, note: Note, order: str | None, start: str | None) -> None:
    """Of a search whose pages shift when records come or go: it cannot keep what these words promise."""
    for word, said in (("order", order), ("start", start)):
        if said is not None:
            expected = "pages that go on behind a record: a `keyset`"
            note((*place, word), expected, "pages by a count, a token or a link", "only those begin at any instant")


def listed(names: Sequence[str] | frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "nothing"
