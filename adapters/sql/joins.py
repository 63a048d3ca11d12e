"""Columns of other tables beside those of a table. A table that nobody asked a column of is not in the statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Subquery, and_, select

from adapters.problems import Mistake
from adapters.sql.effective import Effective
from adapters.sql.keys import Keys, among
from adapters.sql.registration import SqlJoin
from adapters.sql.statements import quoted
from adapters.sql.tables import Table, Union


class Join:
    """``on``: column of the table, or ``NAME.COLUMN`` of another join -> the column that equals it here."""

    def __init__(self, name: str, spec: SqlJoin, schema: str | None, effective: Effective | None) -> None:
        self.name = name
        self.on = spec.on
        self.required = spec.required
        self._table = Table(spec.table, schema, spec.where, effective)
        self._whole = spec.where is None and effective is None
        self._dated = effective.columns if effective is not None else []
        self.values = self._table.values

    def rows(self, columns: Iterable[str]) -> FromClause:
        """Under the join's name: the table, or those of its rows that its conditions leave."""
        needed = list(dict.fromkeys([*columns, *self.on.values()]))
        if self._whole:
            return self._table.rows(needed).alias(quoted(self.name))
        source = self._table.rows([*needed, *self._dated])
        chosen = select(*(source.c[name] for name in needed)).where(*self._table.conditions(source))
        return chosen.subquery(quoted(self.name))


class Joined:
    """``base`` with ``joins``, which may each refer to those before it."""

    def __init__(self, base: Table | Union, joins: Mapping[str, Join]) -> None:
        self._base = base
        self._joins = joins
        known: set[str] = set()
        for name, join in joins.items():
            for column in join.on:
                before, dot, _ = column.partition(".")
                if dot and before in joins and before not in known:
                    raise Mistake("a column of `table`, or of a join above", f"`{column}` in `join.{name}.on`")
            known.add(name)

    @property
    def times(self) -> int:
        return self._base.times

    def select_from(self, columns: Collection[str], keys: Keys | None) -> tuple[FromClause, list[ColumnElement[bool]]]:
        wanted = list(dict.fromkeys([*columns, *(keys.columns if keys else ())]))
        joins = self._needed(wanted)
        if not joins:
            return self._base.select_from(columns, keys)
        inside = keys is not None and not any(self._owner(name) for name in keys.columns)
        rows = self._rows(wanted, joins, keys if inside else None)
        return rows, [] if keys is None or inside else [among(rows, keys)]

    def _rows(self, wanted: Collection[str], joins: Collection[Join], keys: Keys | None) -> Subquery:
        places = [self._place(name) for name in [*wanted, *(left for join in joins for left in join.on)]]
        plain = [column for owner, column in places if owner is None]
        source, conditions = self._base.select_from(plain, keys)
        base = select(*(source.c[name] for name in dict.fromkeys(plain))).where(*conditions).subquery("crossdock_base")
        known: dict[str | None, FromClause] = {None: base}
        together: FromClause = base
        for join in joins:
            known[join.name] = join.rows(column for owner, column in places if owner == join.name)
            equal = [
                known[owner].c[left] == known[join.name].c[right]
                for (owner, left), right in ((self._place(name), right) for name, right in join.on.items())
            ]
            together = together.join(known[join.name], and_(*equal), isouter=not join.required)
        labelled = [known[owner].c[column].label(quoted(name)) for name, (owner, column) in self._placed(wanted)]
        return select(*labelled).select_from(together).subquery("crossdock_rows")

    def _needed(self, columns: Iterable[str]) -> list[Join]:
        """The joins that these columns are of, and those that they hang on, in their order."""
        needed = {name for name, join in self._joins.items() if join.required}
        waiting = [*columns, *(left for name in needed for left in self._joins[name].on)]
        while waiting:
            owner = self._owner(waiting.pop())
            if owner is not None and owner not in needed:
                needed.add(owner)
                waiting += self._joins[owner].on
        return [join for name, join in self._joins.items() if name in needed]

    def _placed(self, names: Iterable[str]) -> Iterator[tuple[str, tuple[str | None, str]]]:
        return ((name, self._place(name)) for name in names)

    def _place(self, name: str) -> tuple[str | None, str]:
        """The join that a column is of, if it is of one, and its name there."""
        owner = self._owner(name)
        return (None, name) if owner is None else (owner, name.partition(".")[2])

    def _owner(self, name: str) -> str | None:
        before, dot, _ = name.partition(".")
        return before if dot and before in self._joins else None

    def values(self) -> Mapping[str, Any]:
        bound = dict(self._base.values())
        for join in self._joins.values():
            bound |= join.values()
        return bound
