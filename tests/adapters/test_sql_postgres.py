"""The same registration on a real PostgreSQL server: the same records, and what a server can do to its callers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from adapters.conformance import LookupSample, SearchSample, conform
from adapters.spi import Adapter, BadData, Lookup, LookupResult, Overloaded, Search, SearchResult, TimedOut, Unavailable
from adapters.sql.build import build
from adapters.sql.database import Database
from adapters.sql.queries import Query
from adapters.sql.statements import Statement
from tests.adapters import odd_database as odd
from tests.adapters import sql_shop as shop
from tests.postgres import Postgres, running_postgres

SLOW = """
source: slow
role: WMS
kind: sql
limits: {timeout: 20s, concurrency: 1}
entities:
  Order:
    fields: {number: number, channel: {from: channel, map: {W: WEB}}}
    lookup:
      number: {sql: "select '1' as number, 'W' as channel from (select pg_sleep(60)) s where '1' in :keys"}
  OrderLine:
    fields: {id: id}
    lookup:
      id:
        sql: select id from (select '1' as id) s where id in :keys
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        shop.create(running.url)
        yield running


@pytest.fixture
async def adapter(server: Postgres) -> AsyncIterator[Adapter]:
    made = shop.adapter(server.url)
    yield made
    await made.aclose()


@pytest.fixture
async def slow(server: Postgres) -> AsyncIterator[Adapter]:
    made = shop.adapter(server.url, SLOW)
    yield made
    await made.aclose()


def sleeping(seconds: float = 60) -> Lookup:
    return Lookup("Order", "number", ["1"], frozenset({"channel"}), deadline=time.monotonic() + seconds)


def quick(seconds: float = 5) -> Lookup:
    return Lookup("OrderLine", "id", ["1"], frozenset({"id"}), deadline=time.monotonic() + seconds)


def active(server: Postgres) -> int:
    """How many statements of ours the server is running."""
    with psycopg.connect(f"host=127.0.0.1 port={server.port} user=postgres") as connection:
        text = "select count(*) from pg_stat_activity where state = 'active' and application_name = 'crossdock'"
        row = connection.execute(text).fetchone()
    assert row is not None
    return int(row[0])


async def until(server: Postgres, count: int, seconds: float = 1.0) -> None:
    end = time.monotonic() + seconds
    while await asyncio.to_thread(active, server) != count:
        assert time.monotonic() < end, f"not {count} active statements within {seconds} s"
        await asyncio.sleep(0.02)


async def test_it_keeps_the_contract(adapter: Adapter) -> None:
    findings = await conform(adapter, shop.LOOKUPS, shop.SEARCHES)
    assert len(findings) == 3 + 7 * 12 + 5 * 15


@pytest.fixture
async def on_sqlite(tmp_path: Path) -> AsyncIterator[Adapter]:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    shop.create(url)
    made = shop.adapter(url)
    yield made
    await made.aclose()


@pytest.mark.parametrize("sample", shop.LOOKUPS, ids=str)
async def test_lookups_find_what_they_find_on_sqlite(
    adapter: Adapter, on_sqlite: Adapter, sample: LookupSample
) -> None:
    fields = sample.fields or adapter.capabilities[sample.entity].fields
    request = Lookup(sample.entity, sample.by, [*sample.known, sample.unknown], fields, sample.arguments)
    found = values(await adapter.lookup(request))
    assert found == values(await on_sqlite.lookup(request))
    assert len(found) >= 2


@pytest.mark.parametrize("sample", shop.SEARCHES, ids=str)
async def test_searches_find_what_they_find_on_sqlite(
    adapter: Adapter, on_sqlite: Adapter, sample: SearchSample
) -> None:
    fields = adapter.capabilities[sample.entity].fields
    parents = sample.parents or None
    request = Search(sample.entity, sample.name, 5, fields, None, sample.filters, parents, want_total=True)
    found = pages(await adapter.search(request))
    assert found == pages(await on_sqlite.search(request))
    assert any(records for records, _, _ in found.values())


