"""One server for all, and both event loops."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
from sqlalchemy import make_url

from adapters.sql.database import Database
from tests.http1.conftest import pytest_asyncio_loop_factories as pytest_asyncio_loop_factories
from tests.postgres import Postgres, running_postgres


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


@pytest.fixture
async def database(server: Postgres) -> AsyncIterator[Database]:
    """With one connection."""
    made = Database("shop", make_url(server.url), timeout=5, size=1)
    yield made
    await made.aclose()


@pytest.fixture
def other(server: Postgres) -> Iterator[psycopg.Connection]:
    """Somebody else's connection."""
    with psycopg.connect(f"host=127.0.0.1 port={server.port} user=postgres", autocommit=True) as connection:
        yield connection
