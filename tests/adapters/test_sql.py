"""Lookups and searches on a real SQLite database."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.conformance import conform
from adapters.spi import Adapter, BadData, Lookup, Record, Rejected, Search, Unsupported
from adapters.sql.build import build
from tests.adapters import sql_shop as shop

CARELESS = """
source: shop
role: WMS
kind: sql
entities:
  StockLevel:
    table: CARELESS
    fields: {sku: {from: ITEM_NO, form: {pad: 16}}, locationCode: WHSE, onHand: QTY}
    lookup: {sku: {}}
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shop") / "shop #1.db"
    shop.create(f"sqlite:///{path}")
    return path


@pytest.fixture
async def adapter(database: Path) -> AsyncIterator[Adapter]:
    made = shop.adapter(f"sqlite:///{database}")
    yield made
    await made.aclose()


def ask(by: str, keys: list[Any], *fields: str, entity: str = "StockLevel", **arguments: Any) -> Lookup:
    return Lookup(entity, by, keys, frozenset(fields), arguments)


def seen(record: Record, *fields: str) -> tuple[Any, ...]:
    return tuple(record.values[field] for field in fields)


async def test_it_keeps_the_contract(adapter: Adapter) -> None:
    findings = await conform(adapter, shop.LOOKUPS, shop.SEARCHES)
    assert len(findings) == 3 + 7 * 12 + 5 * 15


@pytest.mark.quirk("Q19")
async def test_hostile_names_are_kept_as_they_are_written(adapter: Adapter) -> None:
    result = await adapter.lookup(ask("sku", ["I1"], "name", "quantity", "sales", entity="Variant"))
    assert result.found["I1"].values == {"sku": "I1", "name": "Item 1 100%", "quantity": "1.125", "sales": 1}


async def test_only_the_columns_of_the_asked_fields_are_read(adapter: Adapter) -> None:
    """One field of the registration names a column that is not there."""
    assert (await adapter.lookup(ask("sku", ["I2"], "name", entity="Variant"))).found["I2"].values["name"]
    with pytest.raises(BadData) as error:
        await adapter.lookup(ask("sku", ["I2"], "broken", entity="Variant"))
    assert "no such column" in error.value.detail
    assert "lookup sku of Variant" in error.value.detail
    assert "column" not in error.value.message


@pytest.mark.quirk("Q1")
async def test_a_padded_key_uses_the_index(database: Path) -> None:
    """The key is padded, not the column: what is sent searches the primary key."""
    adapter = build(shop.registration(f"sqlite:///{database}"), shop.TYPES)
    lookup = adapter.entities["StockLevel"].lookups["sku"]
    for keys in (["A-1"], ["A-1", "A-3", "A-5"]):
        (query,) = lookup.queries(keys, lookup.fields(frozenset({"onHand"})), {})
        statement = query.statement()
        with sqlite3.connect(database) as connection:
            bound = statement.bound(query.values)
            plan = connection.execute(f"explain query plan {statement.text}", bound).fetchall()
            result = statement.run(connection.cursor(), query.values, 100)
        connection.close()
        assert "USING INDEX sqlite_autoindex_STOCK_1 (ITEM_NO=?)" in plan[0][-1]
        assert len(result.rows) == 4 * len(keys)
        assert set(result.column("ITEM_NO")) == {key.ljust(16) for key in keys}


@pytest.mark.quirk("Q9")
async def test_composite_keys(adapter: Adapter) -> None:
    keys = [(f"A-{n}", f"W{place}") for n in range(1, 6) for place in range(1, 5)]
    result = await adapter.lookup(ask("sku locationCode", [*keys, ("A-1", "W9")], "onHand"))
    assert {key: record.values["onHand"] for key, record in result.found.items()} == {
        (sku, place): f"{sku[2:]}{place[1:]}.25" for sku, place in keys
    }


async def test_many_rows_come_in_the_registered_order(adapter: Adapter) -> None:
    result = await adapter.lookup(ask("sku", ["A-2", "A-9", "A-1"], "onHand"))
    assert [seen(row, "locationCode", "onHand") for row in result.found["A-1"]] == [
        ("W4", "14.25"),
        ("W3", "13.25"),
        ("W2", "12.25"),
        ("W1", "11.25"),
    ]
    assert len(result.found["A-2"]) == 4
    assert result.found["A-9"] == []


@pytest.mark.parametrize(
    ("locations", "expected"),
    [(["W3", "W1"], ["W3", "W1"]), ("W2", ["W2"]), ([], []), (None, ["W4", "W3", "W2", "W1"]), (["W9"], [])],
)
async def test_arguments_narrow_in_the_database(adapter: Adapter, locations: Any, expected: list[str]) -> None:
    result = await adapter.lookup(ask("sku", ["A-1"], "locationCode", locations=locations))
    assert [row.values["locationCode"] for row in result.found["A-1"]] == expected


