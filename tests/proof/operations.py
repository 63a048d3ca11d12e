"""Documents over the served graph: everything a query can contain, and valid by construction.

A response name means the same field, arguments and type everywhere in a document, so that any two selections can be
merged: the rule is stricter than validation's, but every way of merging fields still comes up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_required_argument,
)

from tests.proof.choice import Choice
from tests.proof.pools import Pools
from tests.proof.values import ABSENT, ValueWriter

DEPTH = 6
ALIASES = ("a", "b", "c", "d", "e")
INTROSPECTION = (
    "__schema { queryType { name } }",
    '__type(name: "Money") { name kind fields { name } }',
    'node_type: __type(name: "Node") { name possibleTypes { name } }',
)

OFTEN = {"price": 2, "availability": 3, "variants": 2, "incoming": 2, "related": 1, "loyalty": 1}
"""Fields that are chosen so much more often, as much depends on them."""

Composite = GraphQLObjectType | GraphQLInterfaceType


@dataclass(frozen=True, slots=True)
class Fragment:
    name: str
    on: Composite
    selection: str

    def __str__(self) -> str:
        return f"fragment {self.name} on {self.on.name} {self.selection}"


@dataclass(frozen=True, slots=True)
class Operation:
    """``variables``: the values of each request. ``selected``: the names of all types and fields in the document."""

    query: str
    name: str | None
    variables: Sequence[dict[str, Any]]
    selected: frozenset[str]


def write(choice: Choice, schema: GraphQLSchema, pools: Pools) -> Operation:
    """One document, and what it is asked with."""
    return _Author(choice, schema, pools, requests=1 + choice.chance(20)).document()


class _Author:
    def __init__(self, choice: Choice, schema: GraphQLSchema, pools: Pools, requests: int) -> None:
        self.choice = choice
        self.schema = schema
        self.values = ValueWriter(choice, pools, requests)
        self.fragments: dict[str, Fragment] = {}
        self.left = 0
        self._named: dict[str, tuple[str, str, str]] = {}
        self._written: dict[str, list[tuple[str, str, str]]] = {}

    # ------------------------------------------------------------ documents

    def document(self) -> Operation:
        names = [None] if self.choice.chance(80) else ["One", "Two"][: 1 + self.choice.up_to(1)]
        selections = [self._operation(40 if not place else 4) for place, _ in enumerate(names)]
        operations = [self._declared(name, selection) for name, selection in zip(names, selections, strict=True)]
        used = self._spread_in(" ".join(selections))
        chosen = self.choice.up_to(len(names) - 1)
        asked = self._variables_in(selections[chosen])
        return Operation(
            "\n".join([*operations, *(str(self.fragments[name]) for name in used)]),
            names[chosen] if len(names) > 1 or self.choice.chance(50) else None,
            [
                {name: value for name in asked if (value := self.values.variables[name].given[request]) is not ABSENT}
                for request in range(self.values.requests)
            ],
            frozenset(self._written) | {name for written in self._written.values() for _, name, _ in written},
        )

    def _operation(self, size: int) -> str:
        self.left = size
        assert self.schema.query_type is not None
        return self._selection(self.schema.query_type, DEPTH)

    def _declared(self, name: str | None, selection: str) -> str:
        variables = ", ".join(self.values.variables[each].declaration() for each in self._variables_in(selection))
        head = f"query {name or ''}{f'({variables})' if variables else ''}"
        return f"{head} {selection}"

    def _spread_in(self, text: str) -> list[str]:
        """The fragments that a text spreads, and those that they spread."""
        found: dict[str, None] = {}
        waiting = re.findall(r"\.\.\.(F\d+)", text)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = None
                waiting += re.findall(r"\.\.\.(F\d+)", self.fragments[name].selection)
        return sorted(found)

    def _variables_in(self, selection: str) -> list[str]:
        texts = [selection, *(self.fragments[name].selection for name in self._spread_in(selection))]
        return list(dict.fromkeys(re.findall(r"\$(v\d+)", " ".join(texts))))

    # ------------------------------------------------------------ selections

    def _selection(self, type_: Composite, depth: int) -> str:
        parts = [self._part(type_, depth) for _ in range(1 + self.choice.up_to(4 if self.left > 0 else 1))]
        return f"{{ {' '.join(dict.fromkeys(parts))} }}"

    def _part(self, type_: Composite, depth: int) -> str:
        self.left -= 1
        kind = self.choice.up_to(99)
        if kind < 76:
            return self._field(type_, depth)
        if kind < 80:
            return self._typename(type_)
        if kind < 88:
            return self._again(type_, depth)
        if kind < 94 and self.left > 0:
            return self._inline(type_, depth)
        if self.left > 0:
            return self._spread(type_, depth)
        return self._typename(type_)

    def _typename(self, type_: Composite) -> str:
        if type_ is self.schema.query_type and self.choice.chance(20):
            return self.choice.of(INTROSPECTION)
        return f"{self._key('__typename', '', 'String!')}__typename{self._directives()}"

    def _field(self, type_: Composite, depth: int) -> str:
        """Any field while there is room, then only what has no fields below."""
        fields = {
            name: field
            for name, field in type_.fields.items()
            if (depth > 1 and self.left > 0) or is_leaf_type(get_named_type(field.type))
        }
        if not fields:
            return self._typename(type_)
        linked = [name for name, field in fields.items() if is_composite_type(get_named_type(field.type))]
        names = linked if linked and self.choice.chance(40) else [*fields]
        name = self.choice.of([*names, *(each for each in names for _ in range(OFTEN.get(each, 0)))])
        return self._selected(type_, name, self._arguments(type_, name, fields[name]), depth)

    def _again(self, type_: Composite, depth: int) -> str:
        """A field that was selected of this type before: under the same name, or with other arguments."""
        before = self._written.get(type_.name)
        if not before:
            return self._field(type_, depth)
        key, name, arguments = self.choice.of(before)
        field = type_.fields[name]
        if depth <= 1 and not is_leaf_type(get_named_type(field.type)):
            return self._typename(type_)
        if field.args and self.choice.chance(40):
            return self._selected(type_, name, self._arguments(type_, name, field), depth)
        return f"{key}{name}{arguments}{self._directives()}{self._below(field, depth)}"

    def _selected(self, type_: Composite, name: str, arguments: str, depth: int) -> str:
        field = type_.fields[name]
        key = self._key(name, arguments, str(field.type))
        self._written.setdefault(type_.name, []).append((key, name, arguments))
        return f"{key}{name}{arguments}{self._directives()}{self._below(field, depth)}"

    def _below(self, field: GraphQLField, depth: int) -> str:
        named = get_named_type(field.type)
        return f" {self._selection(composite(named), depth - 1)}" if is_composite_type(named) else ""

    def _arguments(self, type_: Composite, name: str, field: GraphQLField) -> str:
        written = [
            f"{argument}: {self.values.argument(field.args[argument].type, f'{type_.name}.{name}.{argument}')}"
            for argument in self._wanted(field)
        ]
        return f"({', '.join(written)})" if written else ""

    def _wanted(self, field: GraphQLField) -> list[str]:
        """The arguments to write: of several keys of one record, nearly always one."""
        if "id" in field.args and self.choice.chance(95):
            return [self.choice.of([*field.args])]
        return [name for name, spec in field.args.items() if is_required_argument(spec) or self.choice.chance(25)]

    def _key(self, name: str, arguments: str, type_text: str) -> str:
        """The alias, if any: a response name that means nothing else in this document."""
        meaning = (name, arguments, type_text)
        names = (name, *ALIASES) if self.choice.chance(75) else (*ALIASES, name)
        for key in (*names, *(f"{name}{place}" for place in range(2, 100))):
            if self._named.setdefault(key, meaning) == meaning:
                return "" if key == name else f"{key}: "
        raise AssertionError("a document with a hundred variants of one field")

    # ------------------------------------------------------------ directives and fragments

    def _directives(self) -> str:
        if self.choice.chance(90):
            return ""
        kinds = self.choice.of((*[("skip",), ("include",)] * 3, ("include", "skip")))
        return "".join(f" @{kind}(if: {self.values.condition()})" for kind in kinds)

    def _inline(self, type_: Composite, depth: int) -> str:
        if self.choice.chance(25):
            return f"...{self._directives()} {self._selection(type_, depth)}"
        on = self._on(type_)
        return f"... on {on.name}{self._directives()} {self._selection(on, depth)}"

    def _spread(self, type_: Composite, depth: int) -> str:
        fitting = [each for each in self.fragments.values() if each.on in self._overlapping(type_)]
        if fitting and self.choice.chance(50):
            fragment = self.choice.of(fitting)
        else:
            on = self._on(type_)
            selection = self._selection(on, depth)
            fragment = Fragment(f"F{len(self.fragments) + 1}", on, selection)
            self.fragments[fragment.name] = fragment
        return f"...{fragment.name}{self._directives()}"

    def _on(self, type_: Composite) -> Composite:
        """The condition of a fragment; of an object mostly its own type, as interfaces have a single field."""
        if isinstance(type_, GraphQLObjectType) and self.choice.chance(60):
            return type_
        return self.choice.of(self._overlapping(type_))

    def _overlapping(self, type_: Composite) -> list[Composite]:
        """The types that a fragment below this one may be on."""
        possible = self._possible(type_)
        return [
            composite(other)
            for other in (type_, *(each for each in self.schema.type_map.values() if each is not type_))
            if isinstance(other, Composite) and not other.name.startswith("__") and possible & self._possible(other)
        ]

    def _possible(self, type_: Composite) -> set[str]:
        if isinstance(type_, GraphQLInterfaceType):
            return {each.name for each in self.schema.get_possible_types(type_)}
        return {type_.name}


def composite(type_: GraphQLNamedType) -> Composite:
    assert isinstance(type_, Composite)
    return type_
