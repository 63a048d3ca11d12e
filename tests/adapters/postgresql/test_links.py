"""Connections of PostgreSQL on the event loop: who gets them, and how they end."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from types import NoneType
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from adapters.spi import BadData, Unavailable
from adapters.sql.calls import Procedure
from adapters.sql.database import Database
from adapters.sql.queries import MOST_ROWS, Query
from adapters.sql.statements import Statement
from tests.adapters.postgresql.asking import ask
from tests.postgres import Postgres

PID = "select pg_backend_pid() as value"


def others(connection: psycopg.Connection, state: str = "%") -> int:
    """How many connections the gateway has, as the server sees it."""
    text = "select count(*) from pg_stat_activity where application_name = 'crossdock' and state like %s"
    row = connection.execute(text, [state]).fetchone()
    assert row is not None
    return int(row[0])


def end(connection: psycopg.Connection, pid: int) -> None:
    """The server's side of a connection is gone; the loop has had no turn to see it."""
    connection.execute("select pg_terminate_backend(%s)", [pid])
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.01)


async def until_there_are(connection: psycopg.Connection, count: int, state: str = "%") -> None:
    end = time.monotonic() + 5
    while others(connection, state) != count:
        assert time.monotonic() < end, f"not {count} connections"
        await asyncio.sleep(0.01)


async def test_what_the_socket_does_not_take_at_once_follows(database: Database) -> None:
    """And a reply that does not come at once: both are larger than any buffer."""
    text = "äö" * 5_000_000
    assert await ask(database, "select md5($1::text)", text[:3]) == await ask(database, "select md5($1::text)", "äöä")
    assert await ask(database, "select length($1::text)", text) == [len(text)]
    assert await ask(database, "select $1::text", text) == [text]


async def test_a_connection_is_asked_one_thing_at_a_time(server: Postgres, other: psycopg.Connection) -> None:
    database = Database("shop", make_url(server.url), timeout=5, size=3)
    asked = (ask(database, "select $1::int from pg_sleep(0.001)", number) for number in range(100))
    assert await asyncio.gather(*asked) == [[number] for number in range(100)]
    assert others(other) == 3
    await database.aclose()
    await until_there_are(other, 0)


async def test_the_connection_that_was_used_last_is_used_first(server: Postgres) -> None:
    database = Database("shop", make_url(server.url), timeout=5, size=3)
    slow = f"{PID} from pg_sleep(0.2)"
    first, second = await asyncio.gather(ask(database, slow), ask(database, slow))
    assert first != second
    last = await ask(database, PID)
    assert [await ask(database, PID) for _ in range(3)] == [last] * 3
    await database.aclose()


async def test_one_that_is_cancelled_as_its_turn_comes_leaves_it_to_the_next(database: Database) -> None:
    (pid,) = await ask(database, PID)

    async def first() -> None:
        await ask(database, "select 1 from pg_sleep(0.1)")
        second.cancel()  # the connection has just been given to it

    begun = asyncio.create_task(first())
    await asyncio.sleep(0)
    second = asyncio.create_task(ask(database, PID))
    await asyncio.sleep(0)
    third = asyncio.create_task(ask(database, PID))
    await begun
    assert await third == [pid]
    assert second.cancelled()


async def test_a_statement_that_is_given_up_takes_its_connection_with_it(
    database: Database, other: psycopg.Connection
) -> None:
    (pid,) = await ask(database, PID)
    running = asyncio.create_task(ask(database, "select 1 from pg_sleep(60)"))
    waiting = asyncio.create_task(ask(database, PID))
    await until_there_are(other, 1, "active")
    running.cancel()
    assert await waiting != [pid]
    await until_there_are(other, 1)


async def test_a_connection_that_the_server_ended_is_not_asked(database: Database, other: psycopg.Connection) -> None:
    """The loop sees it, without a question."""
    (pid,) = await ask(database, PID)
    end(other, pid)
    for _ in range(4):  # a last message, the end, and closing it
        await asyncio.sleep(0.01)
    assert await ask(database, PID) != [pid]


