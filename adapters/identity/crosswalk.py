"""The table of links between systems' keys: what somebody decided, and no rule decides otherwise.

Its records are ``IdentityLink``: the record ``value`` of ``source`` is that of the unified ``key``, or (not ``linked``)
is not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.spi import Key, LookupResult, Record, SourceError

ENTITY = "IdentityLink"
BY_RECORD = "source value"
BY_KEY = "key"
FIELDS = frozenset({"source", "value", "key", "linked"})

Pair = tuple[str, str]
"""A source, and its own key of a record."""

Ask = Callable[[str, Sequence[Key]], Awaitable[LookupResult]]
"""Asks the table by the lookup of this name."""


@dataclass(slots=True)
class Links:
    """What the table says. ``belongs``: the unified key that a record was linked to; ``apart``: what was unlinked;
    ``failed``: why the table said nothing of a record or a key."""

    belongs: dict[Pair, str] = field(default_factory=dict)
    apart: set[tuple[Pair, str]] = field(default_factory=set)
    failed: dict[Key, SourceError] = field(default_factory=dict)

    def allows(self, pair: Pair, key: str) -> bool:
        """Whether a rule may put them together."""
        return (pair, key) not in self.apart and self.belongs.get(pair, key) == key

    def of(self, key: str) -> Mapping[str, list[str]]:
        """The records that were linked to a key, by source."""
        found: dict[str, list[str]] = {}
        for (source, value), belongs in self.belongs.items():
            if belongs == key:
                found.setdefault(source, []).append(value)
        return found


class Crosswalk:
    """``ask``: without a table of links there is nothing to ask, and nothing is linked."""

    def __init__(self, ask: Ask | None) -> None:
        self._ask = ask
        self.links = Links()

    async def read(self, by: str, keys: Iterable[Key]) -> Links:
        """Asks the table, and adds what it says to what is known."""
        wanted = list(dict.fromkeys(keys))
        if self._ask is not None and wanted:
            result = await self._ask(by, wanted)
            self.links.failed |= result.failed
            for records in result.found.values():
                for record in records:
                    self._note(record)
        return self.links

    def _note(self, record: Record) -> None:
        values = record.values
        source, value, key = values.get("source"), values.get("value"), values.get("key")
        if source is None or value is None or key is None:
            return
        if values.get("linked") is False:
            self.links.apart.add(((source, value), key))
        else:
            self.links.belongs[source, value] = key
