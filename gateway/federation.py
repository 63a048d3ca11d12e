"""The served graph as a subgraph of an Apollo Federation (version 2): what a router reads of it, and how it asks.

The rules are those of the subgraph specification
(https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from graphql import GraphQLObjectType, GraphQLSchema, extend_schema, parse, print_ast
from graphql.language import (
    BooleanValueNode,
    ConstArgumentNode,
    ConstDirectiveNode,
    DirectiveDefinitionNode,
    NameNode,
    ObjectTypeDefinitionNode,
    StringValueNode,
    TypeDefinitionNode,
)

from gateway.served import Served, changed

Definition = DirectiveDefinitionNode | TypeDefinitionNode

VERSION = "2.9"
"""The newest version that the composition tools of all vendors take."""

OWN_DIRECTIVES = ("access", "cacheControl", "owner", "pii")
"""Those of the graph itself; a supergraph keeps them."""

HEAD = f"""
extend schema
  @link(url: "https://specs.apollo.dev/federation/v{VERSION}", import: ["@composeDirective", "@key", "@shareable"])
  @link(url: "https://crossdock.example/crossdock/v1.0", import: [{", ".join(f'"@{it}"' for it in OWN_DIRECTIVES)}])
  {" ".join(f'@composeDirective(name: "@{name}")' for name in OWN_DIRECTIVES)}
"""

SERVICE = '''
"""What this graph is, for a router."""
type _Service {
  """The graph in schema definition language, with the directives of Apollo Federation."""
  sdl: String!
}

extend type Query {
  """For routers: this graph's own description."""
  _service: _Service!
}
'''

ENTITIES = '''
"""A record of this graph as another graph knows it: `__typename`, and the fields of one of the type's keys."""
scalar _Any

extend type Query {
  """For routers: records that other graphs refer to, in the order asked for, null where unknown."""
  _entities(
    """What is known of each."""
    representations: [_Any!]!
  ): [_Entity]!
}

"""Records that have keys."""
union _Entity = '''
"""Both are added to what is served, and are never part of the SDL that routers read."""

FOR_ONE_GRAPH = ("node", "nodes")
"""Each subgraph has these for its own types only, so a router cannot send them to the right one."""


def entities(served: Served, schema: GraphQLSchema) -> Mapping[str, tuple[str, ...]]:
    """Entity -> the keys of the graph by which a router may ask for its records, ``id`` among them."""
    found: dict[str, tuple[str, ...]] = {}
    for entity, keys in served.graph.keys.items():
        type_ = schema.type_map.get(entity)
        if isinstance(type_, GraphQLObjectType):
            all_keys = ("id", *keys)
            usable = tuple(key for key in all_keys if _is_served(type_, key) and _is_resolvable(served, entity, key))
            if usable:
                found[entity] = usable
    return dict(sorted(found.items()))


def subgraph_sdl(served: Served, schema: GraphQLSchema) -> str:
    """The served graph as composition reads it: keys that nobody can be asked by are told, ``node`` is left out."""
    asked_by = entities(served, schema)
    definitions = [_composed(node, asked_by, schema) for node in _definitions(schema)]
    return HEAD.lstrip() + "\n" + "\n\n".join(print_ast(node) for node in definitions if node is not None) + "\n"


def subgraph_schema(served: Served, schema: GraphQLSchema) -> GraphQLSchema:
    """The served graph with ``_service`` and, where there are entities to be asked for, ``_entities``."""
    asked_by = entities(served, schema)
    return extend_schema(schema, parse(SERVICE + (ENTITIES + " | ".join(asked_by) if asked_by else "")))


def _definitions(schema: GraphQLSchema) -> Iterator[Definition]:
    """As they were before ``subgraph_schema`` added to them."""
    nodes = (
        *(directive.ast_node for directive in schema.directives),
        *(type_.ast_node for type_ in schema.type_map.values()),
    )
    return (node for node in nodes if node is not None and not node.name.value.startswith("_"))


def _composed(node: Definition, asked_by: Mapping[str, tuple[str, ...]], schema: GraphQLSchema) -> Definition | None:
    name = node.name.value
    if name in ("key", "shareable"):  # the linked specification defines them
        return None
    if not isinstance(node, ObjectTypeDefinitionNode):
        return node
    if name == "Query":
        kept = tuple(field for field in node.fields or () if field.name.value not in FOR_ONE_GRAPH)
        return changed(node, fields=kept)
    type_ = cast(GraphQLObjectType, schema.type_map[name])
    directives = (_key(each, type_, asked_by.get(name, ())) for each in node.directives or ())
    return changed(node, directives=tuple(each for each in directives if each is not None))


def _key(directive: ConstDirectiveNode, type_: GraphQLObjectType, usable: tuple[str, ...]) -> ConstDirectiveNode | None:
    """Without keys that are not served; those that are only known, and not asked by, say so."""
    if directive.name.value != "key":
        return directive
    fields = next(
        argument.value.value
        for argument in directive.arguments or ()
        if argument.name.value == "fields" and isinstance(argument.value, StringValueNode)
    )
    if fields in usable:
        return directive
    if not _is_served(type_, fields):
        return None
    told = ConstArgumentNode(name=NameNode(value="resolvable"), value=BooleanValueNode(value=False))
    return changed(directive, arguments=(*(directive.arguments or ()), told))


def _is_served(type_: GraphQLObjectType, key: str) -> bool:
    return all(name in type_.fields for name in key.split())


def _is_resolvable(served: Served, entity: str, key: str) -> bool:
    by = " ".join(served.graph.canonical_key(entity) or ()) if key == "id" else key
    return bool(served.routes.access(entity, by))
