"""The warehouse and order systems on PostgreSQL: the answers of SQLite, and statements that end when nobody waits."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from decimal import Decimal
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import MetaData, create_engine

from examples.backoffice import crosswalk, oms, pos, wms
from gateway.commands.back_office import BackOffice
from gateway.config.load import Configuration, load
from gateway.runtime import Gateway
from tests.postgres import Postgres, running_postgres
from tests.retail.running import CONFIGURATION, Client, configuration

pytestmark = pytest.mark.asyncio(loop_scope="module")  # a gateway belongs to a loop, and takes a second to build

ROLE = "storekeeper"
CUSTOMERS = 500
TABLES = {"wms": wms.METADATA, "oms": oms.METADATA, "pos": pos.METADATA, "crosswalk": crosswalk.METADATA}

QUANTITIES = {"onHand", "reserved", "unavailable", "available", "quantity", "shippedQuantity"}
"""Compared as numbers: a column of three places gives ``9.000`` in PostgreSQL and ``9`` in SQLite, which keeps none."""

UNKNOWN = "unknown keys"
LINES = "lines { id sku name quantity unitPrice { amount } shippedQuantity tax { rate amount { amount } } }"
QUERIES: dict[str, tuple[str, dict[str, Any]]] = {
    "stock of products": (
        """{ products(first: 20) { nodes { code variants(first: 3) { nodes { sku stock {
             locationCode onHand reserved unavailable available lastCountedAt provenance { asOf }
             location { name kind address { lines city } services } } } } } } }""",
        {},
    ),
    "stock at chosen places": (
        """query ($sku: String!, $places: [String!]) {
             variant(sku: $sku) { stock(locations: $places) { locationCode onHand } } }""",
        {"sku": "A-00008", "places": ["W1", "S001", "S002", "odd ' place"]},
    ),
    "all locations": ("{ locations { code gln name kind latitude longitude timeZone services } }", {}),
    "an order": (
        f"""{{ order(number: "O-00000092") {{ id number channel status placedAt version
              totals {{ grandTotal {{ amount }} taxes {{ name rate base {{ amount }} amount {{ amount }} }} }} {LINES}
              payments {{ id method maskedReference amount {{ amount }} at }}
              fulfilments {{ id method status carrier expectedOn lines {{ orderLineId quantity }} }} }} }}""",
        {},
    ),
    "orders of customers": (
        f"""{{ a: customer(number: "C000001") {{ ...latest }} b: customer(number: "C000002") {{ ...latest }}
               c: customer(number: "C000003") {{ ...latest }} }}
            fragment latest on Customer {{ orders(first: 20) {{ totalCount pageInfo {{ hasNextPage }}
              nodes {{ number status placedAt {LINES} }} }} }}""",
        {},
    ),
    "a customer by a linked number": (
        """{ customer(number: "C004872") { number phone externalIds { source value matchedOn }
               provenance { fields { field source } } } }""",
        {},
    ),
    "orders under filters": (
        """{ orders(first: 25, filter: {status: [CANCELLED, ON_HOLD], channels: [PHONE, WEB]}) {
             totalCount nodes { number status channel placedAt } } }""",
        {},
    ),
    UNKNOWN: (
        """{ order(number: "O-99999999") { number } odd: order(number: "1; drop") { number }
             variant(sku: "A-99999") { stock { onHand } } }""",
        {},
    ),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


@pytest.fixture(scope="module")
def on_files(office: BackOffice, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The demo back office with the sales to its first customers only: to load all takes longer than to test."""
    folder = tmp_path_factory.mktemp("orders")
    file, receipts = folder / "oms.sqlite", folder / "pos.sqlite"
    shutil.copy(office.environment["OMS_URL"].removeprefix("sqlite:///"), file)
    shutil.copy(office.environment["POS_URL"].removeprefix("sqlite:///"), receipts)
    with closing(sqlite3.connect(receipts)) as database, database:
        database.execute(f"delete from RECEIPT where CUST_NO is null or CUST_NO > {CUSTOMERS}")
        for table in ("RECEIPT_LINE", "RECEIPT_PAY"):
            database.execute(f"delete from {table} where RCPT_ID not in (select RCPT_ID from RECEIPT)")
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(f"delete from ORD_HDR where CUST_NO > {CUSTOMERS}")
        for table in oms.METADATA.tables.keys() - {"ORD_HDR", "T_STATUS"}:
            database.execute(f"delete from {table} where ORD_NO not in (select ORD_NO from ORD_HDR)")
    return office.environment | {"OMS_URL": f"sqlite:///{file}", "POS_URL": f"sqlite:///{receipts}"}


@pytest.fixture(scope="module")
def environment(server: Postgres, on_files: dict[str, str]) -> dict[str, str]:
    """The same with its databases on PostgreSQL, read by a role that may do nothing else."""
    run(server, "postgres", f"create role {ROLE} login")
    moved = {}
    for system, metadata in TABLES.items():
        variable = f"{system.upper()}_URL"
        run(server, "postgres", f"create database {system}")
        copy(on_files[variable].removeprefix("sqlite:///"), server, system, metadata)
        run(server, system, f"grant select on all tables in schema public to {ROLE}")
        moved[variable] = f"postgresql+psycopg://{ROLE}@127.0.0.1:{server.port}/{system}"
    return on_files | moved


