"""The paths of the graph that cost one call per item, found by planning the smallest query to every field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import OperationDefinitionNode, parse

from gateway.compose import Composition
from gateway.engine.context import Contexts
from gateway.engine.plan import Plan, Step
from gateway.engine.planner import plan
from gateway.engine.refused import Refused
from gateway.engine.sample_queries import SampleQueries
from gateway.engine.selected import NO_VARIABLES, Selected
from gateway.engine.tables import Tables
from gateway.engine.worst_case import WorstCase


@dataclass(frozen=True, slots=True)
class OneByOne:
    """``asks``: what the source is asked for each item. ``query``: the smallest that shows it, ``calls`` of which go
    to this source for ``items``."""

    coordinate: str
    source: str
    asks: str
    query: str
    items: int
    calls: int


def one_by_one(composition: Composition) -> list[OneByOne]:
    """By coordinate; each source, and each thing it is asked, once."""
    found: dict[tuple[str, str, str], OneByOne] = {}
    limits = composition.settings.limits
    queries = SampleQueries(composition.graph, composition.schema, min(limits.first, limits.keys))
    for query in sorted(queries, key=len):
        for path in _paths(composition, query):
            found.setdefault((path.coordinate, path.source, path.asks), path)
    return sorted(found.values(), key=lambda path: (path.coordinate, path.source))


def _paths(composition: Composition, query: str) -> Iterator[OneByOne]:
    made = _planned(composition, query)
    contexts = Contexts(composition.settings, composition.schema)
    try:
        tables = Tables(made, NO_VARIABLES, contexts.of(contexts.usual), composition.settings.limits.keys)
    except Refused:  # a source whose pages are smaller still
        return
    counting = WorstCase(tables, composition)
    for step in made.steps:
        cost = counting.step(step)
        for source, spent in cost.sources.items():
            items = cost.keys if step.feeds else spent.records
            if 1 < items <= spent.calls:
                yield OneByOne(step.coordinate, source, asked(step), query, items, spent.calls)


def _planned(composition: Composition, query: str) -> Plan:
    operation = parse(query).definitions[0]
    if not isinstance(operation, OperationDefinitionNode):
        raise AssertionError("a sample query is one operation")
    return plan(
        composition, Selected(composition.schema, operation, {}, NO_VARIABLES, composition.settings.limits.fields)
    )


def asked(step: Step) -> str:
    if step.kind == "lookup":
        return f"lookup {step.entity} by {step.name}"
    return f"search {step.entity} {step.name}"