def values(result: LookupResult) -> dict[object, object]:
    return {
        key: [row.values for row in found] if isinstance(found, list) else found.values
        for key, found in result.found.items()
    }


def pages(result: SearchResult) -> dict[object, tuple[list[object], bool, int | None]]:
    return {
        key: ([row.values for row in page.records], page.has_next, page.total) for key, page in result.pages.items()
    }


def test_a_padded_key_uses_the_index(server: Postgres) -> None:
    """For one key and for many, which are one array of the column's own type."""
    adapter = build(shop.registration(server.url), shop.TYPES)
    lookup = adapter.entities["StockLevel"].lookups["sku"]
    address = f"host=127.0.0.1 port={server.port} user=postgres"
    with psycopg.connect(address, cursor_factory=psycopg.RawCursor) as connection:
        connection.execute("set enable_seqscan = off")  # the table is small
        for keys, condition in ((["A-1"], "= 'A-1             '::bpchar"), (["A-1", 'A"\\2'], "= ANY ('{")):
            (query,) = lookup.queries(keys, lookup.fields(frozenset({"onHand"})), {})
            statement = query.statement()
            plan = connection.execute(f"explain {statement.text}".encode(), statement.bound(query.values)).fetchall()
            text = "\n".join(line for (line,) in plan)
            assert f'Index Cond: ("ITEM_NO" {condition}' in text
            assert "STOCK_pkey" in text


async def test_keys_are_compared_whatever_is_in_them(adapter: Adapter) -> None:
    """Beside a known key, as elements of an array."""
    odd = ["\\", '"', "{", "}", ",", "NULL", "a,b", '\\"', "'", "%s", ":x", "é"]
    fields = frozenset({"name"})
    assert list((await adapter.lookup(Lookup("Variant", "sku", ["I1", *odd, "I2"], fields))).found) == ["I1", "I2"]


@pytest.mark.parametrize("end", ["cancel", "deadline", "close"])
async def test_the_server_stops_what_nobody_waits_for(server: Postgres, slow: Adapter, end: str) -> None:
    task = asyncio.create_task(slow.lookup(sleeping(0.5 if end == "deadline" else 60)))
    await until(server, 1)
    if end == "deadline":
        with pytest.raises(TimedOut):
            await task
    elif end == "cancel":
        task.cancel()
    else:
        await slow.aclose()
    await until(server, 0)
    assert (await asyncio.gather(task, return_exceptions=True))[0] is not None
    if end != "close":
        assert (await slow.lookup(quick(1))).found


async def ask(database: Database, text: str, *values: object) -> list[dict[str, Any]]:
    names = tuple(f"v{index}" for index in range(len(values)))
    statement = Statement(text, ("value",), names, {})
    query = Query(lambda: statement, dict(zip(names, values, strict=True)))
    (result,) = await database.rows([query], "a test", 9e9)
    return result.named()


async def test_the_server_keeps_the_limits_of_a_session_too(server: Postgres) -> None:
    database = Database("shop", make_url(server.url), timeout=5, size=1)
    assert await ask(database, "show statement_timeout") == [{"value": "5s"}]
    assert await ask(database, "show application_name") == [{"value": "crossdock"}]
    with pytest.raises(BadData, match="read-only transaction"):
        await ask(database, 'delete from "ORD"')
    await ask(database, "select set_config('statement_timeout', '100', false)")  # before we look at the clock
    with pytest.raises(TimedOut, match="57014"):
        await ask(database, "select pg_sleep(9)")
    assert await ask(database, 'select count(*) from "ORD"') == [{"value": 120}]
    await database.aclose()


