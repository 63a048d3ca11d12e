"""Cost limits of the demo, as ``docs/cost.md`` shows them."""

from __future__ import annotations

import json

from gateway.commands.check import served_text
from tests.retail.documents import Block, blocks
from tests.retail.running import Calls, Client

DEAR = "{ products(first: 100) { nodes { variants(first: 10) { nodes { stock { safetyStock } } } } } }"


def shown(language: str) -> Block:
    (block,) = (each for each in blocks(language) if each.page == "docs/cost.md")
    return block


async def test_an_operation_that_costs_the_erp_too_much_is_refused(client: Client, calls: Calls) -> None:
    assert await client.ask(DEAR) == json.loads(shown("json").text)
    assert calls.counted() == {}


def test_check_lists_the_paths_that_cost_one_call_per_item(client: Client) -> None:
    assert shown("text").text in served_text(client.gateway.composition)


async def test_what_it_cost_is_what_the_systems_counted(client: Client, calls: Calls) -> None:
    query = '{ variants(skus: ["A-00001", "A-00002"]) { name stock { onHand } } }'
    cost = await client.extension("cost", query)
    counted = calls.counted()
    assert {source: spent["calls"] for source, spent in cost["sources"].items()} == {
        "pim": sum(counted["pim"].values()),
        "wms": counted["sql"]["STOCK"],
        "pos": counted["sql"]["SHELF"],
    }
    assert cost["worstCase"]["calls"] == cost["calls"] == 3
