"""Tables that are not one plain table: joined, dated, one per store, with repeated columns. On a real database."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from adapters.conformance import LookupSample, SearchSample, conform
from adapters.problems import MappingProblems
from adapters.spi import Adapter, Lookup
from adapters.sql import KIND
from adapters.sql.adapter import SqlAdapter
from adapters.types import FieldType, Types
from tests.adapters import odd_database as odd
from tests.mariadb import running_mariadb
from tests.postgres import running_postgres

TEXT = FieldType("String")
NEEDED = FieldType("String", required=True)
TYPES = Types(
    objects={
        "Variant": {
            "sku": NEEDED,
            "name": TEXT,
            "price": FieldType("Decimal"),
            "brand": TEXT,
            "status": TEXT,
            "text": TEXT,
        },
        "StockLevel": {"sku": NEEDED, "locationCode": NEEDED, "onHand": FieldType("Decimal"), "counted": TEXT},
        "Order": {"number": NEEDED, "placedOn": FieldType("Date"), "customerNumber": TEXT, "locationCode": TEXT},
    },
    enums={},
    localized=frozenset({"Variant.text"}),
)

TODAY = date.today()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)

TABLES = [
    "create table entity (id integer primary key, sku varchar(20) unique, status char(1))",
    "insert into entity values (1, 'A', '1'), (2, 'B', '2'), (3, 'C', '9')",
    "create table attribute (id integer primary key, code varchar(20))",
    "insert into attribute values (71, 'name'), (75, 'price'), (81, 'brand')",
    "create table text_value (entity integer, attribute integer, store integer, value varchar(40),"
    " primary key (entity, attribute, store))",
    "insert into text_value values (1, 71, 0, 'Lamp'), (1, 71, 1, 'Lampe'), (2, 71, 0, 'Chair'), (1, 81, 0, '7')",
    "create table decimal_value (entity integer, attribute integer, store integer, value varchar(20),"
    " primary key (entity, attribute, store))",
    "insert into decimal_value values (1, 75, 0, '104.9800'), (1, 75, 1, '99.0000'), (2, 75, 0, '20.0000')",
    "create table brand (id varchar(8) primary key, name varchar(20))",
    "insert into brand values ('7', 'Lumen')",
    "create table status (code char(1) primary key, name varchar(20))",
    "insert into status values ('1', 'on sale'), ('2', 'ended')",
    *(f"create table stk_{store} (item_no varchar(8) primary key, qty integer)" for store in ("0075", "0076", "0099")),
    "insert into stk_0075 values ('A', 3), ('B', 0)",
    "insert into stk_0076 values ('A', 5)",
    "insert into stk_0099 values ('A', 1000)",
    "create table wide (item_no varchar(8) primary key, qty01 integer, qty02 integer, cnt01 varchar(4),"
    " cnt02 varchar(4))",
    "insert into wide values ('A', 1, 2, 'x', 'y'), ('B', 3, null, null, 'z')",
    "create table item (k integer primary key, id varchar(8), name varchar(20), first date, last date)",
    f"insert into item values (1, 'A', 'old', null, '{YESTERDAY}'), (2, 'A', 'new', '{TODAY}', null),"
    f" (3, 'B', 'ends today', '2001-01-01', '{TODAY}'), (4, 'C', 'later', '{TOMORROW}', null),"
    f" (5, 'D', 'gone', '2001-01-01', '{YESTERDAY}')",
    "create view taxed as select item.*, 'V' as tax_code from item",
    "create table tax (code varchar(2), rate varchar(5), first integer, last integer, primary key (code, first))",
    f"insert into tax values ('V', '16', 100001, {YESTERDAY:1%y%j}), ('V', '19', {TODAY:1%y%j}, 0)",
    "create table sale (no integer primary key, day_sk integer, cust_sk integer, store varchar(4))",
    "insert into sale values (1, 10, 20, '75'), (2, 11, 20, '75'), (3, 10, null, '76'), (4, 12, 21, '75')",
    "create table day (sk integer primary key, d date)",
    "insert into day values (10, '2026-01-10'), (11, '2026-01-11'), (12, '2026-01-12')",
    "create table cust (sk integer primary key, id varchar(8), segment integer)",
    "insert into cust values (20, 'C1', 1), (21, 'C2', 2)",
]

REGISTRATION = """
entities:
  Variant:
    key: sku
    table: entity
    join:
      all: &name {table: text_value, on: {id: entity}, where: "attribute = (select id from attribute where
        code = 'name') and store = 0"}
      own: {table: text_value, on: {id: entity}, where: "attribute = 71 and store = 1"}
      price0: {table: decimal_value, on: {id: entity}, where: attribute = 75 and store = 0}
      price1: {table: decimal_value, on: {id: entity}, where: attribute = 75 and store = 1}
      brand_id: {table: text_value, on: {id: entity}, where: attribute = 81 and store = 0}
      brand: {table: brand, on: {brand_id.value: id}}
      state: {table: status, on: {status: code}}
    fields:
      sku: sku
      name: {from: [own.value, all.value], as: first}
      price: {from: [price1.value, price0.value], as: first}
      brand: brand.name
      status: state.name
      text: {locales: {en: all.value, de: own.value}}
    lookup: {sku: {}, status: {many: true, order: [sku]}}
    search:
      variants: {order: [sku], filters: {status: status, brand: brand}, total: true}
