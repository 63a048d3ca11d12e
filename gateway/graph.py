"""The declared graph as plain facts: schema, links, keys, and the types that mappings are compiled against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Literal, cast

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    print_ast,
)
from graphql.language import ListTypeNode, NamedTypeNode, NonNullTypeNode, TypeNode, parse_type

from adapters.types import FieldType, FilterType, Types
from resolvers import graph as declared
from resolvers.links import Answer, Connection, Local, RootList


@dataclass(frozen=True)
class Graph:
    """Everything ``resolvers/`` declares. ``links`` is by coordinate; ``keys`` are each entity's own key field sets."""

    sdl: str
    links: Mapping[str, Answer]
    keys: Mapping[str, tuple[str, ...]]
    hidden_keys: Mapping[str, Mapping[str, str]]
    internal_types: Mapping[str, Mapping[str, str]]
    localized: frozenset[str]

    @cached_property
    def schema(self) -> GraphQLSchema:
        return build_schema(self.sdl)

    @cached_property
    def types(self) -> Types:
        """The neutral copy for adapters: data fields, links (a source may embed them) and hidden keys alike."""
        objects: dict[str, dict[str, FieldType]] = {}
        enums: dict[str, frozenset[str]] = {}
        for name, type_ in self.schema.type_map.items():
            if name.startswith("__"):
                continue
            if isinstance(type_, GraphQLEnumType):
                enums[name] = frozenset(type_.values)
            elif isinstance(type_, GraphQLObjectType):
                objects[name] = {
                    field: self._taken(f"{name}.{field}", spec.type) for field, spec in type_.fields.items()
                }
        for name, fields in (*self.hidden_keys.items(), *self.internal_types.items()):
            objects.setdefault(name, {}).update({field: parsed_type(text) for field, text in fields.items()})
        return Types(objects, enums, self.localized, self.filters)

    @cached_property
    def filters(self) -> Mapping[str, Mapping[str, Mapping[str, FilterType]]]:
        """What each search can be narrowed by, by entity and search."""
        found: dict[str, dict[str, dict[str, FilterType]]] = {}
        for coordinate, answer in self.links.items():
            if isinstance(answer, Connection | RootList):
                type_name, _, name = coordinate.partition(".")
                arguments = cast(GraphQLObjectType, self.schema.type_map[type_name]).fields[name].args
                known = found.setdefault(answer.of, {}).setdefault(answer.search, {})
                known |= {filter_: filter_type(arguments[filter_].type) for filter_ in answer.filters}
                if isinstance(answer, Connection) and answer.filters_in is not None:
                    holder = cast(GraphQLInputObjectType, get_named_type(arguments[answer.filters_in].type))
                    known |= {filter_: filter_type(each.type) for filter_, each in holder.fields.items()}
        return found

    def _taken(self, coordinate: str, type_: GraphQLOutputType) -> FieldType:
        """What a source's value must be. A source need not give what the gateway itself can answer."""
        taken = field_type(type_)
        own = isinstance(self.links.get(coordinate), Local | None)
        return taken if own else replace(taken, required=False)

    def sort_keys(self, entity: str, search: str) -> frozenset[str]:
        """What the lists that a search answers can be ordered by; nothing where they have no such argument."""
        keys: set[str] = set()
        for coordinate, answer in self.links.items():
            if isinstance(answer, Connection) and (answer.of, answer.search) == (entity, search) and answer.sort:
                type_name, _, name = coordinate.partition(".")
                field = cast(GraphQLObjectType, self.schema.type_map[type_name]).fields[name]
                by = cast(GraphQLInputObjectType, get_named_type(field.args[answer.sort].type)).fields["by"]
                keys |= cast(GraphQLEnumType, get_named_type(by.type)).values.keys()
        return frozenset(keys)

    @cached_property
    def cache_defaults(self) -> Mapping[str, tuple[float, Literal["PUBLIC", "PRIVATE"]]]:
        """``@cacheControl(maxAge, scope)`` of the types that have it."""
        defaults: dict[str, tuple[float, Literal["PUBLIC", "PRIVATE"]]] = {}
        for name, type_ in self.schema.type_map.items():
            for directive in (type_.ast_node.directives if type_.ast_node else None) or ():
                if directive.name.value == "cacheControl":
                    words = {each.name.value: print_ast(each.value) for each in directive.arguments or ()}
                    scope: Literal["PUBLIC", "PRIVATE"] = "PRIVATE" if words.get("scope") == "PRIVATE" else "PUBLIC"
                    if "maxAge" in words:
                        defaults[name] = float(words["maxAge"]), scope
        return defaults

    def canonical_key(self, entity: str) -> tuple[str, ...] | None:
        """The names that an entity's opaque id is made from."""
        keys = self.keys.get(entity)
        return tuple(keys[0].split()) if keys else None


def filter_type(type_: GraphQLInputType) -> FilterType:
    named = get_named_type(type_)
    fields = named.fields if isinstance(named, GraphQLInputObjectType) else {}
    return FilterType(field_type(type_), {name: field_type(each.type) for name, each in fields.items()})


def field_type(type_: GraphQLInputType | GraphQLOutputType) -> FieldType:
    """``[StockLevel!]!`` as a ``FieldType``."""
    return parsed_type(str(type_))


@lru_cache(maxsize=1024)
def parsed_type(text: str) -> FieldType:
    node: TypeNode = parse_type(text)
    strict: list[bool] = []
    while True:
        strict.append(isinstance(node, NonNullTypeNode))
        if isinstance(node, NonNullTypeNode):
            node = node.type
        if not isinstance(node, ListTypeNode):
            break
        node = node.type
    outermost, *between = strict
    innermost = between.pop() if between else False
    return FieldType(cast(NamedTypeNode, node).name.value, len(strict) - 1, outermost, innermost, tuple(between))


@cache
def declared_graph() -> Graph:
    """The graph that this version of the product declares; it never changes while the process lives."""
    return Graph(
        sdl=declared.declared_sdl(),
        links=declared.links(),
        keys=declared.keys(),
        hidden_keys=declared.hidden_keys(),
        internal_types=declared.internal_types(),
        localized=declared.localized(),
    )
