"""Orders of rows: how they are written, and which rows lie behind a place in one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, FromClause, UnaryExpression, and_, bindparam, case, literal_column, or_
from sqlalchemy.engine import Dialect

from adapters.sql.dialects import ORDERS_NULLS
from adapters.sql.statements import slots

DIRECTION = re.compile(r"(?P<name>.*?)(?:\s+(?P<direction>asc|desc))?\s*", re.IGNORECASE | re.DOTALL)

Nulls = Literal["absent", "first", "last"]
"""Where rows are that have no value in a column: nowhere, or before or behind all others."""

REVERSED: dict[Nulls, Nulls] = {"absent": "absent", "first": "last", "last": "first"}


class Term(NamedTuple):
    """One column that rows are ordered by."""

    column: str
    descending: bool
    nulls: Nulls = "absent"

    def clauses(self, source: FromClause, dialect: Dialect) -> list[ColumnElement[Any]]:
        """What stands in ``order by``. Databases do not agree where null goes, nor on how to say it."""
        column = source.c[self.column]
        ordered: UnaryExpression[Any] = column.desc() if self.descending else column.asc()
        if self.nulls == "absent":
            return [ordered]
        if dialect.name in ORDERS_NULLS:
            return [ordered.nulls_last() if self.nulls == "last" else ordered.nulls_first()]
        null, value = ("1", "0") if self.nulls == "last" else ("0", "1")
        return [case((column.is_(None), literal_column(null)), else_=literal_column(value)), ordered]

    def reversed(self) -> Term:
        return Term(self.column, not self.descending, REVERSED[self.nulls])

    def __str__(self) -> str:
        return f"{self.column} desc" if self.descending else self.column


def term(text: str) -> tuple[str, bool]:
    """``placedAt desc`` as name and whether it descends."""
    match = DIRECTION.fullmatch(text.strip())
    assert match is not None  # the pattern takes any text
    return match["name"], (match["direction"] or "").lower() == "desc"


class Edge(NamedTuple):
    """The values, bound to ``after_0``, ``after_1``, ..., that rows are behind by the first ``terms`` of the order;
    with ``inclusive``, rows that have just these values are there, too. ``nulls``: which of the values are null."""

    terms: int
    inclusive: bool
    nulls: frozenset[int] = frozenset()


class Mark(NamedTuple):
    """One of the values of an edge, against the rows' own."""

    term: Term
    column: ColumnElement[Any]
    value: ColumnElement[Any]
    null: bool

    def equal(self) -> ColumnElement[bool]:
        return self.column.is_(None) if self.null else self.column == self.value

    def further(self) -> ColumnElement[bool] | None:
        """Rows behind it; ``None`` where there cannot be any."""
        if self.null:
            return self.column.is_not(None) if self.term.nulls == "first" else None
        return self._or_null(self.column < self.value if self.term.descending else self.column > self.value)

    def reached(self) -> ColumnElement[bool] | None:
        """Rows at it or behind; ``None`` where all are."""
        if self.null:
            return None if self.term.nulls == "first" else self.column.is_(None)
        return self._or_null(self.column <= self.value if self.term.descending else self.column >= self.value)

    def _or_null(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return or_(condition, self.column.is_(None)) if self.term.nulls == "last" else condition


def behind(order: Sequence[Term], edge: Edge, source: FromClause) -> ColumnElement[bool]:
    """The rows behind the edge in this order."""
    marks = [
        Mark(term, source.c[term.column], bindparam(slot), index in edge.nulls)
        for index, (term, slot) in enumerate(zip(order, slots("after", edge.terms), strict=False))
    ]
    ways = [
        and_(*(before.equal() for before in marks[:index]), further)
        for index, mark in enumerate(marks)
        if (further := mark.further()) is not None
    ]
    if edge.inclusive:
        ways.append(and_(*(mark.equal() for mark in marks)))
    # says again what all ways have in common, so that an index on the first column is used
    first = marks[0].reached()
    return or_(*ways) if first is None else and_(first, or_(*ways))
