"""How deep a document may be nested and how often it may repeat a name: validation costs more with both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode
from graphql.language import FieldNode, FragmentSpreadNode, SelectionSetNode, Visitor, visit

from gateway.engine.refused import Refused


def check_depth(
    operations: list[OperationDefinitionNode], fragments: Mapping[str, FragmentDefinitionNode], limit: int
) -> None:
    """Refuses a document nested deeper than ``limit`` fields.

    Each fragment is measured once, however often it is spread (a measure that walks every spread anew is exponential);
    a fragment that spreads itself is left to validation.
    """
    measured: dict[str, int] = {}

    def below(selection_set: SelectionSetNode | None, above: int, spreading: tuple[str, ...]) -> int:
        if above > limit:
            raise Refused("LIMIT_EXCEEDED", f"The document is nested deeper than {limit} fields.")
        deepest = 0
        for selection in selection_set.selections if selection_set else ():
            if isinstance(selection, FieldNode):
                deepest = max(deepest, 1 + below(selection.selection_set, above + 1, spreading))
            elif isinstance(selection, FragmentSpreadNode):
                deepest = max(deepest, spread(selection.name.value, above, spreading))
            else:
                deepest = max(deepest, below(selection.selection_set, above, spreading))  # type: ignore[attr-defined]
        return deepest

    def spread(name: str, above: int, spreading: tuple[str, ...]) -> int:
        if name in spreading or name not in fragments:
            return 0
        if name not in measured:
            measured[name] = below(fragments[name].selection_set, 0, (*spreading, name))
        if above + measured[name] > limit:
            raise Refused("LIMIT_EXCEEDED", f"The document is nested deeper than {limit} fields.")
        return measured[name]

    try:
        for operation in operations:
            below(operation.selection_set, 0, ())
    except RecursionError:
        raise Refused("LIMIT_EXCEEDED", "The document is nested too deeply.") from None


def check_repeats(node: DocumentNode, limit: int) -> None:
    """Refuses a document that selects one response name very often: whether fields of one name can be merged is checked
    pair by pair (specification, "Field Selection Merging"), so the cost of validation grows with the square."""
    names = _Names()
    visit(node, names)
    for name, count in names.counted.most_common(1):
        if count > limit:
            raise Refused("LIMIT_EXCEEDED", f"The document selects {name} {count} times; at most {limit}.")


class _Names(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.counted: Counter[str] = Counter()

    def enter_field(self, field: FieldNode, *_: object) -> None:
        self.counted[(field.alias or field.name).value] += 1
