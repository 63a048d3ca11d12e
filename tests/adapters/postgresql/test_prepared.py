"""Statements that the server keeps prepared, and poolers and altered tables, which make it forget them."""

from __future__ import annotations

import psycopg
import pytest

from adapters.sql.database import Database
from tests.adapters.postgresql.asking import ask

KEPT = "select count(*) from pg_prepared_statements where statement like '%mark%'"
MARK = "select $1::int /* mark */"


async def often(database: Database, text: str, *values: object, times: int = 7) -> None:
    for _ in range(times):
        await ask(database, text, *values)


async def test_what_is_asked_often_is_prepared(database: Database) -> None:
    await often(database, MARK, 1, times=5)
    assert await ask(database, KEPT) == [0]
    await often(database, MARK, 1, times=1)
    assert await ask(database, KEPT) == [1]
    assert await ask(database, MARK, 2) == [2]


async def test_a_value_of_another_type_is_another_statement(database: Database) -> None:
    """A number that needs more bytes has another type."""
    await often(database, "select $1 /* mark */", 1)
    await often(database, "select $1 /* mark */", 2**40)
    assert await ask(database, KEPT) == [2]
    assert await ask(database, "select $1 /* mark */", 2**40) == [2**40]


async def test_the_server_keeps_a_bounded_number(database: Database) -> None:
    for number in range(110):
        await often(database, f"select $1::int + {number} /* mark */", 1, times=6)
    assert await ask(database, KEPT) == [100]
    assert await ask(database, "select $1::int + 0 /* mark */", 1) == [1]


async def test_behind_a_pooler_nothing_is_prepared(database: Database) -> None:
    """Another server than the one that was told the name: it answers all the same, and is told no more names."""
    await often(database, MARK, 1)
    await ask(database, "deallocate all")
    assert await ask(database, MARK, 5) == [5]
    await often(database, MARK, 1, times=12)
    assert await ask(database, KEPT) == [0]


async def test_a_name_that_the_server_knows_already(database: Database) -> None:
    """Another gateway behind the same pooler has told it."""
    await ask(database, "prepare crossdock_1 as select 1 /* of another */")
    await often(database, MARK, 3)
    assert await ask(database, MARK, 3) == [3]
    assert await ask(database, KEPT) == [0]


async def test_a_table_that_is_altered(database: Database, other: psycopg.Connection) -> None:
    other.execute("drop table if exists altered")
    other.execute("create table altered as select 1 as value")
    await often(database, "select value from altered where value::text <> $1", "x")
    other.execute("alter table altered alter value type text")
    assert await ask(database, "select value from altered where value::text <> $1", "x") == ["1"]


async def test_an_error_of_a_prepared_statement_is_its_own(database: Database) -> None:
    await often(database, "select 1 / $1::int /* mark */", 1)
    with pytest.raises(Exception, match="22012"):
        await ask(database, "select 1 / $1::int /* mark */", 0)
    assert await ask(database, KEPT) == [1]
