"""Columns of old systems as values of the graph, from a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from adapters.conformance import LookupSample, SearchSample, conform
from adapters.problems import MappingProblems
from adapters.spi import Adapter, BadData, Lookup
from adapters.sql import KIND
from adapters.types import FieldType, Types
from tests.adapters import odd_database as odd

TEXT, DECIMAL = FieldType("String"), FieldType("Decimal")
NAMES = ("text", "name", "version")
DECIMALS = ("price", "net", "stored", "quantity", "pieces", "packs", "reserved")
TYPES = Types(
    objects={
        "Item": {
            "number": FieldType("String", required=True),
            "gtin": FieldType("GTIN"),
            **dict.fromkeys(NAMES, TEXT),
            **dict.fromkeys(DECIMALS, DECIMAL),
            "active": FieldType("Boolean"),
            "blocked": FieldType("Boolean"),
            "changed": FieldType("Date"),
            "born": FieldType("Date"),
            "ends": FieldType("Date"),
            "sold": FieldType("DateTime"),
            "night": FieldType("DateTime"),
            "businessDay": FieldType("Date"),
            "tags": FieldType("String", 1),
            "label": TEXT,
        },
    },
    enums={},
    localized=frozenset({"Item.label"}),
)

COLUMNS = {
    "NO": "blob primary key",
    "EAN": "varchar(13)",
    "NAME": "blob",
    "MESSY": "varchar(40)",
    "PRICE": "integer",
    "CUR": "char(3)",
    "SAPAMT": "decimal(13,2)",
    "NET": "blob",
    "QTY": "float",
    "UOM": "char(3)",
    "PACKS": "integer",
    "PER": "integer",
    "RSV": "integer",
    "ACT": "char(1)",
    "BLK": "char(1)",
    "CHG": "integer",
    "BORN": "integer",
    "ENDS": "varchar(10)",
    "ODATE": "integer",
    "OTIME": "integer",
    "LOCAL": "varchar(16)",
    "TAGS": "varchar(20)",
    "DE": "varchar(20)",
    "FR": "varchar(20)",
}


def bytes_of(text: str, codec: str) -> str:
    return f"x'{text.encode(codec).hex()}'"


def insert(**values: Any) -> str:
    shown = {name: value if str(value).startswith("x'") else repr(value) for name, value in values.items()}
    return f"insert into ITEM ({', '.join(shown)}) values ({', '.join(shown.values())})"


TABLES = [
    f"create table ITEM ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})",
    insert(
        NO=bytes_of("A1        ", "cp037"), EAN="4006381333931", NAME=bytes_of("Müller & Söhne   ", "cp037"),
        MESSY="20 â\u201a¬ fÃ¼r MÃ¼ller", PRICE=1299, CUR="EUR", SAPAMT="12.99", NET="x'0001234D'", QTY=0.1 + 0.2,
        UOM="KG", PACKS=4, PER=6, RSV=7, ACT="J", BLK="X", CHG=20261121, BORN=126325, ENDS="21.11.26", ODATE=20260701,
        OTIME=93005, LOCAL="2026-10-25 02:30", TAGS="S;M; ;L", DE="Lampe", FR="",
    ),
    insert(
        NO=bytes_of("B2        ", "cp037"), EAN="12345670", NAME=bytes_of("Plain", "cp037"), MESSY="Müller", PRICE=1299,
        CUR="JPY", SAPAMT="12.99", NET="x'1C'", QTY=11.999999999, UOM="CTN", PACKS=0, PER=6, ACT="N", BLK="", CHG=0,
        BORN=0, ENDS="00.00.00", ODATE=20260702, OTIME=13000, LOCAL="2026-10-25 03:30", TAGS="", FR="Lampe fr",
    ),
    insert(NO=bytes_of("BAD       ", "cp037"), EAN="1", NAME="x'41'", NET="x'12'", CHG=99999999, ACT="?", OTIME=250000),
]  # fmt: skip

REGISTRATION = """
time_zone: Europe/Berlin
entities:
  Item:
    key: number
    table: ITEM
    fields:
      number: {from: NO, form: {pad: 10, encoding: cp037}}
      gtin: {from: EAN, form: {gtin: 13}}
      name: {from: NAME, as: [encoding(cp037), trim]}
      text: {from: MESSY, as: repair}
      price: {from: [PRICE, CUR], as: minor}
      stored: {from: [SAPAMT, CUR], as: minor(2)}
      net: {from: NET, as: packed(2)}
      quantity: {from: [QTY, UOM], as: "round(KG=3, CTN=0)"}
      pieces: {from: [PACKS, UOM], as: "units(KG=1, CTN=12)"}
      packs: {from: [PACKS, PER], as: product}
      reserved: {from: RSV, default: "0"}
      active: {from: ACT, as: "flag(J, N)"}
      blocked: {from: BLK, as: "flag(X, '')"}
      changed: {from: CHG, as: date(yyyyMMdd), null_if: [0, 99999999]}
      born: {from: BORN, as: date(CyyDDD), null_if: [0]}
      ends: {from: ENDS, as: date(dd.MM.yy), null_if: ["00.00.00"]}
      sold: {from: [ODATE, OTIME], as: "instant(yyyyMMdd, HHmmss)"}
      night: {from: LOCAL, as: "instant(zone=Europe/Paris, fold=later)"}
      businessDay: {from: [ODATE, OTIME], as: ["instant(yyyyMMdd, HHmmss)", "business_day(04:00)"]}
      tags: {from: TAGS, split: ;}
      label: {locales: {de: DE, fr: FR}, empty: "null"}
      version: {from: [PRICE, QTY, CHG], as: checksum}
    lookup:
      number: {}
      gtin: {}
    search:
      items: {order: [number], filters: {active: active, numbers: number}, limit: 2}
