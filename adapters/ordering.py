"""Records in memory, in an order: where a page lies among them, and the cursors that say so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from adapters.spi import Search

Values = Mapping[str, Any]


class Ordering(Protocol):
    """``before`` counts the rows before a cursor (or ``at`` it, too); a ``ValueError`` for a cursor of another list."""

    def sorted(self, rows: Sequence[Values]) -> Sequence[Values]: ...

    def cursor(self, values: Values, position: int) -> str: ...

    def before(self, rows: Sequence[Values], cursor: str, *, at: bool) -> int: ...

    def before_instant(self, rows: Sequence[Values], instant: str, *, at: bool) -> int: ...


class Given:
    """The order in which the rows are; the cursor of a row is its position, counted from one."""

    def sorted(self, rows: Sequence[Values]) -> Sequence[Values]:
        return rows

    def cursor(self, values: Values, position: int) -> str:
        return str(position + 1)

    def before(self, rows: Sequence[Values], cursor: str, *, at: bool) -> int:
        if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 9:
            raise ValueError("no position")
        return max(0, int(cursor) - (not at))

    def before_instant(self, rows: Sequence[Values], instant: str, *, at: bool) -> int:
        raise ValueError("an order without an instant")


class Keyset:
    """An order by fields, such as ``("placedAt desc", "number")``; the cursor of a row is its values there.

    Rows that are not there any more leave their place. What has no value comes last, whichever way the field goes.
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self.terms = [(name, direction == "desc") for name, _, direction in (term.partition(" ") for term in terms)]

    def sorted(self, rows: Sequence[Values]) -> Sequence[Values]:
        return sorted(rows, key=self._place)

    def cursor(self, values: Values, position: int) -> str:
        return json.dumps(self._held(values))

    def before(self, rows: Sequence[Values], cursor: str, *, at: bool) -> int:
        held = json.loads(cursor)
        if not isinstance(held, list) or len(held) != len(self.terms):
            raise ValueError("other terms")
        return self._before(rows, held, at=at)

    def before_instant(self, rows: Sequence[Values], instant: str, *, at: bool) -> int:
        return self._before(rows, [instant], at=at)

    def _before(self, rows: Sequence[Values], held: Sequence[Any], *, at: bool) -> int:
        mark = self._placed(held)
        try:
            return sum(place < mark or (at and not mark < place) for place in map(self._place, rows))
        except TypeError:
            raise ValueError("values of other types") from None

    def _place(self, values: Values) -> Place:
        return self._placed(self._held(values))

    def _held(self, values: Values) -> list[Any]:
        """What is neither text nor a number has no place in an order, and counts as no value."""
        held = (values.get(name) for name, _ in self.terms)
        return [value if isinstance(value, str | int | float) else None for value in held]

    def _placed(self, held: Sequence[Any]) -> Place:
        return Place([comparable(value) for value in held], [descending for _, descending in self.terms])


@dataclass(frozen=True, slots=True)
class Place:
    """Compares part by part, each in its direction; a place with fewer parts is that of all that begin with them."""

    parts: Sequence[Any]
    descending: Sequence[bool]

    def __lt__(self, other: Place) -> bool:
        for mine, its, descending in zip(self.parts, other.parts, self.descending, strict=False):
            if mine != its:
                if mine is None or its is None:
                    return its is None
                return bool(its < mine) if descending else bool(mine < its)
        return False


def comparable(value: Any) -> Any:
    """An instant by its moment, whatever its offset; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return value if moment.tzinfo is None else moment.timestamp()


def page_of(rows: Sequence[Values], ordering: Ordering, request: Search, limit: int) -> range:
    """The positions of the rows on the page; a ``ValueError`` for a cursor of another list."""
    first = min(request.first, limit)
    if request.start is not None:
        at = request.start.inclusive == request.backwards
        edge = ordering.before_instant(rows, request.start.value, at=at)
    elif request.after is not None:
        edge = min(len(rows), ordering.before(rows, request.after, at=not request.backwards))
    else:
        edge = len(rows) if request.backwards else 0
    return range(max(0, edge - first), edge) if request.backwards else range(edge, min(len(rows), edge + first))
