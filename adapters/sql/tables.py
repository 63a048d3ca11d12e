"""Tables that rows are selected from: one, or several that are the same for each store or year, or repeated columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    column,
    literal,
    literal_column,
    select,
    table,
    text,
    union_all,
)

from adapters.problems import Mistake
from adapters.sql.effective import Effective
from adapters.sql.keys import Keys, among, partly
from adapters.sql.registration import SqlEntity
from adapters.sql.statements import quoted, without_parameters

PLACE = re.compile(r"\{(\w+)\}")
"""Where in a table's name a name of the allow-list stands."""


class Table:
    """``name`` may have a schema before a dot, unless ``schema`` says it; empty, there is none and a dot is a dot.

    ``where`` holds for every row.
    """

    times = 1

    def __init__(self, name: str, schema: str | None, where: str | None, effective: Effective | None = None) -> None:
        before, dot, last = ("", "", name) if schema is not None else name.rpartition(".")
        self._name = quoted(last)
        self._schema = quoted(schema or before) if schema or dot else None
        self._where = where
        self._effective = effective

    def select_from(self, columns: Collection[str], keys: Keys | None) -> tuple[FromClause, list[ColumnElement[bool]]]:
        dated = self._effective.columns if self._effective is not None else ()
        source = self.rows([*columns, *dated, *(keys.columns if keys else ())])
        return source, [*([among(source, keys)] if keys else []), *self.conditions(source)]

    def rows(self, columns: Collection[str]) -> FromClause:
        """Something that has ``columns``."""
        return table(self._name, *(column(quoted(name)) for name in dict.fromkeys(columns)), schema=self._schema)

    def conditions(self, source: FromClause) -> list[ColumnElement[bool]]:
        """What holds for every row."""
        found = [] if self._effective is None else self._effective.conditions(source)
        return found if self._where is None else [*found, literal_column(f"({self._where})")]

    def values(self) -> Mapping[str, Any]:
        return {} if self._effective is None else self._effective.values()


class View(Table):
    """The rows of a configured select without parameters, which databases narrow by the keys like a view of theirs."""

    def __init__(self, sql: str, where: str | None, effective: Effective | None) -> None:
        super().__init__("", "", where, effective)
        self._sql = without_parameters(sql)

    def rows(self, columns: Collection[str]) -> FromClause:
        named = text(self._sql).columns(*(column(quoted(name)) for name in dict.fromkeys(columns)))
        return named.subquery("crossdock_view")


Make = Callable[[Callable[[str], str]], Table]
"""A table, from a function that puts the names of the allow-list into a text."""


class Part(NamedTuple):
    """One table of a union. ``renamed``: column as it is called in the union -> as the table calls it."""

    table: Table
    constants: Mapping[str, str]
    renamed: Mapping[str, str]


class Union:
    """The rows of all ``parts``, which have ``constants`` of the same names: columns that no table has."""

    def __init__(self, parts: Sequence[Part], effective: Effective | None) -> None:
        self._parts = parts
        self._constants = frozenset(parts[0].constants)
        self._effective = effective
        self.times = len(parts) + 1

    def select_from(self, columns: Collection[str], keys: Keys | None) -> tuple[FromClause, list[ColumnElement[bool]]]:
        wanted = list(dict.fromkeys([*columns, *(keys.columns if keys else ())]))
        rows = union_all(*(self._select(part, wanted, keys) for part in self._parts)).subquery("crossdock_rows")
        if keys is None or (len(keys.columns) == 1 and keys.columns[0] not in self._constants):
            return rows, []
        return rows, [among(rows, keys)]

    def _select(self, part: Part, columns: Sequence[str], keys: Keys | None) -> Select[Any]:
        dated = self._effective.columns if self._effective is not None else []
        names = {name: part.renamed.get(name, name) for name in columns if name not in part.constants}
        source = part.table.rows([*names.values(), *dated])
        selected = [
            (source.c[names[name]] if name in names else literal(part.constants[name], literal_execute=True)).label(
                quoted(name)
            )
            for name in columns
        ]
        conditions = part.table.conditions(source)
        if keys is not None:
            conditions += partly(source, keys, names)
        return select(*selected).select_from(source).where(*conditions)

    def values(self) -> Mapping[str, Any]:
        return {} if self._effective is None else self._effective.values()


def tables(make: Make, text: str, effective: Effective | None, spec: SqlEntity) -> Table | Union:
    """What the words of an entity say about its table, which ``make`` makes of ``text``.

    Words that do not go together are a ``Mistake``.
    """
    if not spec.tables and spec.unpivot is None:
        return make(lambda written: written)
    if spec.tables and set(PLACE.findall(text)) != spec.tables.keys():
        wanted = " and ".join(f"`{{{each}}}`" for each in sorted(spec.tables))
        raise Mistake(f"{wanted} in the name of `table`", f"`{text}`")
    if empty := [each for each, values in spec.tables.items() if not values]:
        raise Mistake(f"at least one table for `{empty[0]}`", "none")
    return Union(list(parts(make, spec)), effective)


def parts(make: Make, spec: SqlEntity) -> Iterator[Part]:
    for values in product(*spec.tables.values()):
        chosen = dict(zip(spec.tables, values, strict=True))
        one = make(partial(placed, chosen))
        if spec.unpivot is None:
            yield Part(one, chosen, {})
        else:
            for name, renamed in spec.unpivot.sets.items():
                yield Part(one, {**chosen, spec.unpivot.name: name}, renamed)


def placed(chosen: Mapping[str, str], written: str) -> str:
    """``SALES_{year}`` with one of the names that are allowed there."""
    return PLACE.sub(lambda place: chosen[place[1]], written) if chosen else written
