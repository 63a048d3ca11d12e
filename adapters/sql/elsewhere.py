"""Conditions on rows of another table: a row is met where at least one of those that belong to it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, exists, literal_column

from adapters.sql.conditions import Asked, Condition
from adapters.sql.effective import Effective
from adapters.sql.registration import SqlRows
from adapters.sql.statements import quoted
from adapters.sql.tables import Table


class Elsewhere:
    """Rows of another table under ``alias``; ``on``: column of the entity's rows -> the column that equals it there."""

    def __init__(self, alias: str, spec: SqlRows, schema: str | None, effective: Effective | None) -> None:
        self.columns = tuple(spec.on)
        self._alias = alias
        self._on = spec.on
        self._table = Table(spec.table, schema, spec.where, effective)
        self._dated = effective.columns if effective is not None else []
        self.values = self._table.values

    def rows(self, columns: Sequence[str]) -> FromClause:
        needed = dict.fromkeys([*columns, *self._on.values(), *self._dated])
        return self._table.rows(list(needed)).alias(quoted(self._alias))

    def belonging(self, rows: FromClause, source: FromClause) -> list[ColumnElement[bool]]:
        """That they belong to a row of ``source``."""
        equal = [source.c[left] == rows.c[right] for left, right in self._on.items()]
        return [*equal, *self._table.conditions(rows)]

    def exists(self, source: FromClause, rows: FromClause, *clauses: ColumnElement[bool]) -> ColumnElement[bool]:
        found = exists(literal_column("1")).select_from(rows)
        return found.where(*self.belonging(rows, source), *clauses).correlate(source)


class Some:
    """One of the rows meets ``condition``."""

    def __init__(self, elsewhere: Elsewhere, condition: Condition) -> None:
        self._elsewhere = elsewhere
        self._condition = condition

    def reads(self, shape: Any) -> Sequence[str]:
        return self._elsewhere.columns

    def asked(self, name: str, value: Any) -> Asked | None:
        asked = self._condition.asked(name, value)
        return asked and asked._replace(values={**asked.values, **self._elsewhere.values()})

    def clause(self, name: str, source: FromClause, shape: Any) -> ColumnElement[bool]:
        rows = self._elsewhere.rows(self._condition.reads(shape))
        return self._elsewhere.exists(source, rows, self._condition.clause(name, rows, shape))


class Present:
    """Whether there is such a row at all."""

    def __init__(self, elsewhere: Elsewhere) -> None:
        self._elsewhere = elsewhere

    def reads(self, shape: Any) -> Sequence[str]:
        return self._elsewhere.columns

    def asked(self, name: str, value: Any) -> Asked | None:
        return Asked(bool(value), self._elsewhere.values(), 0)

    def clause(self, name: str, source: FromClause, shape: Any) -> ColumnElement[bool]:
        found = self._elsewhere.exists(source, self._elsewhere.rows(()))
        return found if shape else ~found