"""

STORES = """
entities:
  StockLevel:
    key: [sku, locationCode]
    table: stk_{store}
    tables: {store: ["0075", "0076"]}
    fields: {sku: item_no, locationCode: {from: store, form: {pad: 4, fill: "0"}}, onHand: qty}
    lookup: {sku: {many: true, order: [locationCode]}, locationCode: {many: true, order: [sku]}, sku locationCode: {}}
    search:
      stock: {order: [sku], filters: {locations: locationCode}, total: true}
"""

WIDE = """
entities:
  StockLevel:
    key: [sku, locationCode]
    table: wide
    unpivot: {name: WHSE, sets: {BER: {qty: qty01, cnt: cnt01}, HAM: {qty: qty02, cnt: cnt02}}}
    fields: {sku: item_no, locationCode: WHSE, onHand: qty, counted: cnt}
    lookup: {sku: {many: true, order: [locationCode]}, sku locationCode: {}}
    search:
      stock: {order: [sku], total: true}
"""

DATED = """
entities:
  Variant:
    key: sku
    table: item
    effective: {from: first, to: last, as: date(yyyy-MM-dd)}
    join:
      tax: {table: tax, on: {TAX: code}, effective: {from: first, to: last, as: date(CyyDDD), open: [0]}}
    fields: {sku: id, name: name}
    lookup: {sku: {}}
    search: {variants: {order: [sku], total: true}}
"""

STAR = """
entities:
  Order:
    key: number
    table: sale
    join:
      day: {table: day, on: {day_sk: sk}, required: true}
      customer: {table: cust, on: {cust_sk: sk}, where: segment = 1}
    fields: {number: {from: no, form: {source: int}}, placedOn: day.d, locationCode: store}
    keys: {customerNumber: customer.id}
    lookup: {number: {}}
    search:
      orders: {order: [placedOn desc], filters: {locations: locationCode}, total: true}
      customerNumber: {parents: customerNumber, order: [placedOn desc], total: true}
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return odd.create(tmp_path_factory.mktemp("odd"), TABLES)


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mariadb"])
def everywhere(request: pytest.FixtureRequest, url: str) -> Iterator[str]:
    if request.param == "sqlite":
        yield url
    elif request.param == "postgresql":
        with running_postgres() as server:
            odd.run(server.url, TABLES)
            yield server.url
    else:
        with running_mariadb() as found:
            odd.run(found, TABLES)
            yield found


@pytest.fixture
async def shop(everywhere: str) -> AsyncIterator[Adapter]:
    async with odd.asked(everywhere, REGISTRATION, TYPES) as adapter:
        yield adapter


def text_of(url: str, registration: str, entity: str, by: str, keys: list[Any], *fields: str) -> tuple[str, list[str]]:
    """The statement of a lookup, and what the database means to do for it."""
    adapter = KIND.build(KIND.registration.model_validate(odd.registered(url, registration)), TYPES)
    assert isinstance(adapter, SqlAdapter)
    lookup = adapter.entities[entity].lookups[by]
    (query,) = lookup.queries(keys, lookup.fields(frozenset(fields)), {})
    text = query.statement().text
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        statement: Any = query.statement()
        plan = connection.execute(f"explain query plan {text}", statement.bound(query.values)).fetchall()
    connection.close()
    return text, [row[-1] for row in plan]


@pytest.mark.quirk("Q13", "Q15")
async def test_attributes_and_codes_are_columns(shop: Adapter) -> None:
    """A shop's own value goes before the one for all shops; a code without a row has no name."""
    result = await shop.lookup(
        Lookup("Variant", "sku", ["A", "B", "C"], frozenset({"name", "price", "brand", "status", "text"}))
    )
    assert {key: record.values for key, record in result.found.items()} == {
        "A": {
            "sku": "A",
            "name": "Lampe",
            "price": "99.0000",
            "brand": "Lumen",
            "status": "on sale",
            "text": {"en": "Lamp", "de": "Lampe"},
        },
        "B": {
            "sku": "B",
            "name": "Chair",
            "price": "20.0000",
            "brand": None,
            "status": "ended",
            "text": {"en": "Chair"},
        },
        "C": {"sku": "C", "name": None, "price": None, "brand": None, "status": None, "text": None},
    }