def run(server: Postgres, database: str, statement: str) -> None:
    with connected(server, database) as connection:
        connection.execute(statement.encode())


def connected(server: Postgres, database: str) -> psycopg.Connection[tuple[Any, ...]]:
    """As the administrator."""
    return psycopg.connect(f"host=127.0.0.1 port={server.port} user=postgres dbname={database}", autocommit=True)


def copy(file: str, server: Postgres, database: str, metadata: MetaData) -> None:
    """The demo's own tables, with the rows of the file."""
    engine = create_engine(f"postgresql+psycopg://postgres@127.0.0.1:{server.port}/{database}")
    metadata.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(file)) as rows, connected(server, database) as connection:
        for table in metadata.sorted_tables:
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            connection.execute(f'alter table "{table.name}" set unlogged'.encode())  # nobody restarts this server
            with connection.cursor().copy(f'copy "{table.name}" ({columns}) from stdin'.encode()) as into:
                for row in rows.execute(f'select {columns} from "{table.name}"'):
                    into.write_row(row)
        connection.execute("analyze")


@asynccontextmanager
async def running(configuration: Configuration) -> AsyncIterator[Client]:
    gateway = Gateway.build(configuration)
    yield Client(gateway)
    await gateway.aclose()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on_sqlite(on_files: dict[str, str]) -> AsyncIterator[Client]:
    async with running(configuration(on_files)) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on_postgres(environment: dict[str, str]) -> AsyncIterator[Client]:
    async with running(configuration(environment)) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def in_a_hurry(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """A gateway whose requests have less time than its sources, which have 2 s."""
    overlay = tmp_path_factory.mktemp("hurry") / "hurry.yaml"
    overlay.write_text("gateway: {limits: {deadline: 1200ms}}\n")
    async with running(load(CONFIGURATION, overlay, environ=environment)) as client:
        yield client


@pytest.mark.parametrize("name", QUERIES)
async def test_the_answer_is_that_of_sqlite(on_sqlite: Client, on_postgres: Client, name: str) -> None:
    query, variables = QUERIES[name]
    found = await on_postgres.data(query, **variables)
    assert counted(found) == counted(await on_sqlite.data(query, **variables))
    assert all(found.values()) == (name != UNKNOWN), "something to compare"


def counted(value: Any, name: str = "") -> Any:
    """Part of an answer, its quantities as numbers."""
    if isinstance(value, dict):
        return {key: counted(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [counted(each) for each in value]
    return Decimal(value) if name in QUANTITIES and value is not None else value


async def test_pages_follow_each_other_as_on_sqlite(on_sqlite: Client, on_postgres: Client) -> None:
    """Every page, over a customer who has ordered often."""
    numbers = await all_orders(on_postgres, "C000001")
    assert numbers == await all_orders(on_sqlite, "C000001")
    assert len(numbers) == len(set(numbers)) > 20


async def all_orders(client: Client, customer: str) -> list[str]:
    query = """query ($number: String!, $after: String) { customer(number: $number) { orders(first: 4, after: $after) {
        nodes { number } pageInfo { hasNextPage endCursor } } } }"""
    numbers: list[str] = []
    after: str | None = None
    while True:
        page = (await client.data(query, number=customer, after=after))["customer"]["orders"]
        numbers += [node["number"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return numbers
        after = page["pageInfo"]["endCursor"]


STOCK = '{ variant(sku: "A-00008") { sku stock { onHand } } order(number: "O-00000092") { number lines { sku } } }'


@pytest.fixture
def locked(server: Postgres, environment: dict[str, str]) -> Iterator[None]:
    """While somebody holds the stock, statements about it wait, as statements do."""
    with connected(server, "wms") as holder, holder.transaction():
        holder.execute('lock table "STOCK" in access exclusive mode')
        yield


async def test_a_cancelled_request_runs_nothing_on(server: Postgres, in_a_hurry: Client, locked: None) -> None:
    request = asyncio.create_task(in_a_hurry.ask(STOCK))
    await until_active(server, 1)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    await until_active(server, 0)


async def test_a_passed_deadline_runs_nothing_on(server: Postgres, in_a_hurry: Client, locked: None) -> None:
    request = asyncio.create_task(in_a_hurry.ask(STOCK))
    await until_active(server, 1)
    response = await request
    await until_active(server, 0)
    assert response["data"]["variant"]["stock"] is None
    assert response["data"]["order"]["lines"]
    assert [error["extensions"]["code"] for error in response["errors"]] == ["TIMED_OUT"]


async def until_active(server: Postgres, count: int, seconds: float = 1.0) -> None:
    """Waits until so many statements of the gateway's role run."""
    end = time.monotonic() + seconds
    while await asyncio.to_thread(active, server) != count:
        assert time.monotonic() < end, f"not {count} active statements of {ROLE} within {seconds} s"
        await asyncio.sleep(0.02)


def active(server: Postgres) -> int:
    with connected(server, "postgres") as connection:
        text = "select count(*) from pg_stat_activity where usename = %s and state = 'active'"
        row = connection.execute(text, (ROLE,)).fetchone()
    assert row is not None
    return int(row[0])
