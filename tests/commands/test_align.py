"""``crossdock align``: three databases, of which each misses something that another has."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import main
from tests.retail.documents import blocks

FILES = {
    "pim": """
source: pim
role: PIM
kind: sql
url: "sqlite:///{folder}/pim.db"
entities:
  Product:
    key: code
    table: PRODUCT
    fields: {{code: CODE, name: NAME}}
    lookup: {{code: {{}}}}
    search: {{products: {{order: [code], limit: 2}}}}
  Variant:
    key: sku
    table: VARIANT
    fields: {{sku: SKU, name: NAME}}
    keys: {{productCode: PRODUCT}}
    lookup: {{sku: {{batch: 2}}, productCode: {{many: true}}}}
""",
    "pricing": """
source: pricing
role: PRICING
kind: sql
url: "sqlite:///{folder}/pricing.db"
entities:
  Price:
    table: PRICE
    fields: {{value: {{fields: {{amount: {{from: AMOUNT, as: scale(2)}}, currency: {{const: EUR}}}}}}}}
    keys: {{sku: SKU}}
    lookup: {{sku: {{many: true}}}}
""",
    "wms": """
source: wms
role: WMS
kind: sql
url: "sqlite:///{folder}/wms.db"
entities:
  Location:
    key: code
    table: PLACE
    fields: {{code: CODE, name: NAME}}
    lookup: {{code: {{}}}}
    search: {{locations: {{order: [code]}}}}
  StockLevel:
    key: [sku, locationCode]
    table: STOCK
    fields: {{sku: SKU, locationCode: PLACE, onHand: QTY}}
    lookup: {{sku: {{many: true}}, locationCode: {{many: true}}}}
""",
}

ROWS = {
    "pim": {
        "PRODUCT (CODE, NAME)": [("P1", "One"), ("P2", "Two"), ("P3", "Three")],
        "VARIANT (SKU, NAME, PRODUCT)": [("A1", "a", "P1"), ("A2", "a", "P1"), ("B1", "b", "P2"), ("C1", "c", "P3")],
    },
    "pricing": {"PRICE (SKU, AMOUNT)": [("A1", 100), ("A1", 90), ("B1", 200), ("X9", 300)]},
    "wms": {
        "PLACE (CODE, NAME)": [("S1", "Store"), ("W1", "Warehouse")],
        "STOCK (SKU, PLACE, QTY)": [("A1", "S1", 1), ("A1", "W1", 2), ("A2", "W1", 0), ("Z9", "S1", 4)],
    },
}


@pytest.fixture
def systems(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    (tmp_path / "gateway.yaml").write_text("version: 1\n")
    for name, tables in ROWS.items():
        (tmp_path / "sources" / f"{name}.yaml").write_text(FILES[name].format(folder=tmp_path))
        connection = sqlite3.connect(tmp_path / f"{name}.db")
        with connection:
            for table, rows in tables.items():
                connection.execute(f"create table {table}")
                for row in rows:
                    connection.execute(f"insert into {table.split()[0]} values ({', '.join('?' * len(row))})", row)
        connection.close()
    return tmp_path


def report(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    status = main(["align", "Variant", "--by", "sku", "--json", "--config", str(folder), *more])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status, found


def samples(found: dict[str, Any]) -> dict[tuple[Any, ...], Sequence[str]]:
    """By whether pim, pricing and wms have them."""
    return {tuple(group["has"].values()): sorted(group["samples"]) for group in found["groups"]}


def test_who_misses_what(systems: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In pim without a price, priced and not stocked, stocked and in no catalogue."""
    status, found = report(systems, capsys)
    assert (status, found["whole"], found["keys"]) == (1, True, 5)
    assert [(each["source"], each["type"], each["has"], each["misses"]) for each in found["sources"]] == [
        ("pim", "Variant", 4, 1),
        ("pricing", "Price", 2, 3),
        ("wms", "StockLevel", 3, 2),
    ]
    assert samples(found) == {
        (True, True, True): ["A1"],
        (True, False, True): ["A2"],
        (True, True, False): ["B1"],
        (True, False, False): ["C1"],
        (False, False, True): ["Z9"],
    }
    assert "pim Variant productCode" in found["listed"]
    assert "wms StockLevel locationCode" in found["listed"]


def test_for_people(systems: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["align", "Variant", "--by", "sku", "--config", str(systems)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("5 keys of Variant by sku, from ")
    assert "1 in pim Variant, wms StockLevel; not in pricing Price: A2" in lines
    assert "1 in wms StockLevel; not in pim Variant, pricing Price: Z9" in lines
    assert not any("A1" in line for line in lines), "what everybody has is no news"
    (shown,) = (block for block in blocks("text") if block.page == "docs/align.md")
    assert set(shown.text.splitlines()) <= set(lines)


def test_all_have_all(systems: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, statement in (
        ("pricing", "insert into PRICE values ('A2', 1), ('C1', 1), ('Z9', 1)"),
        ("wms", "insert into STOCK values ('B1', 'S1', 1), ('C1', 'S1', 1)"),
        ("pim", "insert into VARIANT values ('Z9', 'z', 'P1')"),
    ):
        connection = sqlite3.connect(systems / f"{name}.db")
        with connection:
            connection.execute(statement)
        connection.close()
    status, found = report(systems, capsys)
    assert (status, samples(found)) == (0, {(True, True, True): ["A1", "A2", "B1", "C1", "Z9"]})


def test_no_more_keys_than_asked_for(systems: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = report(systems, capsys, "--most", "2")
    assert (status, found["whole"], found["keys"]) == (1, False, 2)


def test_a_system_that_fails_is_told_apart_from_one_that_misses(
    systems: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = sqlite3.connect(systems / "pricing.db")
    with connection:
        connection.execute("drop table PRICE")
    connection.close()
    status, found = report(systems, capsys)
    pricing = found["sources"][1]
    assert (status, pricing["has"], pricing["misses"], pricing["failed"]) == (1, 0, 0, 5)
    assert isinstance(found["groups"][0]["has"]["pricing Price"], str)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["Varaint", "--by", "sku"], "found Varaint --by sku; did you mean `Variant --by sku`?"),
        (["Location", "--by", "gln"], "expected a key that two systems look up, found Location --by gln; "),
    ],
)
def test_what_nobody_can_tell(systems: Path, capsys: pytest.CaptureFixture[str], asked: list[str], told: str) -> None:
    assert main(["align", *asked, "--config", str(systems)]) == 1
    assert told in capsys.readouterr().err
