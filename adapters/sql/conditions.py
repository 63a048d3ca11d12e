"""Arguments and filters: a value of the graph, turned back into what the column holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause

from adapters.mapping import EntityMapping, Inverse
from adapters.problems import Mistake, nearest
from adapters.registration import Entity
from adapters.sql.dialects import MOST_NARROWING
from adapters.sql.statements import askable, filled, one_of, roomy, slots
from adapters.types import Types

PLAIN = frozenset({"String", "ID", "Int", "Boolean", "Decimal", "Currency", "Country", "Locale"})


class Condition(NamedTuple):
    """``column`` holds one of the values that are given for it."""

    column: str
    inverse: Inverse


Given = tuple[tuple[str, int], ...]
"""The part of the conditions that the text of a statement depends on: name and number of places."""


def given(conditions: Mapping[str, Condition], values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What each condition with a value compares with; an empty list is met by no row. Null says nothing."""
    asked = {name: value for name, value in values.items() if value is not None}
    return {name: list(askable(raw_values(value, conditions[name].inverse))) for name, value in asked.items()}


def raw_values(value: Any, inverse: Inverse) -> list[Any]:
    """What the column may have for a value or one of several; one that the source has no word for is left out."""
    values = value if isinstance(value, list | tuple) else [value]
    return [raw for each in values for raw in inverse(each)]


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
    value = mapping.declared(field)
    if value is None:
        names = {**spec.fields, **spec.keys}
        raise Mistake("a field or hidden key of the entity", f"`{field}`", nearest(field, names))
    column = mapping.reference_path(field)
    if column is None:
        raise Mistake("a field that is read from one column", f"`{field}`")
    type_name = types.objects[mapping.entity][field].name
    if type_name not in PLAIN and type_name not in types.enums:
        raise Mistake("a field that can be compared as it is", f"`{field}`, a {type_name}")
    return Condition(column, mapping.inverse(value, field))
