"""Who answers what: the owner of each entity, the source of each field, and the way to an entity by a key."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from adapters.problems import nearest
from adapters.spi import Adapter, Capabilities, LookupCapability, SearchCapability
from gateway.graph import Graph
from resolvers.links import Local


@dataclass(frozen=True, slots=True)
class RouteProblem:
    """One thing about ``routes:`` that cannot be decided or does not fit. ``coordinate`` is its key there."""

    coordinate: str
    expected: str
    found: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One lookup on the way to an entity's owner."""

    source: str
    by: str


@dataclass
class Routes:
    """``owners`` by entity; ``fields``: the source of each ``(entity, field or hidden key)``."""

    graph: Graph
    offers: Mapping[str, Capabilities]
    owners: dict[str, str] = field(default_factory=dict)
    fields: dict[tuple[str, str], str] = field(default_factory=dict)
    problems: list[RouteProblem] = field(default_factory=list)

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


def decide(graph: Graph, sources: Mapping[str, Adapter], words: Mapping[str, str]) -> Routes:
    """Owners and routes from what the sources offer and the words of ``routes:``."""
    routes = Routes(graph, {name: adapter.capabilities for name, adapter in sources.items()})
    _check_words(routes, words)
    for entity in sorted({entity for offers in routes.offers.values() for entity in offers}):
        _decide_owner(routes, entity, words)
        _decide_fields(routes, entity, words)
    return routes


def unknown_words(graph: Graph, sources: Collection[str], words: Mapping[str, str]) -> Iterator[RouteProblem]:
    """Coordinates that the graph has not, and sources that nobody registered."""
    types = graph.types.objects
    for coordinate, source in words.items():
        entity, _, name = coordinate.partition(".")
        if entity not in types or (name and name not in types[entity]):
            known = [f"{entity}.{field}" for field in types[entity]] if entity in types else types
            hint = nearest(coordinate if entity in types else entity, known)
            yield RouteProblem(coordinate, "a type or field of the graph", f"{coordinate}, which it has not", hint)
        elif source not in sources:
            yield RouteProblem(coordinate, "the name of a registered source", source, nearest(source, sources))


def _check_words(routes: Routes, words: Mapping[str, str]) -> None:
    unknown = list(unknown_words(routes.graph, routes.offers, words))
    routes.problems += unknown
    for coordinate, source in words.items():
        entity, _, name = coordinate.partition(".")
        if any(problem.coordinate == coordinate for problem in unknown):
            continue
        if not name and entity not in routes.offers[source]:
            routes.problems.append(
                RouteProblem(coordinate, f"a source that registers {entity}", f"{source}, which does not")
            )
        elif name and name not in routes.paths(source, entity):
            routes.problems.append(
                RouteProblem(
                    coordinate,
                    f"a source that gives {coordinate}",
                    f"{source}, which does not",
                    f"map it under entities.{entity}.fields in {source}'s file",
                )
            )


def _decide_owner(routes: Routes, entity: str, words: Mapping[str, str]) -> None:
    offering = [name for name, offers in routes.offers.items() if entity in offers]
    if words.get(entity) in offering:
        routes.owners[entity] = words[entity]
        return
    candidates = [name for name in offering if _could_own(routes, name, entity)]
    if len(candidates) == 1:
        routes.owners[entity] = candidates[0]
    elif len(candidates) > 1:
        routes.problems.append(
            RouteProblem(
                entity,
                f"one owner, who decides whether a {entity} exists",
                " and ".join(candidates),
                f"write {entity}: {candidates[0]} (or another) under routes: in gateway.yaml",
            )
        )


def _could_own(routes: Routes, source: str, entity: str) -> bool:
    """A source that gives only keys, or leaves out a field that is never null, adds to an entity of another."""
    paths = routes.paths(source, entity)
    keys = {name for key in routes.graph.keys.get(entity, ()) for name in key.split()}
    own = {
        name
        for name, type_ in routes.graph.types.objects[entity].items()
        if type_.required and name not in keys and isinstance(routes.graph.links.get(f"{entity}.{name}"), Local | None)
    }
    others = [name for name, offers in routes.offers.items() if entity in offers and name != source]
    given_by_others = {name for other in others for name in routes.paths(other, entity)}
    return bool(paths - keys) and not (own & given_by_others) - paths


def _decide_fields(routes: Routes, entity: str, words: Mapping[str, str]) -> None:
    owner = routes.owners.get(entity)
    if owner is None:
        return
    offered: dict[str, list[str]] = {}
    for source in routes.offers:
        for path in routes.paths(source, entity):
            if "." not in path:
                offered.setdefault(path, []).append(source)
    for name, sources in offered.items():
        coordinate = f"{entity}.{name}"
        chosen = words.get(coordinate)
        if chosen in sources:
            _route(routes, entity, name, chosen)
        elif owner in sources:
            _route(routes, entity, name, owner)
        elif len(sources) == 1:
            _route(routes, entity, name, sources[0])
        else:
            routes.problems.append(
                RouteProblem(
                    coordinate,
                    "one source",
                    " and ".join(sources),
                    f"write {coordinate}: {sources[0]} (or another) under routes: in gateway.yaml",
                )
            )
    for (owned, name), source in list(routes.fields.items()):
        if owned == entity and source != owner:
            _check_contribution(routes, entity, name, source)


def _route(routes: Routes, entity: str, name: str, source: str) -> None:
    routes.fields[entity, name] = source


def _check_contribution(routes: Routes, entity: str, name: str, source: str) -> None:
    """A field of another source than the owner must be nullable and reachable by a key that the owner gives."""
    coordinate = f"{entity}.{name}"
    keys = {part for key in routes.graph.keys.get(entity, ()) for part in key.split()}
    if routes.graph.types.objects[entity][name].required and name not in keys:
        routes.problems.append(
            RouteProblem(
                coordinate,
                f"the owner of {entity}, {routes.owners[entity]}, as {coordinate} is never null",
                source,
                "one dead source must blank one field and never the record",
            )
        )
    elif routes.contribution(entity, source) is None:
        del routes.fields[entity, name]
        if name not in keys and name not in routes.graph.hidden_keys.get(entity, ()):
            routes.problems.append(
                RouteProblem(
                    coordinate,
                    f"a lookup of {source} by a key of {entity} that {routes.owners[entity]} gives",
                    "none",
                    f"add one under entities.{entity}.lookup in {source}'s file",
                )
            )
