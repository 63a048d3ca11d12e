"""Worst cases: what they promise, what is refused because of them, and what is told of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.batching import Batched
from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch
from adapters.registration import Limits
from adapters.resilience import Resilient
from gateway.engine.engine import Engine, Prepared
from gateway.engine.request import OperationRequest
from tests.engine.estate import SKUS, Estate, estate

PAGES = (
    "query ($n: Int!) { products(first: $n) { nodes { variants(first: 3) { nodes { price { value { amount } } } } } } }"
)


def prepared(graph: Estate, query: str, **variables: Any) -> Prepared:
    return graph.engine.prepare(OperationRequest(query, variables=variables))


def full() -> Estate:
    """Lists at their bound: three variants of a product, two prices and two stock levels of a variant."""
    bounds = {
        "Variant.price": 2,
        "Variant.stock": 2,
        "Product.variants": 3,
        "Query.stock": 2,
        "Product.categoryCodes": 2,
    }
    return estate(limits={"list": 3, "first": 4}, bounds=bounds)


def calling(graph: Estate) -> Engine:
    """The engine over the same sources as a gateway calls them: in batches, each call counted."""
    return Engine(
        graph.composition,
        {name: Batched(Resilient(adapter, Limits())) for name, adapter in graph.composition.adapters.items()},
    )


async def cost_of(graph: Estate, query: str, **variables: Any) -> dict[str, Any]:
    """``extensions.cost``, compared with what the systems themselves counted."""
    asked = OperationRequest(query, variables=variables, extensions={"cost": True})
    response = json.loads((await calling(graph).execute(asked)).body)
    assert "errors" not in response, response["errors"]
    cost: dict[str, Any] = response["extensions"]["cost"]
    for source, spent in cost["sources"].items():
        assert spent["calls"] == len(graph[source].calls), source
    return cost


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        ('{ variant(sku: "A11") { name price { kind } stock { onHand } } }', {"pim": 1, "pricing": 1, "wms": 1}),
        ("{ products(first: 4) { nodes { variants(first: 3) { nodes { name } } } } }", {"pim": 2}),
        (
            "{ products(first: 4) { nodes { variants(first: 3) { nodes { stock { onHand } } } } } }",
            {"pim": 2, "wms": 1},
        ),
        ('{ a: variant(sku: "A11") { name } b: variant(sku: "A12") { name } }', {"pim": 1}),
        (
            '{ a: product(code: "P1") { name } b: product(code: "P2") { name } c: product(code: "P3") { brand } }',
            {"pim": 2},
        ),
        ('{ stock(skus: ["A11", "A12"], locations: ["S1", "S2"]) { location { name } onHand } }', {"wms": 2}),
    ],
)
async def test_what_is_promised_is_what_full_pages_and_distinct_keys_cost(query: str, calls: dict[str, int]) -> None:
    cost = await cost_of(full(), query)
    assert {source: spent["worstCase"]["calls"] for source, spent in cost["sources"].items()} == calls
    assert {source: spent["calls"] for source, spent in cost["sources"].items()} == calls
    assert cost["calls"] == cost["worstCase"]["calls"] == sum(calls.values())


async def test_records_are_counted_as_the_sources_give_them() -> None:
    query = "{ products(first: 4) { nodes { variants(first: 3) { nodes { price { kind } stock { onHand } } } } } }"
    cost = await cost_of(full(), query)
    # 4 products and 12 variants; of two prices of a variant one is shown, both are fetched
    assert {source: spent["records"] for source, spent in cost["sources"].items()} == {
        "pim": 4 + 12,
        "pricing": 24,
        "wms": 24,
    }
    assert cost["records"] == cost["worstCase"]["records"]


async def test_less_than_promised_is_told_too() -> None:
    cost = await cost_of(
        full(), "query ($skus: [String!]!) { variants(skus: $skus) { stock { onHand } } }", skus=["A11", "NO"]
    )
    assert cost["sources"]["wms"] == {"calls": 1, "records": 2, "worstCase": {"calls": 1, "records": 4}}


async def test_nothing_is_told_where_nobody_asks_or_it_is_switched_off() -> None:
    query = '{ variant(sku: "A11") { name } }'
    assert "extensions" not in await estate().ask(query)
    silent = estate(server={"trace": False})
    answer = await silent.answer(query, extensions={"cost": True, "trace": True})
    assert "extensions" not in json.loads(answer.body)


class TestLimits:
    @pytest.fixture
    def graph(self) -> Estate:
        """Twelve prices are asked for two at a time."""
        made = full()
        rows = made["pricing"].entities["Price"].records
        pricing = MemoryAdapter("pricing", {"Price": MemoryEntity(rows, {"sku": MemoryLookup(many=True, batch=2)})})
        return Estate({**made.sources, "pricing": (pricing, "PRICING")}, made.settings, {"pricing": Limits(calls=4)})

    async def test_too_many_calls_to_one_source_are_refused_before_the_first(self, graph: Estate) -> None:
        answer = await graph.answer(PAGES, variables={"n": 4})
        assert not answer.executed
        assert json.loads(answer.body) == {
            "errors": [
                {
                    "message": "This operation may cost 6 calls to pricing, limit 4; 6 of them are for Variant.price. "
                    "Ask for fewer keys or smaller pages.",
                    "extensions": {
                        "code": "LIMIT_EXCEEDED",
                        "source": "pricing",
                        "coordinate": "Variant.price",
                        "unit": "calls",
                        "worstCase": 6,
                        "limit": 4,
                        "requestId": "r1",
                    },
                }
            ]
        }
        assert [graph.calls(source) for source in graph.sources] == [[], [], []]

    async def test_the_same_operation_with_less_is_answered(self, graph: Estate) -> None:
        assert (await graph.answer(PAGES, variables={"n": 4})).executed is False
        data = await graph.data(PAGES, n=2)
        assert len(data["products"]["nodes"]) == 2

    async def test_records_are_limited_alike(self, graph: Estate) -> None:
        graph = Estate(graph.sources, graph.settings, {"pim": Limits(records=15)})
        (error,) = (await graph.ask(PAGES, n=4))["errors"]
        assert error["message"].startswith("This operation may cost 16 records of pim, limit 15; 12 of them are for")
        assert (error["extensions"]["unit"], error["extensions"]["coordinate"]) == ("records", "Product.variants")

    async def test_the_whole_operation_is_limited_by_the_gateway(self, graph: Estate) -> None:
        settings = {**graph.settings, "limits": {**graph.settings["limits"], "calls": 7}}
        graph = Estate(graph.sources, settings)
        (error,) = (await graph.ask(PAGES, n=4))["errors"]
        assert error["message"].startswith("This operation may cost 8 calls, limit 7; 6 of them are for Variant.price.")
        assert error["extensions"]["source"] == "pricing"

    async def test_of_several_limits_the_one_that_is_missed_most_is_told(self, graph: Estate) -> None:
        graph = Estate(graph.sources, graph.settings, {"pricing": Limits(calls=5), "pim": Limits(records=2)})
        (error,) = (await graph.ask(PAGES, n=4))["errors"]
        assert error["extensions"]["source"] == "pim"

    def test_a_worst_case_is_worked_out_once_for_sizes_that_are_alike(self, graph: Estate) -> None:
        query = "query ($skus: [String!]!) { variants(skus: $skus) { price { value { amount } } } }"
        first = prepared(graph, query, skus=SKUS[:3]).cost
        assert prepared(graph, query, skus=[*SKUS[3:6], SKUS[3]]).cost is first
        assert prepared(graph, query, skus=SKUS[:4]).cost is not first

    def test_sizes_without_end_are_not_kept(self, graph: Estate) -> None:
        query = "query ($skus: [String!]!) { variants(skus: $skus) { sku } }"
        for count in range(1, 200):
            made = prepared(graph, query, skus=[f"X{number}" for number in range(count)])
            assert made.cost.sources["pim"].records == count
        assert len(made.asked.planned.costs) <= 64


async def test_a_list_without_pages_costs_a_call_for_each_part() -> None:
    places = [{"code": f"S{number}", "name": "Store", "kind": "STORE"} for number in range(10)]
    wms = MemoryAdapter("wms", {"Location": MemoryEntity(places, {}, {"locations": MemorySearch(limit=3)})})
    graph = Estate({"wms": (wms, "WMS")}, {"limits": {"first": 10}})
    cost = await cost_of(graph, "{ locations { name } }")
    assert cost["calls"] == cost["worstCase"]["calls"] == 4