async def test_joined_tables_keep_the_contract(shop: Adapter) -> None:
    samples = [LookupSample("Variant", "sku", ["A", "B", "C"], "Z"), LookupSample("Variant", "status", ["ended"], "Z")]
    await conform(shop, samples, [SearchSample("Variant", "variants", count=3)])


async def test_filters_and_lookups_go_by_joined_columns(shop: Adapter) -> None:
    found = await odd.page(shop, "Variant", "variants", "sku", filters={"brand": "Lumen", "status": ["on sale"]})
    assert [record.values["sku"] for record in found] == ["A"]


@pytest.mark.quirk("Q15")
def test_a_table_that_nobody_asked_for_is_not_read(url: str) -> None:
    """What sixty attributes cost depends on those that are wanted."""
    text, _ = text_of(url, REGISTRATION, "Variant", "sku", ["A"], "sku")
    assert "JOIN" not in text
    text, plan = text_of(url, REGISTRATION, "Variant", "sku", ["A", "B"], "brand")
    assert text.count("LEFT OUTER JOIN") == 2
    assert "decimal_value" not in text
    assert any(step.startswith("SEARCH entity USING") and "(sku=?)" in step for step in plan), plan
    assert not any(step.startswith("SCAN entity") for step in plan)


@pytest.mark.quirk("Q20")
async def test_a_table_per_store(everywhere: str) -> None:
    """Only the tables that are named: others have the same shape."""
    async with odd.asked(everywhere, STORES, TYPES) as adapter:
        result = await adapter.lookup(Lookup("StockLevel", "sku", ["A", "B"], frozenset({"onHand"})))
        rows = [(row.values["locationCode"], row.values["onHand"]) for row in result.found["A"]]
        assert rows == [("75", "3"), ("76", "5")]
        record = await odd.one(adapter, "StockLevel", "sku locationCode", ("A", "76"), "onHand")
        assert record.values["onHand"] == "5"
        found = await odd.page(adapter, "StockLevel", "stock", "onHand", filters={"locations": ["76"]})
        assert [record.values["onHand"] for record in found] == ["5"]
        samples = [
            LookupSample("StockLevel", "sku", ["A", "B"], "Z"),
            LookupSample("StockLevel", "locationCode", ["75", "76"], "99"),
            LookupSample("StockLevel", "sku locationCode", [("A", "75"), ("A", "76"), ("B", "75")], ("A", "99")),
        ]
        await conform(adapter, samples, [SearchSample("StockLevel", "stock", count=3)])


@pytest.mark.quirk("Q20")
def test_the_index_of_each_table_is_used(url: str) -> None:
    text, plan = text_of(url, STORES, "StockLevel", "sku locationCode", [("A", "75"), ("B", "76")], "onHand")
    assert "'0075' AS" in text and "0099" not in text
    for store in ("0075", "0076"):
        assert any(f"SEARCH stk_{store} USING INDEX" in step and "(item_no=?)" in step for step in plan), plan


@pytest.mark.quirk("Q21")
async def test_repeated_columns_are_rows(everywhere: str) -> None:
    async with odd.asked(everywhere, WIDE, TYPES) as adapter:
        found = await odd.page(adapter, "StockLevel", "stock", "sku", "locationCode", "onHand", "counted")
        names = ("sku", "locationCode", "onHand", "counted")
        assert [tuple(record.values[name] for name in names) for record in found] == [
            ("A", "BER", "1", "x"),
            ("A", "HAM", "2", "y"),
            ("B", "BER", "3", None),
            ("B", "HAM", None, "z"),
        ]
        samples = [
            LookupSample("StockLevel", "sku", ["A", "B"], "Z"),
            LookupSample("StockLevel", "sku locationCode", [("A", "BER"), ("B", "HAM")], ("A", "MUC")),
        ]
        await conform(adapter, samples, [SearchSample("StockLevel", "stock", count=4)])


@pytest.mark.quirk("Q14")
async def test_of_several_versions_the_one_of_today_counts(everywhere: str) -> None:
    """SQLite has no dates: its columns hold a text."""
    text = DATED if everywhere.startswith("sqlite") else DATED.replace("date(yyyy-MM-dd)", "date")
    async with odd.asked(everywhere, text, TYPES) as adapter:
        result = await adapter.lookup(Lookup("Variant", "sku", ["A", "B", "C", "D"], frozenset({"name"})))
        assert {key: record.values["name"] for key, record in result.found.items()} == {"A": "new", "B": "ends today"}
        await conform(
            adapter,
            [LookupSample("Variant", "sku", ["A", "B"], "D")],
            [SearchSample("Variant", "variants", count=2)],
        )


