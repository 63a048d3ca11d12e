"""A small shop in a database with old habits, for the tests of every dialect: its tables, rows and registration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import create_engine

from adapters.conformance import LookupSample, SearchSample
from adapters.spi import Adapter
from adapters.sql import KIND
from adapters.types import FieldType, Types

TEXT = FieldType("String")
NEEDED = FieldType("String", required=True)
DECIMAL = FieldType("Decimal")

TYPES = Types(
    objects={
        "Variant": {"sku": NEEDED, "name": TEXT, "quantity": DECIMAL, "sales": FieldType("Int"), "broken": TEXT},
        "StockLevel": {
            "sku": NEEDED,
            "locationCode": NEEDED,
            "onHand": DECIMAL,
            "lastCountedAt": FieldType("DateTime"),
        },
        "Order": {
            "number": NEEDED,
            "placedAt": FieldType("DateTime"),
            "channel": FieldType("SalesChannel"),
            "openOnly": FieldType("Boolean"),
            "customerNumber": TEXT,
        },
        "OrderLine": {"id": NEEDED, "sku": TEXT, "quantity": DECIMAL, "orderNumber": TEXT},
    },
    enums={"SalesChannel": frozenset({"WEB", "STORE", "PHONE"})},
)

TABLES = [
    'create table "CRONUS AG$Item[x]" ("No_" varchar(20) primary key, "ORDER" varchar(40), "#QTY" decimal(9, 3),'
    ' "mixedCase" integer, "SELECT" integer)',
    'create table "STOCK" ("ITEM_NO" char(16), "WHSE" varchar(8), "QTY" decimal(9, 2), "COUNTED" timestamp,'
    ' primary key ("ITEM_NO", "WHSE"))',
    'create table "ORD" ("ORD_NO" integer primary key, "CUST" char(8), "PLACED" timestamp, "CHAN" char(1),'
    ' "OPEN" char(1), "TRAINING" integer not null, "URGENCY" integer)',
    'create index "ORD_CUST" on "ORD" ("CUST", "PLACED")',
    'create table "LINES" ("ORD_NO" integer, "POS" integer, "ITEM_NO" char(16), "QTY" decimal(9, 3),'
    ' primary key ("ORD_NO", "POS"))',
    # a careless view: out of order, one row twice with another quantity, one row dropped
    """create view "CARELESS" as select "ITEM_NO", "WHSE", "QTY" from "STOCK" where "WHSE" = 'W1'
    and "ITEM_NO" not in ('A-3', 'A-3             ') union all
    select "ITEM_NO", "WHSE", -1 from "STOCK" where "WHSE" = 'W1'
    and "ITEM_NO" in ('A-2', 'A-2             ') order by 1 desc, 3 desc""",
]

REGISTRATION = r"""
source: shop
role: WMS
kind: sql
url: URL
limits: {timeout: 5s, concurrency: 4}
entities:
  Variant:
    key: sku
    table: CRONUS AG$Item[x]
    fields: {sku: No_, name: ORDER, quantity: "#QTY", sales: SELECT, broken: no such column}
    lookup:
      sku: {}
  StockLevel:
    key: [sku, locationCode]
    table: STOCK
    fields:
      sku: {from: ITEM_NO, form: {pad: 16}}
      locationCode: WHSE
      onHand: {from: QTY, as: decimal}
      lastCountedAt: COUNTED
    lookup:
      sku: {many: true, order: [locationCode desc], arguments: {locations: locationCode}}
      sku locationCode: {}
    search:
      place: {parents: sku locationCode, order: [lastCountedAt], total: true}
  Order:
    key: number
    table: ORD
    where: "\"TRAINING\" = 0 and 'a%:b' <> 'c'"
    fields:
      number: {from: ORD_NO, form: {graph: "O{:06}", source: int}}
      placedAt: PLACED
      channel: {from: CHAN, map: {W: WEB, S: STORE, K: STORE}}
      openOnly: {from: OPEN, as: "flag(J, N)"}
    keys:
      customerNumber: {from: CUST, form: {pad: 8}}
    lookup:
      number: {batch: 3}
    search:
      customer:
        parents: customerNumber
        filters: {channels: channel, openOnly: openOnly, customer: customerNumber}
        order: [placedAt desc, number]
        sorts: {CODE: number, NEWEST: placedAt desc, URGENCY: {keyset: [URGENCY desc]}}
        limit: 7
        total: true
      byOffset:
        {parents: customerNumber, order: [placedAt], sorts: {CODE: number}, page: {offset: true}, limit: 7, total: true}
  OrderLine:
    fields:
      id: {from: POS, form: {source: int}}
      sku: {from: ITEM_NO, form: {pad: 16}}
      quantity: QTY
    keys:
      orderNumber: {from: ORD_NO, form: {graph: "O{:06}", source: int}}
    lookup:
      orderNumber:
        many: true
        order: [id]
        sql: |
          select "ORD_NO", "POS", "ITEM_NO", "QTY" from "LINES" where "ORD_NO" in :keys and 'x' <> '12:30 %';
      orderNumber id:
        sql: select "ORD_NO", "POS", "ITEM_NO", "QTY" from "LINES" where ("ORD_NO", "POS") in :keys
    search:
      order:
        sql: select "ORD_NO", "POS", "ITEM_NO", "QTY" from "LINES" where "ORD_NO" in :parents
        parents: orderNumber
        filters: {sku: sku}
        page: {keyset: [QTY desc, POS]}
