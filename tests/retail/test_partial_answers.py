"""What is left of an answer when a system is gone, and how fast it comes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from statistics import median

import pytest

from gateway.commands.back_office import BackOffice
from gateway.runtime import Gateway
from tests.retail.running import CHECKOUT, Client, configuration

QUERY = """{ products(first: 10) { nodes { name variants(first: 3) { nodes { sku name
  price(context: {at: "2026-11-22T12:00:00Z"}) { value { amount } } stock { onHand } } } } } }"""


@pytest.fixture
def crumbling() -> Iterator[BackOffice]:
    """A back office of its own, for tests that end processes of it."""
    with BackOffice(CHECKOUT, 0.02, ("loyalty", "crm", "erp")) as office:
        yield office


async def answers(client: Client, times: int) -> tuple[list[float], list[dict[str, object]]]:
    took, responses = [], []
    for _ in range(times):
        began = time.perf_counter()
        responses.append(await client.ask(QUERY))
        took.append(time.perf_counter() - began)
    return took, responses


async def test_a_dead_price_engine_costs_the_prices_and_no_time(crumbling: BackOffice) -> None:
    gateway = Gateway.build(configuration(crumbling.environment))
    client = Client(gateway)
    await answers(client, 3)
    healthy, whole = await answers(client, 20)
    crumbling.processes["pricing"].kill()
    crumbling.processes["pricing"].wait()
    crippled, partial = await answers(client, 20)
    await gateway.aclose()

    assert median(crippled) <= 1.2 * median(healthy)
    assert all("errors" not in response for response in whole)
    for response in partial:
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


async def test_a_system_that_comes_back_answers_again(crumbling: BackOffice) -> None:
    gateway = Gateway.build(configuration(crumbling.environment))
    client = Client(gateway)
    port = int(crumbling.environment["PRICING_URL"].rsplit(":", 1)[1])
    crumbling.processes["pricing"].kill()
    crumbling.processes["pricing"].wait()
    assert "errors" in await client.ask(QUERY)
    crumbling.processes["pricing"] = crumbling.process("pricing", port)
    crumbling.wait({"pricing": port})
    assert "errors" not in await client.ask(QUERY)
    await gateway.aclose()


async def test_health_names_each_source(crumbling: BackOffice) -> None:
    gateway = Gateway.build(configuration(crumbling.environment))
    health = await gateway.health()
    await gateway.aclose()
    up = {name: state.up for name, state in health.items()}
    assert up == {"pim": True, "pricing": True, "wms": True, "oms": True, "loyalty": False, "crm": False, "erp": False}
    assert {state.code for state in health.values() if not state.up} == {"UNAVAILABLE"}
