"""Decides who answers what, from what the sources offer and the words of ``routes:``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.merged import MergedEntity
from adapters.problems import nearest
from adapters.spi import Adapter
from gateway.combinations import Combination, combination, lacking
from gateway.config.routing import MergeRoute, Route, named
from gateway.graph import Graph
from gateway.identities import Unification
from gateway.routes import Routes
from resolvers.links import Children, Local

NOBODY: Mapping[str, Unification] = {}


@dataclass(frozen=True, slots=True)
class RouteProblem:
    """One thing about ``routes:`` that cannot be decided or does not fit. ``coordinate`` is its key there, ``within``
    the path below it."""

    coordinate: str
    expected: str
    found: str
    hint: str = ""
    within: tuple[str | int, ...] = ()


def decide(
    graph: Graph,
    adapters: Mapping[str, Adapter],
    words: Mapping[str, Route],
    unifications: Mapping[str, Unification] = NOBODY,
) -> tuple[Routes, list[RouteProblem]]:
    """Owners and routes, and what cannot be decided: from what the sources offer, the words of ``routes:``, and (by
    entity) those of ``identity:``."""
    routes = Routes(graph, {name: adapter.capabilities for name, adapter in adapters.items()})
    decision = Decision(routes, adapters, words, unifications)
    decision.run()
    return routes, decision.problems


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
    """Decides the routes of one composition; what cannot be decided is in ``problems``."""

    def __init__(
        self,
        routes: Routes,
        adapters: Mapping[str, Adapter],
        words: Mapping[str, Route],
        unifications: Mapping[str, Unification],
    ) -> None:
        self.routes = routes
        self.graph = routes.graph
        self.adapters = adapters
        self.registered = dict(routes.offers)
        self.words = words
        self.unifications = unifications
        self.problems: list[RouteProblem] = []

    def run(self) -> None:
        self._check_words()
        entities = sorted({entity for offers in self.registered.values() for entity in offers})
        for entity in entities:
            self._decide_owner(entity)
        self._let_children_follow(entities)
        for entity in entities:
            self._decide_fields(entity)

    def _note(
        self, coordinate: str, expected: str, found: str, hint: str = "", within: tuple[str | int, ...] = ()
    ) -> None:
        self.problems.append(RouteProblem(coordinate, expected, found, hint, within))

    # ------------------------------------------------------------ words

    def _check_words(self) -> None:
        unknown = list(unknown_words(self.graph, self.registered, self.words))
        self.problems += unknown
        wrong = {problem.coordinate for problem in unknown}
        self.words = {coordinate: route for coordinate, route in self.words.items() if coordinate not in wrong}
        for coordinate, route in self.words.items():
            entity, _, name = coordinate.partition(".")
            if name and isinstance(route, MergeRoute):
                hint = f"write {self._records_of(entity, name) or entity}: {{merge: ...}}; lookups are merged alike"
                self._note(coordinate, "a type, whose records are merged", "a field", hint)
                continue
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
        order = route.order if isinstance(route, MergeRoute) else None
        self.routes.combinations.setdefault(found.name, found)
        return self._asked(found.name, entity, order)

    def _asked(self, name: str, entity: str, order: str | None = None) -> str:
        combined = self.routes.combinations[name]
        if not isinstance(combined, Combination):
            raise AssertionError(f"{name} answers one entity only")
        combined.entities[entity] = MergedEntity(order, self.graph.canonical_key(entity) or ())
        self.routes.offers[combined.name] = combined.over(self.adapters).capabilities
        return combined.name

    # ------------------------------------------------------------ owners

    def _decide_owner(self, entity: str) -> None:
        if entity in self.unifications:
            self._unify(entity, self.unifications[entity])
            return
        offering = [name for name, offers in self.registered.items() if entity in offers]
        route = self.words.get(entity)
        if route is not None and all(name in offering for _, name in named(route)):
            self.routes.owners[entity] = self._combined(route, entity)
            self._check_parts(entity, route)
            if isinstance(route, MergeRoute):
                self._check_merge(entity, route)
            return
        candidates = [name for name in offering if self._could_own(name, entity)]
        if len(candidates) == 1:
            self.routes.owners[entity] = candidates[0]
        elif len(candidates) > 1 and all(problem.coordinate != entity for problem in self.problems):
            names = ", ".join(candidates)
            self._note(
                entity,
                f"one owner, who decides whether a {entity} exists",
                " and ".join(candidates),
                f"write {entity}: {candidates[0]} (or another), {entity}: [{names}] (one stands in for another) or "
                f"{entity}: {{merge: [{names}]}} (each has its own) under routes: in gateway.yaml",
            )

    def _unify(self, entity: str, unification: Unification) -> None:
        name = unification.name
        self.routes.combinations[name] = unification
        self.routes.offers[name] = unification.planned.capabilities
        self.routes.owners[entity] = name
        if entity in self.words:
            self._note(entity, "no route", "one", f"identity.{entity}.sources says whose records they are")

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

    def _check_merge(self, entity: str, route: MergeRoute) -> None:
        """Lists can be merged only of sources that page in the same order, by the values of the records."""
        offered = {source: self.registered[source][entity].searches for source in route.merge}
        names = sorted({name for searches in offered.values() for name in searches})
        if names and route.order is None:
            orders = {search.order for searches in offered.values() for search in searches.values() if search.order}
            hint = f"they page by {' or '.join(sorted(orders))}" if orders else ""
            self._note(entity, f"the word order, as there are lists of {entity}", "nothing", hint)
            return
        for index, source in enumerate(route.merge):
            for name in names:
                search = offered[source].get(name)
                if search is None:
                    self._unmergeable(entity, route, index, name, "none")
                elif search.order != route.order:
                    found = search.order or "pages by a count or a token, or another order"
                    self._unmergeable(entity, route, index, name, found)

    def _unmergeable(self, entity: str, route: MergeRoute, index: int, name: str, found: str) -> None:
        source = route.merge[index]
        self._note(
            entity,
            f"a search {name} of {source} by keyset in the order {route.order}",
            found,
            f"see entities.{entity}.search in {source}'s file: pages by `keyset` in this order, of an instant that the "
            "list can begin at",
            ("merge", index),
        )

    def _let_children_follow(self, entities: Sequence[str]) -> None:
        """Rows that only a parent has are asked of the source that the parent came from: no word is needed for that."""
        changed = True
        while changed:
            changed = False
            for coordinate, answer in self.graph.links.items():
                parent = self.routes.combinations.get(self.routes.owners.get(coordinate.partition(".")[0], ""))
                if not isinstance(answer, Children) or answer.of not in entities:
                    continue
                if not isinstance(parent, Combination) or not parent.merged:
                    continue
                offering = {name for name, offers in self.registered.items() if answer.of in offers}
                alone = answer.of not in self.graph.keys and answer.of not in self.words
                if alone and answer.of not in parent.entities and offering <= set(parent.sources):
                    self.routes.owners[answer.of] = self._asked(parent.name, answer.of)
                    self.problems = [problem for problem in self.problems if problem.coordinate != answer.of]
                    changed = True

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
        for path in self.routes.paths(owner, entity):
            if "." not in path and path not in offered:  # made by a combination itself
                self.routes.fields[entity, path] = owner
        for name, sources in offered.items():
            self._decide_field(entity, name, owner, sources)
        for (owned, name), source in list(self.routes.fields.items()):
            if owned == entity and source != owner:
                self._check_contribution(entity, name, source)

    def _decide_field(self, entity: str, name: str, owner: str, sources: list[str]) -> None:
        coordinate = f"{entity}.{name}"
        route = self.words.get(coordinate)
        if route is not None and not isinstance(route, MergeRoute) and all(each in sources for _, each in named(route)):
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
        elif source not in self.routes.contributions(entity):
            del self.routes.fields[entity, name]
            if name not in keys and name not in self.graph.hidden_keys.get(entity, ()):
                self._note(
                    coordinate,
                    f"a lookup of {source} by a key of {entity} that {self.routes.owners[entity]} gives, or a source "
                    "that is reached itself",
                    "none",
                    f"add one under entities.{entity}.lookup in {source}'s file",
                )
