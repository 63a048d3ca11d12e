"""How statements run on SQLite: ended in time, read-only, and with every failure under its right name."""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from adapters.spi import Adapter, BadData, Lookup, Overloaded, TimedOut, Unavailable
from adapters.sql.database import Database
from adapters.sql.queries import Query
from adapters.sql.statements import Statement
from tests.adapters import sql_shop as shop

RUNAWAY = """
source: runaway
role: WMS
kind: sql
limits: {timeout: 5s, concurrency: 1}
entities:
  Variant:
    fields: {sku: sku, name: name}
    lookup:
      sku: {sql: "select No_ as sku, 'x' as name from \\"CRONUS AG$Item[x]\\" where No_ in :keys"}
  Order:
    fields: {number: number}
    lookup:
      number:
        sql: >-
          select i as number
          from (with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) as i from n)
          where i in :keys
  OrderLine:
    fields: {id: i}
    keys: {orderNumber: k}
    lookup:
      orderNumber:
        many: true
        sql: >-
          select i, '1' as k
          from (with recursive n(i) as (select 1 union all select i + 1 from n limit 100001) select i from n)
          where '1' in :keys
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    shop.create(f"sqlite:///{tmp_path / 'shop.db'}")
    return tmp_path / "shop.db"


@pytest.fixture
async def runaway(path: Path) -> AsyncIterator[Adapter]:
    adapter = shop.adapter(f"sqlite:///{path}", RUNAWAY)
    yield adapter
    await adapter.aclose()


def endless(seconds: float = 60) -> Lookup:
    """A lookup that runs for ever, unless somebody ends it."""
    return Lookup("Order", "number", ["1"], frozenset({"number"}), deadline=time.monotonic() + seconds)


async def the_only_thread_is_free(adapter: Adapter) -> None:
    request = Lookup("Variant", "sku", ["I1"], frozenset({"name"}), deadline=time.monotonic() + 1)
    assert (await adapter.lookup(request)).found["I1"].values["name"] == "x"


async def test_a_statement_ends_at_the_deadline(runaway: Adapter) -> None:
    began = time.monotonic()
    with pytest.raises(TimedOut) as error:
        await runaway.lookup(endless(0.2))
    await the_only_thread_is_free(runaway)
    assert 0.2 <= time.monotonic() - began < 1.2
    assert re.fullmatch(r"lookup number of Order: no answer after 0\.[12]\d\d s", error.value.detail)


async def test_a_statement_ends_when_its_caller_is_cancelled(runaway: Adapter) -> None:
    task = asyncio.create_task(runaway.lookup(endless()))
    await asyncio.sleep(0.2)
    task.cancel()
    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await task
    await the_only_thread_is_free(runaway)
    assert time.monotonic() - began < 1


@pytest.mark.quirk("Q11")
async def test_the_timeout_of_the_source_ends_a_statement_too(path: Path) -> None:
    adapter = shop.adapter(f"sqlite:///{path}", RUNAWAY.replace("timeout: 5s", "timeout: 300ms"))
    began = time.monotonic()
    with pytest.raises(TimedOut):
        await adapter.lookup(endless())
    assert time.monotonic() - began < 1
    await adapter.aclose()


async def test_what_waits_for_a_thread_keeps_its_deadline_and_is_never_run(runaway: Adapter) -> None:
    running = asyncio.create_task(runaway.lookup(endless()))
    await asyncio.sleep(0.1)
    with pytest.raises(TimedOut):
        await runaway.lookup(endless(0.1))
    running.cancel()
    await the_only_thread_is_free(runaway)


async def test_closing_ends_what_runs_and_every_thread(path: Path) -> None:
    before = set(threading.enumerate())
    adapter = shop.adapter(f"sqlite:///{path}", RUNAWAY)
    running = [asyncio.create_task(adapter.lookup(endless())) for _ in range(3)]
    await asyncio.sleep(0.2)
    assert [thread.name for thread in set(threading.enumerate()) - before] == ["crossdock-runaway-0"]
    await adapter.aclose()
    outcomes = await asyncio.gather(*running, return_exceptions=True)
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
    with pytest.raises(Unavailable, match="closed"):
        await adapter.lookup(endless())
    assert not {thread for thread in set(threading.enumerate()) - before if thread.name.startswith("crossdock")}


async def test_no_thread_is_begun_before_it_is_needed(path: Path) -> None:
    before = threading.active_count()
    adapter = shop.adapter(f"sqlite:///{path}")
    assert threading.active_count() == before
    for _ in range(5):
        await adapter.lookup(Lookup("Order", "number", ["O000001"], frozenset({"number"})))
    assert threading.active_count() == before + 1
    await adapter.aclose()


async def test_a_hundred_at_once_share_the_threads(path: Path) -> None:
    adapter = shop.adapter(f"sqlite:///{path}")
    keys = [f"O{number:06}" for number in range(1, 101) if number % 10]
    requests = [Lookup("Order", "number", [key], frozenset({"channel"})) for key in keys]
    results = await asyncio.gather(*(adapter.lookup(request) for request in requests))
    assert [list(result.found) for result in results] == [[key] for key in keys]
    names = {thread.name for thread in threading.enumerate()}
    assert {name for name in names if name.startswith("crossdock-shop-")} <= {f"crossdock-shop-{n}" for n in range(4)}
    await adapter.aclose()


async def test_a_runaway_number_of_rows_is_refused(runaway: Adapter) -> None:
    with pytest.raises(BadData, match="more than 100000 rows"):
        await runaway.lookup(Lookup("OrderLine", "orderNumber", ["1"], frozenset({"id"})))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("begin exclusive")
    try:
        yield
    finally:
        writer.execute("rollback")
        writer.close()


async def test_a_lock_is_an_overload(path: Path) -> None:
    adapter = shop.adapter(f"sqlite:///{path}", shop.REGISTRATION.replace("timeout: 5s", "timeout: 400ms"))
    request = Lookup("Order", "number", ["O000001"], frozenset({"channel"}))
    with locked(path), pytest.raises(Overloaded, match="SQLITE_BUSY"):
        await adapter.lookup(request)
    assert (await adapter.lookup(request)).found
    await adapter.aclose()


@pytest.mark.quirk("Q25")
async def test_a_read_that_met_a_lock_is_asked_again(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The lock is gone when the first attempt has given up, which is told in the log."""
    adapter = shop.adapter(f"sqlite:///{path}", shop.REGISTRATION.replace("timeout: 5s", "timeout: 3s"))
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    writer.execute("begin exclusive")
    told = Ends(writer)
    logger = logging.getLogger("crossdock.source")
    logger.addHandler(told)
    try:
        with caplog.at_level(logging.INFO, logger.name):
            result = await adapter.lookup(Lookup("Order", "number", ["O000001"], frozenset({"channel"})))
    finally:
        logger.removeHandler(told)
        writer.close()
    assert result.found
    assert told.seen == ["shop: lookup number of Order met a lock (SQLITE_BUSY) and is asked again"]
    await adapter.aclose()


