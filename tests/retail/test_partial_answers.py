"""What is left of an answer when a system is gone, and how fast it comes."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from functools import partial
from statistics import median

import pytest

from examples.backoffice.world import World
from gateway.commands.back_office import BackOffice
from gateway.commands.back_office import answers as answers_at
from gateway.engine import ids
from gateway.runtime import Gateway
from tests.retail.running import CHECKOUT, Client, configuration

QUERY = """{ products(first: 10) { nodes { name variants(first: 3) { nodes { sku name
  price(context: {at: "2026-11-22T12:00:00Z"}) { value { amount } } stock { onHand } } } } } }"""


@pytest.fixture
def crumbling() -> Iterator[BackOffice]:
    """A back office of its own, for tests that end processes of it."""
    with BackOffice(CHECKOUT, 0.02, ("loyalty", "crm", "erp")) as office:
        yield office


@pytest.fixture
async def client(crumbling: BackOffice) -> AsyncIterator[Client]:
    gateway = Gateway.build(configuration(crumbling.environment))
    yield Client(gateway)
    await gateway.aclose()


async def answers(client: Client, times: int) -> tuple[list[float], list[dict[str, object]]]:
    took, responses = [], []
    for _ in range(times):
        began = time.perf_counter()
        responses.append(await client.ask(QUERY))
        took.append(time.perf_counter() - began)
    return took, responses


@pytest.mark.alone
async def test_a_dead_price_engine_costs_the_prices_and_no_time(crumbling: BackOffice, client: Client) -> None:
    await answers(client, 3)
    healthy, whole = await answers(client, 20)
    crumbling.processes["pricing"].kill()
    crumbling.processes["pricing"].wait()
    crippled, torn = await answers(client, 20)

    assert median(crippled) <= 1.2 * median(healthy)
    assert all("errors" not in response for response in whole)
    for response in torn:
        products = response["data"]["products"]["nodes"]  # type: ignore[index]
        variants = [variant for product in products for variant in product["variants"]["nodes"]]
        assert len(variants) == 30
        assert all(variant["price"] is None and variant["name"] and variant["stock"] for variant in variants)
        errors = response["errors"]
        assert isinstance(errors, list)
        assert len(errors) == 30
        assert {(error["extensions"]["code"], error["extensions"]["source"]) for error in errors} == {
            ("UNAVAILABLE", "pricing")
        }
        port = crumbling.environment["PRICING_URL"].rsplit(":", 1)[1]
        assert port not in json.dumps(errors), "no address of a system reaches a client"


async def test_a_system_that_comes_back_answers_again(crumbling: BackOffice, client: Client) -> None:
    port = int(crumbling.environment["PRICING_URL"].rsplit(":", 1)[1])
    crumbling.processes["pricing"].kill()
    crumbling.processes["pricing"].wait()
    assert "errors" in await client.ask(QUERY)
    crumbling.start("pricing", "-m", "examples.backoffice", "pricing", "--port", str(port), "--attended")
    crumbling.wait("pricing", partial(answers_at, port))
    assert "errors" not in await client.ask(QUERY)


async def test_list_prices_stand_in_for_a_dead_price_engine_and_web_orders_go_on_without_tills(world: World) -> None:
    with BackOffice(CHECKOUT, 0.0, ("pricing", "loyalty", "crm", "pos")) as office:
        gateway = Gateway.build(configuration(office.environment))
        client = Client(gateway)
        data = await client.data(
            """{ variants(skus: ["A-00001", "A-00002"]) {
                 sku price { value { amount } taxRate provenance { source role } } } }"""
        )
        sales = await client.data("{ orders(first: 3) { nodes { provenance { source } } missingSources totalCount } }")
        await gateway.aclose()
    assert sales["orders"] == {
        "nodes": [{"provenance": {"source": "oms"}}] * 3,
        "missingSources": ["pos"],
        "totalCount": None,
    }
    for variant in data["variants"]:
        plain = world.prices[variant["sku"]][0]
        assert variant["price"] == {
            "value": {"amount": plain.amount},
            "taxRate": plain.tax_rate,
            "provenance": {"source": "erp", "role": "ERP"},
        }


async def test_without_the_tills_the_stock_of_stores_is_an_error_and_that_of_warehouses_an_answer(world: World) -> None:
    """Half a list is none; a single record needs the one system that has it."""
    query = """query ($there: ID!, $here: ID!) { variant(sku: "A-00001") { name stock { onHand } }
        there: node(id: $there) { ... on StockLevel { onHand provenance { source } } }
        here: node(id: $here) { ... on StockLevel { onHand } } }"""
    there = next(row for row in world.stock if row.sku == "A-00001" and row.location in world.warehouses)
    here = next(row for row in world.stock if row.sku == "A-00001" and row.location in world.stores)
    with BackOffice(CHECKOUT, 0.0, ("pos", "erp", "crm", "loyalty", "dam", "pricing")) as office:
        gateway = Gateway.build(configuration(office.environment))
        response = await Client(gateway).ask(
            query,
            there=ids.id_of("StockLevel", "A-00001", there.location),
            here=ids.id_of("StockLevel", "A-00001", here.location),
        )
        await gateway.aclose()
    data = response["data"]
    assert data["variant"]["name"] and data["variant"]["stock"] is None
    assert Decimal(data["there"]["onHand"]) == there.on_hand
    assert data["there"]["provenance"] == {"source": "wms"}
    assert data["here"] is None
    assert {(error["path"][0], error["extensions"]["source"]) for error in response["errors"]} == {
        ("variant", "pos"),
        ("here", "pos"),
    }


async def test_health_names_each_source(client: Client) -> None:
    health = await client.gateway.health()
    up = {name: state.up for name, state in health.items()}
    assert {name for name, is_up in up.items() if is_up} == {"pim", "pricing", "wms", "oms", "pos", "dam", "crosswalk"}
    assert {name for name, is_up in up.items() if not is_up} == {"loyalty", "crm", "erp"}
    assert {state.code for state in health.values() if not state.up} == {"UNAVAILABLE"}
