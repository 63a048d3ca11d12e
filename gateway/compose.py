"""Composition: the declared graph, the registered sources and the routes become one graph that can be served.

Makes no connection. Every problem of every file is reported at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from graphql import GraphQLObjectType, GraphQLSchema, print_ast, print_schema, validate_schema

from adapters.problems import MappingProblems, nearest
from adapters.spi import Adapter
from cache.policy import Policy, policies
from gateway.config.documents import Document
from gateway.config.load import Configuration, PartlyRead, RegisteredSource
from gateway.config.problems import ConfigurationError, Problem, at
from gateway.config.routing import Route, readable
from gateway.config.settings import Settings
from gateway.decision import RouteProblem, decide, unknown_words
from gateway.federation import subgraph_schema, subgraph_sdl
from gateway.graph import Graph, declared_graph
from gateway.identities import problems as identity_problems
from gateway.identities import unification
from gateway.narrowing import Unfiltered, Wordless, unfiltered, wordless
from gateway.routes import Routes
from gateway.served import Served, served_schema
from resolvers import constants
from resolvers.scalars import read_inputs


@dataclass(frozen=True)
class LeftOut:
    """A declared field that is not served, and what would bring it in."""

    coordinate: str
    why: str


@dataclass(frozen=True)
class Composition:
    """One graph, ready to plan operations over. ``adapters`` are bare: wrappers belong to the runtime."""

    graph: Graph
    settings: Settings
    adapters: Mapping[str, Adapter]
    registrations: Mapping[str, RegisteredSource]
    routes: Routes
    served: Served
    schema: GraphQLSchema
    policies: Mapping[str, Mapping[str, Policy]]

    def version(self, source: str) -> str:
        """Changes with the registration and with the graph: answers kept under another one are not for us."""
        words = self.registrations[source].registration.model_dump_json(exclude={"examples"})
        return sha256(f"{words}\n{self.graph.sdl}".encode()).hexdigest()[:16]

    @property
    def roles(self) -> dict[str, str]:
        """By source, those that a route combines included."""
        registered = {name: source.registration.role for name, source in self.registrations.items()}
        combined = {
            name: ", ".join(registered[each] for each in made.sources)
            for name, made in self.routes.combinations.items()
        }
        return registered | combined

    def fresh(self, source: str, entity: str) -> float:
        """Seconds for which a source's answers are kept; of several, the shortest."""
        kept = (self.policies[name].get(entity) for name in self.routes.sources(source))
        return min(policy.fresh if policy else 0 for policy in kept)

    def sdl(self) -> str:
        return print_schema(self.schema) + "\n"

    def subgraph_sdl(self) -> str:
        """The served graph as a router's composition reads it."""
        return subgraph_sdl(self.served, self.schema)

    def left_out(self) -> list[LeftOut]:
        """Declared output fields that no registered source can answer, in the order of the declared graph."""
        missing: list[LeftOut] = []
        for type_ in self.graph.schema.type_map.values():
            if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
                for name in type_.fields:
                    coordinate = f"{type_.name}.{name}"
                    if coordinate not in self.served.fields:
                        missing.append(LeftOut(coordinate, self._why(type_.name, name)))
        return missing

    def unfiltered(self) -> list[Unfiltered]:
        """Filters that lists do not take, as not all of the sources behind them can apply them."""
        return unfiltered(self.graph, self.routes, self.served)

    def wordless(self) -> list[Wordless]:
        """Values of filters that a source has no word for."""
        registered = {name: source.registration for name, source in self.registrations.items()}
        return list(wordless(self.graph.types, registered))

    def _why(self, type_name: str, name: str) -> str:
        reason = self.served.needs(type_name, name)
        node = self.graph.schema.type_map[type_name]
        role = _owner_role(node, name) if isinstance(node, GraphQLObjectType) else None
        return f"{reason} (usually a system of the role {role})" if role else reason


def compose(configuration: Configuration, graph: Graph | None = None) -> Composition:
    """Raises ``ConfigurationError`` with everything that does not fit together."""
    graph = graph or declared_graph()
    problems: list[Problem] = []
    adapters: dict[str, Adapter] = {}
    kept: dict[str, Mapping[str, Policy]] = {}
    for source in configuration.sources:
        registration = source.registration
        try:
            adapters[registration.source] = source.kind.build(registration, graph.types)
            kept[registration.source] = policies(registration.known(), graph.cache_defaults)
            problems += _unknown_filters(source, adapters[registration.source], graph)
        except MappingProblems as found:
            problems += _located(found, source)
        problems += _unasked(source)
        problems += _unknown_orders(source, graph)
    if problems:
        raise ConfigurationError(problems)
    problems += _constant_problems(configuration.settings.constants, configuration.file)
    identities = configuration.settings.identity
    for wrong in identity_problems(graph, adapters, identities):
        path = ("identity", *wrong.path)
        problems.append(configuration.file.problem(path, wrong.expected, wrong.found, wrong.hint))
    if problems:
        raise ConfigurationError(problems)
    roles = {source.registration.source: str(source.registration.role) for source in configuration.sources}
    unifications = {entity: unification(graph, entity, words, adapters, roles) for entity, words in identities.items()}
    routes, undecided = decide(graph, adapters, configuration.settings.routes, unifications)
    problems += _routed(undecided, configuration.file)
    if problems:
        raise ConfigurationError(problems)
    served = Served(graph, routes)
    if not any(coordinate.startswith("Query.") for coordinate in served.fields):
        position = configuration.file.locate(())
        raise ConfigurationError(
            [
                at(
                    position,
                    (),
                    "a source that answers a field of Query",
                    "none",
                    "register a lookup or search of Product, Variant, StockLevel, ...",
                )
            ]
        )
    schema = served_schema(served)
    if configuration.settings.federation:
        schema = subgraph_schema(served, schema)
    read_inputs(schema)
    errors = validate_schema(schema)
    if errors:
        raise AssertionError(f"the served graph is not valid: {errors[0].message}")
    registrations = {source.registration.source: source for source in configuration.sources}
    return Composition(graph, configuration.settings, adapters, registrations, routes, served, schema, kept)


