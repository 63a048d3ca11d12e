"""Who answers what: the owner of each entity, the source of each field, and the way to an entity by a key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from adapters.further_keys import FurtherKeys
from adapters.seals import Seal
from adapters.spi import Adapter, Capabilities, LookupCapability, SearchCapability
from gateway.combinations import Combination
from gateway.graph import Graph
from gateway.identities import Unification


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
    combinations: dict[str, Combination | Unification] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    fields: dict[tuple[str, str], str] = field(default_factory=dict)

    def sources(self, source: str) -> tuple[str, ...]:
        """The registered sources that a request to ``source`` may call, in order."""
        combined = self.combinations.get(source)
        return combined.sources if combined else (source,)

    def reached(self, adapters: Mapping[str, Adapter], seal: Seal | None = None) -> dict[str, Adapter]:
        """The adapters as plans ask them: those of the registered sources, and one for each combination of them.
        ``seal``: for the cursors of lists that are put together."""
        if any(self.linked(entity) for entity in self.owners):
            adapters = {name: FurtherKeys(adapter, seal) for name, adapter in adapters.items()}
        return {**adapters, **{name: combined.over(adapters, seal) for name, combined in self.combinations.items()}}

    def unified(self, entity: str) -> bool:
        """Whether several keys may mean one record of the entity."""
        return self._unification(entity) is not None

    def linked(self, entity: str) -> bool:
        """Whether records of the deciding source may have been linked to one another: one record has several keys."""
        unification = self._unification(entity)
        return unification is not None and unification.identity.links is not None

    def _unification(self, entity: str) -> Unification | None:
        owner = self.combinations.get(self.owners.get(entity, ""))
        return owner if isinstance(owner, Unification) else None

    def follows(self, entity: str) -> bool:
        """Whether its records are a parent's only, and held by the one of several sources that holds the parent."""
        owner = self.combinations.get(self.owners.get(entity, ""))
        return isinstance(owner, Combination) and owner.merged and entity not in self.graph.keys

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
        """The lookups that lead from keys ``by`` to the owner's record, in order; empty where there is no way.

        The owner itself is asked where it can be; else the fewest sources that translate the key, and of ways alike in
        that the one with the fewest calls.
        """
        owner = self.owners.get(entity)
        if owner is None:
            return ()
        if self.lookup(owner, entity, by):
            return (Hop(owner, by),)
        ways: list[tuple[Hop, ...]] = [(hop,) for hop in self._hops(entity) if hop.by == by]
        passed = {way[-1].source for way in ways}
        while ways:
            further = [(*way, hop) for way in ways for hop in self._hops(entity) if self._leads(entity, way[-1], hop)]
            if arrived := [way for way in further if way[-1].source == owner]:
                return min(arrived, key=lambda way: sum(self._calls(entity, hop) for hop in way))
            ways = [way for way in further if way[-1].source not in passed]
            passed |= {way[-1].source for way in ways}
        return ()

    def contributions(self, entity: str) -> Mapping[str, str]:
        """By source, not the owner, the lookup by which it is asked for its fields of an entity.

        Its keys are given by the owner, or by a source that is itself reached; of several, the one with fewest calls.
        """
        reached = {self.owners.get(entity)}
        found: dict[str, str] = {}
        while True:
            able: dict[str, list[Hop]] = {}
            for hop in self._hops(entity):
                if hop.source not in reached and all(
                    self.fields.get((entity, name)) in reached for name in hop.by.split()
                ):
                    able.setdefault(hop.source, []).append(hop)
            if not able:
                return found
            cheapest = {source: min(hops, key=lambda hop: self._calls(entity, hop)) for source, hops in able.items()}
            found |= {source: hop.by for source, hop in cheapest.items()}
            reached |= cheapest.keys()

    def _hops(self, entity: str) -> Iterator[Hop]:
        """Every lookup of one record by one key."""
        for source, offers in self.offers.items():
            capability = offers.get(entity)
            for by, lookup in (capability.lookups if capability else {}).items():
                if not lookup.many:
                    yield Hop(source, by)

    def _leads(self, entity: str, hop: Hop, onward: Hop) -> bool:
        return onward.source != hop.source and set(onward.by.split()) <= self.paths(hop.source, entity)

    def _calls(self, entity: str, hop: Hop) -> float:
        """For each key."""
        return 1 / self.offers[hop.source][entity].lookups[hop.by].batch
