"""What belongs to any key of a record is the record's: lists below somebody whom the deciding system had twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup
from adapters.spi import Lookup, Unavailable
from gateway.engine.explain import as_text, explained
from gateway.engine.request import OperationRequest
from tests.engine.estate import Estate, location, stock
from tests.identity.estate import FILES, People
from tests.identity.test_customer import ROWS, Make, linked, people  # noqa: F401  pytest finds fixtures by name

OMS = (
    FILES["oms"]
    .replace("as: instant}", "as: instant(yyyyMMddHHmmss)}")
    .replace("keyset: [PLACED desc, NO]}", "keyset: [PLACED desc, NO desc]}, total: true")
)
ORDERS = [(f"O{number:02}", "C7" if number % 3 else "C1", "C", f"2026010110{number:02}00", 1) for number in range(10)]
"""In turns of one number and two of the other; the largest is the latest."""

PAGE = """query ($after: String, $first: Int!) { customer(number: "C7") { orders(first: $first, after: $after) {
  totalCount nodes { number } missingSources pageInfo { hasNextPage endCursor } } } }"""


def twice(make: Make) -> People:
    return make({**linked(("crm", "C7", "C1", "Y")), "ORDERS": ORDERS}, {"oms": OMS})


@pytest.mark.parametrize("first", [1, 3, 100])
async def test_orders_under_either_number_are_one_list(people: Make, first: int) -> None:  # noqa: F811  the fixture
    found = twice(people)
    numbers: list[str] = []
    after, more = None, True
    while more:
        response = await found.ask(PAGE, after=after, first=first)
        page = response["data"]["customer"]["orders"]
        assert (page["totalCount"], page["missingSources"]) == (10, [])
        spent = response["extensions"]["cost"]["sources"]
        assert all(each["calls"] <= each["worstCase"]["calls"] for each in spent.values())
        assert spent["oms"]["calls"] <= (1 if after is None else 3) * 2, "pages and their counts"
        numbers += [node["number"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert numbers == [f"O{number:02}" for number in reversed(range(10))]


async def test_the_plan_tells(people: Make) -> None:  # noqa: F811  the fixture
    gateway = twice(people).gateway
    prepared = gateway.engine.prepare(OperationRequest(PAGE, variables={"first": 3}))
    text = as_text(explained(prepared, gateway.composition))
    assert "keys from Customer.number and all linked to it; at most 101 in batches of" in text


async def test_without_the_table_of_links_a_list_says_that_it_is_not_whole(people: Make) -> None:  # noqa: F811
    found = twice(people)
    found.lose("crosswalk", "LINKS")
    data = await found.data('{ customer(number: "C1") { orders { nodes { number } missingSources } } }')
    orders = data["customer"]["orders"]
    assert [node["number"] for node in orders["nodes"]] == ["O09", "O06", "O03", "O00"]
    assert orders["missingSources"] == ["crosswalk"]


async def test_systems_that_know_the_number_know_both(people: Make) -> None:  # noqa: F811  the fixture
    data = await twice(people).data('{ customer(number: "C1") { externalIds { source value matchedOn } } }')
    assert [each for each in data["customer"]["externalIds"] if each["source"] == "oms"] == [
        {"source": "oms", "value": "C1", "matchedOn": "number"},
        {"source": "oms", "value": "C7", "matchedOn": "LINK"},
    ]


LINKED = [{"source": "wms", "value": "S2", "key": "S1", "linked": True}]
STORE = '{ location(code: "S2") { code stock(skus: ["A11", "A12"]) { sku locationCode } } }'


def stores() -> Estate:
    """A store that has two codes."""
    levels = [stock("A11", "S1"), stock("A12", "S2"), stock("A11", "S3")]
    wms = MemoryAdapter(
        "wms",
        {
            "Location": MemoryEntity([location(code) for code in ("S1", "S2", "S3")], {"code": MemoryLookup()}),
            "StockLevel": MemoryEntity(levels, {"locationCode": MemoryLookup(many=True)}),
        },
    )
    till = MemoryAdapter(
        "till", {"Location": MemoryEntity([{"code": "S1", "gln": "4399901000019"}], {"code": MemoryLookup()})}
    )
    links = {"source value": MemoryLookup(many=True), "key": MemoryLookup(many=True)}
    places = MemoryAdapter("places", {"IdentityLink": MemoryEntity(LINKED, links)})
    words: Any = {"sources": {"wms": "code", "till": "code"}, "match": {"code": "exact"}, "links": "places"}
    roles: Any = {"wms": (wms, "WMS"), "till": (till, "POS"), "places": (places, "ERP")}
    return Estate(roles, {"identity": {"Location": words}, "bounds": {"IdentityLink.key": 3}})


class TestAnyTypeAndAnyList:
    async def test_rows_without_pages(self) -> None:
        graph = stores()
        assert (await graph.data(STORE))["location"] == {
            "code": "S1",
            "stock": [{"sku": "A11", "locationCode": "S1"}, {"sku": "A12", "locationCode": "S2"}],
        }
        [asked] = [call for call in graph["wms"].calls if call.entity == "StockLevel"]
        assert isinstance(asked, Lookup) and list(asked.keys) == ["S1", "S2"]

    async def test_half_a_list_is_none(self) -> None:
        graph = stores()
        graph["places"].down = Unavailable("places", "gone")
        response = await graph.ask(STORE)
        assert response["data"]["location"] == {"code": "S2", "stock": None}
        assert {error["extensions"]["source"] for error in response["errors"]} == {"places"}

    async def test_the_worst_case_knows_the_bound(self) -> None:
        graph = stores()
        prepared = graph.engine.prepare(OperationRequest(STORE))
        told = explained(prepared, graph.composition)
        assert [step["keys"] for step in told["steps"] if step["entity"] == "StockLevel"] == [1 + 3]
        answer = await graph.answer(STORE, extensions={"cost": True})
        cost = json.loads(answer.body)["extensions"]["cost"]
        assert cost["calls"] <= cost["worstCase"]["calls"]
