"""Pages of ordered rows: behind the last row that was seen, or by counting rows; and the cursors that say where.

A cursor is JSON text: the order it belongs to and the place in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from adapters.cursors import Cursors
from adapters.result_set import ResultSet
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

PLAIN = (str, int, float, type(None))
"""Types that JSON has."""

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

    def cursors(self, page: ResultSet, start: int) -> Cursors[Any]:
        """Of the rows of a page, which begins behind ``start`` rows; ``BadData`` for what no cursor can hold."""


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

    def cursors(self, page: ResultSet, start: int) -> Cursors[Any]:
        columns = [page.column(term.column) for term in self.order]
        types: set[Any] = set().union(*(map(type, values) for values in columns))
        for type_ in types:
            if not issubclass(type_, PLAIN) and kind_of(type_) is None:
                raise BadData(self._source, f"cannot page by a column of type {type_.__name__}")
        return Cursors(self._cursor, list(zip(*columns, strict=True)))

    def _cursor(self, values: Sequence[Any]) -> str:
        return write_cursor(self.order, [written(value) for value in values])

    def _read(self, value: Any, term: Term) -> Any:
        if value is None and term.nulls != "absent":
            return None
        if isinstance(value, list):
            kind, text = value
            return WRITTEN[kind](text)
        if value is None or not isinstance(value, PLAIN):
            raise TypeError
        return value


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

    def cursors(self, page: ResultSet, start: int) -> Cursors[Any]:
        return Cursors(partial(write_cursor, self.order), range(start + 1, start + 1 + len(page.rows)))


def written(value: Any) -> Any:
    """As JSON has it; a type that it has not by its name, and as text."""
    if isinstance(value, PLAIN):
        return value
    return [kind_of(value.__class__), value.hex() if isinstance(value, bytes) else str(value)]


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