heartbeat: {sql: select max(BEAT) from REPLICATION, as: instant(yyyyMMddHHmmss), every: 1d}
"""
BEAT = ["create table REPLICATION (BEAT integer)", "insert into REPLICATION values (20261121120000), (20261121115959)"]

A1 = {
    "number": "A1",
    "gtin": "04006381333931",
    "name": "Müller & Söhne",
    "text": "20 € für Müller",
    "price": "12.99",
    "stored": "12.99",
    "net": "-12.34",
    "quantity": "0.300",
    "pieces": "4",
    "packs": "24",
    "reserved": "7",
    "active": True,
    "blocked": True,
    "changed": "2026-11-21",
    "born": "2026-11-21",
    "ends": "2026-11-21",
    "sold": "2026-07-01T07:30:05Z",
    "night": "2026-10-25T01:30:00Z",
    "businessDay": "2026-07-01",
    "tags": ["S", "M", "L"],
    "label": {"de": "Lampe"},
}
B2 = {
    "number": "B2",
    "name": "Plain",
    "text": "Müller",
    "price": "1299",
    "stored": "1299",
    "net": "0.01",
    "quantity": "12",
    "pieces": "0",
    "packs": "0",
    "reserved": "0",
    "active": False,
    "blocked": False,
    "changed": None,
    "born": None,
    "ends": None,
    "sold": "2026-07-01T23:30:00Z",
    "night": "2026-10-25T02:30:00Z",
    "businessDay": "2026-07-01",
    "tags": [],
    "label": {"fr": "Lampe fr"},
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return odd.create(tmp_path_factory.mktemp("odd"), [*TABLES, *BEAT])


@pytest.fixture
async def erp(url: str) -> AsyncIterator[Adapter]:
    async with odd.asked(url, REGISTRATION, TYPES) as adapter:
        yield adapter


@pytest.mark.quirk("Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8", "Q22", "Q23", "Q24", "Q28", "X2", "X3", "X6")
@pytest.mark.parametrize("wanted", [A1, B2], ids=["A1", "B2"])
async def test_every_habit_at_once(erp: Adapter, wanted: dict[str, Any]) -> None:
    record = await odd.one(erp, "Item", "number", wanted["number"], *wanted)
    assert not record.errors
    assert record.values == wanted


@pytest.mark.quirk("Q2")
async def test_keys_in_ebcdic_are_asked_and_ordered_as_bytes(erp: Adapter) -> None:
    found = await odd.page(erp, "Item", "items", "number", filters={"numbers": ["B2", "A1", "日本"]})
    assert [record.values["number"] for record in found] == ["A1", "B2"]
    searches = [SearchSample("Item", "items", count=3)]
    fields = frozenset(A1) - {"gtin"}
    await conform(erp, [LookupSample("Item", "number", ["A1", "B2"], "C3", fields=fields)], searches)


@pytest.mark.quirk("Q10")
async def test_a_gtin_is_asked_with_the_digits_that_the_system_has(erp: Adapter) -> None:
    result = await erp.lookup(
        Lookup("Item", "gtin", ["04006381333931", "4006381333931", "00000012345670"], frozenset())
    )
    assert list(result.found) == ["04006381333931"]  # of the others, one is no GTIN and one has another length there


async def test_what_cannot_be_read_costs_its_field(erp: Adapter) -> None:
    record = await odd.one(erp, "Item", "number", "BAD", "gtin", "net", "active", "changed", "price", "reserved")
    assert record.errors is not None
    assert {path: type(error) for path, error in record.errors.items()} == dict.fromkeys(
        [("gtin",), ("net",), ("active",)], BadData
    )
    assert (record.values["changed"], record.values["price"], record.values["reserved"]) == (None, None, "0")


@pytest.mark.quirk("Q27")
async def test_a_row_without_a_version_has_a_checksum(url: str) -> None:
    versions = []
    async with odd.asked(url, REGISTRATION, TYPES) as adapter:
        for change in ("RSV = RSV", "RSV = 8", "PRICE = 1300", "PRICE = 1299"):
            odd.run(url, [f"update ITEM set {change} where EAN = '4006381333931'"])
            versions.append((await odd.one(adapter, "Item", "number", "A1", "version")).values["version"])
    odd.run(url, ["update ITEM set RSV = 7 where EAN = '4006381333931'"])
    assert versions[0] == versions[1] == versions[3] != versions[2]


@pytest.mark.quirk("Q26")
async def test_a_copy_tells_since_when_its_data_is_true(erp: Adapter, url: str) -> None:
    assert (await odd.one(erp, "Item", "number", "A1", "name")).as_of == "2026-11-21T11:00:00Z"
    (record, *_) = await odd.page(erp, "Item", "items", "name")
    assert record.as_of == "2026-11-21T11:00:00Z"
    async with odd.asked(url, REGISTRATION.replace("max(BEAT)", "null"), TYPES) as silent:
        with pytest.raises(BadData, match="the heartbeat: expected an instant"):
            await odd.one(silent, "Item", "number", "A1", "name")
    async with odd.asked(url, REGISTRATION.split("heartbeat")[0], TYPES) as original:
        as_of = (await odd.one(original, "Item", "number", "A1", "name")).as_of
    assert datetime.fromisoformat(as_of).year >= 2026


def test_a_heartbeat_is_read_by_a_converter(url: str) -> None:
    text = REGISTRATION.replace("instant(yyyyMMddHHmmss)", "instnt")
    with pytest.raises(MappingProblems, match=r"heartbeat\.as: expected a converter, found `instnt`"):
        KIND.build(KIND.registration.model_validate(odd.registered(url, text)), TYPES)
