"""A crossdock as the source of another: `_entities` for lookups, its own connections for searches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.spi import TimedOut
from gateway.config.load import load
from gateway.engine.ids import id_of
from gateway.engine.request import OperationRequest
from gateway.http.app import application
from gateway.runtime import Gateway
from tests.engine.estate import Estate, estate
from tests.serving import serving

BEHIND = """
version: 1
source: behind
role: PIM
kind: graphql
url: ${BEHIND_URL}
entities:
  Variant:
    key: sku
    type: Variant
    fields: {sku: sku, name: name, taxClass: taxClass}
    keys: {productCode: product.code}
    lookup:
      sku: {entities: true, batch: 50}
  StockLevel:
    key: [sku, locationCode]
    type: StockLevel
    fields: {sku: sku, locationCode: locationCode, onHand: onHand, reserved: reserved}
    lookup:
      sku locationCode: {entities: true}
  Product:
    key: code
    fields: {code: code, name: name, brand: brand}
    lookup:
      code: {query: "query ($key: String!) { product(code: $key) }", batch: 20}
    search:
      products:
        query: >-
          query ($first: Int, $after: String, $last: Int, $before: String) {
            products(first: $first, after: $after, last: $last, before: $before)
          }
        limit: 4
"""


@pytest.fixture(scope="module")
def behind() -> Estate:
    return estate(federation=True)


@pytest.fixture(scope="module")
def address(behind: Estate) -> Iterator[str]:
    with serving(application(Gateway(behind.composition))) as url:
        yield f"{url}/graphql"


async def asked(folder: Path, address: str, query: str) -> dict[str, Any]:
    (folder / "sources").mkdir()
    (folder / "gateway.yaml").write_text("version: 1\n")
    (folder / "sources" / "behind.yaml").write_text(BEHIND)
    gateway = Gateway.build(load(folder, environ={"BEHIND_URL": address}))
    try:
        answer = await gateway.execute(OperationRequest(query, request_id="r1"))
    finally:
        await gateway.aclose()
    response: dict[str, Any] = json.loads(answer.body)
    return response


async def test_many_keys_are_one_call_there_and_there(tmp_path: Path, address: str, behind: Estate) -> None:
    behind["pim"].calls.clear()
    query = '{ variants(skus: ["A12", "NONE", "A11"]) { sku name product { code brand } } }'
    response = await asked(tmp_path, address, query)
    assert response == {
        "data": {
            "variants": [
                {"sku": "A12", "name": "Variant A12", "product": {"code": "P1", "brand": "Acme"}},
                None,
                {"sku": "A11", "name": "Variant A11", "product": {"code": "P1", "brand": "Acme"}},
            ]
        }
    }
    assert behind.calls("pim") == [("Variant", "sku", 3), ("Product", "code", 1)]


async def test_composite_keys(tmp_path: Path, address: str) -> None:
    ids = json.dumps([id_of("StockLevel", "A11", "S1"), id_of("StockLevel", "A12", "S2")])
    response = await asked(tmp_path, address, f"{{ nodes(ids: {ids}) {{ ... on StockLevel {{ sku onHand }} }} }}")
    assert response["data"]["nodes"] == [{"sku": "A11", "onHand": "5"}, {"sku": "A12", "onHand": "5"}]


async def test_its_pages_are_ours(tmp_path: Path, address: str) -> None:
    response = await asked(
        tmp_path, address, "{ products(first: 3) { nodes { code } pageInfo { hasNextPage } edges { cursor } } }"
    )
    assert [each["code"] for each in response["data"]["products"]["nodes"]] == ["P1", "P2", "P3"]
    assert response["data"]["products"]["pageInfo"]["hasNextPage"]


async def test_its_last_pages_are_ours(tmp_path: Path, address: str) -> None:
    query = "{ products(last: 2) { nodes { code } pageInfo { hasNextPage hasPreviousPage } } }"
    assert (await asked(tmp_path, address, query))["data"]["products"] == {
        "nodes": [{"code": "P4"}, {"code": "P5"}],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": True},
    }


async def test_what_fails_behind_it_keeps_its_code(tmp_path: Path, address: str, behind: Estate) -> None:
    behind["pim"].down = TimedOut("pim", "at 10.0.0.7")
    try:
        response = await asked(tmp_path, address, '{ variants(skus: ["A11"]) { name } }')
    finally:
        behind["pim"].down = None
    assert response["data"] == {"variants": [None]}
    [error] = response["errors"]
    assert (error["extensions"]["code"], error["extensions"]["source"]) == ("TIMED_OUT", "behind")
    assert "10.0.0.7" not in json.dumps(response)