@pytest.mark.quirk("Q14")
async def test_versions_of_joined_rows(everywhere: str) -> None:
    """Days as numbers of CYYDDD, and 0 for no end."""
    text = DATED.replace("TAX: code", "tax_code: code").replace("name: name", "name: tax.rate")
    async with odd.asked(everywhere, text.replace("table: item", "table: taxed"), TYPES) as adapter:
        assert (await odd.one(adapter, "Variant", "sku", "A", "name")).values["name"] == "19"


@pytest.mark.quirk("Q16")
async def test_surrogate_keys_of_a_star(everywhere: str) -> None:
    async with odd.asked(everywhere, STAR, TYPES) as adapter:
        found = await odd.page(adapter, "Order", "orders", "number", "placedOn", "customerNumber")
        assert [tuple(record.values.values()) for record in found] == [
            ("4", "2026-01-12", None),
            ("2", "2026-01-11", "C1"),
            ("1", "2026-01-10", "C1"),
            ("3", "2026-01-10", None),
        ]
        samples = [
            SearchSample("Order", "orders", count=4),
            SearchSample("Order", "customerNumber", parents=["C1", "C2"], unknown_parent="C9"),
        ]
        await conform(adapter, [LookupSample("Order", "number", ["1", "2", "3"], "9")], samples)


@pytest.mark.parametrize(
    ("registration", "change", "place", "expected"),
    [
        (REGISTRATION, {"on: {status: code}": "on: {later.id: code}"}, "", ""),
        (REGISTRATION, {"on: {brand_id.value: id}": "on: {state.code: id}"}, "join", "a join above"),
        (STORES, {"stk_{store}": "STK"}, "table", "`{store}` in the name"),
        (STORES, {'["0075", "0076"]': "[]"}, "table", "at least one table"),
        (STORES, {"table: stk_{store}": "where: x = 1"}, "where", "`table` beside it"),
        (STORES, {"table: stk_{store}": "table: stk_{store}\n    view: select 1"}, "table", "`table` or `view`"),
        (STORES, {"table: stk_{store}": 'view: "select :a"\n    '}, "view", "`{store}` in the name"),
        (WIDE, {"table: wide": 'view: "select * from wide where item_no = :a"'}, "view", "no parameters"),
        (DATED, {"from: first, to: last, as: date(yyyy-MM-dd)": "open: [0]"}, "effective", "`from`, `to` or both"),
        (DATED, {"as: date(CyyDDD)": "as: trim"}, "join.tax.effective", "how one column writes a day"),
        (DATED, {"date(CyyDDD)": '"date(yyyyMMdd, HH)"'}, "join.tax.effective", "how one column writes a day"),
        (DATED, {"date(CyyDDD)": "date(yyyyQQ)"}, "join.tax.effective", "a date pattern"),
    ],
)
def test_words_that_do_not_go_together(
    url: str, registration: str, change: dict[str, str], place: str, expected: str
) -> None:
    for old, new in change.items():
        assert old in registration
        registration = registration.replace(old, new)
    spec = KIND.registration.model_validate(odd.registered(url, registration))
    if not expected:  # a name before a dot that is no join is a column's own
        KIND.build(spec, TYPES)
        return
    with pytest.raises(MappingProblems) as caught:
        KIND.build(spec, TYPES)
    entity = next(iter(spec.entities))
    found = {".".join(map(str, problem.path)): problem.expected for problem in caught.value.problems}
    assert expected in found[f"entities.{entity}.{place}"]


SUMS = STORES.replace("table: stk_{store}", "view: select item_no, sum(qty) as qty from stk_{store} group by item_no")


async def test_a_view_of_the_registration(url: str) -> None:
    """Only what is asked for is added up: the key reaches the tables below."""
    async with odd.asked(url, SUMS, TYPES) as adapter:
        record = await odd.one(adapter, "StockLevel", "sku locationCode", ("A", "76"), "onHand")
        assert record.values["onHand"] == "5"
        samples = [LookupSample("StockLevel", "sku", ["A", "B"], "Z")]
        await conform(adapter, samples, [SearchSample("StockLevel", "stock", count=3)])
    _, plan = text_of(url, SUMS, "StockLevel", "sku", ["A", "B"], "onHand")
    assert sum("SEARCH stk_" in step and "(item_no=?)" in step for step in plan) == 2, plan
    assert not any(step.startswith("SCAN stk_") for step in plan)
