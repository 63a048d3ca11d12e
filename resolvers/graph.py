"""The declared graph: its SDL, how each field is answered, and what sources may know beside it.

``python -m resolvers.graph > schema.graphql`` writes the SDL.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache

import strawberry
from graphql import (
    REMOVE,
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    FieldDefinitionNode,
    Node,
    TypeDefinitionNode,
    Visitor,
    VisitorAction,
    parse,
    print_ast,
    visit,
)
from strawberry.federation.schema_directives import Key
from strawberry.schema.config import StrawberryConfig
from strawberry.schema_directive import StrawberrySchemaDirective
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.scalar import ScalarDefinition

from resolvers.keys import HIDDEN_KEYS, INTERNAL_TYPES
from resolvers.links import Answer, Local
from resolvers.query import Query
from resolvers.scalars import SCALARS

FEDERATION_DIRECTIVES = '''
"""A way in which records of the type can be asked for."""
directive @key(
  """The fields that make up the key."""
  fields: String!

  """Whether this graph can answer for the type by this key."""
  resolvable: Boolean = true
) repeatable on OBJECT | INTERFACE

"""Other graphs of a federation may answer it too."""
directive @shareable repeatable on OBJECT | FIELD_DEFINITION
'''
"""Defined by the federation specification; written out so that the SDL stands alone."""


Named = (DirectiveDefinitionNode, TypeDefinitionNode, FieldDefinitionNode)


@cache
def declared() -> strawberry.federation.Schema:
    scalars: dict[object, ScalarDefinition] = {
        declared: strawberry.scalar(name=scalar.name, description=scalar.description, parse_value=scalar.read)
        for declared, scalar in SCALARS.items()
    }
    schema = strawberry.federation.Schema(
        query=Query, federation_version="2.9", config=StrawberryConfig(scalar_map=scalars)
    )
    describe_directives(schema)
    return schema


def describe_directives(schema: strawberry.federation.Schema) -> None:
    """Strawberry leaves the descriptions of a schema directive's arguments behind."""
    for directive in schema._schema.directives:
        declaration = directive.extensions.get("strawberry-definition")
        for field in declaration.fields if isinstance(declaration, StrawberrySchemaDirective) else ():
            directive.args[schema.config.name_converter.get_graphql_name(field)].description = field.description


@cache
def declared_sdl() -> str:
    """The whole graph, without what serving it in a federation adds. Stands alone: ``build_schema`` accepts it."""
    document = visit(parse(FEDERATION_DIRECTIVES + declared().as_str()), WithoutMachinery())
    return print_ast(DocumentNode(definitions=tuple(sorted(document.definitions, key=place)))) + "\n"


class WithoutMachinery(Visitor):
    """Takes out ``schema @link``, and every type and field whose name begins with ``_``."""

    def enter_schema_definition(self, node: Node, *_: object) -> VisitorAction:
        return REMOVE

    def enter(self, node: Node, *_: object) -> VisitorAction:
        return REMOVE if isinstance(node, Named) and node.name.value.startswith("_") else None


def place(definition: DefinitionNode) -> tuple[bool, bool, str]:
    """Directives first, then the roots, then all types by name."""
    name = definition.name.value if isinstance(definition, Named) else ""
    return not isinstance(definition, DirectiveDefinitionNode), name != "Query", name


@cache
def links() -> Mapping[str, Answer]:
    """How the fields of object types are answered, by coordinate (``Variant.price``); a plain value is not named."""
    return {
        f"{type_name}.{field_name}": field.metadata["crossdock"]
        for type_name, definition in objects()
        for field_name, field in fields(definition)
        if "crossdock" in field.metadata
    }


def hidden_keys() -> Mapping[str, Mapping[str, str]]:
    """Type -> key that only sources know -> its type in the words of the graph (``[Relation!]``)."""
    return HIDDEN_KEYS


def internal_types() -> Mapping[str, Mapping[str, str]]:
    """Object type that only hidden keys have -> field -> its type in the words of the graph."""
    return INTERNAL_TYPES


@cache
def keys() -> Mapping[str, tuple[str, ...]]:
    """Entity -> the field sets, other than ``id``, by which its records are known: ``("sku locationCode",)``."""
    return {
        type_name: found
        for type_name, definition in objects()
        if (found := tuple(key for key in key_fields(definition) if key != "id"))
    }


def key_fields(definition: StrawberryObjectDefinition) -> Iterator[str]:
    return (str(directive.fields) for directive in definition.directives or () if isinstance(directive, Key))


@cache
def localized() -> frozenset[str]:
    """Coordinates whose value a source may give in several languages, as ``{locale: text}``."""
    return frozenset(at for at, answer in links().items() if isinstance(answer, Local) and answer.localized)


def objects() -> Iterator[tuple[str, StrawberryObjectDefinition]]:
    """The object types that are served, roots included."""
    for type_name, concrete in sorted(declared().schema_converter.type_map.items()):
        definition = concrete.definition
        if isinstance(definition, StrawberryObjectDefinition) and not (definition.is_input or definition.is_interface):
            yield type_name, definition


def fields(definition: StrawberryObjectDefinition) -> Iterator[tuple[str, StrawberryField]]:
    naming = declared().config.name_converter
    return ((naming.get_graphql_name(field), field) for field in definition.fields)


if __name__ == "__main__":
    sys.stdout.write(declared_sdl())