async def test_an_argument_with_very_many_values_is_left_to_the_gateway(adapter: Adapter) -> None:
    result = await adapter.lookup(ask("sku", ["A-1"], "onHand", locations=[f"W{number}" for number in range(3, 1000)]))
    assert len(result.found["A-1"]) == 4


@pytest.mark.quirk("X7")
async def test_more_keys_than_one_statement_takes(adapter: Adapter) -> None:
    keys = [f"O{number:06}" for number in range(1, 121)]
    assert adapter.capabilities["Order"].lookups["number"].batch == 3
    result = await adapter.lookup(ask("number", keys, "channel", entity="Order"))
    assert list(result.found) == [key for key in keys if not key.endswith("0")]  # the others are training


async def test_careless_rows_go_to_the_right_key(database: Path, caplog: pytest.LogCaptureFixture) -> None:
    adapter = shop.adapter(f"sqlite:///{database}", CARELESS)
    keys = [f"A-{number}" for number in range(1, 6)]
    with caplog.at_level(logging.WARNING, "crossdock.source"):
        result = await adapter.lookup(ask("sku", keys, "onHand"))
    await adapter.aclose()
    assert {key: record.values["onHand"] for key, record in result.found.items()} == {
        "A-1": "11.25",
        "A-2": "21.25",
        "A-4": "41.25",
        "A-5": "51.25",
    }
    assert [record.getMessage() for record in caplog.records] == [
        "shop: StockLevel.sku gave 1 rows more than one for a key; the first counts"
    ]


@pytest.mark.quirk("Q10")
async def test_a_configured_select_takes_keys_and_composite_keys(adapter: Adapter) -> None:
    lines = await adapter.lookup(ask("orderNumber", ["O000004", "O000001"], "sku", entity="OrderLine"))
    assert [row.values["sku"] for row in lines.found["O000004"]] == ["A-1", "A-2", "A-3", "A-4"]
    one = await adapter.lookup(
        ask("orderNumber id", [("O000004", "2"), ("O000001", "2")], "quantity", entity="OrderLine")
    )
    assert {key: record.values["quantity"] for key, record in one.found.items()} == {("O000004", "2"): "1.125"}


async def pages(adapter: Adapter, name: str, parents: list[Any], first: int) -> dict[Any, list[str]]:
    """The numbers on all pages of each parent, asked for all parents together as long as one has more."""
    found: dict[Any, list[str]] = {parent: [] for parent in parents}
    waiting: dict[str | None, list[Any]] = {None: parents}
    while waiting:
        after, those = waiting.popitem()
        request = Search("Order", name, first, frozenset({"number"}), after, parents=those)
        for parent, page in (await adapter.search(request)).pages.items():
            found[parent] += [record.values["number"] for record in page.records]
            assert len(page.records) <= first
            if page.has_next:
                waiting.setdefault(page.cursors[-1], []).append(parent)
    return found


@pytest.mark.parametrize("first", [1, 2, 3, 5, 7])
@pytest.mark.parametrize(("name", "order"), [("customer", "PLACED desc, ORD_NO"), ("byOffset", "PLACED, ORD_NO")])
async def test_pages_below_many_parents_show_everything_once(
    adapter: Adapter, database: Path, name: str, order: str, first: int
) -> None:
    """With ties in the order, a parent without rows, and rows without a place in the order, which are on no page."""
    expected: dict[str, list[str]] = {parent: [] for parent in shop.CUSTOMERS}
    condition = "TRAINING = 0 and PLACED is not null"
    with sqlite3.connect(database) as connection:
        for customer, number in connection.execute(f"select CUST, ORD_NO from ORD where {condition} order by {order}"):
            expected[customer.rstrip()].append(f"O{number:06}")
    connection.close()
    assert await pages(adapter, name, shop.CUSTOMERS, first) == expected
    assert expected["C6"] == []
    assert len(expected["C2"]) > 40


async def test_parents_with_composite_keys(adapter: Adapter) -> None:
    parents = [("A-1", "W1"), ("A-1", "W9"), ("A-2", "W3")]
    request = Search("StockLevel", "place", 5, frozenset({"onHand"}), parents=parents, want_total=True)
    pages = (await adapter.search(request)).pages
    found = {key: ([row.values["onHand"] for row in page.records], page.total) for key, page in pages.items()}
    assert found == {("A-1", "W1"): (["11.25"], 1), ("A-1", "W9"): ([], 0), ("A-2", "W3"): (["23.25"], 1)}