"""

CUSTOMERS = [f"C{number}" for number in range(1, 7)]


def rows() -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """The rows of each table, with ties, nulls, and one customer without orders."""
    yield '"CRONUS AG$Item[x]"', [(f"I{n}", f"Item {n} 100%", f"{n}.125", -n, n) for n in range(1, 6)]
    yield (
        '"STOCK"',
        [
            (f"A-{n}".ljust(16), f"W{place}", f"{n}{place}.25", f"2026-0{place}-0{n} 08:00:00")
            for n in range(1, 6)
            for place in range(1, 5)
        ],
    )
    orders = []
    for number in range(1, 121):
        customer = CUSTOMERS[:5][number * 7 % 5] if number % 3 else "C2"
        placed = None if number % 17 == 0 else f"2026-03-{number % 4 + 1:02} 1{number % 3}:00:00"
        training, urgency = int(number % 10 == 0), None if number % 4 == 0 else number % 3
        orders.append((number, customer.ljust(8), placed, "WSKW"[number % 4], "JN"[number % 2], training, urgency))
    yield '"ORD"', orders
    yield (
        '"LINES"',
        [
            (number, place, f"A-{place}".ljust(16), f"{number % 3 + place % 2}.125")
            for number in range(1, 41)
            for place in range(1, number % 5 + 1)
        ],
    )


def create(url: str) -> None:
    """Make the tables and their rows."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in TABLES:
            connection.exec_driver_sql(statement)
        place = "?" if engine.dialect.paramstyle == "qmark" else "%s"
        for table, those in rows():
            insert = f"insert into {table} values ({', '.join([place] * len(those[0]))})"
            connection.exec_driver_sql(insert, those)
    engine.dispose()


def registration(url: str, text: str = REGISTRATION) -> Any:
    return KIND.registration.model_validate(YAML(typ="safe").load(text) | {"url": url})


LOOKUPS = [
    LookupSample("Variant", "sku", ["I1", "I2", "I5"], "I9", fields=frozenset({"name", "quantity", "sales"})),
    LookupSample("StockLevel", "sku", ["A-1", "A-2", "A-3", "A-4", "A-5"], "A-9"),
    LookupSample("StockLevel", "sku", ["A-1", "A-2"], "A-9", arguments={"locations": ["W2", "W4"]}),
    LookupSample("StockLevel", "sku locationCode", [("A-1", "W1"), ("A-2", "W3"), ("A-5", "W4")], ("A-1", "W9")),
    LookupSample("Order", "number", [f"O{number:06}" for number in range(1, 9)], "O000999"),
    LookupSample("OrderLine", "orderNumber", ["O000001", "O000002"], "O000999", empty="O000005"),
    LookupSample("OrderLine", "orderNumber id", [("O000001", "1"), ("O000002", "2")], ("O000001", "9")),
]
SEARCHES = [
    SearchSample("Order", "customer", count=101, ordered_by={"CODE": "number", "NEWEST": "placedAt desc"}),
    SearchSample("Order", "customer", {"channels": ["STORE", "PHONE"], "openOnly": False}),
    SearchSample("Order", "customer", parents=CUSTOMERS[:4], unknown_parent="C9", count=7),
    SearchSample("Order", "byOffset", parents=CUSTOMERS[:4], unknown_parent="C9", count=7),
    SearchSample("OrderLine", "order", parents=["O000004", "O000003"], unknown_parent="O000005", count=4),
]


def adapter(url: str, text: str = REGISTRATION) -> Adapter:
    return KIND.build(registration(url, text), TYPES)
