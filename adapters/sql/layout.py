"""The table of an entity, with all that its registration says about it; each mistake at the word it is in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import tzinfo

from adapters.problems import Mistake
from adapters.sql.effective import Effective
from adapters.sql.joins import Join, Joined
from adapters.sql.registration import SqlEffective, SqlEntity
from adapters.sql.relations import Relation
from adapters.sql.tables import Table, Union, View, tables

Noting = Callable[..., AbstractContextManager[None]]
"""Notes the mistake that is raised inside at the words that it is given."""

WORDS = ("where", "tables", "unpivot", "effective", "join")
"""What only a ``table`` has."""


class Layout:
    """Reads the words of one entity. ``zone``: of the source's clocks."""

    def __init__(self, spec: SqlEntity, schema: str | None, zone: tzinfo, noting: Noting) -> None:
        self._spec = spec
        self._schema = schema
        self._zone = zone
        self._noting = noting

    def table(self) -> Relation | None:
        """``None`` where each lookup and search has a select of its own, or where a word is a mistake."""
        spec = self._spec
        if spec.table is None and spec.view is None:
            for word in WORDS:
                if getattr(spec, word):
                    with self._noting(word):
                        raise Mistake("`table` beside it", "none", f"a `sql` has its own `{word}`")
            return None
        effective = self._effective(spec.effective, "now", "effective")
        with self._noting("view" if spec.table is None else "table"):
            base = self._base(effective)
            joins = self._joins()
            if not joins:
                return base
            with self._noting("join"):
                return Joined(base, joins)
        return None

    def _base(self, effective: Effective | None) -> Table | Union:
        spec = self._spec
        if spec.view is None:
            name = spec.table or ""
            return tables(lambda at: Table(at(name), self._schema, spec.where, effective), name, effective, spec)
        if spec.table is not None:
            raise Mistake("`table` or `view`", "both")
        view = spec.view
        return tables(lambda at: View(at(view), spec.where, effective), view, effective, spec)

    def _joins(self) -> Mapping[str, Join]:
        return {
            name: Join(
                name, join, self._schema, self._effective(join.effective, f"now_{name}", "join", name, "effective")
            )
            for name, join in self._spec.join.items()
        }

    def _effective(self, spec: SqlEffective | None, slot: str, *place: str) -> Effective | None:
        if spec is None:
            return None
        with self._noting(*place):
            return Effective(spec, slot, self._zone)
        return None
