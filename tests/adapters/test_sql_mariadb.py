"""The same registration on a real MariaDB server, and what only such a server has: procedures with several results."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pymysql
import pytest
from sqlalchemy import make_url

from adapters.conformance import LookupSample, conform
from adapters.problems import MappingProblems
from adapters.spi import Adapter, BadData, Lookup, Overloaded, Rejected, Search, TimedOut
from adapters.sql import KIND
from tests.adapters import odd_database as odd
from tests.adapters import sql_shop as shop
from tests.mariadb import running_mariadb

PROCEDURES = [
    """create procedure STOCK_OF(in ITEM varchar(16), in PLACE varchar(8))
    begin
      select count(*) as FOUND from "STOCK" where "ITEM_NO" = ITEM;
      select "WHSE", "QTY" from "STOCK" where "ITEM_NO" = ITEM and "WHSE" = coalesce(PLACE, "WHSE") order by 1;
    end""",
    """create procedure ORDER_OF(in NO integer, out RC integer, out MSG varchar(40), out CHAN char(1))
    begin
      set RC = case when NO = 7 then 8 when NO = 8 then 99 when NO > 100 then 100 else 0 end;
      set MSG = case when RC = 99 then 'Customer "Ann" is locked since 2026-11-21' end;
      set CHAN = 'W';
    end""",
    """create procedure VARIANTS_OF(in NUMBERS text)
    select "No_" as sku, "ORDER" as name from "CRONUS AG$Item[x]" where find_in_set("No_", NUMBERS)""",
    "create procedure NAP() begin select sleep(30) as number; end",
    'create procedure SPOIL(in NO varchar(20)) delete from "STOCK" where "ITEM_NO" = NO',
]

CALLS = """
kind: sql
limits: {timeout: 5s, concurrency: 2}
entities:
  StockLevel:
    fields: {sku: {from: ITEM, form: {pad: 16}}, locationCode: WHSE, onHand: QTY}
    lookup:
      sku: {call: "call STOCK_OF(:sku, :locations)", result: 2, many: true, arguments: {locations: locationCode}}
      locationCode: {call: "call SPOIL(:locationCode)", many: true}
  Order:
    fields:
      number: {from: NO, form: {graph: "O{:06}", source: int}}
      channel: {from: CHAN, map: {W: WEB}}
    lookup:
      number:
        call: ["call ORDER_OF(:number, @rc, @msg, @chan)", "select @rc as RC, @msg as MSG, @chan as CHAN"]
        errors: {code: RC, message: MSG, codes: {"100": missing, "8": overloaded}}
  Variant:
    fields: {sku: sku, name: name}
    lookup:
      sku: {call: "call VARIANTS_OF(:keys)", batch: 3}
      name: {call: "call NAP() /* :name */"}
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_mariadb() as found:
        shop.create(found)
        odd.run(found, PROCEDURES)
        yield found


@pytest.fixture
async def adapter(url: str) -> AsyncIterator[Adapter]:
    made = shop.adapter(url)
    yield made
    await made.aclose()


@pytest.fixture
async def calls(url: str) -> AsyncIterator[Adapter]:
    async with odd.asked(url, CALLS, shop.TYPES) as made:
        yield made


async def test_it_keeps_the_contract(adapter: Adapter) -> None:
    await conform(adapter, shop.LOOKUPS, shop.SEARCHES)


@pytest.mark.quirk("Q12")
async def test_procedures_keep_the_contract(calls: Adapter) -> None:
    samples = [
        LookupSample("StockLevel", "sku", ["A-1", "A-2"], "A-9", fields=frozenset({"locationCode", "onHand"})),
        LookupSample("Order", "number", ["O000001", "O000002"], "O000101", fields=frozenset({"channel"})),
        LookupSample("Variant", "sku", ["I1", "I2", "I5"], "I9", fields=frozenset({"name"})),
    ]
    await conform(calls, samples)


@pytest.mark.quirk("Q12")
async def test_the_rows_of_one_of_several_results(calls: Adapter) -> None:
    """They do not say whose they are: only one key was asked. An argument is bound, or null."""
    result = await calls.lookup(Lookup("StockLevel", "sku", ["A-2"], frozenset({"locationCode", "onHand"})))
    assert [(row.values["locationCode"], row.values["onHand"]) for row in result.found["A-2"]] == [
        ("W1", "21.25"),
        ("W2", "22.25"),
        ("W3", "23.25"),
        ("W4", "24.25"),
    ]
    narrow = Lookup("StockLevel", "sku", ["A-2"], frozenset({"onHand"}), {"locations": ["W3"]})
    assert [row.values["onHand"] for row in (await calls.lookup(narrow)).found["A-2"]] == ["23.25"]


