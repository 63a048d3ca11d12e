"""Plans of the example operations, and whether they promise what a run then costs."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from gateway.engine.explain import as_text, explained
from gateway.engine.request import OperationRequest
from tests.retail.running import CHECKOUT, Calls, Client

EXAMPLES = sorted((CHECKOUT / "examples" / "queries").glob("*.graphql"))
EXAMPLE_TEXTS = {file: file.read_text() for file in EXAMPLES}
SNAPSHOTS = Path(__file__).parent / "plans"

FULL = """query ($skus: [String!]!, $first: Int!) {
  products(first: $first) { nodes { variants(first: 3) { nodes { sku taxClass price { value { amount } } } } } }
  stock(skus: $skus, locations: ["S001", "S002", "S003", "S004", "S005"]) { safetyStock location { name } }
}"""
"""Full pages, distinct keys, lists at their bound: what the plan promises at most is what it costs."""


def request(query: str, **variables: Any) -> OperationRequest:
    return OperationRequest(query, variables=variables, extensions={"trace": True})


def plan(client: Client, asked: OperationRequest) -> dict[str, Any]:
    prepared = client.gateway.engine.prepare(asked)
    return explained(prepared, client.gateway.composition)


def sources(calls: Calls) -> dict[str, int]:
    """The systems' own counts; all databases as one."""
    return {system: sum(counted.values()) for system, counted in calls.counted().items()}


def promised(explanation: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for source, most in explanation["sources"].items():
        system = "sql" if source in ("wms", "oms", "pos", "crosswalk") else source
        found[system] = found.get(system, 0) + most["calls"]
    return found


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_plans_are_as_written_down(client: Client, file: Path) -> None:
    """``CROSSDOCK_WRITE_PLANS=1`` writes them anew, to be read and committed."""
    text = as_text(plan(client, request(file.read_text())))
    snapshot = SNAPSHOTS / f"{file.stem}.txt"
    if os.environ.get("CROSSDOCK_WRITE_PLANS"):
        SNAPSHOTS.mkdir(exist_ok=True)
        snapshot.write_text(text)
    assert snapshot.read_text() == text


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_code_can_be_read(client: Client, file: Path) -> None:
    """A reader sees whose records each table holds and what type each function makes, on lines that end somewhere."""
    prepared = client.gateway.engine.prepare(request(file.read_text()))
    code = prepared.projection.source
    for table in prepared.plan.tables:
        assert f"tables[{table.index}].failed  # {table.step.source}: {table.step.entity} " in code
    types = set(re.findall(r"def (\w+)_\d+\(", code))
    assert types and types <= client.gateway.composition.schema.type_map.keys()
    assert max(len(line) for line in code.splitlines()) < 180


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
async def test_no_run_costs_more_than_its_plan_says(client: Client, calls: Calls, file: Path) -> None:
    asked = request(EXAMPLE_TEXTS[file])
    response = await client.gateway.execute(asked)
    assert "errors" not in json.loads(response.body)
    cost, most = sources(calls), promised(plan(client, asked))
    login = calls.counted().get("erp", {}).get("Login", 0)
    for system, count in cost.items():
        assert count - (login if system == "erp" else 0) <= most[system]


async def test_the_worst_case_is_met_where_everything_is_full(client: Client, calls: Calls) -> None:
    # every variant that has stock at all five places, so that no list is shorter than planned
    data = await client.data(
        "{ products(first: 60) { nodes { variants(first: 3) { nodes { sku stock { locationCode } } } } } }"
    )
    places = {f"S{number:03}" for number in range(1, 6)}
    skus = [
        variant["sku"]
        for product in data["products"]["nodes"]
        for variant in product["variants"]["nodes"]
        if places <= {level["locationCode"] for level in variant["stock"]}
    ][:40]
    assert len(skus) == 40
    asked = request(FULL, skus=skus, first=100)
    calls.reset()
    await client.gateway.execute(asked)
    cost, explanation = sources(calls), plan(client, asked)
    cost["erp"] -= calls.counted()["erp"].get("Login", 0)
    [prices] = [step for step in explanation["steps"] if step["entity"] == "Price"]
    cost["erp"] += prices["sources"]["erp"]["calls"]  # spared, as the price engine was there
    assert cost == promised(explanation)
    assert sum(cost.values()) == explanation["worstCase"]


async def test_a_run_tells_what_it_took(client: Client, calls: Calls) -> None:
    response = await client.gateway.execute(
        request('{ variants(skus: ["A-00001", "NOPE"]) { name stock { onHand } } }')
    )
    trace = json.loads(response.body)["extensions"]["trace"]
    steps = {step["source"]: step for step in trace["steps"]}
    assert steps["pim"]["keys"] == 2
    assert steps["pim"]["calls"] == 1
    assert trace["calls"] == sum(sources(calls).values()) == 3
    assert 0 < steps["wms + pos"]["milliseconds"] <= trace["milliseconds"]