async def test_a_connection_that_the_server_ends_before_the_loop_sees_it(
    database: Database, other: psycopg.Connection
) -> None:
    """It is told at once, and not at the deadline."""
    for _ in range(3):
        (pid,) = await ask(database, PID)
        end(other, pid)
        with pytest.raises(Unavailable):
            await ask(database, PID)


async def test_a_connection_that_the_server_ends_while_it_is_asked(
    database: Database, other: psycopg.Connection
) -> None:
    (pid,) = await ask(database, PID)
    running = asyncio.create_task(ask(database, "select 1 from pg_sleep(60)"))
    await until_there_are(other, 1, "active")
    other.execute("select pg_terminate_backend(%s)", [pid])
    with pytest.raises(Unavailable):
        await running
    assert await ask(database, PID) != [pid]


async def test_a_message_that_nobody_asked_for_ends_nothing(database: Database, other: psycopg.Connection) -> None:
    (pid,) = await ask(database, PID)
    await ask(database, "listen everything")
    other.execute("notify everything")
    await asyncio.sleep(0.05)
    assert await ask(database, PID) == [pid]


async def test_closing_ends_what_runs(server: Postgres, other: psycopg.Connection) -> None:
    before = set(threading.enumerate())
    database = Database("shop", make_url(server.url), timeout=30, size=2)
    asked = [asyncio.create_task(ask(database, "select 1 from pg_sleep(60)")) for _ in range(3)]
    await until_there_are(other, 2, "active")  # a server that has not begun yet hears no cancel
    await database.aclose()
    assert [type(error) for error in await asyncio.gather(*asked, return_exceptions=True)] == [Unavailable] * 3
    with pytest.raises(Unavailable, match="closed"):
        await ask(database, PID)
    await until_there_are(other, 0)
    assert not {thread for thread in set(threading.enumerate()) - before if thread.name.startswith("crossdock")}


@pytest.mark.parametrize("turns", range(12))
async def test_closing_ends_what_is_about_to_run(database: Database, turns: int) -> None:
    """Wherever the one that asks is: a connection opened, given, asked; a statement prepared, answered."""
    for _ in range(5):
        await ask(database, "select 1 from pg_sleep($1)", 0)
    first = asyncio.create_task(ask(database, "select 1 from pg_sleep($1)", 0.001))
    second = asyncio.create_task(ask(database, "select 1 from pg_sleep($1)", 60))
    for _ in range(turns):
        await asyncio.sleep(0)
    await database.aclose()
    with pytest.raises(Unavailable):
        await second
    await asyncio.wait([first])
    assert isinstance(first.exception(), Unavailable | NoneType)


async def test_a_copy_is_refused_and_its_connection_closed(database: Database) -> None:
    (pid,) = await ask(database, PID)
    with pytest.raises(BadData, match="copies"):
        await ask(database, "copy (select 1) to stdout")
    assert await ask(database, PID) != [pid]


async def test_too_many_rows_are_not_read(database: Database) -> None:
    with pytest.raises(BadData, match=f"more than {MOST_ROWS} rows"):
        await ask(database, f"select generate_series(1, {MOST_ROWS + 1})")
    assert len(await ask(database, f"select generate_series(1, {MOST_ROWS})")) == MOST_ROWS


async def test_several_results_of_several_texts(database: Database) -> None:
    texts = [
        "set time zone 'UTC'; select 1 as one; select 2 as two, 'x' as \"and more\"",
        "select $1::int as three",
    ]
    statements = [
        Statement(texts[0], (), (), {}),
        Statement(texts[1], (), ("value",), {}),
    ]
    expected: list[list[dict[str, Any]]] = [[{"one": 1}], [{"two": 2, "and more": "x"}], [{"three": 3}], []]
    for index, rows in enumerate(expected, 1):
        query = Query(lambda index=index: Procedure(statements, index), {"value": 3})  # type: ignore[misc]  # bound now
        (result,) = await database.rows([query], "a test", 9e9)
        assert result.named() == rows
