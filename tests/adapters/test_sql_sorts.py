"""Orders that a client chooses, in a database: with ties and nulls, in both directions, from both ends."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.problems import MappingProblems
from adapters.spi import Adapter, Rejected, Search, Sort, Unsupported
from tests.adapters import sql_shop as shop

ORDERS = {
    None: "PLACED desc, ORD_NO",
    Sort("CODE"): "ORD_NO",
    Sort("CODE", reverse=True): "ORD_NO desc",
    Sort("NEWEST"): "PLACED desc, ORD_NO",
    Sort("NEWEST", reverse=True): "PLACED, ORD_NO",
    Sort("URGENCY"): "URGENCY is null, URGENCY desc, ORD_NO",
    Sort("URGENCY", reverse=True): "URGENCY is null, URGENCY, ORD_NO",
}
"""What is asked for, and how it is written by hand. Every fourth order has no urgency."""

sorted_by = pytest.mark.parametrize("sort", ORDERS, ids=str)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    shop.create(f"sqlite:///{tmp_path / 'shop.db'}")
    return tmp_path / "shop.db"


@pytest.fixture
async def adapter(database: Path) -> AsyncIterator[Adapter]:
    made = shop.adapter(f"sqlite:///{database}")
    yield made
    await made.aclose()


def ask(**words: Any) -> Search:
    return Search(**{"entity": "Order", "name": "customer", "first": 3, "fields": frozenset({"number"}), **words})


async def walk(adapter: Adapter, parents: list[Any], **words: Any) -> dict[Any, list[str]]:
    """The numbers on all pages of each parent, asked for all parents together as long as one has more."""
    found: dict[Any, list[str]] = {parent: [] for parent in parents}
    waiting: dict[str | None, list[Any]] = {None: parents}
    while waiting:
        after, those = waiting.popitem()
        request = ask(after=after, parents=those, **words)
        for parent, page in (await adapter.search(request)).pages.items():
            numbers = [record.values["number"] for record in page.records]
            found[parent] = [*numbers, *found[parent]] if request.backwards else [*found[parent], *numbers]
            if page.has_next:
                waiting.setdefault(page.cursors[0 if request.backwards else -1], []).append(parent)
    return found


def by_hand(database: Path, order: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {customer: [] for customer in shop.CUSTOMERS}
    with closing(sqlite3.connect(database)) as connection:
        rows = f"select CUST, ORD_NO from ORD where TRAINING = 0 and PLACED is not null order by {order}"
        for customer, number in connection.execute(rows):
            found[customer.rstrip()].append(f"O{number:06}")
    return found


@sorted_by
@pytest.mark.parametrize("first", [1, 4, 7])
async def test_pages_show_everything_once_in_order(
    adapter: Adapter, database: Path, sort: Sort | None, first: int
) -> None:
    """Below many parents at once, from the start and from the end."""
    expected = by_hand(database, ORDERS[sort])
    assert await walk(adapter, shop.CUSTOMERS, sort=sort, first=first) == expected
    assert await walk(adapter, shop.CUSTOMERS, sort=sort, first=first, backwards=True) == expected
    assert len(expected["C2"]) > 40


@sorted_by
@pytest.mark.parametrize("backwards", [False, True], ids=["from the start", "from the end"])
async def test_rows_that_come_and_go_do_not_shift_the_pages(
    adapter: Adapter, database: Path, sort: Sort | None, backwards: bool
) -> None:
    """Each page is followed by rows at its own place, before and behind it, and its last row goes."""
    [expected] = [by_hand(database, ORDERS[sort])["C2"]]
    seen: list[str] = []
    after, new = None, 1000
    while True:
        request = ask(parents=["C2"], sort=sort, backwards=backwards, after=after, first=7)
        page = (await adapter.search(request)).pages["C2"]
        shown = [record.values["number"] for record in page.records]
        seen = [*shown, *seen] if backwards else [*seen, *shown]
        if not page.has_next:
            break
        after = page.cursors[0 if backwards else -1]
        edge = int(shown[0 if backwards else -1][1:])
        with closing(sqlite3.connect(database)) as connection, connection:
            like = "select ?, CUST, PLACED, CHAN, OPEN, 0, URGENCY from ORD where ORD_NO = ?"
            connection.execute(f"insert into ORD {like}", (new, edge))
            connection.execute(
                "insert into ORD values (?, 'C2      ', '2026-03-02 11:00:00', 'W', 'J', 0, null)", (new + 1,)
            )
            connection.execute("delete from ORD where ORD_NO = ?", (edge,))
        new += 2
    assert [number for number in seen if int(number[1:]) < 1000] == expected
    assert len(set(seen)) == len(seen)
    assert new > 1010


@sorted_by
async def test_totals_do_not_depend_on_the_order(adapter: Adapter, sort: Sort | None) -> None:
    result = await adapter.search(ask(sort=sort, parents=["C1", "C2", "C6"], want_total=True))
    assert {key: page.total for key, page in result.pages.items()} == {"C1": 7, "C2": 49, "C6": 0}


async def test_an_order_by_counting_rows(adapter: Adapter, database: Path) -> None:
    expected = by_hand(database, "ORD_NO desc")
    descending = Sort("CODE", reverse=True)
    assert await walk(adapter, shop.CUSTOMERS, name="byOffset", sort=descending) == expected
    with pytest.raises(Unsupported, match="shop does not declare pages from the end of search byOffset of Order"):
        await adapter.search(ask(name="byOffset", backwards=True))


@pytest.mark.parametrize(
    "cursor",
    [
        '{"order":"PLACED desc, ORD_NO","at":[["datetime","2026-03-01 10:00:00"],7]}',
        '{"order":"URGENCY, ORD_NO","at":[1,7]}',
        '{"order":"URGENCY desc, ORD_NO","at":[1,null]}',  # the key is never null
        '{"order":"URGENCY desc, ORD_NO","at":[1]}',
    ],
)
async def test_a_cursor_of_another_order_is_refused(adapter: Adapter, cursor: str) -> None:
    with pytest.raises(Rejected, match="cursor"):
        await adapter.search(ask(sort=Sort("URGENCY"), after=cursor))
    with pytest.raises(Rejected, match="cursor"):
        await adapter.search(ask(after='{"order":"PLACED desc, ORD_NO","at":[null,7]}'))


async def test_an_order_that_is_not_declared_is_refused(adapter: Adapter) -> None:
    with pytest.raises(Unsupported, match="shop does not declare sort NAME ASC of search customer of Order"):
        await adapter.search(ask(sort=Sort("NAME")))


def test_what_cannot_be_an_order_is_told_at_its_place() -> None:
    text = shop.REGISTRATION.replace(
        "sorts: {CODE: number, NEWEST: placedAt desc", "sorts: {CODE: numbr, NEWEST: placed"
    )
    text = text.replace(
        "        page: {keyset: [QTY desc, POS]}", "        page: {keyset: [QTY]}\n        sorts: {CODE: id}"
    )
    with pytest.raises(MappingProblems) as raised:
        shop.adapter("sqlite:///x.db", text)
    found = {".".join(map(str, problem.path)): str(problem) for problem in raised.value.problems}
    assert set(found) == {
        "entities.Order.search.customer.sorts.CODE",
        "entities.Order.search.customer.sorts.NEWEST",
        "entities.OrderLine.search.order.sorts.CODE",
    }
    assert "number" in found["entities.Order.search.customer.sorts.CODE"]
    assert "a `key` of the entity, which breaks ties" in found["entities.OrderLine.search.order.sorts.CODE"]
