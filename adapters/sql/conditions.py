"""Arguments and filters: a value of the graph, turned back into what the column holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause

from adapters.mapping import EntityMapping
from adapters.problems import Mistake, nearest
from adapters.registration import Entity, FieldSpec, Value
from adapters.sql.dialects import MOST_NARROWING
from adapters.sql.statements import askable, filled, one_of, roomy, slots
from adapters.types import Types

Convert = Callable[[Sequence[Any]], list[Any]]
"""Values of the graph to the values that the column may have; one that the source has no word for is left out."""

AS_WRITTEN = frozenset({"trim", "int", "decimal"})
"""Converters after which a value still compares equal to what the column holds."""

PLAIN = frozenset({"String", "ID", "Int", "Boolean", "Decimal", "Currency", "Country", "Locale"})

FLAG = re.compile(r"flag\(\s*(.*?)\s*,\s*(.*?)\s*\)")


class Condition(NamedTuple):
    """``column`` holds one of the values that are given for it."""

    column: str
    convert: Convert


Given = tuple[tuple[str, int], ...]
"""The part of the conditions that the text of a statement depends on: name and number of places."""


def given(conditions: Mapping[str, Condition], values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What each condition with a value compares with; an empty list is met by no row. Null says nothing."""
    asked = {name: value for name, value in values.items() if value is not None}
    return {
        name: list(askable(conditions[name].convert(value if isinstance(value, list | tuple) else [value])))
        for name, value in asked.items()
    }


def places(values: Mapping[str, Sequence[Any]]) -> Given:
    return tuple((name, roomy(len(those), MOST_NARROWING)) for name, those in sorted(values.items()))


def bound(values: Mapping[str, Sequence[Any]], asked: Given) -> dict[str, Any]:
    """The values by slot."""
    return {
        slot: value
        for name, count in asked
        for slot, value in zip(slots(f"in_{name}", count), filled(values[name], count), strict=True)
    }


def clauses(conditions: Mapping[str, Condition], source: FromClause, asked: Given) -> list[ColumnElement[bool]]:
    return [one_of(source.c[conditions[name].column], f"in_{name}", count) for name, count in asked]


def condition(field: str, spec: Entity[Any, Any], mapping: EntityMapping, types: Types) -> Condition:
    """The condition on ``field``. One that cannot be turned back into a column's value is a ``Mistake``."""
    declared = {**spec.fields, **spec.keys}
    if field not in declared:
        raise Mistake("a field or hidden key of the entity", f"`{field}`", nearest(field, declared))
    column = mapping.reference_path(field)
    if column is None:
        raise Mistake("a field that is read from one column", f"`{field}`")
    value = declared[field]
    type_name = types.objects[mapping.entity][field].name
    if type_name not in PLAIN and type_name not in types.enums:
        raise Mistake("a field that can be compared as it is", f"`{field}`, a {type_name}")
    return Condition(column, _convert(field, value, mapping))


def _convert(field: str, spec: FieldSpec, mapping: EntityMapping) -> Convert:
    value = Value.model_validate({"from": spec}) if isinstance(spec, str) else spec
    if value.default is not None or value.otherwise is not None or value.split is not None:
        raise Mistake("a field whose values stand for one value of the column each", f"`{field}`")
    if value.map is not None:
        return _inverse(value.map)
    converters = [value.as_] if isinstance(value.as_, str) else value.as_ or []
    if len(converters) == 1 and (flag := FLAG.fullmatch(converters[0])):
        return _inverse({flag[1]: True, flag[2]: False})
    if unknown := [name for name in converters if name not in AS_WRITTEN]:
        raise Mistake("a field that can be compared as it is", f"`{field}`, read by `{unknown[0]}`")
    return lambda values: list(mapping.to_source(field, values))


def _inverse(meanings: Mapping[str, Any]) -> Convert:
    """Every code that means one of the values."""
    return lambda values: [code for code, meaning in meanings.items() if meaning in values]
