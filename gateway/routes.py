"""Who answers what: the owner of each entity, the source of each field, and the way to an entity by a key."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from adapters.problems import nearest
from adapters.spi import Adapter, Capabilities, LookupCapability, SearchCapability
from gateway.combinations import Combination, combination, lacking
from gateway.config.routing import Route, named
from gateway.graph import Graph
from resolvers.links import Local


@dataclass(frozen=True, slots=True)
class RouteProblem:
    """One thing about ``routes:`` that cannot be decided or does not fit. ``coordinate`` is its key there, ``within``
    the path below it."""

    coordinate: str
    expected: str
    found: str
    hint: str = ""
    within: tuple[str | int, ...] = ()


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
    problems: list[RouteProblem] = field(default_factory=list)

    def sources(self, source: str) -> tuple[str, ...]:
        """The registered sources that a request to ``source`` may call, in order."""
        combined = self.combinations.get(source)
        return combined.sources if combined else (source,)

    def composites(self, adapters: Mapping[str, Adapter]) -> dict[str, Adapter]:
        """An adapter for each combination, over those of the registered sources."""
        return {name: combined.over(adapters) for name, combined in self.combinations.items()}

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


def decide(graph: Graph, adapters: Mapping[str, Adapter], words: Mapping[str, Route]) -> Routes:
    """Owners and routes from what the sources offer and the words of ``routes:``."""
    routes = Routes(graph, {name: adapter.capabilities for name, adapter in adapters.items()})
    Decision(routes, adapters, words).run()
    return routes


def unknown_words(graph: Graph, sources: Collection[str], words: Mapping[str, Route]) -> Iterator[RouteProblem]:
    """Coordinates that the graph has not, and sources that nobody registered."""
    types = graph.types.objects
    for coordinate, route in words.items():
        entity, _, name = coordinate.partition(".")
        if entity not in types or (name and name not in types[entity]):
            known = [f"{entity}.{field}" for field in types[entity]] if entity in types else types
            hint = nearest(coordinate if entity in types else entity, known)
            yield RouteProblem(coordinate, "a type or field of the graph", f"{coordinate}, which it has not", hint)
            continue
        seen: set[str] = set()
        for within, source in named(route):
            if source not in sources:
                hint = nearest(source, sources)
                yield RouteProblem(coordinate, "the name of a registered source", source, hint, within)
            elif source in seen:
                yield RouteProblem(coordinate, "each source once", f"{source} again", within=within)
            seen.add(source)


class Decision:
    """Decides the routes of one composition; what cannot be decided is among their problems."""

    def __init__(self, routes: Routes, adapters: Mapping[str, Adapter], words: Mapping[str, Route]) -> None:
        self.routes = routes
        self.graph = routes.graph
        self.adapters = adapters
        self.registered = dict(routes.offers)
        self.words = words

    def run(self) -> None:
        self._check_words()
        entities = sorted({entity for offers in self.registered.values() for entity in offers})
        for entity in entities:
            self._decide_owner(entity)
        for entity in entities:
            self._decide_fields(entity)

    def _note(
        self, coordinate: str, expected: str, found: str, hint: str = "", within: tuple[str | int, ...] = ()
    ) -> None:
        self.routes.problems.append(RouteProblem(coordinate, expected, found, hint, within))

    # ------------------------------------------------------------ words

    def _check_words(self) -> None:
        unknown = list(unknown_words(self.graph, self.registered, self.words))
        self.routes.problems += unknown
        wrong = {problem.coordinate for problem in unknown}
        self.words = {coordinate: route for coordinate, route in self.words.items() if coordinate not in wrong}
        for coordinate, route in self.words.items():
            entity, _, name = coordinate.partition(".")
            for within, source in named(route):
                if not name and entity not in self.registered[source]:
                    self._note(
                        coordinate, f"a source that registers {entity}", f"{source}, which does not", within=within
                    )
                elif name and name not in self.routes.paths(source, entity):
                    found = f"{source}, which does not"
                    self._note(
                        coordinate,
                        f"a source that gives {coordinate}",
                        found,
                        self._way(coordinate, source),
                        within=within,
                    )

    def _records_of(self, entity: str, name: str) -> str | None:
        """The type whose records stand at a field that is a link."""
        answer = self.graph.links.get(f"{entity}.{name}")
        return getattr(answer, "of", None) or getattr(answer, "to", None)

    def _way(self, coordinate: str, source: str) -> str:
        entity, _, name = coordinate.partition(".")
        records = self._records_of(entity, name)
        if records is not None and records in self.registered[source]:
            return f"write the route of {records}, the type of its records"
        return f"map it under entities.{entity}.fields in {source}'s file"

    def _combined(self, route: Route, entity: str) -> str:
        """The source that a route names, or the name of its combination, which is then asked for the entity."""
        found = combination(route)
        if found is None:
            return str(route)
        kept = self.routes.combinations.setdefault(found.name, found)
        kept.entities.add(entity)
        self.routes.offers[found.name] = kept.over(self.adapters).capabilities
        return found.name

    # ------------------------------------------------------------ owners

    def _decide_owner(self, entity: str) -> None:
        offering = [name for name, offers in self.registered.items() if entity in offers]
        route = self.words.get(entity)
        if route is not None and all(name in offering for _, name in named(route)):
            self.routes.owners[entity] = self._combined(route, entity)
            self._check_parts(entity, route)
            return
        candidates = [name for name in offering if self._could_own(name, entity)]
        if len(candidates) == 1:
            self.routes.owners[entity] = candidates[0]
        elif len(candidates) > 1 and all(problem.coordinate != entity for problem in self.routes.problems):
            names = ", ".join(candidates)
            self._note(
                entity,
                f"one owner, who decides whether a {entity} exists",
                " and ".join(candidates),
                f"write {entity}: {candidates[0]} (or another) or {entity}: [{names}] "
                f"(one stands in for another) under routes: in gateway.yaml",
            )

    def _check_parts(self, entity: str, route: Route) -> None:
        places = {name: within for within, name in named(route)}
        if len(places) < 2:
            return
        capabilities = {name: self.registered[name][entity] for name in places}
        for source, path, giving in lacking(self.graph, entity, capabilities):
            self._note(
                entity,
                f"{entity}.{path} of {source} too, as it is never null",
                f"only {' and '.join(giving)} to give it",
                f"map it under entities.{entity}.fields in {source}'s file",
                within=places[source],
            )

    def _could_own(self, source: str, entity: str) -> bool:
        """A source that gives only keys, or leaves out a field that is never null, adds to an entity of another."""
        paths = self.routes.paths(source, entity)
        keys = {name for key in self.graph.keys.get(entity, ()) for name in key.split()}
        own = {
            name
            for name, type_ in self.graph.types.objects[entity].items()
            if type_.required
            and name not in keys
            and isinstance(self.graph.links.get(f"{entity}.{name}"), Local | None)
        }
        others = [name for name, offers in self.registered.items() if entity in offers and name != source]
        given_by_others = {name for other in others for name in self.routes.paths(other, entity)}
        return bool(paths - keys) and not (own & given_by_others) - paths

    # ------------------------------------------------------------ fields

    def _decide_fields(self, entity: str) -> None:
        owner = self.routes.owners.get(entity)
        if owner is None:
            return
        offered: dict[str, list[str]] = {}
        for source in self.registered:
            for path in self.routes.paths(source, entity):
                if "." not in path:
                    offered.setdefault(path, []).append(source)
        for name, sources in offered.items():
            self._decide_field(entity, name, owner, sources)
        for (owned, name), source in list(self.routes.fields.items()):
            if owned == entity and source != owner:
                self._check_contribution(entity, name, source)

    def _decide_field(self, entity: str, name: str, owner: str, sources: list[str]) -> None:
        coordinate = f"{entity}.{name}"
        route = self.words.get(coordinate)
        if route is not None and all(each in sources for _, each in named(route)):
            self.routes.fields[entity, name] = self._combined(route, entity)
        elif not set(self.routes.sources(owner)).isdisjoint(sources):
            self.routes.fields[entity, name] = owner
        elif len(sources) == 1:
            self.routes.fields[entity, name] = sources[0]
        else:
            names = ", ".join(sources)
            hint = f"write {coordinate}: {sources[0]} (or another), or [{names}] under routes: in gateway.yaml"
            self._note(coordinate, "one source", " and ".join(sources), hint)

    def _check_contribution(self, entity: str, name: str, source: str) -> None:
        """A field of another source than the owner must be nullable and reachable by a key that the owner gives."""
        coordinate = f"{entity}.{name}"
        keys = {part for key in self.graph.keys.get(entity, ()) for part in key.split()}
        if self.graph.types.objects[entity][name].required and name not in keys:
            self._note(
                coordinate,
                f"the owner of {entity}, {self.routes.owners[entity]}, as {coordinate} is never null",
                source,
                "one dead source must blank one field and never the record",
            )
        elif self.routes.contribution(entity, source) is None:
            del self.routes.fields[entity, name]
            if name not in keys and name not in self.graph.hidden_keys.get(entity, ()):
                self._note(
                    coordinate,
                    f"a lookup of {source} by a key of {entity} that {self.routes.owners[entity]} gives",
                    "none",
                    f"add one under entities.{entity}.lookup in {source}'s file",
                )
