"""Values of arguments, as literals and in variables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    is_required_input_field,
)

from tests.proof.choice import Choice
from tests.proof.pools import WHOLE, Pools, unknown

ABSENT = object()
"""Of a variable to which a request gives no value."""


@dataclass(frozen=True, slots=True)
class Variable:
    """``given``: its value in each request over the document. ``default`` is written as a literal."""

    name: str
    type: str
    default: str | None
    given: Sequence[Any]

    def declaration(self) -> str:
        return f"${self.name}: {self.type}{'' if self.default is None else f' = {self.default}'}"


class ValueWriter:
    """Writes the values of arguments and keeps the variables in them. ``requests``: how often it is asked."""

    def __init__(self, choice: Choice, pools: Pools, requests: int) -> None:
        self.choice = choice
        self.pools = pools
        self.requests = requests
        self.variables: dict[str, Variable] = {}
        self._at: dict[tuple[str, str], list[str]] = {}

    def argument(self, type_: GraphQLInputType, coordinate: str) -> str:
        """A literal, ``null`` or a variable. ``coordinate``: ``Query.variant.sku`` or ``PriceContext.at``."""
        if self.choice.chance(30):
            return f"${self.variable(type_, coordinate)}"
        if isinstance(type_, GraphQLNonNull):
            return self.literal(type_.of_type, coordinate)
        return "null" if self.choice.chance(6) else self.literal(type_, coordinate)

    def condition(self) -> str:
        """What ``@skip`` and ``@include`` go by."""
        if self.choice.chance(50):
            return f"${self.variable(GraphQLNonNull(GraphQLBoolean), '@if')}"
        return self.choice.of(("true", "false"))

    def literal(self, type_: GraphQLInputType, coordinate: str) -> str:
        if isinstance(type_, GraphQLList):
            if self.choice.chance(10):  # one value stands for a list of it
                return self.literal(nullable(type_.of_type), coordinate)
            items = [self.argument(type_.of_type, coordinate) for _ in range(self._length())]
            return f"[{', '.join(items)}]"
        if isinstance(type_, GraphQLInputObjectType):
            if (whole := WHOLE.get(coordinate)) and self.choice.chance(70):
                return written(self.choice.of(whole), type_)
            fields = [
                f"{name}: {self.argument(field.type, f'{type_.name}.{name}')}"
                for name, field in type_.fields.items()
                if is_required_input_field(field) or self.choice.chance(40)
            ]
            return f"{{{', '.join(fields)}}}"
        value = self._value(type_, coordinate)
        if isinstance(value, str) and str(type_) == "String" and value.isalnum() and self.choice.chance(10):
            return f'"""{value}"""'
        return written(value, type_)

    def _value(self, type_: GraphQLInputType, coordinate: str) -> Any:
        """A value as JSON."""
        if isinstance(type_, GraphQLNonNull):
            return self._value(type_.of_type, coordinate)
        if isinstance(type_, GraphQLList):
            if self.choice.chance(10):
                return self._value(type_.of_type, coordinate)
            return [self._value(type_.of_type, coordinate) for _ in range(self._length())]
        if isinstance(type_, GraphQLInputObjectType):
            if (whole := WHOLE.get(coordinate)) and self.choice.chance(70):
                return self.choice.of(whole)
            return {
                name: self._value(field.type, f"{type_.name}.{name}")
                if is_required_input_field(field) or self.choice.chance(90)
                else None
                for name, field in type_.fields.items()
                if is_required_input_field(field) or self.choice.chance(40)
            }
        if isinstance(type_, GraphQLEnumType):
            return self.choice.of([*type_.values])
        is_cursor = coordinate.rpartition(".")[2].startswith(("after", "before"))
        if str(type_) in ("String", "ID") and not is_cursor and self.choice.chance(6):
            return self.choice.of(unknown(str(type_)))
        return self.choice.of(self.pools.of(coordinate, str(type_)))

    def _length(self) -> int:
        return self.choice.of((0, 1, 2, 2, 3, 3, 4))

    # ------------------------------------------------------------ variables

    def variable(self, type_: GraphQLInputType, coordinate: str) -> str:
        """The name of a variable that may stand at a position of this type; one that is there already, at times."""
        known = self._at.setdefault((str(type_), coordinate), [])
        if known and self.choice.chance(40):
            return self.choice.of(known)
        made = self._variable(f"v{len(self.variables) + 1}", type_, coordinate)
        self.variables[made.name] = made
        known.append(made.name)
        return made.name

    def _variable(self, name: str, type_: GraphQLInputType, coordinate: str) -> Variable:
        """Where the position takes no null, a variable that may be left out needs a default. (A null for it is the
        field's own error; one that decides what is skipped refuses the request.)"""
        default = None
        if self.choice.chance(30):
            default = written(self._value(type_, coordinate), nullable(type_))
        strict = isinstance(type_, GraphQLNonNull)
        required = (strict and default is None) or self.choice.chance(20)
        given = [
            self._given(type_, coordinate, not required or default is not None, not required and coordinate != "@if")
            for _ in range(self.requests)
        ]
        return Variable(name, f"{nullable(type_)}{'!' if required else ''}", default, given)

    def _given(self, type_: GraphQLInputType, coordinate: str, absent: bool, null: bool) -> Any:
        """``absent`` and ``null``: whether it may be."""
        if absent and self.choice.chance(20):
            return ABSENT
        return None if null and self.choice.chance(10) else self._value(type_, coordinate)


def nullable(type_: GraphQLInputType) -> GraphQLInputType:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_


def written(value: Any, type_: GraphQLInputType) -> str:
    """A JSON value as a literal of its type."""
    type_ = nullable(type_)
    if value is None:
        return "null"
    if isinstance(type_, GraphQLList):
        if isinstance(value, list):
            return f"[{', '.join(written(item, type_.of_type) for item in value)}]"
        return written(value, type_.of_type)
    if isinstance(type_, GraphQLInputObjectType):
        fields = [f"{name}: {written(inner, type_.fields[name].type)}" for name, inner in value.items()]
        return f"{{{', '.join(fields)}}}"
    if isinstance(value, dict):  # of a scalar that takes any value
        return f"{{{', '.join(f'{name}: {json.dumps(inner)}' for name, inner in value.items())}}}"
    return str(value) if isinstance(type_, GraphQLEnumType) else json.dumps(value)
