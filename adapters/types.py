"""What the graph expects of a value: the types that mappings are compiled against.

A neutral copy of the declared graph's output types, so that adapters need no GraphQL library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldType:
    """One field: the named type, how many lists are around it, and whether null is allowed outside and inside."""

    name: str
    lists: int = 0
    required: bool = False
    item_required: bool = False

    def __str__(self) -> str:
        text = self.name + ("!" if (self.item_required if self.lists else self.required) else "")
        for level in range(self.lists):
            text = f"[{text}]" + ("!" if self.required and level == self.lists - 1 else "")
        return text


@dataclass(frozen=True, slots=True)
class Types:
    """``objects``: the fields of each object type, hidden keys included. ``enums``: the values of each enum.

    ``localized``: coordinates whose value may be given in several languages, as ``{locale: text}``.
    Any other name is a scalar: ``String``, ``ID``, ``Int``, ``Float``, ``Boolean``, ``Decimal``, ``DateTime``,
    ``Date``, ``Currency``, ``Country``, ``Locale``, ``JSON``.
    """

    objects: Mapping[str, Mapping[str, FieldType]]
    enums: Mapping[str, frozenset[str]]
    localized: frozenset[str] = frozenset()
