"""Selection sets over the served graph, and the fragments that they spread.

A response name means the same field, arguments and type everywhere in a document, so that any two selections can be
merged: the rule is stricter than validation's, but every way of merging fields still comes up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
    is_required_argument,
)

from tests.proof.choice import Choice
from tests.proof.values import ValueWriter

ALIASES = ("a", "b", "c", "d", "e")
KEYS = ("id", "code", "sku", "number", "cardNumber", "__typename")
OFTEN = {
    "price": 2,
    "availability": 3,
    "variants": 2,
    "incoming": 2,
    "related": 1,
    "loyalty": 1,
    "customer": 4,
    "orders": 2,
    "pageInfo": 1,
    "facets": 1,
    "products": 3,
}
"""Fields that are chosen so much more often, as much depends on them."""

UNASKED = ("Provenance.fields",)
"""Tells what was asked for, in whatever part of the operation: that is no property of the records."""

INTROSPECTION = (
    "__schema { queryType { name } }",
    '__type(name: "Money") { name kind fields { name } }',
    'node_type: __type(name: "Node") { name possibleTypes { name } }',
)

PAGED = ("first", "after", "last", "before", "sort")
"""Arguments of pages that do not go with each other in every combination."""

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
Abstract = GraphQLInterfaceType | GraphQLUnionType


@dataclass(frozen=True, slots=True)
class Fragment:
    name: str
    on: Composite
    selection: str

    def __str__(self) -> str:
        return f"fragment {self.name} on {self.on.name} {self.selection}"


@dataclass(frozen=True, slots=True)
class Written:
    """A field as it was selected: the text before its name (an alias), its arguments, and what is selected below it."""

    key: str
    name: str
    arguments: str
    below: str


class SelectionWriter:
    """``left``: how many selections there is room for. ``written``: fields so far, by type."""

    def __init__(self, choice: Choice, schema: GraphQLSchema, values: ValueWriter) -> None:
        self.choice = choice
        self.schema = schema
        self.values = values
        self.fragments: dict[str, Fragment] = {}
        self.written: dict[str, list[Written]] = {}
        self.left = 0
        self._meanings: dict[str, tuple[str, str, str]] = {}

    def selection(self, type_: Composite, depth: int) -> str:
        parts = [self._part(type_, depth) for _ in range(1 + self.choice.up_to(4 if self.left > 0 else 1))]
        return f"{{ {' '.join(dict.fromkeys(parts))} }}"

    def _part(self, type_: Composite, depth: int) -> str:
        self.left -= 1
        kind = self.choice.up_to(99)
        if kind < 76:
            return self._field(type_, depth)
        if kind < 80 or (kind >= 88 and self.left <= 0):
            return self._typename(type_)
        if kind < 88:
            return self._again(type_, depth)
        return self._inline(type_, depth) if kind < 94 else self._spread(type_, depth)

    # ------------------------------------------------------------ fields

    def _typename(self, type_: Composite) -> str:
        if type_ is self.schema.query_type and self.choice.chance(20):
            return self.choice.of(INTROSPECTION)
        return f"{self._key('__typename', '', 'String!')}__typename{self._directives()}"

    def _field(self, type_: Composite, depth: int) -> str:
        """Any field while there is room, then only what has no fields below."""
        room = depth > 1 and self.left > 0
        fields = fields_of(type_)
        names = [name for name, field in fields.items() if room or not has_fields(field)]
        if not names:
            return self._typename(type_)
        linked = [name for name in names if has_fields(fields[name])]
        names = linked if linked and self.choice.chance(40) else names
        name = self.choice.of([*names, *(each for each in names for _ in range(OFTEN.get(each, 0)))])
        return self._selected(type_, name, self._arguments(type_, name), depth)

    def _again(self, type_: Composite, depth: int) -> str:
        """A field that was selected of this type before: with the same name and arguments, or with other arguments."""
        before = self.written.get(type_.name)
        if not before:
            return self._field(type_, depth)
        written = self.choice.of(before)
        field = fields_of(type_)[written.name]
        if has_fields(field) and depth <= 1:
            return self._typename(type_)
        if field.args and self.choice.chance(50):
            below = written.below if self.choice.chance(60) else ""
            return self._selected(type_, written.name, self._arguments(type_, written.name), depth, below)
        return f"{written.key}{written.name}{written.arguments}{self._directives()}{self._below(field, depth)}"

    def _selected(self, type_: Composite, name: str, arguments: str, depth: int, below: str = "") -> str:
        field = fields_of(type_)[name]
        key = self._key(name, arguments, str(field.type))
        written = Written(key, name, arguments, below or self._below(field, depth))
        self.written.setdefault(type_.name, []).append(written)
        return f"{key}{name}{arguments}{self._directives()}{written.below}"

    def _below(self, field: GraphQLField, depth: int) -> str:
        if not has_fields(field):
            return ""
        type_ = composite(get_named_type(field.type))
        keys = [name for name in KEYS if name in fields_of(type_)]
        if "id" in keys and self.choice.chance(12):
            return f" {{ {' '.join(dict.fromkeys(self.choice.of(keys) for _ in range(2)))} }}"
        return f" {self.selection(type_, depth - 1)}"

    def _arguments(self, type_: Composite, name: str) -> str:
        args = fields_of(type_)[name].args
        if "last" in args:
            return f"({', '.join(written)})" if (written := [*self._paged(args, f"{type_.name}.{name}")]) else ""
        if "id" in args and self.choice.chance(95):  # of several keys of one record, nearly always one
            names = [self.choice.of([*args])]
        else:
            names = [each for each, spec in args.items() if is_required_argument(spec) or self.choice.chance(30)]
        written = [f"{each}: {self.values.argument(args[each].type, f'{type_.name}.{name}.{each}')}" for each in names]
        return f"({', '.join(written)})" if written else ""

    def _paged(self, args: Mapping[str, GraphQLArgument], at: str) -> Iterator[str]:
        """A page from either end, and a cursor of the order that is asked: any other is refused as a whole."""
        size, cursor = ("last", "before") if self.choice.chance(40) else ("first", "after")
        names = [name for name in args if name not in PAGED and self.choice.chance(30)]
        if size == "last":  # no variable, which may be null: without it, `before` is refused as a whole
            yield f"{size}: {self.values.literal(GraphQLInt, f'{at}.{size}')}"
        elif self.choice.chance(30):
            yield f"{size}: {self.values.argument(args[size].type, f'{at}.{size}')}"
        behind = self.choice.chance(40)
        by = ""
        if "sort" in args and self.choice.chance(40):
            if behind:
                keys = get_named_type(args["sort"].type).fields["by"].type.of_type.values
                by, direction = self.choice.of([*keys]), self.choice.of(("ASC", "DESC"))
                yield f"sort: {{by: {by}, direction: {direction}}}"
                by = f" {by} {direction}"
            else:
                names.append("sort")
        if behind:
            yield f"{cursor}: {self.values.argument(args[cursor].type, f'{at}.{cursor}{by}')}"
        for name in names:
            yield f"{name}: {self.values.argument(args[name].type, f'{at}.{name}')}"

    def _key(self, name: str, arguments: str, type_text: str) -> str:
        """The alias, if any: a response name that means nothing else in this document."""
        meaning = (name, arguments, type_text)
        names = (name, *ALIASES) if self.choice.chance(75) else (*ALIASES, name)
        for key in (*names, *(f"{name}{place}" for place in range(2, 100))):
            if self._meanings.setdefault(key, meaning) == meaning:
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
            return f"...{self._directives()} {self.selection(type_, depth)}"
        on = self._on(type_)
        return f"... on {on.name}{self._directives()} {self.selection(on, depth)}"

    def _spread(self, type_: Composite, depth: int) -> str:
        fitting = [each for each in self.fragments.values() if each.on in self._overlapping(type_)]
        if fitting and self.choice.chance(50):
            fragment = self.choice.of(fitting)
        else:
            on = self._on(type_)
            selection = self.selection(on, depth)
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
            for other in self.schema.type_map.values()
            if isinstance(other, Composite) and not other.name.startswith("__") and possible & self._possible(other)
        ]

    def _possible(self, type_: Composite) -> set[str]:
        if isinstance(type_, Abstract):
            return {each.name for each in self.schema.get_possible_types(type_)}
        return {type_.name}


def fields_of(type_: Composite) -> dict[str, GraphQLField]:
    """A union has none of its own."""
    if isinstance(type_, GraphQLUnionType):
        return {}
    return {name: field for name, field in type_.fields.items() if f"{type_.name}.{name}" not in UNASKED}


def has_fields(field: GraphQLField) -> bool:
    return is_composite_type(get_named_type(field.type))


def composite(type_: GraphQLNamedType) -> Composite:
    if not isinstance(type_, Composite):
        raise AssertionError(f"{type_} has no fields")
    return type_
