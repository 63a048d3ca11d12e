"""Who answers what: the owner of each entity, the source of each field, and the way to an entity by a key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from adapters.seals import Seal
from adapters.spi import Adapter, Capabilities, LookupCapability, SearchCapability
from gateway.combinations import Combination
from gateway.graph import Graph


@dataclass(frozen=True, slots=True)
class Hop:
    """One lookup on the way to an entity's owner."""

    source: str
    by: str


@dataclass
class Routes:
    """``owners`` by entity; ``fields``: the source of each ``(entity, field or hidden key)``.

    A source here may be a combination of several: ``sources`` are the registered ones behind it. ``offers``: what can
    be asked of each, combinations included.
    """

    graph: Graph
    offers: dict[str, Capabilities]
    combinations: dict[str, Combination] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    fields: dict[tuple[str, str], str] = field(default_factory=dict)

    def sources(self, source: str) -> tuple[str, ...]:
        """The registered sources that a request to ``source`` may call, in order."""
        combined = self.combinations.get(source)
        return combined.sources if combined else (source,)

    def composites(self, adapters: Mapping[str, Adapter], seal: Seal | None = None) -> dict[str, Adapter]:
        """An adapter for each combination, over those of its sources. ``seal``: for the cursors of merges."""
        return {name: combined.over(adapters, seal) for name, combined in self.combinations.items()}

    def follows(self, entity: str) -> bool:
        """Whether its records are a parent's only, and held by the one of several sources that holds the parent."""
        owner = self.combinations.get(self.owners.get(entity, ""))
        return owner is not None and owner.merged and entity not in self.graph.keys

    def lookup(self, source: str, entity: str, by: str) -> LookupCapability | None:
        capability = self.offers[source].get(entity)
        return capability.lookups.get(by) if capability else None

    def search(self, entity: str, name: str) -> SearchCapability | None:
        owner = self.owners.get(entity)
        return self.offers[owner][entity].searches.get(name) if owner else None

    def paths(self, source: str, entity: str) -> frozenset[str]:
        capability = self.offers[source].get(entity)
        return capability.fields if capability else frozenset()

    def knows(self, entity: str, names: str) -> bool:
        """Whether each of the (space separated) fields or hidden keys has a source."""
        return all((entity, name) in self.fields for name in names.split())

    def access(self, entity: str, by: str) -> tuple[Hop, ...]:
        """The lookups that lead from keys ``by`` to the owner's record, in order; empty where there is no way."""
        owner = self.owners.get(entity)
        if owner is None:
            return ()
        if self.lookup(owner, entity, by):
            return (Hop(owner, by),)
        for source in self.offers:
            if self.lookup(source, entity, by):
                for onward in self._single_lookups(owner, entity):
                    if set(onward.split()) <= self.paths(source, entity):
                        return (Hop(source, by), Hop(owner, onward))
        return ()

    def contribution(self, entity: str, source: str) -> str | None:
        """The lookup by which ``source``, not the owner, is asked for its fields of an entity."""
        for by in self._single_lookups(source, entity):
            if all(self.fields.get((entity, name)) == self.owners.get(entity) for name in by.split()):
                return by
        return None

    def _single_lookups(self, source: str, entity: str) -> Iterator[str]:
        capability = self.offers[source].get(entity)
        for by, lookup in (capability.lookups if capability else {}).items():
            if not lookup.many:
                yield by
