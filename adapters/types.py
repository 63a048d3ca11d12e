"""What the graph expects of a value: the types that mappings are compiled against.

A neutral copy of the declared graph's output types, so that adapters need no GraphQL library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FieldType:
    """One field: the named type, how many lists are around it, and whether null is refused outside and inside.

    ``between``: the same of each list in a list, from the outside in: ``[[Int]!]`` has ``(True,)``. Those that
    are left out may be null.
    """

    name: str
    lists: int = 0
    required: bool = False
    item_required: bool = False
    between: tuple[bool, ...] = ()

    @property
    def item(self) -> FieldType:
        """What stands in the (outermost) list."""
        if self.lists == 1:
            return FieldType(self.name, 0, self.item_required)
        return FieldType(self.name, self.lists - 1, any(self.between[:1]), self.item_required, self.between[1:])

    def __str__(self) -> str:
        text = f"[{self.item}]" if self.lists else self.name
        return f"{text}!" if self.required else text


@dataclass(frozen=True, slots=True)
class FilterType:
    """What a filter of a search takes: ``type``, and where that is an input object, its ``fields``."""

    type: FieldType
    fields: Mapping[str, FieldType] = field(default_factory=dict)

    @property
    def is_range(self) -> bool:
        """Between two values, both included."""
        return self.fields.keys() == {"gte", "lte"}

    @property
    def is_instant(self) -> bool:
        """From then on."""
        return self.type.name == "DateTime"

    @property
    def is_attributes(self) -> bool:
        """A list: the ``code`` of each attribute, and which values it has."""
        return self.fields.keys() == {"code", "in", "range"}


Filters = Mapping[str, Mapping[str, Mapping[str, FilterType]]]
"""Entity -> search -> filter -> what it takes."""


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
    filters: Filters = field(default_factory=dict)

    def filter(self, entity: str, search: str, name: str) -> FilterType | None:
        """``None`` for a search or a filter that the graph has not."""
        return self.filters.get(entity, {}).get(search, {}).get(name)
