"""What does not fit in the registration of one entity: every mistake, each at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import tzinfo

from sqlalchemy.engine.default import DefaultDialect

from adapters.mapping import EntityMapping
from adapters.problems import MappingProblem, Mistake, Place
from adapters.registration import FieldSpec
from adapters.sql.calls import check_call
from adapters.sql.columns import key_columns, ordered, paging, relation, sorting
from adapters.sql.conditions import condition
from adapters.sql.filters import Filters
from adapters.sql.layout import Layout
from adapters.sql.registration import SqlEntity, SqlLookup, SqlSearch
from adapters.sql.relations import Relation
from adapters.types import Types


class Checks:
    """Of one entity; ``problems`` is where they are appended."""

    def __init__(self, spec: SqlEntity, mapping: EntityMapping, types: Types, problems: list[MappingProblem]) -> None:
        self._spec = spec
        self._mapping = mapping
        self._types = types
        self._problems = problems
        self._table: Relation | None = None
        self._place: Place = ("entities", mapping.entity)

    def run(self, schema: str | None, zone: tzinfo) -> Relation | None:
        """The entity's table, if it has one."""
        self._table = Layout(self._spec, schema, zone, self._noting).table()
        for word, values in (("fields", self._spec.fields), ("keys", self._spec.keys)):
            for name, value in values.items():
                with self._noting(word, name):
                    _columns_only(value)
        for by, lookup in self._spec.lookup.items():
            self._lookup(by, lookup)
        filters = Filters(self._spec, self._mapping, self._types, DefaultDialect(), schema, zone)
        for name, search in self._spec.search.items():
            self._search(name, search, filters)
        return self._table

    @contextmanager
    def _noting(self, *place: str | int) -> Iterator[None]:
        try:
            yield
        except Mistake as mistake:
            self._problems.append(mistake.at((*self._place, *place)))

    def _lookup(self, by: str, lookup: SqlLookup) -> None:
        at = ("lookup", by)
        with self._noting(*at):
            keys = key_columns(by, self._spec, self._mapping)
            if lookup.call is None:
                self._relation(at, lookup, keys, "keys")
        with self._noting(*at, "call"):
            self._call(by, lookup)
        self._fields((*at, "arguments"), lookup.arguments)
        for index, text in enumerate(lookup.order):
            with self._noting(*at, "order", index):
                ordered(text, self._spec, self._mapping)

    def _call(self, by: str, lookup: SqlLookup) -> None:
        if lookup.call is None:
            if unsaid := {"separator", "result", "errors"} & lookup.model_fields_set:
                raise Mistake(f"`call` beside `{min(unsaid)}`", "none")
            return
        if unsaid := {"sql", "order"} & lookup.model_fields_set:
            raise Mistake(f"`call` or `{min(unsaid)}`", "both")
        check_call(by, lookup)

    def _search(self, name: str, search: SqlSearch, filters: Filters) -> None:
        at = ("search", name)
        with self._noting(*at, "parents"):
            keys = key_columns(search.parents, self._spec, self._mapping)
            self._relation(at, search, keys, "parents")
        for word, words in search.filters.items():
            with self._noting(*at, "filters", word):
                filters.condition(name, word, words)
        for code, facet in search.facets.items():
            with self._noting(*at, "facets", code):
                filters.facet(code, facet)
        with self._noting(*at, "order"):
            own = paging(search, self._spec, self._mapping)
            for by, sort in search.sorts.items():
                with self._noting(*at, "sorts", by):
                    sorting(sort, False, own, self._spec, self._mapping)

    def _relation(self, at: Place, rows: SqlLookup | SqlSearch, keys: tuple[str, ...], place: str) -> None:
        with self._noting(*at, *(("sql",) if rows.sql is not None else ())):
            named = self._spec.table is not None or self._spec.view is not None
            if self._table is not None or not named:  # its own mistakes have been told
                relation(rows, self._table, keys, place)

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
