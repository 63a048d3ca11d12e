"""What is selected from: a table, or the rows of a configured select."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Protocol

from sqlalchemy import ColumnElement, FromClause, column, text

from adapters.problems import Mistake
from adapters.sql.keys import Keys, in_text
from adapters.sql.statements import names_in, quoted

PLACE = re.compile(r"(?:\((?P<columns>[^()]+)\)\s*)?\bin\s*\(?\s*:(?P<name>keys|parents)\b\s*\)?", re.IGNORECASE)
"""Where a configured select takes the keys: ``in :keys``, with ``(A, B)`` before it for composite ones."""


class Relation(Protocol):
    @property
    def times(self) -> int:
        """How many times a statement has the keys."""

    def values(self) -> Mapping[str, Any]:
        """What is bound in every statement, as it is now."""

    def select_from(self, columns: Collection[str], keys: Keys | None) -> tuple[FromClause, list[ColumnElement[bool]]]:
        """Something that has ``columns``, and the conditions with which it has the rows of ``keys`` only."""


class Text:
    """A configured select, used as a subquery, so that columns, conditions, order and limits are pushed down on it.

    ``place``: the parameter for the keys, ``keys`` or ``parents``, if there are any; ``width``: columns of one key.
    """

    times = 1

    def __init__(self, sql: str, place: str | None, width: int = 1) -> None:
        self._sql = sql.strip().rstrip(";")
        if unknown := names_in(self._sql) - {place}:
            known = f"`in :{place}` only" if place else "no parameters"
            raise Mistake(known, f"`:{min(unknown)}`", "write `\\:` for a colon")
        if place is None:
            return
        wanted = f"`where {'COLUMN' if width == 1 else '(COLUMN, COLUMN)'} in :{place}`"
        if place in names_in(PLACE.sub("", self._sql)) or place not in names_in(self._sql):
            raise Mistake(wanted, "a select that takes its keys otherwise" if place in self._sql else "none in it")
        for match in PLACE.finditer(self._sql):
            if width != len((match["columns"] or "one").split(",")):
                raise Mistake(wanted, f"`{match[0]}`", f"a key has {width} column(s)")

    def select_from(self, columns: Collection[str], keys: Keys | None) -> tuple[FromClause, list[ColumnElement[bool]]]:
        sql = self._sql if keys is None else PLACE.sub(lambda place: in_text(place, keys), self._sql)
        rows = text(sql).columns(*(column(quoted(name)) for name in dict.fromkeys(columns)))
        return rows.subquery("crossdock_rows"), []

    def values(self) -> Mapping[str, Any]:
        return {}
