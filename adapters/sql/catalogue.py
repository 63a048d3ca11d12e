"""What tables and columns a database has, for the person who registers it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Inspector
from sqlalchemy.exc import NoSuchTableError

from adapters.problems import nearest

SHOWN = 30
"""Names of one list."""


class Catalogue:
    """``tables``: entity -> its table. ``columns``: entity -> what is read. ``schema``: of tables that say none."""

    def __init__(
        self, tables: Mapping[str, str], columns: Mapping[str, Collection[str]], schema: str | None = None
    ) -> None:
        self._tables = tables
        self._columns = columns
        self._schema = schema

    def has(self, entity: str) -> bool:
        """Not where rows come from a statement, or from a table that the request chooses."""
        return "{" not in self._tables.get(entity, "{")

    def told(self, entity: str, inspector: Inspector) -> str:
        """The columns there are, and the nearest to each that is read and is not among them."""
        schema, _, table = self._tables[entity].rpartition(".")
        place = schema or self._schema
        try:
            there = [column["name"] for column in inspector.get_columns(table, place)]
        except NoSuchTableError:
            tables = [*inspector.get_table_names(place), *inspector.get_view_names(place)]
            return sentence(f"there is no table {table}; there are", tables, {table})
        known = {name.casefold() for name in there}
        missing = {name for name in self._columns[entity] if name.casefold() not in known and "." not in name}
        return sentence(f"{table} has", there, missing)


def sentence(what: str, there: list[str], missing: Collection[str]) -> str:
    shown = ", ".join(there[:SHOWN]) + (", ..." if len(there) > SHOWN else "")
    hints = [f"{name}: {hint}" for name in sorted(missing) if (hint := nearest(name, there))]
    return "; ".join([f"{what} {shown or 'none'}", *hints])
