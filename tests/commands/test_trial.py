"""``crossdock try`` with the demo's systems, what it saves, and ``crossdock test`` of that without any system."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.cli import main
from gateway.commands.back_office import CREDENTIALS, BackOffice
from tests.retail.running import CHECKOUT, CONFIGURATION
from tests.serving import serving

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def folder(tmp_path: Path, retailer: BackOffice, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's configuration, to be changed by a test."""
    for name, text in retailer.environment.items():
        monkeypatch.setenv(name, text)
    shutil.copytree(CONFIGURATION, tmp_path / "retail")
    for file in (tmp_path / "retail").rglob("*.yaml"):
        text = file.read_text().replace("../../backoffice", f"{CHECKOUT}/examples/backoffice")
        file.write_text(text.replace("../queries", f"{CHECKOUT}/examples/queries"))
    return tmp_path / "retail"


def changed(folder: Path, source: str, old: str, new: str) -> None:
    file = folder / "sources" / f"{source}.yaml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))


def crossdock(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> tuple[int, str]:
    status = main([*arguments, "--config", str(folder)])
    captured = capsys.readouterr()
    return status, captured.out + captured.err


def switched_off(monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> None:
    """From now on every system is where nobody listens."""
    for name in environment:
        if name.endswith("_URL"):
            url = (
                "sqlite:////nowhere/at-all.sqlite"
                if name in ("WMS_URL", "OMS_URL", "POS_URL", "CROSSWALK_URL")
                else f"{NOWHERE}/x"
            )
            monkeypatch.setenv(name, url)


def saved(folder: Path) -> str:
    """Everything in the folder that is not a registration's own words."""
    files = [*(folder / "sources" / "examples").iterdir(), *folder.glob("sources/*.yaml")]
    return "\n".join(file.read_text() for file in files)


def test_all_that_happens_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out = crossdock(capsys, folder, "try", "pricing", "Price", "A-00001", "X-1")
    lines = out.splitlines()
    assert status == 0
    assert lines[0].startswith("--- call 1, ")
    assert lines[1].endswith("/prices?sku=A-00001&sku=X-1")
    assert "accept: application/json" in lines
    assert "HTTP 200" in lines
    assert any(line.startswith('{"items":[{"sku":"A-00001","unit_price":') for line in lines)
    assert any(line.startswith('\'A-00001\': [{"value":{"amount":') for line in lines)
    assert "'X-1': []" in lines
    fills = next(line for line in lines if line.startswith("fills: "))
    assert "Price.value.amount" in fills
    assert "sku" not in fills, "a hidden key is no field that is served"


def test_a_key_that_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out = crossdock(capsys, folder, "try", "crm", "Customer", "C999999")
    assert status == 1
    assert "'C999999': not found" in out


@pytest.mark.parametrize(
    ("arguments", "secret"),
    [
        (("crm", "Customer", "C000181"), CREDENTIALS["CRM_PASSWORD"]),
        (("erp", "StockLevel", "A-00001 D01"), CREDENTIALS["ERP_PASSWORD"]),
        (("loyalty", "LoyaltyAccount", "2924473433685"), CREDENTIALS["LOYALTY_KEY"]),
    ],
)
def test_secrets_are_masked(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], secret: str
) -> None:
    status, out = crossdock(capsys, folder, "try", *arguments, "--save")
    assert status == 0
    assert "***" in out
    for text in (out, saved(folder)):
        assert secret not in text.replace("crossdock", "")


def test_a_session_is_not_saved_and_its_example_runs(
    folder: Path, retailer: BackOffice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out = crossdock(capsys, folder, "try", "erp", "StockLevel", "A-00001 D01", "--save")
    assert out.count("<sessionToken>***</sessionToken>") == 2, "as it was given, and as it was sent"
    assert "<sessionToken>***</sessionToken>" in saved(folder)
    switched_off(monkeypatch, retailer.environment)
    assert crossdock(capsys, folder, "test")[0] == 0


@pytest.mark.quirk("X8")
@pytest.mark.parametrize(
    "arguments",
    [
        ("pim", "Product", "ST00001", "ST99999"),
        ("pim", "Variant", "ST00001", "--by", "productCode"),
        ("crm", "Customer", "C000181", "C999999"),
        ("wms", "StockLevel", "A-00001 D01", '["A-00002", "D01"]'),
        ("oms", "OrderLine", "O-00060000", "--by", "orderNumber"),
        ("pim", "Product", "--search", 'brand=["Birch"]', 'lifecycle=["ACTIVE"]', "--first", "3"),
        ("crm", "Customer", "--search", "search=anna", "--first", "2"),
        ("oms", "Order", "--search", 'channels=["WEB"]', "--below", "C000181"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_what_is_saved_runs_without_the_system(
    folder: Path,
    retailer: BackOffice,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    _, out = crossdock(capsys, folder, "try", *arguments, "--save")
    assert f"and an example in sources/{arguments[0]}.yaml" in out
    crossdock(capsys, folder, "try", *arguments, "--save")
    switched_off(monkeypatch, retailer.environment)
    status, out = crossdock(capsys, folder, "test", arguments[0])
    assert (status, out.splitlines()[-1]) == (0, "2 examples, none broken")
    assert crossdock(capsys, folder, "check")[0] == 0


def test_a_page_of_a_search(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out = crossdock(capsys, folder, "try", "oms", "Order", "--search", "--by", "orders", "--first", "2")
    lines = out.splitlines()
    assert status == 0
    assert lines[0].startswith("--- call 1, ")
    assert any(line.startswith("--- Order orders, ") for line in lines)
    assert sum(line.startswith('{"number":"O-') for line in lines) == 2
    assert any(re.fullmatch(r"2 of \d+ records, and there are more", line) for line in lines)
    status, out = crossdock(capsys, folder, "try", "pim", "Product", "--search", "search=nothing like that")
    assert (status, "0 of 0 records\n" in out) == (1, True)


def test_personal_data_in_a_search_is_replaced(
    folder: Path, retailer: BackOffice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("try", "crm", "Customer", "--search", "search=femke.otten.181@example.test", "--save")
    status, _ = crossdock(capsys, folder, *arguments, "--replace-personal")
    assert status == 0
    assert [text for text in ("Femke", "Otten", "femke.otten") if text in saved(folder)] == []
    switched_off(monkeypatch, retailer.environment)
    assert crossdock(capsys, folder, "test", "crm")[0] == 0


def test_personal_data_is_replaced(
    folder: Path, retailer: BackOffice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("try", "crm", "Customer", "femke.otten.181@example.test", "--by", "email", "--save")
    status, out = crossdock(capsys, folder, *arguments, "--replace-personal", "--replace", "Leipzig=Leeds")
    assert status == 0
    assert "not replaced" not in out
    personal = ("Femke", "Otten", "femke.otten", "1994", "1789407", "Schulstra", "04109", "2924473433685", "Leipzig")
    assert [text for text in personal if text not in out] == [], "a terminal shows them"
    kept = saved(folder)
    assert [text for text in personal if text in kept] == []
    assert "Leeds" in kept
    switched_off(monkeypatch, retailer.environment)
    assert crossdock(capsys, folder, "test", "crm")[0] == 0


def test_a_value_that_cannot_be_read_is_shown_with_what_would_read_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(folder, "crm", 'date(yyyyMMdd), null_if: ["00000000"]', "date(dd.MM.yyyy)")
    changed(folder, "crm", "map: {D: de, E: en, F: fr, N: nl}", "map: {D: 49}")
    changed(folder, "crm", "map: {P: PERSON, F: ORGANISATION}", "as: trim")
    status, out = crossdock(capsys, folder, "try", "crm", "Customer", "C000181")
    assert status == 1
    assert "Customer.birthDate: expected Date (dd.MM.yyyy), found '19940920'; `as: date(yyyyMMdd)` would read it" in out
    assert "found 'P'; map it: `map: {P: one of ORGANISATION, PERSON}`" in out


def test_a_path_that_finds_nothing_is_shown_with_what_is_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(folder, "pricing", "unit_price", "unitprice")
    changed(folder, "pricing", "taxRate: vat", "taxRate: tax.vat")
    _, out = crossdock(capsys, folder, "try", "pricing", "Price", "A-00001")
    there = "in the row there are chan, ctry, cur, from, gross, grp, kind, low30, min_qty, shop, sku, to, ..."
    assert f"value.amount: nothing at `unitprice`; {there}; did you mean `unit_price`?" in out
    assert f"taxRate: nothing at `tax.vat`; {there}" in out
    changed(folder, "pricing", "rows: items", "rows: item")
    status, out = crossdock(capsys, folder, "try", "pricing", "Price", "A-00001")
    assert status == 1
    assert "BAD_DATA: expected rows at `item`" in out
    assert "the reply has objects at `items`" in out
    assert "HTTP 200" in out, "the reply is there to be read"


def test_a_column_that_is_not_there_is_shown_with_those_that_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(folder, "wms", "reserved: RSV", "reserved: RSVD")
    status, out = crossdock(capsys, folder, "try", "wms", "StockLevel", "A-00001 D01")
    assert status == 1
    assert "BAD_DATA: lookup sku locationCode of StockLevel: OperationalError SQLITE_ERROR: no such column" in out
    assert "STOCK has ITEM_NO, WHSE, QTY, RSV, BLK, " in out
    assert "; RSVD: did you mean `RSV`?" in out
    changed(folder, "wms", "table: STOCK", "table: STOK")
    _, out = crossdock(capsys, folder, "try", "wms", "StockLevel", "A-00001 D01")
    assert "there is no table STOK; there are " in out
    assert "; STOK: did you mean `STOCK`?" in out


def test_a_system_that_does_not_answer(
    folder: Path, retailer: BackOffice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    switched_off(monkeypatch, retailer.environment)
    status, out = crossdock(capsys, folder, "try", "pim", "Product", "ST00001", "--save")
    assert status == 1
    assert "no reply: UNAVAILABLE: " in out
    assert "crossdock try: expected records to save, found the error above" in out
    assert not (folder / "sources" / "examples").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pimm", "Product", "1"), "expected a registered source, found 'pimm'; did you mean `pim`?; there are crm"),
        (("pim", "Prodct", "1"), "expected an entity of pim, found 'Prodct'; did you mean `Product`?; there are"),
        (("pim", "Product", "1", "--by", "sku"), "expected a lookup of Product, found 'sku'; there are code"),
        (("wms", "StockLevel", "A-00001"), "expected a value for each of sku, locationCode, found 'A-00001'"),
        (("pim", "Product"), "expected a key, or --search for a page of a list, found neither"),
        (("pim", "Product", "1", "--below", "2"), "expected --search beside --below, found keys"),
        (("pim", "Product", "1", "--search"), "expected keys or --search, found both"),
        (("pim", "Product", "--search", "colour=red"), "expected a filter of products, found 'colour'; there are"),
        (("pim", "Product", "--search", "--by", "product"), "expected a search of Product, found 'product'; did you"),
        (("pim", "Product", "--search", "--by", "categoryCode"), "expected --below KEY for the search categoryCode"),
        (("pim", "Product", "--search", "--first", "0"), "expected a page of 1 to "),
        (("wms", "StockLevel", "--search"), "expected a search of StockLevel, found ''; there are none"),
    ],
)
def test_what_there_is_not(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    status, out = crossdock(capsys, folder, "try", *arguments)
    assert (status, out.startswith(f"crossdock try: {said}")) == (1, True), out


async def old(request: Request) -> Response:
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    body = f"{head}<all><one><no>1</no><label>Müller &amp; Söhne</label></one></all>"
    return Response(body.encode("latin-1"), headers={"content-type": "text/xml"})


def test_a_reply_keeps_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gateway.yaml").write_text("title: Old\n")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "old.yaml").write_text(
        "source: old\nrole: PIM\nkind: rest\nreply: xml\nurl: ${OLD_URL}\n"
        "entities: {Product: {key: code, fields: {code: no, name: label}, "
        'lookup: {code: {get: "/all{?code*}", rows: all.one}}}}\n'
    )
    with serving(Starlette(routes=[Route("/all", old)])) as address:
        monkeypatch.setenv("OLD_URL", address)
        status, out = crossdock(capsys, tmp_path, "try", "old", "Product", "1", "--save", "--replace", "Müller=Łem")
    assert status == 0, out
    assert "Müller & Söhne" in out
    assert "name: Łem & Söhne" in (tmp_path / "sources" / "old.yaml").read_text()
    assert (
        "S\u00f6hne".encode("latin-1") in (tmp_path / "sources" / "examples" / "old-product-code-1.http").read_bytes()
    )
    assert crossdock(capsys, tmp_path, "test")[0] == 0
