"""The bench's SQL system: a real PostgreSQL server with stock, orders and their lines; it counts statements itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.bench.data import LINES, ORDERS, ORDERS_EACH, PLACES, VARIANTS
from tests.postgres import Postgres, running_postgres

TABLES = f"""
create unlogged table STOCK as
    select 'S' || lpad(v::text, 5, '0') as ITEM, 'L' || p as WHSE, (v * 7 + p) % 50 as QTY, (v + p) % 5 as RSV
    from generate_series(0, {VARIANTS - 1}) v, generate_series(1, {len(PLACES)}) p;
create unlogged table ORD_HDR as
    select 'O' || lpad(n::text, 7, '0') as ORD_NO, 'C' || lpad((n / {ORDERS_EACH})::text, 5, '0') as CUST_NO,
        (array['W', 'P', 'M'])[1 + n % 3] as CHAN, (array['20', '50', '60'])[1 + n % 3] as STS,
        timestamptz '2026-01-01 08:00:00+00' + n % {ORDERS_EACH} * interval '1 day 1 minute' as PLACED
    from generate_series(0, {ORDERS - 1}) n;
create unlogged table ORD_LINE as
    select 'O' || lpad(n::text, 7, '0') as ORD_NO, l as LINE_NO,
        'S' || lpad(((n * {LINES} + l) % {VARIANTS})::text, 5, '0') as ITEM, 1 + l % 2 as QTY,
        ((9 + (n + l) % 90)::numeric + 0.90)::numeric(10, 2) as PRICE
    from generate_series(0, {ORDERS - 1}) n, generate_series(1, {LINES}) l;
create unique index on STOCK (ITEM, WHSE);
create unique index on ORD_HDR (ORD_NO);
create index on ORD_HDR (CUST_NO, PLACED desc);
create unique index on ORD_LINE (ORD_NO, LINE_NO);
create extension pg_stat_statements;
analyze;
"""

COUNT = """
select coalesce(sum(calls), 0) from pg_stat_statements
where query ilike 'select%' and (query ilike '%stock%' or query ilike '%ord_%') and query not ilike '%pg_stat%'
"""


class Database:
    """``url`` is SQLAlchemy's."""

    def __init__(self, server: Postgres) -> None:
        self.url = server.url
        self.plain_url = server.url.replace("+psycopg", "")
        self._connection = psycopg.connect(self.plain_url, autocommit=True)
        self._connection.execute(TABLES)  # type: ignore[arg-type]  # a text of our own

    def count(self) -> int:
        """Selects of these tables since the server was started."""
        row = self._connection.execute(COUNT).fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        self._connection.close()


@contextmanager
def database() -> Iterator[Database]:
    with running_postgres() as server:
        with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("alter system set shared_preload_libraries = 'pg_stat_statements'")
            connection.execute("alter system set max_connections = 200")
        server.stop()
        server.start()
        found = Database(server)
        try:
            yield found
        finally:
            found.close()