@pytest.mark.quirk("Q12")
async def test_return_codes_have_a_meaning(calls: Adapter) -> None:
    assert (await odd.one(calls, "Order", "number", "O000001", "channel")).values["channel"] == "WEB"
    assert (await calls.lookup(Lookup("Order", "number", ["O000101"], frozenset({"channel"})))).found == {}
    with pytest.raises(Overloaded, match="lookup number of Order: code 8"):
        await odd.one(calls, "Order", "number", "O000007", "channel")
    with pytest.raises(Rejected) as caught:
        await odd.one(calls, "Order", "number", "O000008", "channel")
    assert caught.value.detail == "lookup number of Order: code 99: Customer ? is locked since ?"


async def test_a_key_that_would_be_two_is_not_asked(calls: Adapter) -> None:
    assert (await calls.lookup(Lookup("Variant", "sku", ["I1,I2"], frozenset({"name"})))).found == {}
    assert calls.capabilities["Variant"].lookups["sku"].batch == 3
    assert calls.capabilities["Order"].lookups["number"].batch == 1


async def test_a_procedure_that_writes_is_refused(calls: Adapter) -> None:
    with pytest.raises(BadData, match="READ ONLY"):
        await calls.lookup(Lookup("StockLevel", "locationCode", ["A-1"], frozenset({"onHand"})))


@pytest.mark.quirk("Q11")
async def test_the_server_ends_what_takes_too_long(url: str) -> None:
    async with odd.asked(url, CALLS.replace("timeout: 5s", "timeout: 500ms"), shop.TYPES) as slow:
        with pytest.raises(TimedOut):
            await slow.lookup(Lookup("Variant", "name", ["x"], frozenset({"sku"})))
        await asyncio.to_thread(until_idle, url)


async def test_the_limit_of_a_session_is_a_time_out(url: str) -> None:
    limit = "\nsession: [set session max_statement_time = 0.1]\n"
    async with odd.asked(url, CALLS + limit, shop.TYPES) as slow:
        with pytest.raises(TimedOut, match="70100"):
            await slow.lookup(Lookup("Variant", "name", ["x"], frozenset({"sku"})))


