"""The filters and facets of a search, from its registration to conditions and what is counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from sqlalchemy.engine import Dialect

from adapters.converters import converter
from adapters.mapping import EntityMapping, WrittenInstant
from adapters.mapping.inverse import SCALE
from adapters.problems import Mistake
from adapters.registration import Value
from adapters.sql.attributes import AttributeColumns, AttributeRows, Compared
from adapters.sql.columns import column_of
from adapters.sql.conditions import AnyOf, Condition, condition
from adapters.sql.effective import Effective
from adapters.sql.elsewhere import Elsewhere, Present, Some
from adapters.sql.facets import FacetSpec
from adapters.sql.ranges import Between, Since, SinceMoment
from adapters.sql.registration import SqlEntity, SqlFacet, SqlFilter, SqlRows
from adapters.types import FilterType, Types

NUMBERS = frozenset({"decimal", "int"})
"""Converters of columns that the database compares as numbers."""


class Filters:
    """Of one entity. What does not fit is a ``Mistake``. ``zone``: of the source's clocks."""

    def __init__(
        self,
        spec: SqlEntity,
        mapping: EntityMapping,
        types: Types,
        dialect: Dialect,
        schema: str | None,
        zone: tzinfo,
    ) -> None:
        self._spec = spec
        self._mapping = mapping
        self._types = types
        self._dialect = dialect
        self._schema = schema
        self._zone = zone

    def condition(self, search: str, name: str, words: str | SqlFilter) -> Condition:
        words = SqlFilter(field=words) if isinstance(words, str) else words
        type_ = self._types.filter(self._mapping.entity, search, name)
        if type_ is not None and type_.is_attributes:
            return self._attributes(name, words)
        if unfit := {"codes", "code", "number"} & words.model_fields_set:
            raise Mistake("words for one value: it is no list of attributes", f"`{min(unfit)}`")
        compared = self._compared(name, words, type_)
        if words.rows is not None:
            elsewhere = self.elsewhere(f"crossdock_{name}", words.rows)
            return Present(elsewhere) if compared is None else Some(elsewhere, compared)
        if compared is None:
            raise Mistake("`field`, `from` or `rows`", "none of them")
        return compared

    def facet(self, code: str, words: str | SqlFacet) -> FacetSpec:
        words = SqlFacet(field=words) if isinstance(words, str) else words
        column = words.from_
        if words.field is not None:
            column = column_of(words.field, self._spec, self._mapping)
        elsewhere = None if words.rows is None else self.elsewhere(f"crossdock_{code}", words.rows)
        if elsewhere is not None and not self._spec.key_names:
            raise Mistake("a `key` of the entity, which tells its rows apart", "none")
        return FacetSpec(code, words.label, words.most, column or "", words.text, words.field, elsewhere)

    def elsewhere(self, alias: str, rows: SqlRows) -> Elsewhere:
        effective = None if rows.effective is None else Effective(rows.effective, f"now_{alias}", self._zone)
        return Elsewhere(alias, rows, self._schema, effective)

    # ------------------------------------------------------------ one value

    def _compared(self, name: str, words: SqlFilter, type_: FilterType | None) -> Condition | None:
        """How a column of the rows is compared; ``None`` where none is named."""
        if words.field is not None:
            return self._field(words.field, type_)
        if words.from_ is None:
            return None
        value = words.value()
        if type_ is not None and type_.is_range:
            return self._between(words.from_, value, name)
        if type_ is not None and type_.is_instant:
            return self._since([words.from_], value.as_, name)
        return AnyOf(words.from_, self._mapping.inverse(value, name))

    def _field(self, field: str, type_: FilterType | None) -> Condition:
        value, column = self._mapping.declared(field), self._mapping.reference_path(field)
        if type_ is not None and type_.is_instant and value is not None:
            paths = [value.from_] if isinstance(value.from_, str) else value.from_ or []
            return self._since(paths, value.as_, field)
        if type_ is not None and type_.is_range and value is not None and column is not None:
            if (found := self._types.objects[self._mapping.entity][field].name) not in ("Decimal", "Float", "Int"):
                raise Mistake("a field that is a number, for a range", f"`{field}`, a {found}")
            return self._between(column, value, field)
        return condition(field, self._spec, self._mapping, self._types)

    def _between(self, column: str, value: Value, what: str) -> Between:
        calls = [value.as_] if isinstance(value.as_, str) else value.as_ or []
        unfit = [call for call in calls if call not in NUMBERS and SCALE.fullmatch(call) is None]
        if value.map is not None or value.form is not None or unfit:
            found = f"`{what}`, read by `{unfit[0] if unfit else 'map' if value.map is not None else 'form'}`"
            raise Mistake("a column of numbers, for a range", found)
        return Between(column, self._mapping.inverse(value, what), self._dialect)

    def _since(self, paths: list[str], call: str | list[str] | None, what: str) -> Condition:
        if call is None and len(paths) == 1:
            return SinceMoment(paths[0], self._zone, self._dialect)
        if isinstance(call, str) and call.startswith("instant"):
            read = converter(call, self._zone)
            written = WrittenInstant(paths, read)
            if written.in_order and read.takes == len(paths):
                return Since(written)
        raise Mistake("an instant whose columns are in the order of time, such as `instant(yyyyMMdd)`", f"`{what}`")

    # ------------------------------------------------------------ attributes

    def _attributes(self, name: str, words: SqlFilter) -> Condition:
        source = self._mapping.source
        if words.codes:
            if unfit := {"field", "from_", "rows", "code", "number"} & words.model_fields_set:
                raise Mistake("`codes`, or rows that have a `code`", f"`{min(unfit).rstrip('_')}` too")
            return AttributeColumns(source, dict(self._by_code(words)))
        if words.rows is None or words.code is None or words.from_ is None:
            raise Mistake("`codes`, or `rows` with `code` and `from`, the columns of code and value", "neither")
        values = AnyOf(words.from_, self._mapping.inverse(words.value(), name))
        numbers = None if words.number is None else self._between(words.number, Value(), name)
        elsewhere = self.elsewhere(f"crossdock_{name}", words.rows)
        return AttributeRows(source, elsewhere, words.code, Compared(values, numbers))

    def _by_code(self, words: SqlFilter) -> Iterator[tuple[str, Compared]]:
        for code, each in words.codes.items():
            inner = SqlFilter(from_=each) if isinstance(each, str) else each
            if inner.from_ is None:
                inner = inner.model_copy(update={"from_": inner.number})
            values = self._compared(code, inner, None)
            if values is None or inner.rows is not None:
                raise Mistake("a column of the entity's own rows", f"`{code}`, which names none")
            yield code, Compared(values, None if inner.number is None else self._between(inner.number, Value(), code))
