"""Conditions on rows: a value of the graph, turned back into what columns hold, as a part of a statement."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, FromClause

from adapters.mapping import EntityMapping, Inverse
from adapters.problems import Mistake, nearest
from adapters.registration import Entity
from adapters.sql.dialects import MOST_NARROWING
from adapters.sql.statements import askable, filled, one_of, roomy, slots
from adapters.types import Types

PLAIN = frozenset({"String", "ID", "Int", "Boolean", "Decimal", "Currency", "Country", "Locale"})


class Asked(NamedTuple):
    """What one condition asks: ``shape`` is the part that the text of a statement depends on, ``values`` are bound by
    slot, and ``size`` says how many there are. Without a shape it asks nothing."""

    shape: Hashable
    values: Mapping[str, Any] = {}
    size: int = 1


class Condition(Protocol):
    """What rows have to be."""

    def reads(self, shape: Any) -> Sequence[str]:
        """The columns that it looks at."""

    def asked(self, name: str, value: Any) -> Asked | None:
        """``None`` where no row can meet it. ``name`` begins the names of the slots."""

    def clause(self, name: str, source: FromClause, shape: Any) -> ColumnElement[bool]:
        """That ``source`` meets what was asked."""


class AnyOf:
    """``column`` holds the value, or one of several."""

    def __init__(self, column: str, inverse: Inverse) -> None:
        self.column = column
        self._inverse = inverse

    def reads(self, shape: Any) -> Sequence[str]:
        return (self.column,)

    def raw(self, value: Any) -> list[Any]:
        """What the column may have; one that the source has no word for is left out."""
        values = value if isinstance(value, list | tuple) else [value]
        return list(askable([raw for each in values for raw in self._inverse(each)]))

    def asked(self, name: str, value: Any) -> Asked | None:
        values = self.raw(value)
        if not values:
            return None
        count = roomy(len(values), MOST_NARROWING)
        return Asked(count, dict(zip(slots(name, count), filled(values, count), strict=True)), len(values))

    def clause(self, name: str, source: FromClause, shape: Any) -> ColumnElement[bool]:
        return one_of(source.c[self.column], name, shape)


Given = tuple[tuple[str, Hashable], ...]
"""The part of the conditions that the text of a statement depends on: name and shape."""


def given(conditions: Mapping[str, Condition], values: Mapping[str, Any]) -> dict[str, Asked] | None:
    """What each condition with a value asks; ``None`` where one of them is met by no row. Null says nothing."""
    found: dict[str, Asked] = {}
    for name, value in values.items():
        if value is not None:
            asked = conditions[name].asked(f"in_{name}", value)
            if asked is None:
                return None
            if asked.shape is not None:
                found[name] = asked
    return found


def shapes(asked: Mapping[str, Asked]) -> Given:
    return tuple([(name, asked[name].shape) for name in sorted(asked)]) if asked else ()


def bound(asked: Mapping[str, Asked]) -> dict[str, Any]:
    """The values by slot."""
    return {slot: value for each in asked.values() for slot, value in each.values.items()}


def columns(conditions: Mapping[str, Condition], asked: Given) -> list[str]:
    """Those that the conditions look at."""
    return [column for name, shape in asked for column in conditions[name].reads(shape)]


def clauses(conditions: Mapping[str, Condition], source: FromClause, asked: Given) -> list[ColumnElement[bool]]:
    return [conditions[name].clause(f"in_{name}", source, shape) for name, shape in asked]


def condition(field: str, spec: Entity[Any, Any], mapping: EntityMapping, types: Types) -> AnyOf:
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
    return AnyOf(column, mapping.inverse(value, field))
