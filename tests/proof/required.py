"""What computed fields require, as operations of their own: a schema whose root is the type they are a field of."""

from __future__ import annotations

from typing import Any, cast

from graphql import (
    REMOVE,
    DocumentNode,
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    VisitorAction,
    parse,
    visit,
)


class Required:
    """Makes each once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._rooted: dict[str, GraphQLSchema] = {}
        self._documents: dict[tuple[str, str], DocumentNode] = {}

    def rooted(self, type_: GraphQLObjectType) -> GraphQLSchema:
        if type_.name not in self._rooted:
            types = self.schema.type_map
            root = cast(GraphQLObjectType, types[type_.name])  # the lenient schema has another of this name
            self._rooted[type_.name] = GraphQLSchema(root, types=types.values(), assume_valid=True)
        return self._rooted[type_.name]

    def document(self, type_: GraphQLObjectType, requires: str) -> DocumentNode:
        """``requires`` without what is not served."""
        made = (type_.name, requires)
        if made not in self._documents:
            types = TypeInfo(self.rooted(type_))
            self._documents[made] = visit(parse(requires), TypeInfoVisitor(types, _Served(types)))
        return self._documents[made]


class _Served(Visitor):
    """Takes out fields that the schema has not, and those below which nothing is left."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types

    def enter_field(self, _: FieldNode, *__: Any) -> VisitorAction:
        return REMOVE if self.types.get_field_def() is None else None

    def leave_field(self, node: FieldNode, *_: Any) -> VisitorAction:
        return REMOVE if node.selection_set and not node.selection_set.selections else None