def further_problems(read: PartlyRead, graph: Graph | None = None) -> Iterator[Problem]:
    """What is wrong in the files that can be read, beside what is wrong in the others."""
    graph = graph or declared_graph()
    said = {problem.place for problem in read.problems}
    for source in read.sources:
        try:
            source.kind.build(source.registration, graph.types)
            policies(source.registration.known(), graph.cache_defaults)
        except MappingProblems as found:
            yield from (problem for problem in _located(found, source) if problem.place not in said)
        yield from _unasked(source)
        yield from _unknown_orders(source, graph)
    if read.file is not None:
        gateway = [
            *_constant_problems(_texts(read.file, "constants"), read.file),
            *_routed(unknown_words(graph, read.names, _routes(read.file)), read.file),
        ]
        yield from (problem for problem in gateway if problem.place not in said)


def _texts(file: Document, word: str) -> dict[str, str]:
    """A mapping of ``gateway.yaml`` as far as it is one, whatever is wrong with the other words."""
    node = file.root.child(word)
    entries = node.value if node else None
    found = entries.items() if isinstance(entries, dict) else ()
    return {name: str(entry.value) for name, entry in found if isinstance(entry.value, str | int | float)}


def _routes(file: Document) -> dict[str, Route]:
    """The words of ``routes:`` that are right, whatever is wrong with the others."""
    node = file.root.child("routes")
    entries = node.value if node else None
    found = {name: readable(entry.plain) for name, entry in entries.items()} if isinstance(entries, dict) else {}
    return {name: route for name, route in found.items() if route is not None}


def _located(found: MappingProblems, source: RegisteredSource) -> Iterator[Problem]:
    for problem in found.problems:
        yield source.file.problem(problem.path, problem.expected, problem.found, problem.hint)


def _unknown_filters(source: RegisteredSource, adapter: Adapter, graph: Graph) -> Iterator[Problem]:
    """Filters of a list that the graph has, by which it cannot be narrowed there."""
    for entity, capability in adapter.capabilities.items():
        for search, offered in capability.searches.items():
            known = graph.filters.get(entity, {}).get(search)
            for name in sorted(offered.filters - known.keys()) if known is not None else ():
                path = ("entities", entity, "search", search, "filters", name)
                yield source.file.problem(path, "a filter that the graph has", f"`{name}`", nearest(name, known or ()))


def _unasked(source: RegisteredSource) -> Iterator[Problem]:
    """Entities of which no record can ever be asked for."""
    for name, entity in source.registration.known().items():
        if not entity.lookup and not entity.search:
            hint = "say how records are asked for, or leave it out"
            yield source.file.problem(("entities", name), "a lookup or a search", "neither", hint)


def _unknown_orders(source: RegisteredSource, graph: Graph) -> Iterator[Problem]:
    """Orders that nobody can ask for: the graph has no word for them."""
    for name, entity in source.registration.known().items():
        for word, search in entity.search.items():
            keys = sorted(graph.sort_keys(name, word))
            expected = f"one of {', '.join(keys)}" if keys else "none, as the graph has no `sort` for this list"
            for by in search.orders():
                if by not in keys:
                    place = ("entities", name, "search", word, "sorts", by)
                    yield source.file.problem(place, expected, f"`{by}`", nearest(by, keys))


def _routed(problems: Iterable[RouteProblem], file: Document) -> Iterator[Problem]:
    for problem in problems:
        yield file.problem(
            ("routes", problem.coordinate, *problem.within), problem.expected, problem.found, problem.hint
        )


def _constant_problems(values: Mapping[str, str], file: Document) -> Iterator[Problem]:
    """Constants are read by the graph's computed fields, so the graph says which there are."""
    for name, expected in constants.problems(values):
        yield file.problem(("constants", name), expected, values[name])


def _owner_role(type_: GraphQLObjectType, name: str) -> str | None:
    """The role that the graph's ``@owner`` names: the field's own, else its type's."""
    for node in (type_.fields[name].ast_node, type_.ast_node):
        for directive in (node.directives if node else None) or ():
            for argument in directive.arguments or ():
                if directive.name.value == "owner" and argument.name.value == "by":
                    return print_ast(argument.value)
    return None
