"""What a mapping wants of one raw row, for readers that pick (XML) or push down (SQL)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """``paths`` are read from the row itself; ``lists`` are those of them that are wanted as a list of plain values.

    ``each``: path of a list of objects -> what is read of its items. The paths of an object without ``each:`` are in
    the node of its row; with ``from: X`` they appear as ``X.inner``.
    """

    paths: frozenset[str] = frozenset()
    each: Mapping[str, Node] = field(default_factory=dict)
    lists: frozenset[str] = frozenset()

    def within(self, prefix: str) -> Node:
        """The same, read below ``prefix``."""
        return Node(
            frozenset(f"{prefix}.{path}" for path in self.paths),
            {f"{prefix}.{path}": node for path, node in self.each.items()},
            frozenset(f"{prefix}.{path}" for path in self.lists),
        )

    def __or__(self, other: Node) -> Node:
        each = {**self.each}
        for path, node in other.each.items():
            each[path] = each[path] | node if path in each else node
        return Node(self.paths | other.paths, each, self.lists | other.lists)
