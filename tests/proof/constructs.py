"""What a document contains, in the words of ``coverage``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    SKIP,
    ArgumentNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    VisitorAction,
    get_nullable_type,
    is_list_type,
    visit,
)

PLACES: Mapping[type[Node], str] = {
    FieldNode: "a field",
    InlineFragmentNode: "an inline fragment",
    FragmentSpreadNode: "a spread",
}
VALUES: Mapping[type[Node], str] = {
    EnumValueNode: "enum",
    ListValueNode: "list",
    NullValueNode: "null",
    ObjectValueNode: "input object",
    VariableNode: "variable",
}


def constructs(document: DocumentNode, schema: GraphQLSchema, requests: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """``requests``: the variables of each."""
    counting = _Counting(schema)
    visit(document, TypeInfoVisitor(counting.types, counting))
    found = counting.found
    found["fragment spread several times"] += sum(times > 1 for times in counting.spread.values())
    found["variable used several times"] += sum(times > 1 for times in counting.used.values())
    found["variable with a default"] += len(counting.defaults)
    found["one of several operations"] += counting.operations > 1
    found["requests with other variables for one document"] += len(requests) > 1
    for given in requests:
        for name in counting.declared:
            found[f"variable {'absent' if name not in given else 'null' if given[name] is None else 'given'}"] += 1
        found["variable null in place of its default"] += sum(given.get(name, "") is None for name in counting.defaults)
    return found


class _Counting(Visitor):
    def __init__(self, schema: GraphQLSchema) -> None:
        super().__init__()
        self.schema = schema
        self.types = TypeInfo(schema)
        self.found: Counter[str] = Counter()
        self.spread: Counter[str] = Counter()
        self.used: Counter[str] = Counter()
        self.declared: list[str] = []
        self.defaults: list[str] = []
        self.operations = 0
        self._in_fragment = False

    def enter_operation_definition(self, _: OperationDefinitionNode, *__: Any) -> None:
        self.operations += 1

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> VisitorAction:
        self.declared.append(node.variable.name.value)
        if node.default_value is not None:
            self.defaults.append(node.variable.name.value)
        return SKIP

    # ------------------------------------------------------------ selections

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
        fields = [each for each in node.selections if isinstance(each, FieldNode)]
        keys = {(each.alias or each.name).value for each in fields}
        variants = {(each.name.value, tuple(each.arguments or ())) for each in fields}
        self.found["field merged with another of its name"] += len(fields) - len(keys)
        self.found["field twice with other arguments"] += len(variants) - len({name for name, _ in variants})

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self._directives(node)
        self.found["alias"] += node.alias is not None
        self.found["introspection"] += node.name.value in ("__schema", "__type")
        parent = self.types.get_parent_type()
        if node.name.value == "__typename" and parent is not None:
            of = "the root" if parent is self.schema.query_type else self._kind(parent.name)
            self.found[f"__typename of {of}"] += 1

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        self._in_fragment = True
        self.found[f"fragment, named, on {self._kind(node.type_condition.name.value)}"] += 1

    def leave_fragment_definition(self, *_: Any) -> None:
        self._in_fragment = False

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self._directives(node)
        self.spread[node.name.value] += 1
        self.found["fragment inside a fragment"] += self._in_fragment

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: Any) -> None:
        self._directives(node)
        if node.type_condition is None:
            self.found["fragment, inline, without a type"] += 1
            return
        on, parent = self._kind(node.type_condition.name.value), self.types.get_parent_type()
        self.found[f"fragment, inline, on {on}"] += 1
        of = self._kind(parent.name) if parent is not None else ""
        self.found[f"fragment on one type of {of}"] += on == "an object"

    def _kind(self, type_name: str) -> str:
        type_ = self.schema.type_map[type_name]
        if isinstance(type_, GraphQLUnionType):
            return "a union"
        return "an interface" if isinstance(type_, GraphQLInterfaceType) else "an object"

    def _directives(self, node: FieldNode | InlineFragmentNode | FragmentSpreadNode) -> None:
        directives = node.directives or ()
        self.found["@include and @skip together"] += len(directives) > 1
        for directive in directives:
            [condition] = directive.arguments or ()
            by = "a variable" if isinstance(condition.value, VariableNode) else "a literal"
            self.found[f"@{directive.name.value} on {PLACES[type(node)]}, by {by}"] += 1

    # ------------------------------------------------------------ arguments

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        if self.types.get_directive() is None:
            self._value(node.value)

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        self.found["argument, variable inside an input object"] += isinstance(node.value, VariableNode)

    def enter_list_value(self, node: ListValueNode, *_: Any) -> None:
        self.found["argument, variable inside a list"] += any(isinstance(each, VariableNode) for each in node.values)

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.used[node.name.value] += 1

    def _value(self, node: ValueNode) -> None:
        kind = VALUES.get(type(node))
        if kind:
            self.found[f"argument, {kind}"] += 1
        expected = self.types.get_input_type()
        if expected is not None and is_list_type(get_nullable_type(expected)):
            bare = not isinstance(node, ListValueNode | VariableNode | NullValueNode)
            self.found["argument, a list of one without brackets"] += bare
