"""What does not fit in the registration of one entity: every mistake, each at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from adapters.mapping import EntityMapping
from adapters.problems import MappingProblem, Mistake, Place
from adapters.registration import FieldSpec
from adapters.sql.columns import key_columns, ordered, paging, relation
from adapters.sql.conditions import condition
from adapters.sql.registration import SqlEntity, SqlLookup, SqlSearch
from adapters.sql.relations import Table
from adapters.types import Types


class Checks:
    """Of one entity; ``problems`` is where they are appended."""

    def __init__(self, spec: SqlEntity, mapping: EntityMapping, types: Types, problems: list[MappingProblem]) -> None:
        self._spec = spec
        self._mapping = mapping
        self._types = types
        self._problems = problems
        self._place: Place = ("entities", mapping.entity)

    def run(self, schema: str | None) -> None:
        with self._noting("where"):
            self._where(schema)
        for word, values in (("fields", self._spec.fields), ("keys", self._spec.keys)):
            for name, value in values.items():
                with self._noting(word, name):
                    _columns_only(value)
        for by, lookup in self._spec.lookup.items():
            self._lookup(by, lookup)
        for name, search in self._spec.search.items():
            self._search(name, search)

    @contextmanager
    def _noting(self, *place: str | int) -> Iterator[None]:
        try:
            yield
        except Mistake as mistake:
            self._problems.append(mistake.at((*self._place, *place)))

    def _where(self, schema: str | None) -> None:
        if self._spec.table is not None:
            Table(self._spec.table, schema, self._spec.where)
        elif self._spec.where is not None:
            raise Mistake("`table` beside it", "none", "a `sql` has its own `where`")

    def _lookup(self, by: str, lookup: SqlLookup) -> None:
        at = ("lookup", by)
        with self._noting(*at):
            keys = key_columns(by, self._spec, self._mapping)
            self._relation(at, lookup, keys, "keys")
        self._fields((*at, "arguments"), lookup.arguments)
        for index, text in enumerate(lookup.order):
            with self._noting(*at, "order", index):
                ordered(text, self._spec, self._mapping)

    def _search(self, name: str, search: SqlSearch) -> None:
        at = ("search", name)
        with self._noting(*at, "parents"):
            keys = key_columns(search.parents, self._spec, self._mapping)
            self._relation(at, search, keys, "parents")
        self._fields((*at, "filters"), search.filters)
        with self._noting(*at, "order"):
            paging(search, self._spec, self._mapping)

    def _relation(self, at: Place, rows: SqlLookup | SqlSearch, keys: tuple[str, ...], place: str) -> None:
        with self._noting(*at, *(("sql",) if rows.sql is not None else ())):
            table = Table(self._spec.table, None, None) if self._spec.table is not None else None
            relation(rows, table, keys, place)

    def _fields(self, at: Place, fields: Mapping[str, str]) -> None:
        for name, field in fields.items():
            with self._noting(*at, name):
                condition(field, self._spec, self._mapping, self._types)


def _columns_only(field: FieldSpec) -> None:
    """A row holds values, not lists of objects: those are rows of their own."""
    if isinstance(field, str):
        return
    if field.each is not None and field.fields is not None:
        hint = "register the rows as an entity of their own, with a many lookup by this entity's key"
        raise Mistake("columns of a row", "`each`", hint)
    for fields in (field.fields or {}, *(field.items or [])):
        for inner in fields.values():
            _columns_only(inner)
