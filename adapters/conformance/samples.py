"""What to ask a source in an examination: keys that it has and has not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from adapters.spi import Key


@dataclass(frozen=True, slots=True)
class LookupSample:
    """``known``: at least two keys with records, the more the better. ``unknown``: a key of the same shape without.

    ``empty``: for a ``many`` lookup, a key that exists and has no rows. ``fields``: all declared ones if not given.
    """

    entity: str
    by: str
    known: Sequence[Key]
    unknown: Key
    empty: Key | None = None
    fields: frozenset[str] = frozenset()
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.entity}.{self.by}"


class Trial(NamedTuple):
    """A value to ask a filter with; ``nothing``: none that any record meets."""

    filter: str
    value: Any
    nothing: bool


@dataclass(frozen=True, slots=True)
class SearchSample:
    """A search that finds at least three records, below each of ``parents`` if there are any.

    ``page``: how many to ask for at a time. ``count``: how many records there are (below the first parent), if known.
    ``most``: where to stop in a long list. ``ordered_by``: by declared order, the field whose values ascend in it, or
    descend: ``{"NEWEST": "updatedAt desc"}``.

    ``trials``: values to try filters with.
    """

    entity: str
    name: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    parents: Sequence[Key] = ()
    unknown_parent: Key | None = None
    fields: frozenset[str] = frozenset()
    page: int = 2
    count: int | None = None
    most: int = 200
    trials: Sequence[Trial] = ()
    ordered_by: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.entity}.{self.name}"
