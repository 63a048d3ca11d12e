"""A Core statement compiled once into a dialect's own text, for the driver's own cursor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, FromClause, Select, bindparam, select, text
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import quoted_name

from adapters.problems import Mistake
from adapters.result_set import ResultSet

MOST_TEXTS = 512
"""Texts that are kept per lookup and search: by fields asked, number of keys, and conditions."""


@dataclass(frozen=True, slots=True)
class Statement:
    """``columns``: what the values of a row that ``text`` gives are called, in their order; none: as they come.

    ``names``: the bound values, in their order unless the driver takes them ``by_name``. ``constants``: values that are
    the same every time, by name.
    """

    text: str
    columns: tuple[str, ...]
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    by_name: bool = False

    def bound(self, values: Mapping[str, Any]) -> Any:
        """Those of the values that the text has a place for, in the form that the driver takes."""
        values = {**self.constants, **values}
        if self.by_name:
            return {name: values[name] for name in self.names}
        return tuple([values[name] for name in self.names])

    @property
    def statements(self) -> Sequence[Statement]:
        return (self,)

    def found(self, results: Sequence[ResultSet]) -> ResultSet:
        return results[0] if results else ResultSet(self.columns, ())

    def run(self, cursor: Any, values: Mapping[str, Any], most: int) -> ResultSet:
        """What the cursor gives, at most ``most`` rows."""
        cursor.execute(self.text, self.bound(values))
        return ResultSet(self.columns, cursor.fetchmany(most))


def compiled(statement: Select[Any], columns: Sequence[str], dialect: Dialect) -> Statement:
    """The text of ``statement``, which selects ``columns``. Parameters without a value are bound with each call."""
    compiler = statement.compile(dialect=dialect)
    later = {name for name, parameter in compiler.binds.items() if parameter.required}
    state = compiler.construct_expanded_state(dict.fromkeys(later))
    constants = {name: value for name, value in state.parameters.items() if name not in later}
    names = state.parameters if state.positiontup is None else state.positiontup
    return Statement(state.statement, tuple(columns), tuple(names), constants, state.positiontup is None)


def without_parameters(sql: str) -> str:
    """A configured select that has none; a ``Mistake`` for one that has."""
    sql = sql.strip().rstrip(";")
    if names := names_in(sql):
        raise Mistake("no parameters", f"`:{min(names)}`", "write `\\:` for a colon")
    return sql


def names_in(sql: str) -> set[str]:
    """The names of the parameters in a text."""
    return {name for name in text(sql).compile().params}


def compiled_text(sql: str, dialect: Dialect) -> Statement:
    """A configured text with ``:name`` for each bound value, for rows whose columns are called as they come."""
    compiler = text(sql).compile(dialect=dialect)
    positions = getattr(compiler, "positiontup", None)
    names = tuple(compiler.binds if positions is None else positions)
    return Statement(str(compiler), (), names, {}, positions is None)


def quoted(name: str) -> quoted_name:
    """The name as it is written, whatever it is made of."""
    return quoted_name(name, quote=True)


def chosen(source: FromClause, columns: Iterable[str]) -> Select[Any]:
    """``select`` these columns of a table or subquery."""
    return select(*(source.c[column] for column in columns))


def one_of(column: ColumnElement[Any], name: str, count: int) -> ColumnElement[bool]:
    """``column`` is one of ``count`` values, bound as ``slots(name, count)``."""
    values = parameters(slots(name, count))
    return column == values[0] if count == 1 else column.in_(values)


def parameters(names: Iterable[str]) -> list[BindParameter[Any]]:
    return [bindparam(name) for name in names]


@lru_cache(1024)
def slots(name: str, count: int) -> tuple[str, ...]:
    """The names of ``count`` bound values."""
    return tuple(f"{name}_{index}" for index in range(count))


def roomy(count: int, most: int) -> int:
    """How many places are made for ``count`` values: few sizes make few texts, here and in the server's caches."""
    step = 1 << max(0, count.bit_length() - 3)
    return min(-(-count // step) * step, max(most, count))


def filled(values: Sequence[Any], count: int) -> list[Any]:
    """``values``, and the last one again for the places that are left."""
    return [*values, *[values[-1]] * (count - len(values))]


def batches(values: Sequence[Any], most: int) -> list[Sequence[Any]]:
    """``values`` in parts of at most ``most``."""
    return [values[start : start + most] for start in range(0, len(values), most)]


def askable(values: Sequence[Any]) -> Sequence[Any]:
    """The values that a driver can carry: a text with a zero byte or half a character is the key of nothing."""
    try:
        text = "".join(values)
    except TypeError:  # numbers, or composite keys
        return [value for value in values if _carried(value)]
    return values if text.isascii() and "\0" not in text else [value for value in values if _carried(value)]


def _carried(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_carried(part) for part in value)
    if not isinstance(value, str):
        return not isinstance(value, int) or abs(value) < 2**63
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False
