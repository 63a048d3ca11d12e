"""A small estate in memory for the engine's tests: a PIM, a price engine, a WMS, an OMS and what others add."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch, among
from adapters.registration import Kind, Limits, Role, Source
from adapters.types import Types
from gateway.compose import Composition, compose
from gateway.config.documents import Document, Node
from gateway.config.load import Configuration, RegisteredSource
from gateway.config.problems import Position
from gateway.config.settings import Settings
from gateway.engine.engine import Engine
from gateway.engine.request import Answer, OperationRequest

PRODUCTS = 5
PER_PRODUCT = 3
STORES = ("S1", "S2")
UNLIMITED = Limits()
PRODUCT_FILTERS = {"search": "code", "brand": "brand", "codes": "code", "lifecycle": "lifecycle"}

SKUS = [f"A{product}{number}" for product in range(1, PRODUCTS + 1) for number in range(1, PER_PRODUCT + 1)]


def product(number: int) -> dict[str, Any]:
    return {
        "code": f"P{number}",
        "name": {"en": f"Thing {number}", "de": f"Ding {number}"},
        "description": {"en": "<p>Nice &amp; warm</p>"},
        "brand": "Acme" if number % 2 else "Umbra",
        "attributes": [{"code": "fit", "label": {"en": "Fit"}, "value": "slim", "text": {"en": "Slim"}, "unit": None}],
        "categoryCodes": ["K1", "K9"],  # K9 does not exist
        "relations": [{"kind": "UPSELL", "code": f"P{number % PRODUCTS + 1}"}],
        "lifecycle": "ACTIVE" if number < 4 else "CLEARANCE",
        "updatedAt": None,
    }


def variant(sku: str) -> dict[str, Any]:
    return {
        "sku": sku,
        "name": {"en": f"Variant {sku}"},
        "options": [{"code": "size", "label": "Size", "value": "M"}],
        "attributes": [],
        "taxClass": "STANDARD",
        "productCode": f"P{sku[1]}",
    }


def price(sku: str, amount: str, **scope: Any) -> dict[str, Any]:
    return {
        "sku": sku,
        "value": {"amount": amount, "currency": "EUR"},
        "kind": "REGULAR",
        "taxIncluded": True,
        "channel": None,
        "customerGroup": None,
        "country": None,
        "locationCode": None,
        "minQuantity": "1",
        "validFrom": None,
        "validTo": None,
    } | scope


def stock(sku: str, location: str) -> dict[str, Any]:
    return {"sku": sku, "locationCode": location, "onHand": "5", "reserved": "1.5", "unavailable": "0"}


def location(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "kind": "STORE",
        "name": f"Store {code}",
        "address": {"lines": ["High Street 1"], "city": "Bern", "country": "CH", "postalCode": None},
        "timeZone": "Europe/Zurich",
        "services": ["C&C"],
    }


def pim() -> MemoryAdapter:
    categories = [
        {"code": "K1", "name": "All", "parentCode": None, "ancestorCodes": []},
        {"code": "K2", "name": "Some", "parentCode": "K1", "ancestorCodes": ["K1"]},
    ]
    return MemoryAdapter(
        "pim",
        {
            "Product": MemoryEntity(
                [product(number) for number in range(1, PRODUCTS + 1)],
                {"code": MemoryLookup(batch=2)},
                {
                    "products": MemorySearch(
                        {name: among(field) for name, field in PRODUCT_FILTERS.items()},
                        limit=4,
                        facets={"brand": "brand", "lifecycle": "lifecycle"},
                    )
                },
            ),
            "Variant": MemoryEntity(
                [variant(sku) for sku in SKUS],
                {"sku": MemoryLookup(batch=50), "productCode": MemoryLookup(many=True, batch=50)},
            ),
            "Category": MemoryEntity(
                categories,
                {"code": MemoryLookup(), "parentCode": MemoryLookup(many=True)},
                {"categories": MemorySearch(limit=1)},
            ),
        },
    )


def pricing() -> MemoryAdapter:
    rows = [row for sku in SKUS for row in (price(sku, "19.90"), price(sku, "17.50", customerGroup="GOLD"))]
    return MemoryAdapter("pricing", {"Price": MemoryEntity(rows, {"sku": MemoryLookup(many=True, batch=50)})})


def wms() -> MemoryAdapter:
    return MemoryAdapter(
        "wms",
        {
            "StockLevel": MemoryEntity(
                [stock(sku, store) for sku in SKUS for store in STORES],
                {
                    "sku": MemoryLookup(many=True, arguments={"locations": among("locationCode")}),
                    "sku locationCode": MemoryLookup(),
                },
            ),
            "Location": MemoryEntity(
                [location(store) for store in STORES], {"code": MemoryLookup()}, {"locations": MemorySearch(limit=500)}
            ),
        },
    )


def registered(adapter: MemoryAdapter, role: Role, limits: Limits = UNLIMITED) -> RegisteredSource:
    def build(_: Source, __: Types) -> MemoryAdapter:
        return adapter

    source = Source(source=adapter.source, role=role, kind="memory", limits=limits)
    return RegisteredSource(document(f"sources/{adapter.source}.yaml"), Kind("memory", Source, build), source)


def document(name: str) -> Document:
    return Document(name, Path(), Node(Position(name), {}))


@dataclass
class Estate:
    """An engine over sources in memory. ``calls`` is what each was asked, as ``(entity, by, number of keys)``.

    ``settings``: those of ``gateway.yaml``; ``limits``: by source.
    """

    sources: Mapping[str, tuple[MemoryAdapter, Role]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Limits] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.composition: Composition = compose(self.configuration())
        self.engine = Engine(self.composition, self.composition.adapters)

    def configuration(self) -> Configuration:
        settings = Settings.model_validate({"defaults": {"currency": "EUR"}, **self.settings})
        sources = tuple(
            registered(adapter, role, self.limits.get(name, UNLIMITED))
            for name, (adapter, role) in self.sources.items()
        )
        return Configuration(Path(), document("gateway.yaml"), settings, sources)

    def __getitem__(self, source: str) -> MemoryAdapter:
        return self.sources[source][0]

    async def answer(self, query: str, /, **more: Any) -> Answer:
        return await self.engine.execute(OperationRequest(query, request_id="r1", **more))

    async def ask(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The whole response."""
        answer = await self.answer(query, variables=variables)
        response: dict[str, Any] = json.loads(answer.body)
        return response

    async def data(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The data of a response that must be without errors."""
        response = await self.ask(query, **variables)
        assert "errors" not in response, response["errors"]
        data: dict[str, Any] = response["data"]
        return data

    def calls(self, source: str) -> list[tuple[str, str, int]]:
        found = [
            (call.entity, getattr(call, "by", getattr(call, "name", "")), len(getattr(call, "keys", None) or ()))
            for call in self[source].calls
        ]
        return found


def estate(**settings: Any) -> Estate:
    return Estate({"pim": (pim(), "PIM"), "pricing": (pricing(), "PRICING"), "wms": (wms(), "WMS")}, settings)