async def test_totals_are_counted_where_they_are_wanted(adapter: Adapter) -> None:
    request = Search("Order", "customer", 1, frozenset({"number"}), parents=["C1", "C2", "C6"], want_total=True)
    result = await adapter.search(request)
    assert {key: page.total for key, page in result.pages.items()} == {"C1": 7, "C2": 49, "C6": 0}
    after = Search("Order", "customer", 1, frozenset({"number"}), result.pages["C2"].cursors[0], want_total=True)
    assert (await adapter.search(after)).pages[None].total == 101
    unwanted = await adapter.search(Search("Order", "customer", 1, frozenset({"number"})))
    assert unwanted.pages[None].total is None


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 101),
        ({"channels": None}, 101),
        ({"channels": "PHONE"}, 0),
        ({"channels": ["STORE"]}, 50),  # two codes mean it
        ({"channels": ["WEB", "STORE"]}, 101),
        ({"channels": []}, 0),
        ({"openOnly": True}, 45),
        ({"openOnly": True, "channels": ["WEB"]}, 23),
        ({"customer": ["C1", "C2"]}, 56),  # padded like a key
    ],
)
@pytest.mark.quirk("Q8", "Q10")
async def test_filters_are_turned_back_into_what_columns_hold(
    adapter: Adapter, filters: dict[str, Any], count: int
) -> None:
    request = Search("Order", "customer", 7, frozenset({"number"}), filters=filters, want_total=True)
    page = (await adapter.search(request)).pages[None]
    assert page.total == count
    assert len(page.records) == min(count, 7)


async def test_a_search_on_a_configured_select(adapter: Adapter) -> None:
    """By the columns of its `keyset`, not by fields; filtered on top of the text."""
    request = Search("OrderLine", "order", 2, frozenset({"sku"}), parents=["O000004", "O000003", "O000001"])
    result = await adapter.search(request)
    assert [row.values["sku"] for row in result.pages["O000004"].records] == ["A-1", "A-3"]
    assert [len(page.records) for page in result.pages.values()] == [2, 2, 1]
    only = Search("OrderLine", "order", 2, frozenset({"id"}), parents=["O000004"], filters={"sku": ["A-4"]})
    assert [row.values["id"] for row in (await adapter.search(only)).pages["O000004"].records] == ["4"]


async def test_a_page_is_never_longer_than_the_limit(adapter: Adapter) -> None:
    page = (await adapter.search(Search("Order", "customer", 5000, frozenset({"number"})))).pages[None]
    assert (len(page.records), page.has_next) == (7, True)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "[]",
        '{"order":"PLACED, ORD_NO","at":3}',
        '{"order":"PLACED desc, ORD_NO","at":["2026-03-01"]}',
        '{"order":"PLACED desc, ORD_NO","at":[["exit","1"],2]}',
        '{"order":"PLACED desc, ORD_NO","at":[["datetime","never"],2]}',
        '{"order":"PLACED desc, ORD_NO","at":[["datetime"],2]}',
        '{"order":"PLACED desc, ORD_NO","at":[{"a":1},2]}',
    ],
)
async def test_a_foreign_cursor_is_refused(adapter: Adapter, cursor: str) -> None:
    with pytest.raises(Rejected, match="cursor"):
        await adapter.search(Search("Order", "customer", 1, frozenset({"number"}), cursor))


@pytest.mark.parametrize("at", ["-1", "true", "null", '"2"'])
async def test_a_foreign_place_is_refused(adapter: Adapter, at: str) -> None:
    with pytest.raises(Rejected, match="cursor"):
        cursor = f'{{"order":"PLACED, ORD_NO","at":{at}}}'
        await adapter.search(Search("Order", "byOffset", 1, frozenset({"number"}), cursor))


async def test_what_is_not_declared_is_refused(adapter: Adapter) -> None:
    with pytest.raises(Unsupported, match="shop does not declare argument at of lookup sku of StockLevel"):
        await adapter.lookup(ask("sku", ["A-1"], "onHand", at="2026-01-01"))
    with pytest.raises(Unsupported, match="shop does not declare filter at of search customer of Order"):
        await adapter.search(Search("Order", "customer", 1, frozenset({"number"}), filters={"at": 1}))
    with pytest.raises(Unsupported, match="shop does not declare search order of OrderLine without parents"):
        await adapter.search(Search("OrderLine", "order", 1, frozenset({"sku"})))


async def test_a_filter_with_too_many_values_is_refused(adapter: Adapter) -> None:
    many = [f"C{number}" for number in range(201)]
    with pytest.raises(Rejected) as error:
        await adapter.search(Search("Order", "customer", 1, frozenset({"number"}), filters={"customer": many}))
    assert error.value.message == "A filter takes at most 200 values."


async def test_keys_that_no_driver_carries_do_not_spoil_the_others(adapter: Adapter) -> None:
    keys = ["I1", "I\0", "\ud800", "I2"]
    assert list((await adapter.lookup(ask("sku", keys, "name", entity="Variant"))).found) == ["I1", "I2"]
    numbers = ["O000001", "O" + "9" * 30]
    assert list((await adapter.lookup(ask("number", numbers, "channel", entity="Order"))).found) == ["O000001"]
