"""Pages of ordered rows: behind the last row that was seen, or by counting rows; and the cursors that say where.

A cursor is JSON text: the order it belongs to and the place in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from adapters.spi import BadData, Rejected, Search
from adapters.sql.instants import Instants
from adapters.sql.order import Edge, Term
from adapters.sql.statements import slots

WRITTEN: Mapping[str, Callable[[str], Any]] = {
    "Decimal": Decimal,
    "UUID": UUID,
    "bytes": bytes.fromhex,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
}
"""Types that JSON has not, by name: how their text is read. Drivers compare them by type, so it is kept."""


JSON = json.JSONEncoder(separators=(",", ":")).encode


@lru_cache(maxsize=256)
def kind_of(type_: type) -> str | None:
    """The name under which values of a type are written."""
    return next((kind.__name__ for kind in type_.__mro__ if kind.__name__ in WRITTEN), None)


class Place(NamedTuple):
    """Where a page begins: behind ``edge``, with the ``values`` to bind; ``start``: rows to leave out."""

    edge: Edge | None = None
    values: Mapping[str, Any] = {}
    start: int = 0


class Paging(Protocol):
    order: Sequence[Term]

    def place(self, request: Search) -> Place:
        """Where the page begins, at its cursor or at its start; ``Rejected`` for a cursor of something else."""

    def cursor(self, row: Mapping[str, Any], position: int) -> str:
        """The cursor of a row, which is at ``position`` (from 0) in the whole list."""


class Keyset:
    """Goes on behind the last row's values: the same cost for every page, and rows that come and go do not shift it."""

    def __init__(self, source: str, order: Sequence[Term], instants: Instants | None = None) -> None:
        self.order = order
        self.instants = instants
        self._source = source

    def place(self, request: Search) -> Place:
        if request.start is not None and self.instants is not None:
            values, inclusive = self.instants.values(request.start, backwards=request.backwards)
            return Place(Edge(len(values), inclusive), dict(zip(slots("after", len(values)), values, strict=True)))
        if request.after is None:
            return Place()
        values = read_cursor(request.after, self.order, self._source)
        if not isinstance(values, list) or len(values) != len(self.order):
            raise foreign(self._source)
        try:
            behind = [self._read(value, term) for value, term in zip(values, self.order, strict=True)]
        except (ArithmeticError, KeyError, TypeError, ValueError):
            raise foreign(self._source) from None
        nulls = frozenset(index for index, value in enumerate(behind) if value is None)
        edge = Edge(len(behind), inclusive=False, nulls=nulls)
        return Place(edge, dict(zip(slots("after", len(behind)), behind, strict=True)))

    def cursor(self, row: Mapping[str, Any], position: int) -> str:
        return write_cursor(self.order, [self._written(row[term.column]) for term in self.order])

    def _read(self, value: Any, term: Term) -> Any:
        if value is None and term.nulls != "absent":
            return None
        if isinstance(value, list):
            kind, text = value
            return WRITTEN[kind](text)
        if not isinstance(value, str | int | float):
            raise TypeError
        return value

    def _written(self, value: Any) -> Any:
        if value is None or isinstance(value, str | int | float):
            return value
        kind = kind_of(value.__class__)
        if kind is None:
            raise BadData(self._source, f"cannot page by a column of type {type(value).__name__}")
        return [kind, value.hex() if isinstance(value, bytes) else str(value)]


class Offset:
    """Counts rows: for orders in which rows may be equal. Rows that come and go shift the pages."""

    def __init__(self, source: str, order: Sequence[Term]) -> None:
        self.order = order
        self._source = source

    def place(self, request: Search) -> Place:
        if request.after is None:
            return Place()
        skipped = read_cursor(request.after, self.order, self._source)
        if not isinstance(skipped, int) or isinstance(skipped, bool) or skipped < 0:
            raise foreign(self._source)
        return Place(start=skipped)

    def cursor(self, row: Mapping[str, Any], position: int) -> str:
        return write_cursor(self.order, position + 1)


def write_cursor(order: Sequence[Term], at: Any) -> str:
    return f'{{"order":{order_text(tuple(order))},"at":{JSON(at)}}}'


@lru_cache(maxsize=1024)
def order_text(order: tuple[Term, ...]) -> str:
    """As JSON; of each order once, and not for each row."""
    return JSON(", ".join(map(str, order)))


def read_cursor(cursor: str, order: Sequence[Term], source: str) -> Any:
    """What was written for the same order."""
    try:
        found = json.loads(cursor)
    except ValueError:
        raise foreign(source) from None
    if not isinstance(found, dict) or found.get("order") != ", ".join(map(str, order)):
        raise foreign(source)
    return found.get("at")


def foreign(source: str) -> Rejected:
    return Rejected(source, "a cursor of another list", message="The cursor does not belong to this list.")