def until_idle(url: str) -> None:
    """Return when the server sleeps for nobody; it is told so by the session's own limit."""
    server = make_url(url)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with (
            pymysql.connect(host="127.0.0.1", port=server.port or 0, user="root") as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("select count(*) from information_schema.processlist where info like '%sleep(30)%'")
            row = cursor.fetchone()
        assert row is not None
        if row[0] <= 1:  # this very statement
            return
        time.sleep(0.05)
    raise AssertionError("the server still sleeps")


@pytest.mark.quirk("Q25")
async def test_a_read_that_waits_for_a_row_is_an_overload(url: str, caplog: pytest.LogCaptureFixture) -> None:
    text = """
kind: sql
session: ["set session innodb_lock_wait_timeout = 0"]
entities:
  StockLevel:
    fields: {sku: {from: ITEM_NO, form: {pad: 16}}, onHand: QTY}
    lookup:
      sku: {call: 'select "ITEM_NO", "QTY" from "STOCK" where "ITEM_NO" = :sku lock in share mode', many: true}
"""
    writer = pymysql.connect(host="127.0.0.1", port=make_url(url).port or 0, user="root", database="shop")
    with writer.cursor() as cursor:
        cursor.execute('update "STOCK" set "QTY" = "QTY" + 0.01 where "ITEM_NO" = \'A-4\'')
    async with odd.asked(url, text, shop.TYPES) as adapter:
        request = Lookup("StockLevel", "sku", ["A-4"], frozenset({"onHand"}))
        with caplog.at_level("INFO", "crossdock.source"), pytest.raises(Overloaded, match="1205"):
            await adapter.lookup(request)
        assert [record.getMessage() for record in caplog.records] == [
            "odd: lookup sku of StockLevel met a lock (1205) and is asked again"
        ]
        writer.rollback()
        writer.close()
        assert len((await adapter.lookup(request)).found["A-4"]) == 4


LATIN = """
kind: sql
entities:
  Variant:
    key: sku
    table: LATIN
    fields: {sku: CODE, name: LABEL}
    lookup: {sku: {}, name: {many: true}, sku name: {}}
    search:
      all: {order: [sku], filters: {name: name, skus: sku}}
      named: {order: [sku], parents: name}
"""


@pytest.fixture
async def latin(url: str) -> AsyncIterator[Adapter]:
    odd.run(
        url,
        [
            'drop table if exists "LATIN"',
            'create table "LATIN" ("CODE" varchar(16) primary key, "LABEL" varchar(16)) character set latin1',
            "insert into \"LATIN\" values ('M\u00fc', 'Gr\u00fcn'), ('B', 'Blau'), ('\u20ac', 'Blau')",
        ],
    )
    async with odd.asked(url, LATIN, shop.TYPES) as adapter:
        yield adapter


@pytest.mark.quirk("Q3")
async def test_keys_that_a_column_cannot_hold_are_not_there_and_spoil_nothing(latin: Adapter) -> None:
    keys = ["B", "\u4e2d", "M\u00fc", "\U0001f600", "\u20ac", "x"]
    one = await latin.lookup(Lookup("Variant", "sku", keys, frozenset({"sku"})))
    assert (one.found.keys(), one.failed) == ({"B", "M\u00fc", "\u20ac"}, {})
    many = await latin.lookup(Lookup("Variant", "name", ["Blau", "\u4e2d", "Gr\u00fcn"], frozenset({"sku"})))
    assert {key: len(rows) for key, rows in many.found.items()} == {"Blau": 2, "\u4e2d": 0, "Gr\u00fcn": 1}
    pairs = [("B", "Blau"), ("\u4e2d", "Blau"), ("M\u00fc", "\u4e2d")]
    both = await latin.lookup(Lookup("Variant", "sku name", pairs, frozenset({"sku"})))
    assert both.found.keys() == {("B", "Blau")}


@pytest.mark.quirk("Q3")
async def test_filters_and_parents_that_a_column_cannot_hold(latin: Adapter) -> None:
    assert await odd.page(latin, "Variant", "all", "sku", filters={"name": "\u4e2d"}) == []
    below = await latin.search(
        Search("Variant", "named", 5, frozenset({"sku"}), parents=["\u4e2d", "Gr\u00fcn", "Blau"])
    )
    assert {key: len(page.records) for key, page in below.pages.items()} == {"\u4e2d": 0, "Gr\u00fcn": 1, "Blau": 2}
    with pytest.raises(Rejected, match="1270") as raised:
        await odd.page(latin, "Variant", "all", "sku", filters={"skus": ["B", "\u4e2d"]})
    assert raised.value.message == "The source cannot hold some characters of what was asked for."


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        (":number,", ":nunber,", "Order.lookup.number.call", "`:number`"),
        ("ORDER_OF(:number,", "ORDER_OF(1,", "Order.lookup.number.call", "`:number`, or `:keys` for all keys"),
        (
            'sku: {call: "call VARIANTS_OF(:keys)"',
            'sku: {order: [sku], call: "call VARIANTS_OF(:keys)"',
            "Variant.lookup.sku.call",
            "`call` or `order`",
        ),
        ("result: 2, many: true", "many: true, sql: select 1", "StockLevel.lookup.sku.call", "`call` or `sql`"),
        (
            'call: "call STOCK_OF(:sku, :locations)"',
            "sql: select 1 where ITEM in :keys",
            "StockLevel.lookup.sku.call",
            "`call` beside `result`",
        ),
    ],
)
def test_words_of_calls_that_do_not_go_together(old: str, new: str, place: str, expected: str) -> None:
    assert old in CALLS
    spec = KIND.registration.model_validate(odd.registered("sqlite:///none", CALLS.replace(old, new)))
    with pytest.raises(MappingProblems) as caught:
        KIND.build(spec, shop.TYPES)
    found = {".".join(map(str, problem.path[1:])): problem.expected for problem in caught.value.problems}
    assert expected in found[place]


async def test_a_list_in_the_order_of_timestamps_begins_at_any(url: str) -> None:
    await odd.list_by_timestamp(url, "timestamp", "desc", column="datetime(3)")