class Ends(logging.Handler):
    """Ends a transaction at the first record."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self.connection = connection
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record.getMessage())
        self.connection.execute("rollback")


async def test_a_session_has_its_own_statements(path: Path) -> None:
    text = shop.REGISTRATION.replace("kind: sql", 'kind: sql\nsession: ["attach \':memory:\' as \\"side\\""]')
    adapter = shop.adapter(f"sqlite:///{path}", text.replace("table: STOCK", "table: side.sqlite_master"))
    with pytest.raises(BadData, match="no such column"):  # and not: no such table
        await adapter.lookup(Lookup("StockLevel", "sku", ["A-1"], frozenset({"onHand"})))
    await adapter.aclose()


async def test_a_database_that_is_not_there_is_unavailable_until_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'later.db'}"
    adapter = shop.adapter(url)
    with pytest.raises(Unavailable):
        await adapter.ping()
    with pytest.raises(Unavailable, match="unable to open"):
        await adapter.lookup(Lookup("Order", "number", ["O000001"], frozenset({"channel"})))
    assert not (tmp_path / "later.db").exists()
    shop.create(url)
    await adapter.ping()
    await adapter.aclose()


async def test_nothing_can_be_written(path: Path) -> None:
    database = Database("shop", make_url(f"sqlite:///{path}"), timeout=1, size=1)
    statement = Statement('delete from "ORD" where "ORD_NO" = ?', ("a",), ("key",), {})
    with pytest.raises(BadData, match="readonly"):
        await database.rows([Query(lambda: statement, {"key": 1})], "a deletion", float("inf"))
    await database.aclose()
    with sqlite3.connect(path) as connection:
        assert connection.execute('select count(*) from "ORD"').fetchone() == (120,)
    connection.close()


async def test_errors_never_show_what_was_bound(path: Path) -> None:
    database = Database("shop", make_url(f"sqlite:///{path}"), timeout=1, size=1)
    statement = Statement("select json_extract('[1]', ?)", ("a",), ("path",), {})
    with pytest.raises(BadData) as error:
        await database.rows([Query(lambda: statement, {"path": "$ann@example.test"})], "a lookup", float("inf"))
    assert error.value.detail == "a lookup: OperationalError SQLITE_ERROR: JSON path error near ?"
    assert "example.test" not in f"{error.value} {error.value.message} {error.value.__cause__}"
    await database.aclose()


async def test_an_expired_deadline_asks_nothing(runaway: Adapter) -> None:
    before = threading.active_count()
    with pytest.raises(TimedOut, match="deadline has passed"):
        await runaway.lookup(endless(-1))
    assert threading.active_count() == before


class Transactions(SQLiteDialect_pysqlite):
    """A dialect that knows no autocommit."""

    driver = "transactions"

    def get_isolation_level_values(self, dbapi_conn: object) -> NoReturn:
        raise NotImplementedError


async def test_what_was_read_before_is_not_read_again_where_a_driver_only_knows_transactions(path: Path) -> None:
    registry.register("sqlite.transactions", __name__, "Transactions")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("pragma journal_mode = wal")
    database = Database("shop", make_url(f"sqlite+transactions:///{path}"), timeout=5, size=1)
    begin = Statement("begin", (), (), {})
    count = Statement('select count(*) from "ORD"', ("count",), (), {})
    queries = [Query(lambda: begin, {}), Query(lambda: count, {})]
    for left in (120, 0):  # a snapshot that is kept would hide the deletion
        assert (await database.rows(queries, "a count", float("inf")))[1].named() == [{"count": left}]
        writer.execute('delete from "ORD"')
    await database.aclose()
    writer.close()
