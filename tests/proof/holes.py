"""Holes in an estate: rows that are missing, values that are null or cannot be read, sources and keys that fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from adapters.memory import UNREADABLE, MemoryAdapter
from adapters.spi import BadData, Key, Overloaded, Rejected, SourceError, TimedOut, Unavailable
from tests.proof.records import Row

FAILURES: Mapping[str, type[SourceError]] = {
    kind.code: kind for kind in (Unavailable, TimedOut, Overloaded, Rejected, BadData)
}

Entity = tuple[str, str]
"""Source and entity."""

Place = tuple[str | int, ...]
"""Where in a record."""


@dataclass(frozen=True, slots=True)
class Hole:
    """``record``: its place among the entity's; ``None`` for all of them. ``at``: where in it; nowhere: it is missing.

    Otherwise the value there is null, or ``unreadable``.
    """

    entity: Entity
    record: int | None
    at: Place = ()
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Holes:
    """``down``: source -> code of its error. ``broken``: source, entity and key -> code. ``slow``: sources that answer
    later than others."""

    torn: Sequence[Hole] = ()
    down: Mapping[str, str] = field(default_factory=dict)
    broken: Mapping[tuple[str, str, Key], str] = field(default_factory=dict)
    slow: Sequence[str] = ()

    def tear(self, adapters: Mapping[str, MemoryAdapter], records: Mapping[Entity, Sequence[Row]]) -> None:
        """Gives the sources their records anew, with these holes and no others."""
        for (source, entity), whole in records.items():
            torn = [hole for hole in self.torn if hole.entity == (source, entity)]
            held = adapters[source].entities[entity].records
            held[:] = with_holes(whole, torn)  # type: ignore[index]  # lists, as the estate made them
        for name, adapter in adapters.items():
            adapter.down = FAILURES[self.down[name]](name) if name in self.down else None
            adapter.broken = {
                (entity, key): FAILURES[code](name)
                for (source, entity, key), code in self.broken.items()
                if source == name
            }
            adapter.calls.clear()


def with_holes(records: Sequence[Row], holes: Sequence[Hole]) -> list[Row]:
    torn = {
        place: deepcopy(record) if holes else record
        for place, record in enumerate(records)
        if not any(hole.record in (None, place) and not hole.at for hole in holes)
    }
    for hole in holes:
        for place, record in torn.items():
            if hole.at and hole.record in (None, place):
                put(record, hole.at, UNREADABLE if hole.unreadable else None)
    return [*torn.values()]


def put(inside: Any, at: Place, value: Any) -> None:
    """Sets a value deep inside a record, if the record has such a place."""
    for step in at[:-1]:
        inside = held(inside, step)
    if isinstance(inside, dict | list) and held(inside, at[-1], default=UNREADABLE) is not UNREADABLE:
        inside[at[-1]] = value  # type: ignore[index]  # the place is there


def held(inside: Any, step: str | int, default: Any = None) -> Any:
    if isinstance(inside, dict):
        return inside.get(step, default)
    if isinstance(inside, list) and isinstance(step, int) and step < len(inside):
        return inside[step]
    return default


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every place in a record that can be torn."""
    if at:
        yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inner:
        yield from places(each, (*at, step))
