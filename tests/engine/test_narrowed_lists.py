"""Lists that are narrowed and counted: what is refused, and what facets cost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.batching import Batched
from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch, among
from adapters.registration import Limits
from adapters.resilience import Resilient
from adapters.spi import Adapter
from adapters.sql import KIND
from cache.coalesced import Coalesced
from gateway.engine.engine import Engine
from gateway.engine.request import OperationRequest
from gateway.graph import declared_graph
from tests.engine.estate import Estate

PRODUCTS = [("P1", "Acme", "K1"), ("P2", "Umbra", "K1"), ("P3", "Acme", "K2")]


def estate(**pim: Any) -> Estate:
    """``pim``: of the search below a category."""
    products = [
        {"code": code, "name": {"en": code}, "brand": brand, "categoryCode": category, "categoryCodes": [category]}
        for code, brand, category in PRODUCTS
    ]
    filters = {"brand": among("brand"), "codes": among("code")}
    searches = {"products": MemorySearch(filters), "categoryCode": MemorySearch(parent="categoryCode", **pim)}
    categories = [{"code": code, "name": {"en": code}} for code in ("K1", "K2")]
    made = MemoryAdapter(
        "pim",
        {
            "Product": MemoryEntity(products, {"code": MemoryLookup()}, searches),
            "Category": MemoryEntity(categories, {"code": MemoryLookup()}),
        },
    )
    return Estate({"pim": (made, "PIM")}, {})


async def test_a_filter_that_only_another_list_takes_is_refused() -> None:
    graph = estate(filters={"brand": among("brand")})
    query = '{ category(code: "K1") { products(filter: {codes: ["P1"]}) { nodes { code } } } }'
    [error] = (await graph.ask(query))["errors"]
    assert error["message"] == "`filter` of products asks for codes; its source narrows by brand."
    data = await graph.data(query.replace('codes: ["P1"]', 'brand: ["Acme"]'))
    assert data["category"]["products"]["nodes"] == [{"code": "P1"}]


async def test_without_any_filter_the_argument_is_not_in_the_graph() -> None:
    graph = estate()
    query = '{ category(code: "K1") { products(filter: {codes: ["P1"]}) { nodes { code } } } }'
    [error] = (await graph.ask(query))["errors"]
    assert "filter" in error["message"]
    left = {each.coordinate: each.why for each in graph.composition.unfiltered()}
    refuses = "Category.products refuses it: no source declares it in the search categoryCode of Product"
    assert left["ProductFilter.codes"] == refuses
    assert left["ProductFilter.price"] == "no source declares it in the search products of Product"
    assert left["Query.products(search:)"] == "no source declares it in the search products of Product"


async def test_facets_are_served_where_a_list_behind_the_type_counts_some() -> None:
    query = '{ category(code: "K1") { products { facets { code } } } products { facets { code } } }'
    [error, *_] = (await estate().ask(query))["errors"]
    assert "facets" in error["message"]
    data = await estate(facets={"brand": "brand"}).data(query)
    assert data["category"]["products"]["facets"] == [{"code": "brand"}]
    assert data["products"]["facets"] == []


REGISTRATION = {
    "source": "pim",
    "role": "PIM",
    "kind": "sql",
    "entities": {
        "Product": {
            "key": "code",
            "table": "STYLE",
            "fields": {"code": "CODE", "name": "CODE", "brand": "BRAND"},
            "lookup": {"code": {}},
            "search": {
                "products": {
                    "order": ["code"],
                    "total": True,
                    "filters": {"brand": "brand"},
                    "facets": {"brand": "brand", "code": {"field": "code", "most": 2}},
                }
            },
        }
    },
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Adapter]:
    with sqlite3.connect(tmp_path / "shop.sqlite") as connection:
        connection.execute("create table STYLE (CODE text primary key, BRAND text, CAT text)")
        connection.executemany("insert into STYLE values (?, ?, ?)", PRODUCTS)
    registration = KIND.registration.model_validate(REGISTRATION | {"url": f"sqlite:///{tmp_path}/shop.sqlite"})
    yield KIND.build(registration, declared_graph().types)


@pytest.mark.parametrize(
    ("selected", "calls"),
    [
        ("nodes { code }", 1),
        ("nodes { code } totalCount", 2),
        ("facets { code }", 3),
        ("totalCount facets { code }", 4),
    ],
)
async def test_the_worst_case_counts_a_statement_for_each_facet(shop: Adapter, selected: str, calls: int) -> None:
    graph = Estate({"pim": (shop, "PIM")}, {})
    engine = Engine(graph.composition, {"pim": Batched(Coalesced(Resilient(shop, Limits())))})
    query = f'{{ products(filter: {{brand: ["Acme"]}}) {{ {selected} }} }}'
    response = json.loads((await engine.execute(OperationRequest(query, extensions={"cost": True}))).body)
    cost = response["extensions"]["cost"]
    assert (cost["calls"], cost["worstCase"]["calls"]) == (calls, calls)
    await shop.aclose()
