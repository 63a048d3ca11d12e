"""Answers made of objects as they came over HTTP say what answers say whose objects were made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from adapters.mapping.taken import Taken
from gateway.config.load import load
from gateway.engine.errors import Errors
from gateway.engine.request import OperationRequest
from gateway.runtime import Gateway
from tests.serving import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROWS: dict[str, dict[str, Any]] = {
    "A": {"no": "A", "title": "Shirt", "unit": "EA", "opts": [{"c": "size", "v": "S"}, {"c": "fit", "v": "slim"}]},
    "B": {"no": "B", "title": "Shoe", "unit": None, "opts": []},
    "C": {"no": "C", "title": "Sock", "unit": "PR", "opts": [{"c": "size", "v": 41}]},
    "E": {"no": "E", "title": "Tie", "opts": [{"c": "size", "v": None}]},
    "D": {"no": "D", "title": None, "unit": "EA", "opts": [{"c": "size", "v": "S"}]},
}
STOCK = [{"no": "A", "place": "L1", "qty": "3"}, {"no": "A", "place": "L2", "qty": "0"}, {"no": "B", "place": "L1"}]
VARIANT = """\
source: pim
role: PIM
kind: rest
url: ${URL}
entities:
  Variant:
    key: sku
    fields:
      sku: no
      name: title
      salesUnit: unit
      options: {each: opts, fields: {code: c, label: c, value: v}}
    lookup: {sku: {post: /variants, body: {keys: $keys}, rows: items}}
    cache: {fresh: 0s}
"""
MADE = VARIANT.replace("sku: no", "sku: {from: no, empty: keep}").replace("value: v", "value: {from: v, empty: keep}")
WMS = """\
source: wms
role: WMS
kind: rest
url: ${URL}
entities:
  StockLevel:
    key: [sku, locationCode]
    fields: {sku: no, locationCode: place, onHand: qty}
    lookup: {sku: {post: /stock, body: {keys: $keys}, many: true}}
    cache: {fresh: 0s}
"""


async def variants(request: Request) -> JSONResponse:
    asked = (await request.json())["keys"]
    return JSONResponse({"items": [ROWS[key] for key in asked if key in ROWS]})


async def stock(request: Request) -> JSONResponse:
    asked = (await request.json())["keys"]
    return JSONResponse([row for row in STOCK if row["no"] in asked])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    routes = [Route("/variants", variants, methods=["POST"]), Route("/stock", stock, methods=["POST"])]
    with serving(Starlette(routes=routes)) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateways(tmp_path_factory: pytest.TempPathFactory, address: str) -> AsyncIterator[tuple[Gateway, Gateway]]:
    """One that takes objects as they are, and one whose registration says more than paths, so that it makes them."""
    folder = tmp_path_factory.mktemp("taken")
    built = []
    for name, pim in (("taking", VARIANT), ("making", MADE)):
        (folder / name / "sources").mkdir(parents=True)
        (folder / name / "gateway.yaml").write_text("title: Test\n")
        (folder / name / "sources" / "pim.yaml").write_text(pim)
        (folder / name / "sources" / "wms.yaml").write_text(WMS)
        built.append(Gateway.build(load(folder / name, environ={"URL": address})))
    yield built[0], built[1]
    for each in built:
        await each.aclose()


async def answer(gateway: Gateway, query: str) -> Any:
    found = orjson.loads((await gateway.execute(OperationRequest(query))).body)
    for error in found.get("errors", ()):
        error.pop("extensions")
    return found


QUERIES = [
    pytest.param("sku name salesUnit options { code value }", id="all of a record"),
    pytest.param("name options { code }", id="without the key"),
    pytest.param("title: name sku also: name", id="other names"),
    pytest.param("__typename sku options { __typename value }", id="names of types"),
    pytest.param(
        "sku ...on Node { id } options { ...O } } } fragment O on SelectedOption { value code", id="fragments"
    ),
    pytest.param("sku options { code } stock { locationCode onHand }", id="a join"),
    pytest.param("stock { locationCode onHand sku } name", id="a join before"),
    pytest.param("options { code } o: options { value code }", id="an object twice"),
    pytest.param("sku @skip(if: true) name options { value @include(if: true) }", id="directives"),
]


@pytest.mark.parametrize("selection", QUERIES)
async def test_answers_are_the_same(gateways: tuple[Gateway, Gateway], selection: str) -> None:
    taking, making = gateways
    fragment = " fragment O on SelectedOption { value code }" if "...O" in selection else ""
    for skus in ('"A"', '"A" "B"', '"B" "A" "B" "none"', '"A" "C"', '"D" "A"', '"E"'):
        query = f"{{ variants(skus: [{skus}]) {{ {selection} }} }}{fragment}"
        assert await answer(taking, query) == await answer(making, query)


@pytest.mark.parametrize(
    ("number", "selection", "whole"),
    [(0, "sku name options { code value }", True), (0, "name options { code }", False), (1, "sku name", False)],
)
async def test_the_objects_are_those_that_came(
    gateways: tuple[Gateway, Gateway], number: int, selection: str, whole: bool
) -> None:
    engine = gateways[number].engine
    prepared = engine.prepare(OperationRequest(f'{{ variants(skus: ["A", "B"]) {{ {selection} }} }}'))
    await prepared.run.finish()
    data = prepared.project(Errors(10))
    assert data is not None
    assert [isinstance(row, Taken) for row in data["variants"]] == [whole] * 2
    assert all(isinstance(option, Taken) for row in data["variants"] for option in row.get("options", ()))
