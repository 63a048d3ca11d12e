"""A database of a few statements, and one line to ask a registration of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import create_engine

from adapters.spi import Adapter, Lookup, Record, Search
from adapters.sql import KIND
from adapters.types import Types


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
