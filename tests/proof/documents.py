"""Smaller documents: without one of their parts, and still valid."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast

from graphql import (
    REMOVE,
    SKIP,
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    VisitorAction,
    parse,
    print_ast,
    validate,
    visit,
)

PARTS = (OperationDefinitionNode, FieldNode, InlineFragmentNode, FragmentSpreadNode, DirectiveNode, ArgumentNode)


def without(query: str, number: int, schema: GraphQLSchema, asked: Collection[str | None]) -> str | None:
    """``asked``: operations that stay.

    ``None`` where the document has no part of this number; the document itself where it cannot do without it.
    """
    cutting = _Without(number, asked)
    smaller = visit(parse(query), cutting)
    return _valid(query, smaller, schema) if cutting.left < 0 else None


def inlined(query: str, number: int, schema: GraphQLSchema) -> str | None:
    """The same with the fields of a fragment in its place."""
    document = parse(query)
    inlining = _Inlined(number, fragments(document))
    smaller = visit(document, inlining)
    return _valid(query, smaller, schema) if inlining.left < 0 else None


def _valid(query: str, smaller: DocumentNode, schema: GraphQLSchema) -> str:
    document = tidied(smaller)
    asks = any(isinstance(each, OperationDefinitionNode) for each in document.definitions)
    return print_ast(document) if asks and not validate(schema, document) else query


def tidied(document: DocumentNode) -> DocumentNode:
    """Without what has become empty, and without fragments and variables that nothing uses any more."""
    document = visit(document, _NotEmpty())
    used = spread(document)
    kept = [
        each for each in document.definitions if not isinstance(each, FragmentDefinitionNode) or each.name.value in used
    ]
    document = DocumentNode(definitions=tuple(kept))
    tidy: DocumentNode = visit(document, _Used(document))
    return tidy


def fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}


def spread(document: DocumentNode) -> set[str]:
    """The names of the fragments that the operations spread, directly or not."""
    texts = {name: print_ast(fragment) for name, fragment in fragments(document).items()}
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    waiting, found = [print_ast(each) for each in operations], set[str]()
    while waiting:
        for name in re.findall(r"\.\.\.(F\d+)", waiting.pop()):
            if name not in found and name in texts:
                found.add(name)
                waiting.append(texts[name])
    return found


class _Without(Visitor):
    def __init__(self, number: int, asked: Collection[str | None]) -> None:
        super().__init__()
        self.left = number
        self.asked = asked

    def enter(self, node: Node, *_: Any) -> VisitorAction:
        asked = isinstance(node, OperationDefinitionNode) and self._name(node) in self.asked
        if not isinstance(node, PARTS) or asked:
            return None
        self.left -= 1
        return REMOVE if self.left == -1 else None

    @staticmethod
    def _name(node: OperationDefinitionNode) -> str | None:
        return node.name.value if node.name else None


class _Inlined(Visitor):
    def __init__(self, number: int, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        super().__init__()
        self.left = number
        self.fragments = fragments

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode:
        selections: list[SelectionNode] = []
        for each in node.selections:
            if not isinstance(each, FieldNode):
                self.left -= 1
                if self.left == -1:
                    selections += self._inside(each)
                    continue
            selections.append(each)
        return SelectionSetNode(selections=tuple(selections))

    def _inside(self, fragment: Any) -> Iterable[SelectionNode]:
        named = isinstance(fragment, FragmentSpreadNode)
        whole = self.fragments[fragment.name.value] if named else fragment
        return cast(SelectionSetNode, whole.selection_set).selections


class _NotEmpty(Visitor):
    """Takes out what had selections and has none any more."""

    def leave(self, node: Node, *_: Any) -> VisitorAction:
        below = getattr(node, "selection_set", None)
        return REMOVE if below is not None and not below.selections else None


class _Used(Visitor):
    """Takes out variables that are not used in the document."""

    def __init__(self, document: DocumentNode) -> None:
        super().__init__()
        uses = _Uses()
        visit(document, uses)
        self.used = uses.names

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> VisitorAction:
        return None if node.variable.name.value in self.used else REMOVE


class _Uses(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable_definition(self, *_: Any) -> VisitorAction:
        return SKIP

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.add(node.name.value)
