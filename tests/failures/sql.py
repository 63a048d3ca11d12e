"""The stock system as a PostgreSQL database, with a password that PostgreSQL checks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.failures.stock import INTERNAL, PASSWORD, ROWS
from tests.failures.system import System
from tests.postgres import Postgres

ACCESS = """\
host all clerk 127.0.0.1/32 scram-sha-256
host all postgres 127.0.0.1/32 trust
"""

TABLES = """
create table "STOCK_ROWS" ("SKU" text, "WHSE" text, "QTY" text, "COUNTED" text);
create table "TROUBLE" (code text);
create function "TROUBLED"() returns boolean language plpgsql security definer as $$
declare code text := (select t.code from "TROUBLE" t);
begin
  if code is not null then raise exception using errcode = code, message = '{message}'; end if;
  return true;
end $$;
create view "STOCK" as select * from "STOCK_ROWS" where "TROUBLED"();
create role clerk login password '{password}';
grant select on "STOCK" to clerk;
"""
"""A view that fails while ``TROUBLE`` has a row."""


class SqlStock(System):
    kind = "sql"
    registration = """
        source: stock
        role: WMS
        kind: sql
        url: ${STOCK}
        limits: {timeout: 500ms, concurrency: 2}
        entities:
          StockLevel:
            key: [sku, locationCode]
            cache: {fresh: 0s}
            table: STOCK
            fields: {sku: SKU, locationCode: WHSE, onHand: QTY, lastCountedAt: COUNTED}
            lookup:
              sku: {many: true, order: [locationCode]}
    """

    def __init__(self, server: Postgres) -> None:
        self.port = server.port
        (server.folder / "data" / "pg_hba.conf").write_text(ACCESS)
        self.run("select pg_reload_conf()")
        self.run(TABLES.format(message=INTERNAL.replace("'", "''"), password=PASSWORD))
        for row in ROWS:
            self.run('insert into "STOCK_ROWS" values (%s, %s, %s, %s)', *row)

    def run(self, statement: str, *values: Any) -> None:
        """As the administrator, past the proxy."""
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=postgres", autocommit=True) as connection:
            connection.execute(statement.encode(), values or None)

    def environment(self, port: int) -> dict[str, str]:
        return {"STOCK": f"postgresql+psycopg://clerk:{PASSWORD}@127.0.0.1:{port}/postgres"}

    def end_sessions(self) -> None:
        self.run("select pg_terminate_backend(pid, 2000) from pg_stat_activity where usename = 'clerk'")

    def take_password(self, known: bool) -> None:
        self.run(f"alter role clerk valid until '{'infinity' if known else '2020-01-01'}'")
        self.end_sessions()

    def take_connections(self, allowed: bool) -> None:
        """Whether the gateway's role may have connections; sessions end either way."""
        self.run(f"alter role clerk connection limit {-1 if allowed else 0}")
        self.end_sessions()

    @contextmanager
    def raising(self, code: str) -> Iterator[None]:
        """Every statement ends with this SQLSTATE."""
        self.run('insert into "TROUBLE" values (%s)', code)
        try:
            yield
        finally:
            self.run('delete from "TROUBLE"')
