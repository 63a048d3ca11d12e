"""What lists cannot be narrowed by: filters that are not served, and values that a source has no word for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

from adapters.filters import FilterWords
from adapters.registration import Entity, Source, Value
from adapters.types import Types
from gateway.graph import Graph
from gateway.routes import Routes
from gateway.served import Served
from resolvers.links import Connection, RootList


class Unfiltered(NamedTuple):
    """A filter that a list of the graph does not take: ``ProductFilter.price``, or ``Query.products(search:)``."""

    coordinate: str
    why: str


class Wordless(NamedTuple):
    """Values of an enum that no code of the source stands for: asked for alone, they find nothing."""

    source: str
    filter: str
    values: list[str]


def unfiltered(graph: Graph, routes: Routes, served: Served) -> list[Unfiltered]:
    """Of the lists that are served, in the order of the graph."""
    found: dict[Unfiltered, None] = {}
    for coordinate, answer in graph.links.items():
        if isinstance(answer, Connection | RootList) and coordinate in served.fields:
            search = routes.search(answer.of, answer.search)
            for name, place in _places(graph, coordinate, answer).items() if search is not None else ():
                if search is not None and name not in search.filters:
                    found[Unfiltered(place, _why(routes, served, coordinate, answer, name, place))] = None
    return list(found)


def _places(graph: Graph, coordinate: str, answer: Connection | RootList) -> Mapping[str, str]:
    """Filter -> its coordinate in the graph."""
    places = {name: f"{coordinate}({name}:)" for name in answer.filters}
    if isinstance(answer, Connection) and answer.filters_in is not None:
        type_name, _, field = coordinate.partition(".")
        argument = cast(GraphQLObjectType, graph.schema.type_map[type_name]).fields[field].args[answer.filters_in]
        holder = cast(GraphQLInputObjectType, get_named_type(argument.type))
        places |= {name: f"{holder.name}.{name}" for name in holder.fields}
    return places


def _why(routes: Routes, served: Served, coordinate: str, answer: Connection | RootList, name: str, place: str) -> str:
    offers = {
        source: routes.offers[source][answer.of].searches.get(answer.search)
        for source in routes.sources(routes.owners[answer.of])
        if answer.of in routes.offers[source]
    }
    able = [source for source, search in offers.items() if search is not None and name in search.filters]
    lacking = [source for source, search in offers.items() if search is not None and name not in search.filters]
    where = f"the search {answer.search} of {answer.of}"
    why = f"no source declares it in {where}"
    if able:
        verb = "does" if len(lacking) == 1 else "do"
        why = f"{' and '.join(able)} can, {' and '.join(lacking)} {verb} not declare it in {where}"
    input_name, _, _ = place.partition(".")
    return f"{coordinate} refuses it: {why}" if name in served.filters.get(input_name, ()) else why


def wordless(types: Types, registrations: Mapping[str, Source]) -> Iterator[Wordless]:
    for source, registration in registrations.items():
        for entity, spec in registration.known().items():
            for search, asked in spec.search.items():
                for name, words in getattr(asked, "filters", {}).items():
                    type_, value = types.filter(entity, search, name), _written(registration, spec, words)
                    enum = types.enums.get(type_.type.name, frozenset()) if type_ is not None else frozenset()
                    if value is not None and value.map is not None and (missing := enum - set(value.map.values())):
                        yield Wordless(source, f"{entity}.{search}.{name}", sorted(missing))


def _written(registration: Source, spec: Entity[Any, Any], words: str | FilterWords) -> Value | None:
    """The words by which a filter's values are written; ``None`` where they are as the graph has them."""
    if isinstance(words, FilterWords) and words.field is None:
        return words.value()
    field = words.field if isinstance(words, FilterWords) else words if registration.kind == "sql" else None
    found = {**spec.fields, **spec.keys}.get(field or "")
    return found if isinstance(found, Value) else None
