"""What is selected, by response key: graphql-core's own rules for fragments, directives and merging."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_named_type,
    parse,
    print_ast,
    visit,
)
from graphql.execution import VariableValues
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.language import NameNode, ValueNode, VariableNode, Visitor

from gateway.engine.messages import without_values
from gateway.engine.plan import Arguments
from gateway.engine.refused import ArgumentsRefused, Refused

Grouped = Mapping[str, list[FieldDetails]]
NO_VARIABLES = VariableValues({}, {})


class Selected:
    """One operation's selections, with ``@skip`` and ``@include`` decided by these variables.

    Refuses an operation of more than ``most_fields``, each counted wherever its fragment is spread: with fragments that
    spread others, a short document can select a great deal, and all of it is planned and compiled.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDetails],
        variables: VariableValues,
        most_fields: int,
    ) -> None:
        self.schema = schema
        self.operation = operation
        self._fragments = fragments
        self.variables = variables
        self._most_fields = most_fields
        self._fields = 0

    def root(self) -> Grouped:
        query = cast(GraphQLObjectType, self.schema.query_type)
        collected = collect_fields(self.schema, self._fragments, self.variables, query, self.operation)
        return self._counted(collected.grouped_field_set)

    def below(self, details: list[FieldDetails], type_name: str) -> Grouped:
        """The fields of ``type_name`` that are selected below merged fields."""
        type_ = cast(GraphQLObjectType, self.schema.type_map[type_name])
        collected = collect_subfields(self.schema, self._fragments, self.variables, self.operation, type_, details)
        return self._counted(collected.grouped_field_set)

    def _counted(self, grouped: Grouped) -> Grouped:
        self._fields += len(grouped)
        if self._fields > self._most_fields:
            raise Refused("LIMIT_EXCEEDED", f"The operation selects more than {self._most_fields} fields.")
        return grouped

    def required(self, type_name: str, requires: str) -> Grouped:
        """A computed field's own selection, without what is not served."""
        selection_set = without_unserved(self.schema, type_name, requires)
        node = FieldNode(name=NameNode(value="requires"), selection_set=selection_set)
        return self.below([FieldDetails(node, None)], type_name)

    def definition(self, type_name: str, name: str) -> GraphQLField:
        type_ = cast(GraphQLObjectType, self.schema.type_map[type_name])
        return cast(GraphQLField, self.schema.get_field(type_, name))

    def arguments(self, slot: int, definition: GraphQLField, node: FieldNode) -> Arguments:
        """Raises ``ArgumentsRefused`` where these variables make an argument null that is never null."""
        written = sorted(print_ast(argument) for argument in node.arguments or ())
        try:
            values = get_argument_values(definition, node, self.variables)
        except GraphQLError as error:
            raise ArgumentsRefused(without_values(error.message)) from None
        given = [(each.name.value, each.value) for each in node.arguments or ()]
        variables = [(name, value.name.value) for name, value in given if isinstance(value, VariableNode)]
        inside = any(_holds_variable(value) for _, value in given if not isinstance(value, VariableNode))
        fixed = {name: value for name, value in values.items() if name not in dict(variables)}
        return Arguments(slot, definition, node, ", ".join(written), None if inside else fixed, variables)


def evaluated(arguments: Arguments, variables: VariableValues) -> dict[str, Any]:
    """The values under the variables of a request. graphql-core reads them where a variable is inside one, null or
    absent."""
    values = arguments.fixed
    if values is not None and arguments.variables:
        given = {name: variables.coerced.get(variable) for name, variable in arguments.variables}
        values = None if None in given.values() else values | given
    return get_argument_values(arguments.definition, arguments.node, variables) if values is None else values


def _holds_variable(value: ValueNode) -> bool:
    variables = _Variables()
    visit(value, variables)
    return variables.met


class _Variables(Visitor):
    met = False

    def enter_variable(self, _: VariableNode, *__: object) -> None:
        self.met = True


@lru_cache(maxsize=256)
def _parsed(requires: str) -> SelectionSetNode:
    return cast(OperationDefinitionNode, parse(requires, no_location=True).definitions[0]).selection_set


def without_unserved(schema: GraphQLSchema, type_name: str, requires: str) -> SelectionSetNode:
    return _pruned(schema, cast(GraphQLObjectType, schema.type_map[type_name]), _parsed(requires))


def _pruned(schema: GraphQLSchema, type_: GraphQLObjectType, selection_set: SelectionSetNode) -> SelectionSetNode:
    kept: list[FieldNode] = []
    for node in cast(tuple[FieldNode, ...], selection_set.selections):
        definition = type_.fields.get(node.name.value)
        if definition is None:
            continue
        if node.selection_set is None:
            kept.append(node)
            continue
        below = _pruned(schema, cast(GraphQLObjectType, get_named_type(definition.type)), node.selection_set)
        if below.selections:
            kept.append(FieldNode(name=node.name, alias=node.alias, arguments=node.arguments, selection_set=below))
    return SelectionSetNode(selections=tuple(kept))
