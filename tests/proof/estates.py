"""The estates as they are asked: one composition and one engine for each, whose sources get new holes each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy, deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from math import inf
from typing import Any

from graphql import (
    GraphQLSchema,
    InputValueDefinitionNode,
    NonNullTypeNode,
    Visitor,
    build_ast_schema,
    parse,
    print_schema,
    visit,
)

from adapters.batching import Batched
from adapters.memory import MemoryAdapter
from adapters.spi import Lookup, LookupResult, Search, SearchResult
from adapters.wrapper import Wrapper
from gateway.engine.answers import Answers
from gateway.engine.engine import Engine
from resolvers.scalars import read_inputs
from tests.engine.estate import Estate
from tests.proof.data import IDENTITY, ROUTES, Shape, sources
from tests.proof.holes import Entity, Holes
from tests.proof.records import Row
from tests.proof.required import Required

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()
LATER = datetime(2032, 1, 1, tzinfo=UTC).timestamp()
"""When all prices have ended, and all supplies have come, that ever will."""
HEADERS = {"x-channel": "channel", "x-group": "customer_group", "x-locale": "locale"}
CONSTANTS = {"quantity_cap": "30", "location_kinds.STORE": "STORE", "default_locale": "de"}
ROOM = 10_000_000
SLOW = 0.0005
"""Seconds: enough for another source's answer to come first."""


class Promised(Wrapper):
    """A source that says of all its answers that they hold for ever."""

    async def lookup(self, request: Lookup) -> LookupResult:
        return replace(await self.adapter.lookup(request), until=inf)

    async def search(self, request: Search) -> SearchResult:
        return replace(await self.adapter.search(request), until=inf)


class ProofEstate:
    """``records``: what the sources hold while nothing is torn. ``engine`` asks them in small batches; ``terse`` is the
    same engine with room for one error. ``lenient``: the served schema if every field could be null.

    Whole answers are kept until the sources are torn anew. ``now`` is the instant of all requests.
    """

    def __init__(self, shape: Shape, seed: int) -> None:
        settings: dict[str, Any] = {
            "routes": ROUTES[shape],
            "identity": IDENTITY if shape == "identified" else {},
            "federation": shape == "routed",
            "cursor_secret": "of the proof, and of nothing else" if shape in ("routed", "identified") else None,
            "defaults": {"currency": "EUR"},
            "headers": HEADERS,
            "constants": CONSTANTS,
            "limits": {"errors": 100_000},
        }
        made = sources(shape, seed)
        self.adapters: Mapping[str, MemoryAdapter] = {name: adapter for name, (adapter, _) in made.items()}
        self.records: Mapping[Entity, list[Row]] = {
            (name, entity): [dict(deepcopy(record)) for record in held.records]
            for name, adapter in self.adapters.items()
            for entity, held in adapter.entities.items()
        }
        self.composition = Estate(made, settings).composition
        self.required = Required(self.composition.schema)
        self.now = NOW
        self.torn = 0
        promised = {name: Promised(Batched(adapter)) for name, adapter in self.adapters.items()}
        answers = Answers(ROOM, lambda: self.torn, self.clock)
        self.engine = Engine(self.composition, promised, answers=answers, clock=self.clock)
        self.terse = copy(self.engine)
        self.terse.limits = self.engine.limits.model_copy(update={"errors": 1})
        self.lenient = without_non_null(self.composition.schema)

    def clock(self) -> float:
        return self.now

    def tear(self, holes: Holes) -> None:
        self.torn += 1
        holes.tear(self.adapters, self.records)

    @contextmanager
    def later(self) -> Iterator[None]:
        self.now = LATER
        try:
            yield
        finally:
            self.now = NOW
            self.torn += 1  # what was kept then is not of now

    @contextmanager
    def slowed(self, sources: Iterable[str]) -> Iterator[None]:
        for name in sources:
            self.adapters[name].delay = SLOW
        try:
            yield
        finally:
            for name in sources:
                self.adapters[name].delay = 0.0


def without_non_null(schema: GraphQLSchema) -> GraphQLSchema:
    """The same schema with fields that all can be null, and items of lists too."""
    made = build_ast_schema(visit(parse(print_schema(schema)), _Nullable()), assume_valid_sdl=True)
    read_inputs(made)
    return made


class _Nullable(Visitor):
    def leave_non_null_type(self, node: NonNullTypeNode, _: Any, parent: Any, __: Any, ancestors: list[Any]) -> Any:
        inside = any(isinstance(each, InputValueDefinitionNode) for each in (*ancestors, parent))
        return None if inside else node.type


@cache
def estate(shape: Shape, seed: int) -> ProofEstate:
    return ProofEstate(shape, seed)
