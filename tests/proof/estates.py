"""The estates as they are asked: one composition and one engine for each, whose sources get new holes each time."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from typing import Any

from adapters.batching import Batched
from adapters.memory import MemoryAdapter
from gateway.engine.context import Contexts
from gateway.engine.engine import Engine
from resolvers.links import Context
from tests.engine.estate import Estate
from tests.proof.data import SHAPES, Shape, sources
from tests.proof.holes import Entity, Holes
from tests.proof.records import Row
from tests.proof.required import Required

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HEADERS = {"x-channel": "channel", "x-group": "customer_group", "x-locale": "locale"}
CONSTANTS = {"quantity_cap": "30", "location_kinds.STORE": "STORE", "default_locale": "de"}
OWNERS = {"Variant": "pim", "StockLevel": "wms", "Customer": "crm"}


class FixedContexts(Contexts):
    """Every request is made at the same instant."""

    def of(self, headers: Mapping[str, str]) -> Context:
        context = super().of(headers)
        return Context(
            NOW,
            context.channel,
            context.currency,
            context.country,
            context.location,
            context.customer_group,
            context.locale,
            context.settings,
        )


class ProofEstate:
    """``records``: what the sources hold while nothing is torn. ``engine`` asks them in small batches."""

    def __init__(self, shape: Shape, seed: int) -> None:
        settings: dict[str, Any] = {
            "routes": OWNERS if shape == "rows" else {},
            "defaults": {"currency": "EUR"},
            "headers": HEADERS,
            "constants": CONSTANTS,
            "limits": {"errors": 100_000},
        }
        made = sources(shape, seed)
        self.adapters: Mapping[str, MemoryAdapter] = {name: adapter for name, (adapter, _) in made.items()}
        self.records: Mapping[Entity, list[Row]] = {
            (name, entity): deepcopy(list(held.records))
            for name, adapter in self.adapters.items()
            for entity, held in adapter.entities.items()
        }
        self.composition = Estate(made, settings).composition
        self.required = Required(self.composition.schema)
        batched = {name: Batched(adapter) for name, adapter in self.adapters.items()}
        self.engine = Engine(self.composition, batched)
        self.engine.contexts = FixedContexts(self.composition.settings, self.composition.schema)

    def tear(self, holes: Holes) -> None:
        holes.tear(self.adapters, self.records)


@cache
def estate(shape: Shape, seed: int = 1) -> ProofEstate:
    return ProofEstate(shape, seed)
