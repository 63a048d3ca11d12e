"""The truth about lists in an order that is asked for, and from their end: read whole, ordered and cut here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cmp_to_key
from typing import Any, NamedTuple

from adapters.spi import Record


class Row(NamedTuple):
    """``place``: what the cursor of the record says."""

    place: Any
    record: Record


class OwnOrder:
    """As the source has them; a place is a number, counted from one."""

    def rows(self, records: Iterable[Record]) -> list[Row]:
        return [Row(number, record) for number, record in enumerate(records, 1)]

    def compare(self, one: Any, other: Any) -> int:
        return int(one) - int(other)


class AskedOrder:
    """By fields, the first one in the asked direction; a place is their values. What has none comes last, always."""

    def __init__(self, terms: Sequence[str], *, other_way: bool) -> None:
        fields = [(term.split()[0], term.endswith(" desc")) for term in terms]
        (first, descending), *others = fields
        self.fields = [(first, descending != other_way), *others]

    def rows(self, records: Iterable[Record]) -> list[Row]:
        rows = [Row([record.values[name] for name, _ in self.fields], record) for record in records]
        return sorted(rows, key=cmp_to_key(lambda one, other: self.compare(one.place, other.place)))

    def compare(self, one: Any, other: Any) -> int:
        for mine, its, (name, descending) in zip(one, other, self.fields, strict=True):
            if mine is None or its is None:
                if mine is not its:
                    return 1 if mine is None else -1
                continue
            read = datetime.fromisoformat if name == "updatedAt" else str
            if read(mine) != read(its):
                return 1 if (read(mine) > read(its)) != descending else -1
        return 0


class Cut(NamedTuple):
    """Rows, and whether there are some before and behind them."""

    rows: Sequence[Row]
    before: bool
    behind: bool


def cut(
    rows: Sequence[Row], order: OwnOrder | AskedOrder, after: str | None, before: str | None, size: int, *, end: bool
) -> Cut:
    """``size`` rows behind ``after``, or at the ``end`` of those before ``before``. On the far side, there are some if
    there are; on the near one, if there is a cursor."""
    if after is not None:
        place = json.loads(after)
        rows = [row for row in rows if order.compare(row.place, place) > 0]
    if before is not None:
        place = json.loads(before)
        rows = [row for row in rows if order.compare(row.place, place) < 0]
    more = len(rows) > size
    if end:
        return Cut(rows[len(rows) - size :] if more else rows, more, before is not None)
    return Cut(rows[:size], after is not None, more)
