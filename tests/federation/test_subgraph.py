"""``_service`` and ``_entities`` as the subgraph specification of Apollo Federation words them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapters.spi import Unavailable
from gateway.engine.ids import id_of
from tests.engine.estate import Estate, estate, pim, pricing, wms

ENTITIES = """
query ($of: [_Any!]!) {
  _entities(representations: $of) {
    __typename
    ... on Variant { sku name price { value { amount } } }
    ... on Product { code brand }
    ... on StockLevel { locationCode onHand }
  }
}
"""


@pytest.fixture
def subgraph() -> Estate:
    return estate(federation=True)


async def entities(subgraph: Estate, *of: Any) -> list[Any]:
    data = await subgraph.data(ENTITIES, of=list(of))
    found: list[Any] = data["_entities"]
    return found


async def test_of_several_types_in_the_order_asked_for(subgraph: Estate) -> None:
    found = await entities(
        subgraph,
        {"__typename": "Variant", "sku": "A12"},
        {"__typename": "Product", "code": "P1"},
        {"__typename": "Variant", "sku": "A11"},
        {"__typename": "StockLevel", "sku": "A11", "locationCode": "S2"},
    )
    assert [each.get("sku") or each.get("code") or each["locationCode"] for each in found] == ["A12", "P1", "A11", "S2"]
    assert [each["__typename"] for each in found] == ["Variant", "Product", "Variant", "StockLevel"]
    assert found[0]["price"] == {"value": {"amount": "19.90"}}


async def test_one_call_for_each_type_and_key(subgraph: Estate) -> None:
    skus = [f"A{product}{number}" for product in (1, 2, 3) for number in (1, 2, 3)]
    await entities(subgraph, *({"__typename": "Variant", "sku": sku} for sku in [*skus, *skus]))
    assert subgraph.calls("pim") == [("Variant", "sku", 9)]
    assert subgraph.calls("pricing") == [("Price", "sku", 9)]
    assert subgraph.calls("wms") == []


async def test_what_is_not_known_is_null(subgraph: Estate) -> None:
    known, gone = {"__typename": "Variant", "sku": "A11"}, {"__typename": "Variant", "sku": "GONE"}
    found = await entities(subgraph, gone, known, {"__typename": "Product", "id": "no id of ours"})
    assert [each and each["sku"] for each in found] == [None, "A11", None]


async def test_by_the_opaque_id_and_by_the_key_at_once(subgraph: Estate) -> None:
    by_id = {"__typename": "Variant", "id": id_of("Variant", "A11")}
    found = await entities(subgraph, by_id, {"__typename": "Variant", "sku": "A12", "extra": True})
    assert [each["sku"] for each in found] == ["A11", "A12"]
    assert subgraph.calls("pim") == [("Variant", "sku", 2)]


@pytest.mark.parametrize(
    ("representation", "message"),
    [
        ({"sku": "A11"}, "Each representation needs a __typename, one of Category, Location, Product, "),
        ({"__typename": "Nothing", "sku": "A11"}, "Each representation needs a __typename"),
        ({"__typename": ["Variant"], "sku": "A11"}, "Each representation needs a __typename"),
        ("A11", "Each representation needs a __typename"),
        ({"__typename": "Variant", "name": "x"}, "A representation of Variant needs id or sku."),
        (
            {"__typename": "StockLevel", "sku": "A11"},
            "A representation of StockLevel needs id or sku and locationCode.",
        ),
    ],
)
async def test_a_representation_that_names_nothing_is_refused(
    subgraph: Estate, representation: Any, message: str
) -> None:
    response = await subgraph.ask(ENTITIES, of=[representation])
    [error] = response["errors"]
    assert error["message"].startswith(message)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert subgraph.calls("pim") == []


async def test_a_dead_source_blanks_its_own_entities(subgraph: Estate) -> None:
    subgraph["wms"].down = Unavailable("wms")
    response = await subgraph.ask(
        ENTITIES,
        of=[{"__typename": "StockLevel", "sku": "A11", "locationCode": "S1"}, {"__typename": "Variant", "sku": "A11"}],
    )
    assert response["data"]["_entities"][0] is None
    assert response["data"]["_entities"][1]["sku"] == "A11"
    [error] = response["errors"]
    assert error["path"] == ["_entities", 0]
    assert error["extensions"]["source"] == "wms"


async def test_as_many_as_keys_are_allowed(subgraph: Estate) -> None:
    few = estate(federation=True, limits={"keys": 2})
    response = await few.ask(ENTITIES, of=[{"__typename": "Variant", "sku": f"A{n}"} for n in range(3)])
    assert response["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


async def test_the_description_is_for_composition(subgraph: Estate) -> None:
    data = await subgraph.data("{ _service { sdl } __schema { queryType { name } } }")
    sdl: str = data["_service"]["sdl"]
    assert 'url: "https://specs.apollo.dev/federation/v2.9"' in sdl
    root = sdl[sdl.index("type Query {") :].split("\n}")[0]
    assert "  product(" in root
    for left_out in ("  node(", "  nodes(", "_entities", "_service"):
        assert left_out not in root
    assert "_Entity" not in sdl
    assert 'type Variant implements Node @owner(by: PIM) @cacheControl(maxAge: 3600) @key(fields: "id")' in sdl
    assert "type Money @shareable" in sdl


def test_a_key_that_nobody_can_be_asked_by_is_only_known() -> None:
    without_codes = pim()
    product = replace(without_codes.capabilities["Product"], lookups={})
    without_codes.capabilities = {**without_codes.capabilities, "Product": product}
    cut = Estate(
        {"pim": (without_codes, "PIM"), "pricing": (pricing(), "PRICING"), "wms": (wms(), "WMS")}, {"federation": True}
    )
    line = next(line for line in cut.composition.subgraph_sdl().splitlines() if line.startswith("type Product "))
    assert '@key(fields: "code", resolvable: false)' in line
    union = next(line for line in cut.composition.sdl().splitlines() if line.startswith("union _Entity"))
    assert "Product" not in union


async def test_without_the_setting_a_gateway_is_no_subgraph() -> None:
    alone = estate()
    assert "_entities" not in alone.composition.sdl()
    response = await alone.ask("{ _service { sdl } }")
    assert response["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
