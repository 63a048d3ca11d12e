"""What is selected of a row: made from the paths that a mapping reads."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import GraphQLSyntaxError, OperationDefinitionNode, parse
from graphql.language import FieldNode, InlineFragmentNode, NamedTypeNode, NameNode, SelectionNode, SelectionSetNode

from adapters.mapping.node import Node
from adapters.mapping.paths import parse as parse_path
from adapters.problems import Mistake

Tree = dict[str, "Tree"]
"""Field -> what is selected of it; nothing of a plain value."""


def tree(node: Node) -> Tree:
    """The fields behind a mapping's paths. A path that is more than names and dots is a ``Mistake``."""
    found: Tree = {}
    for text in node.paths:
        _into(found, text)
    for text, item in node.each.items():
        below = _into(found, text)
        for name, inner in tree(item).items():
            _merge(below, name, inner)
    return found


def _into(found: Tree, text: str) -> Tree:
    path = parse_path(text, "nested")
    if path.search is not None:
        hint = "or write the row's selection out, under `select`"
        raise Mistake("a path of names and dots, from which the selection is made", f"`{text}`", hint)
    for step in path.steps:
        found = found.setdefault(step, {})
    return found


def _merge(found: Tree, name: str, inner: Tree) -> None:
    below = found.setdefault(name, {})
    for each, deeper in inner.items():
        _merge(below, each, deeper)


def selection_set(fields: Mapping[str, Tree], type_name: str | None = None, typename: bool = False) -> SelectionSetNode:
    """``type_name``: the type that a row must have for these fields. ``typename``: ask which type it is of."""
    nodes: tuple[SelectionNode, ...] = tuple(
        field(name, selection_set(below) if below else None) for name, below in sorted(fields.items())
    )
    return of_type(SelectionSetNode(selections=nodes), type_name, typename)


def of_type(selected: SelectionSetNode, type_name: str | None, typename: bool) -> SelectionSetNode:
    nodes = selected.selections
    if type_name is not None:
        condition = NamedTypeNode(name=NameNode(value=type_name))
        nodes = (InlineFragmentNode(type_condition=condition, directives=(), selection_set=selected),)
    return SelectionSetNode(selections=(*((field("__typename"),) if typename else ()), *nodes))


def field(name: str, selected: SelectionSetNode | None = None) -> FieldNode:
    return FieldNode(name=NameNode(value=name), arguments=(), directives=(), selection_set=selected)


def written(text: str) -> SelectionSetNode:
    """A selection set as a registration writes it."""
    try:
        [operation] = parse(text, no_location=True).definitions
    except (GraphQLSyntaxError, ValueError):
        raise Mistake("one selection such as `{ sku price { amount } }`", f"`{text}`") from None
    if not isinstance(operation, OperationDefinitionNode) or operation.name is not None:
        raise Mistake("one selection such as `{ sku price { amount } }`", f"`{text}`")
    return operation.selection_set