async def test_a_mistake_in_the_registration_is_told_to_the_log_only(adapter: Adapter) -> None:
    with pytest.raises(BadData) as error:
        await adapter.lookup(Lookup("Variant", "sku", ["I1"], frozenset({"broken"})))
    assert error.value.detail == (
        "lookup sku of Variant: UndefinedColumn 42703: column CRONUS AG$Item[x].no such column does not exist"
    )
    assert error.value.message == BadData.default_message


async def test_a_value_that_the_server_cannot_read_is_not_told_at_all(server: Postgres) -> None:
    text = SLOW.replace("select '1' as id", 'select "POS" as id from "LINES" union all select 1')
    adapter = shop.adapter(server.url, text)
    with pytest.raises(BadData) as error:
        await adapter.lookup(Lookup("OrderLine", "id", ["ann@example.test"], frozenset({"id"})))
    assert error.value.detail == "lookup id of OrderLine: InvalidTextRepresentation 22P02"
    assert error.value.__cause__ is None
    await adapter.aclose()


async def test_a_deadlock_is_an_overload(server: Postgres) -> None:
    database = Database("shop", make_url(server.url), timeout=5, size=1)
    with pytest.raises(Overloaded, match="40P01"):
        await ask(database, "do $$ begin raise exception 'no' using errcode = '40P01'; end $$")
    await database.aclose()


async def test_a_server_that_crashes_is_unavailable_until_it_is_back(server: Postgres, slow: Adapter) -> None:
    fast = shop.adapter(server.url)
    request = Lookup("Order", "number", ["O000001"], frozenset({"channel"}))
    await asyncio.gather(*(fast.lookup(request) for _ in range(8)))  # connections that will be dead
    running = asyncio.create_task(slow.lookup(sleeping()))
    await until(server, 1)
    server.kill()
    with pytest.raises(Unavailable) as error:
        await asyncio.wait_for(running, 1)
    assert not isinstance(error.value, TimedOut)
    for adapter in (slow, fast):
        with pytest.raises(Unavailable):
            await adapter.ping()
    with pytest.raises(Unavailable, match="refused"):
        await slow.lookup(quick())
    server.start()
    assert (await slow.lookup(quick())).found
    results = await asyncio.gather(*(fast.lookup(request) for _ in range(8)))
    assert all(result.found for result in results)
    await fast.aclose()


@pytest.mark.alone
async def test_a_server_that_hangs_is_timed_out_at_the_deadline(server: Postgres, slow: Adapter) -> None:
    """Both the one that was asked before it hung, and the one that is to be connected to."""
    assert (await slow.lookup(quick())).found
    new = shop.adapter(server.url, SLOW.replace("timeout: 20s", "timeout: 2s"))
    server.suspend()
    try:
        began = time.monotonic()
        for adapter in (slow, new):
            with pytest.raises(TimedOut):
                await adapter.lookup(quick(0.3))
        assert 0.6 <= time.monotonic() - began < 1.5
    finally:
        server.resume()
    assert (await slow.lookup(quick(1.5))).found  # its only thread was cut free
    assert (await new.lookup(quick(3))).found
    await new.aclose()


SPANS = """
source: spans
role: OMS
kind: sql
entities:
  Order:
    key: number
    fields: {number: number}
    search:
      waiting:
        sql: select '1' as number, interval '1 hour' as waited
        page: {keyset: [waited]}
"""


async def test_a_column_that_no_cursor_can_hold_is_told_whether_cursors_are_read_or_not(server: Postgres) -> None:
    adapter = shop.adapter(server.url, SPANS)
    with pytest.raises(BadData) as error:
        await adapter.search(Search("Order", "waiting", 5, frozenset({"number"})))
    assert error.value.detail == "cannot page by a column of type timedelta"
    await adapter.aclose()


@pytest.mark.parametrize("type_", ["timestamp", "timestamptz"])
@pytest.mark.parametrize("direction", ["desc", "asc"])
async def test_a_list_in_the_order_of_timestamps_begins_at_any(server: Postgres, type_: str, direction: str) -> None:
    await odd.list_by_timestamp(server.url, type_, direction)
