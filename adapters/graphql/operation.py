"""A registered operation: parsed once, completed with what is selected of its rows, asked once or by aliases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    print_ast,
    visit,
)
from graphql.language import (
    FieldNode,
    NameNode,
    Node,
    NonNullTypeNode,
    SelectionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
)

from adapters.problems import Mistake

N = TypeVar("N", bound=Node)
Way = tuple[str, ...]
"""From the data of a reply to a value in it, by response keys."""


@dataclass(frozen=True)
class Operation:
    """``way``: of the rows. ``variables``: what it declares, without dollar signs."""

    definition: OperationDefinitionNode
    fragments: tuple[FragmentDefinitionNode, ...]
    way: Way

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(each.variable.name.value for each in self.definition.variable_definitions or ())

    @property
    def required(self) -> frozenset[str]:
        """The variables that must be given."""
        declared = self.definition.variable_definitions or ()
        return frozenset(
            each.variable.name.value
            for each in declared
            if isinstance(each.type, NonNullTypeNode) and each.default_value is None
        )

    def once(self, rows: SelectionSetNode) -> str:
        """The operation with the selection of its rows."""
        selected = completed(self.definition.selection_set, self.way, rows)
        return self._printed(self.definition.variable_definitions or (), selected)

    def by_alias(self, rows: SelectionSetNode, own: frozenset[str], count: int) -> str:
        """The root field ``count`` times, as ``a0``, ``a1``, ...; each with its ``own`` variables, as ``$key_0``."""
        [root] = completed(self.definition.selection_set, self.way, rows).selections
        declared = self.definition.variable_definitions or ()
        shared = [each for each in declared if each.variable.name.value not in own]
        definitions: list[VariableDefinitionNode] = list(shared)
        selections: list[SelectionNode] = []
        for index in range(count):
            numbered = Numbered(own, index)
            definitions += [visit(each, numbered) for each in declared if each not in shared]
            selections.append(changed(visit(root, numbered), alias=NameNode(value=f"a{index}")))
        return self._printed(definitions, SelectionSetNode(selections=tuple(selections)))

    def _printed(self, variables: Sequence[VariableDefinitionNode], selected: SelectionSetNode) -> str:
        definition = changed(self.definition, variable_definitions=tuple(variables), selection_set=selected)
        return print_ast(DocumentNode(definitions=(definition, *self.fragments)))


class Numbered(Visitor):
    """Gives variables the number of their alias."""

    def __init__(self, own: frozenset[str], index: int) -> None:
        super().__init__()
        self.own = own
        self.index = index

    def enter_variable(self, node: VariableNode, *_: object) -> Any:
        name = node.name.value
        return VariableNode(name=NameNode(value=f"{name}_{self.index}")) if name in self.own else None


def read(text: str, rows: str | None) -> Operation:
    """A mistake in it is a ``Mistake``."""
    try:
        definitions = parse(text, no_location=True).definitions
    except GraphQLSyntaxError as error:
        raise Mistake("an operation in GraphQL", f"`{text.strip()}`", error.message) from None
    operations = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation is not OperationType.QUERY:
        raise Mistake("one query", f"{len(operations)} operations" if len(operations) != 1 else "a write")
    fragments = tuple(each for each in definitions if isinstance(each, FragmentDefinitionNode))
    return Operation(operations[0], fragments, way(operations[0].selection_set, rows))


def way(selected: SelectionSetNode, rows: str | None) -> Way:
    """To the rows: the one field without a selection, or the one that is named."""
    ends = list(_ends(selected, ()))
    if rows is None:
        if len(ends) == 1:
            return ends[0]
        found = ", ".join(".".join(end) for end in ends)
        raise Mistake("one field without a selection: that of the rows", found or "none", "name it under `rows`")
    named = tuple(rows.split("."))
    if named not in ends:
        found = ", ".join(".".join(end) for end in ends)
        raise Mistake(f"one of the fields without a selection: {found}", f"`{rows}`")
    return named


def _ends(selected: SelectionSetNode, above: Way) -> Iterator[Way]:
    for node in selected.selections:
        if isinstance(node, FieldNode):
            here = (*above, (node.alias or node.name).value)
            if node.selection_set is None:
                yield here
            else:
                yield from _ends(node.selection_set, here)


def completed(selected: SelectionSetNode, way: Way, rows: SelectionSetNode) -> SelectionSetNode:
    nodes: list[SelectionNode] = []
    for node in selected.selections:
        if isinstance(node, FieldNode) and (node.alias or node.name).value == way[0]:
            below = rows if len(way) == 1 else completed(node.selection_set or rows, way[1:], rows)
            nodes.append(changed(node, selection_set=below))
        else:
            nodes.append(node)
    return SelectionSetNode(selections=tuple(nodes))


def changed(node: N, **changes: Any) -> N:
    return type(node)(**({key: getattr(node, key) for key in node.keys} | changes))


def value_at(data: Any, way: Sequence[str | int]) -> Any:
    """What stands there; ``None`` where something on the way is null."""
    for key in way:
        if not isinstance(data, Mapping):
            return None
        data = data.get(key)
    return data
