"""Systems that are registered, and left out, without touching code."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gateway.commands.back_office import BackOffice
from gateway.config.load import load
from gateway.runtime import Gateway
from tests.retail.running import CONFIGURATION, Client
from tests.serving import serving

TAXES = """
version: 1
source: taxes
role: ERP
kind: rest
url: ${TAXES_URL}
entities:
  Variant:
    key: sku
    fields:
      sku: item
      taxClass: {from: rate, map: {n: STANDARD, r: REDUCED}}
    lookup:
      sku: {get: "/classes{?sku*}", rows: classes}
"""
SCANNER = """
version: 1
source: scanner
role: STORE_SYSTEM
kind: rest
url: ${TAXES_URL}
entities:
  Variant:
    key: sku
    fields: {sku: item}
    keys: {barcode: gtin}
    lookup:
      barcode: {get: "/codes{?barcode*}", rows: codes}
"""


async def classes(request: Request) -> JSONResponse:
    known = {"A-00001": "r", "A-00002": "n"}
    asked = request.query_params.getlist("sku")
    return JSONResponse({"classes": [{"item": sku, "rate": known[sku]} for sku in asked if sku in known]})


async def codes(request: Request) -> JSONResponse:
    known = {"04006381333931": "A-00002"}
    asked = request.query_params.getlist("barcode")
    return JSONResponse({"codes": [{"gtin": gtin, "item": known[gtin]} for gtin in asked if gtin in known]})


@pytest.fixture
def newcomer() -> Iterator[str]:
    """The address of a system that nobody knows yet."""
    with serving(Starlette(routes=[Route("/classes", classes), Route("/codes", codes)])) as address:
        yield address


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the demo's configuration, to be changed."""
    shutil.copytree(CONFIGURATION, tmp_path / "retail")
    shutil.copytree(CONFIGURATION.parent / "queries", tmp_path / "queries")
    wsdl = tmp_path / "backoffice" / "wsdl"
    shutil.copytree(CONFIGURATION.parent / "backoffice" / "wsdl", wsdl)
    return tmp_path / "retail"


async def gateway(folder: Path, environment: dict[str, str]) -> AsyncIterator[Gateway]:
    built = Gateway.build(load(folder, environ=environment))
    yield built
    await built.aclose()


async def test_a_new_system_takes_a_field_over(folder: Path, office: BackOffice, newcomer: str) -> None:
    (folder / "sources" / "taxes.yaml").write_text(TAXES)
    words = (folder / "gateway.yaml").read_text()
    (folder / "gateway.yaml").write_text(words.replace("Variant.taxClass: erp", "Variant.taxClass: taxes"))
    async for built in gateway(folder, {**office.environment, "TAXES_URL": newcomer}):
        data = await Client(built).data('{ variants(skus: ["A-00001", "A-00002", "A-00003"]) { name taxClass } }')
        assert [variant["taxClass"] for variant in data["variants"]] == ["REDUCED", "STANDARD", None]
        assert all(variant["name"] for variant in data["variants"])


async def test_a_new_system_adds_a_way_to_a_variant(folder: Path, office: BackOffice, newcomer: str) -> None:
    (folder / "sources" / "scanner.yaml").write_text(SCANNER)
    async for built in gateway(folder, {**office.environment, "TAXES_URL": newcomer}):
        data = await Client(built).data(
            '{ known: variant(barcode: "04006381333931") { sku name } unknown: variant(barcode: "1") { sku } }'
        )
        assert data["known"]["sku"] == "A-00002"
        assert data["known"]["name"]
        assert data["unknown"] is None


def test_registrations_are_short() -> None:
    for text, route in ((TAXES, 1), (SCANNER, 0)):
        assert len(text.strip().splitlines()) + route <= 20


async def test_one_system_alone_serves_what_it_knows(folder: Path, office: BackOffice) -> None:
    for file in (folder / "sources").iterdir():
        if file.name != "wms.yaml":
            file.unlink()
    (folder / "gateway.yaml").write_text("version: 1\n")
    async for built in gateway(folder, dict(office.environment)):
        sdl = built.served_sdl
        assert "type StockLevel" in sdl
        assert "type Variant " not in sdl
        assert "price" not in sdl
        data = await Client(built).data('{ stock(skus: ["A-00001"], locations: ["W01"]) { onHand location { name } } }')
        assert data["stock"][0]["location"]["name"] == "Central Warehouse Kassel"
        missing = {each.coordinate: each.why for each in built.composition.left_out()}
        assert missing["Query.product"] == "no source looks up Product by code"
        assert missing["StockLevel.safetyStock"].startswith("no source gives StockLevel.safetyStock")
