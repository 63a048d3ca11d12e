"""The words of a registration that name fields, as columns. What cannot be one is a ``Mistake``."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.mapping import EntityMapping
from adapters.problems import Mistake, nearest
from adapters.registration import Value
from adapters.sql.instants import Instants
from adapters.sql.order import Term, term
from adapters.sql.paging import Keyset, Offset, Paging
from adapters.sql.registration import SqlEntity, SqlLookup, SqlSearch, SqlSort
from adapters.sql.relations import Relation, Text


def column_of(name: str, spec: SqlEntity, mapping: EntityMapping) -> str:
    """The column that a field or hidden key is read from."""
    declared = {**spec.fields, **spec.keys}
    if name.partition(".")[0] not in declared:
        raise Mistake("a field or hidden key of the entity", f"`{name}`", nearest(name, declared))
    column = mapping.reference_path(name)
    if column is None:
        raise Mistake("a field that is read from one column", f"`{name}`")
    return column


def key_columns(names: str | None, spec: SqlEntity, mapping: EntityMapping) -> tuple[str, ...]:
    """The columns of a key: of one field, or of several with blanks between them."""
    for name in (names or "").split():
        value = {**spec.fields, **spec.keys}.get(name)
        if isinstance(value, Value) and value.map is not None:
            raise Mistake("a key that is written by `form`, both ways", f"`{name}`, read by `map`")
    return tuple(column_of(name, spec, mapping) for name in (names or "").split())


def ordered(text: str, spec: SqlEntity, mapping: EntityMapping) -> Term:
    """``placedAt desc`` by its column."""
    name, descending = term(text)
    return Term(column_of(name, spec, mapping), descending)


def paging(search: SqlSearch, spec: SqlEntity, mapping: EntityMapping) -> Paging:
    """How a search is ordered and cut into pages. The key comes last, so that no two rows have the same place."""
    fields = [ordered(text, spec, mapping) for text in search.order]
    columns = [Term(*term(text)) for text in search.page.keyset]
    if bool(fields) == bool(columns):
        found = "both" if fields else "neither"
        raise Mistake("`order` in fields, or `page: {keyset: [...]}` in columns", found, "pages are cut from an order")
    if search.page.offset and columns:
        raise Mistake("`offset` with an `order`, or `keyset`", "both")
    order = total(fields or columns, entity_key(spec, mapping))
    if search.page.offset:
        return Offset(mapping.source, order)
    return Keyset(mapping.source, order, ordering_instants(order, spec, mapping))


def sorting(sort: str | SqlSort, reverse: bool, own: Paging, spec: SqlEntity, mapping: EntityMapping) -> Paging:
    """The pages of a list in another order than its ``own``: with the same rows, of which those without a value to be
    ordered by come last."""
    terms = [ordered(sort, spec, mapping)] if isinstance(sort, str) else [Term(*term(text)) for text in sort.keyset]
    key = entity_key(spec, mapping)
    counted = isinstance(own, Offset)
    if not key and not counted:
        raise Mistake("a `key` of the entity, which breaks ties", "none", "or `page: {offset: true}`")
    required = {term.column for term in own.order}
    order = [Term(name, down != reverse, "absent" if name in required else "last") for name, down, _ in terms]
    return Offset(mapping.source, total(order, key)) if counted else Keyset(mapping.source, total(order, key))


def total(order: Sequence[Term], key: Sequence[str]) -> list[Term]:
    """The order with the entity's key at its end."""
    known = {term.column for term in order}
    return [*order, *(Term(column, False) for column in key if column not in known)]


def entity_key(spec: SqlEntity, mapping: EntityMapping) -> tuple[str, ...]:
    return key_columns(" ".join(spec.key_names), spec, mapping)


def ordering_instants(order: Sequence[Term], spec: SqlEntity, mapping: EntityMapping) -> Instants | None:
    """The instant that the first columns of the order hold, if it can be written as they have it."""
    for name in spec.fields:
        written = mapping.written(name)
        if written is not None and written.in_order:
            first = order[: len(written.paths)]
            if [term.column for term in first] == written.paths and len({term.descending for term in first}) == 1:
                return Instants(name, first[0].descending, written)
    return None


def relation(rows: SqlLookup | SqlSearch, table: Relation | None, keys: Sequence[str], place: str) -> Relation:
    """The entity's table, or the select of one lookup or search, which takes ``keys`` at ``:place``."""
    if rows.sql is None:
        if table is None:
            raise Mistake("`sql` here, or `table` in the entity", "neither")
        return table
    if table is not None:
        raise Mistake("`table` in the entity, or `sql` here", "both", "a view is a `table` too")
    if not keys and f":{place}" in rows.sql:
        raise Mistake(f"`{place}` beside it, the field that holds the key", f"`:{place}` in the select only")
    return Text(rows.sql, place if keys else None, max(1, len(keys)))
