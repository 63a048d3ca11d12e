"""A database of a few statements, and one line to ask a registration of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import create_engine

from adapters.conformance import SearchSample, conform
from adapters.spi import Adapter, Lookup, Record, Search, Start
from adapters.sql import KIND
from adapters.types import FieldType, Types


def create(folder: Path, statements: Sequence[str]) -> str:
    """The URL of a new SQLite database."""
    url = f"sqlite:///{folder / 'odd.db'}"
    run(url, statements)
    return url


def run(url: str, statements: Sequence[str]) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def registered(url: str, text: str) -> dict[str, Any]:
    words: dict[str, Any] = YAML(typ="safe").load(text)
    return {"source": "odd", "role": "ERP", "kind": "sql", "url": url} | words


@asynccontextmanager
async def asked(url: str, text: str, types: Types) -> AsyncIterator[Adapter]:
    adapter = KIND.build(KIND.registration.model_validate(registered(url, text)), types)
    try:
        yield adapter
    finally:
        await adapter.aclose()


async def one(adapter: Adapter, entity: str, by: str, key: Any, *fields: str, **arguments: Any) -> Record:
    """The record of one key."""
    result = await adapter.lookup(Lookup(entity, by, [key], frozenset(fields), arguments))
    record = result.found[key]
    assert isinstance(record, Record)
    return record


async def page(adapter: Adapter, entity: str, name: str, *fields: str, **words: Any) -> list[Record]:
    result = await adapter.search(Search(entity, name, words.pop("first", 50), frozenset(fields), **words))
    return [record for found in result.pages.values() for record in found.records]


TIMED = """
kind: sql
time_zone: Europe/Berlin
entities:
  Order:
    key: number
    table: TIMED
    fields: {number: NO, placedAt: {from: AT, as: instant(TYPE)}}
    search: {orders: {page: {keyset: [AT DIRECTION, NO]}}}
"""


async def list_by_timestamp(url: str, type_: str, direction: str, column: str = "") -> None:
    """A list of orders by a column of the database's own type, with ties, and moments between its moments."""
    zone = "+01" if type_ == "timestamptz" else ""
    rows = ", ".join(f"('{number:02}', '2026-11-20 11:00:{number // 3:02}.250{zone}')" for number in range(20))
    made = [
        'drop table if exists "TIMED"',
        f'create table "TIMED" ("NO" varchar(8) primary key, "AT" {column or type_})',
        f'insert into "TIMED" values {rows}',
    ]
    run(url, made)
    text = TIMED.replace("TYPE", type_).replace("DIRECTION", direction)
    types = Types({"Order": {"number": FieldType("String"), "placedAt": FieldType("DateTime")}}, {})
    async with asked(url, text, types) as adapter:
        assert adapter.capabilities["Order"].searches["orders"].order == f"placedAt {direction}".removesuffix(" asc")
        await conform(adapter, [], [SearchSample("Order", "orders", page=4, count=20)])
        [found, *_] = await page(adapter, "Order", "orders", "number", start=Start("2026-11-20T10:00:03Z", True))
        assert found.values["number"] == ("06" if direction == "desc" else "09")
