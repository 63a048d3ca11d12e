"""Conditions on columns whose values are in an order: numbers between two ends, and instants from one on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, FromClause, and_, bindparam, or_
from sqlalchemy.engine import Dialect

from adapters.mapping import Inverse, WrittenInstant
from adapters.sql.conditions import Asked
from adapters.sql.dialects import UNTYPED_TEXT
from adapters.sql.statements import slots

Bind = Callable[[Any], Any]
"""What the driver is given for a value."""


class Between:
    """``column`` holds a number between ``gte`` and ``lte``, both included."""

    def __init__(self, column: str, inverse: Inverse, dialect: Dialect) -> None:
        self._column = column
        self._inverse = inverse
        self._bind = number_of(dialect)

    def reads(self, shape: Any) -> Sequence[str]:
        return (self._column,)

    def asked(self, name: str, value: Any) -> Asked | None:
        ends = {end: value[end] for end in ("gte", "lte") if value.get(end) is not None}
        bound = {f"{name}_{end}": self._bind(self._inverse(number)[0]) for end, number in ends.items()}
        return Asked(tuple(ends) or None, bound, len(bound))

    def clause(self, name: str, source: FromClause, shape: Any) -> ColumnElement[bool]:
        column = source.c[self._column]
        ends: dict[str, BindParameter[Any]] = {end: bindparam(f"{name}_{end}") for end in shape}
        return and_(*(column >= value if end == "gte" else column <= value for end, value in ends.items()))


class Since:
    """Columns that together hold an instant that is not before the asked one.

    An instant that is finer than the columns lies behind the value that they have for it.
    """

    def __init__(self, written: WrittenInstant) -> None:
        self._written = written

    def reads(self, shape: Any) -> Sequence[str]:
        return self._written.paths

    def asked(self, name: str, value: Any) -> Asked | None:
        moment = datetime.fromisoformat(value)
        values = self._written.write(moment)
        inclusive = self._written.read(values) >= moment
        return Asked(inclusive, dict(zip(slots(name, len(values)), values, strict=True)))

    def clause(self, name: str, source: FromClause, shape: Any) -> ColumnElement[bool]:
        columns = [source.c[column] for column in self._written.paths]
        return not_before(columns, [bindparam(slot) for slot in slots(name, len(columns))], inclusive=shape)


class SinceMoment:
    """The same of a column of the database's own moments; without a zone they are on the clock of ``zone``."""

    def __init__(self, column: str, zone: tzinfo, dialect: Dialect) -> None:
        self._column = column
        self._zone = zone
        self._bind = moment_of(dialect)

    def reads(self, shape: Any) -> Sequence[str]:
        return (self._column,)

    def asked(self, name: str, value: Any) -> Asked | None:
        return Asked(True, {name: self._bind(datetime.fromisoformat(value).astimezone(self._zone))})

    def clause(self, name: str, source: FromClause, shape: Any) -> ColumnElement[bool]:
        return source.c[self._column] >= bindparam(name)


def not_before(
    columns: Sequence[ColumnElement[Any]], values: Sequence[BindParameter[Any]], *, inclusive: bool
) -> ColumnElement[bool]:
    """Column by column; the first one is compared by itself too, so that an index on it is used."""
    (column, *others), (value, *others_values) = columns, values
    if not others:
        return column >= value if inclusive else column > value
    further = not_before(others, others_values, inclusive=inclusive)
    return and_(column >= value, or_(column > value, further))


def number_of(dialect: Dialect) -> Bind:
    """Decimals as they are, but for drivers that have none."""
    if dialect.name == "sqlite":
        return lambda text: float(text) if "." in text else int(text)
    return Decimal


def moment_of(dialect: Dialect) -> Bind:
    """A moment on the source's clock. PostgreSQL reads the offset of a text where the column has one, and leaves it
    where it has not; others are given what a column without a zone holds."""
    if dialect.name == "postgresql" and dialect.driver in UNTYPED_TEXT:
        return lambda moment: moment.isoformat(" ")
    if dialect.name == "sqlite":
        return lambda moment: moment.replace(tzinfo=None).isoformat(" ")
    return lambda moment: moment.replace(tzinfo=None)
