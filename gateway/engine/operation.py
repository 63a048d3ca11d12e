"""One operation of a document."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import GraphQLSchema
from graphql.language import OperationDefinitionNode

from gateway.engine.variables import Variables


@dataclass(slots=True)
class Operation:
    """``name`` is empty where it has none; ``type`` is ``query``. ``variables`` coerces what is given for it."""

    node: OperationDefinitionNode
    name: str
    type: str
    variables: Variables

    @classmethod
    def of(cls, node: OperationDefinitionNode, schema: GraphQLSchema) -> Operation:
        name = node.name.value if node.name else ""
        return cls(node, name, node.operation.value, Variables(schema, node))
