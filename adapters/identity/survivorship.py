"""One record out of several: each field from the first source, in the order for that field, that has a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.spi import Path, Record, SourceError

EXTERNAL_IDS = "externalIds"
FURTHER_KEYS = "furtherKeys"
"""Not in the graph: the keys of the deciding source's other records of the thing, by which others may know it."""
MADE = frozenset({EXTERNAL_IDS, FURTHER_KEYS})
"""Fields that no source gives: they are made from what is known of several records."""
LINK = "LINK"
"""``ExternalId.matchedOn`` of what the table of links has put together."""


@dataclass(slots=True)
class Found:
    """One source's record of the thing. ``key``: its own; ``matched``: the rule that found it, or ``LINK``."""

    source: str
    key: str
    matched: str | None
    record: Record | None = None


@dataclass(slots=True)
class Gathered:
    """All that is known of one thing. ``first``: the deciding source's record; ``failed``: who did not answer;
    ``further``: the keys of its other records, or why they are not known."""

    first: Record
    others: list[Found] = field(default_factory=list)
    failed: dict[str, SourceError] = field(default_factory=dict)
    further: Sequence[str] | SourceError = ()

    def records(self, source: str) -> list[Record]:
        if self.first.source == source:
            return [self.first]
        return [found.record for found in self.others if found.source == source and found.record is not None]


class Survivorship:
    """``order``: of the sources, by field. ``gives``: the fields of each source. ``key``: the deciding one's."""

    def __init__(
        self,
        sources: Sequence[str],
        order: Mapping[str, Sequence[str]],
        gives: Mapping[str, frozenset[str]],
        roles: Mapping[str, str],
        key: str,
    ) -> None:
        self.sources = sources
        self.order = order
        self.gives = gives
        self.roles = roles
        self.key = key

    def ranked(self, name: str) -> list[str]:
        """The sources that give a field, in the order in which they are believed."""
        before = self.order.get(name, ())
        every = (*before, *(source for source in self.sources if source not in before))
        return [source for source in every if name in self.gives[source]]

    def unified(self, gathered: Gathered, fields: frozenset[str]) -> Record:
        first = gathered.first
        values: dict[str, Any] = {}
        errors: dict[Path, SourceError] = {}
        origins: dict[str, str] = {}
        for name in sorted(fields):
            if name in MADE:
                made = gathered.further if name == FURTHER_KEYS else self._external_ids(gathered)
                values[name] = None if isinstance(made, SourceError) else made
                if isinstance(made, SourceError):
                    errors[(name,)] = made
                continue
            record = self._survivor(name, gathered, errors)
            values[name] = None if record is None else record.values.get(name)
            if record is not None and record.source != first.source:
                origins[name] = record.source
        stale = first.stale or any(record.stale for source in origins.values() for record in gathered.records(source))
        return Record(values, first.source, first.as_of, errors or None, stale, origins or None)

    def _survivor(self, name: str, gathered: Gathered, errors: dict[Path, SourceError]) -> Record | None:
        """The record whose value counts: a value that cannot be read is an error, and no reason to believe another.

        A source that did not answer is passed over, and is the error of a field that nobody else has a value of.
        """
        for source in self.ranked(name):
            for record in gathered.records(source):
                unread = {path: error for path, error in (record.errors or {}).items() if path[0] == name}
                if unread or record.values.get(name) is not None:
                    errors |= unread
                    return record
        lost = next((gathered.failed[source] for source in self.ranked(name) if source in gathered.failed), None)
        if lost is not None:
            errors[(name,)] = lost
        return None

    def _external_ids(self, gathered: Gathered) -> list[dict[str, Any]] | SourceError | None:
        """Every source's key of the thing, the deciding one's first, then in the order of the sources."""
        unknown = [error for path, error in (gathered.first.errors or {}).items() if path == (self.key,)]
        if unknown or gathered.failed:
            return next(iter((*unknown, *gathered.failed.values())))
        own = Found(gathered.first.source, str(gathered.first.values[self.key]), None)
        others = sorted(gathered.others, key=lambda found: (self.sources.index(found.source), found.key))
        return [
            {
                "source": found.source,
                "role": self.roles[found.source],
                "value": found.key,
                "matchedOn": found.matched,
            }
            for found in (own, *others)
        ]
