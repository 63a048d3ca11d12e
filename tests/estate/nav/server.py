"""An ERP that has all its tables once per company, with blanks, dots, dollars and underscores in their names, as NAV
on SQL Server has: stock is the sum of ledger entries, a time of day is on the first day of 1754, no text is ever null.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.estate.tables import database
from tests.estate.world import CUSTOMERS, ORDERS, PRICES, STOCK, VARIANTS

COMPANIES = ("CRONUS AG", "CRONUS B.V_")
TABLES = """
create table "{0}$Item" ("No_" varchar(20) primary key, "Description" varchar(50), "Unit Price" decimal(38, 20),
  "Blocked" tinyint);
create table "{0}$Item Ledger Entry" ("Entry No_" integer primary key, "Item No_" varchar(20),
  "Location Code" varchar(10), "Quantity" decimal(38, 20));
create index "{0}$ledger" on "{0}$Item Ledger Entry" ("Item No_", "Location Code");
create table "{0}$Customer" ("No_" varchar(20) primary key, "Name" varchar(50), "Name 2" varchar(50),
  "E-Mail" varchar(80), "Blocked" integer);
create table "{0}$Sales Header" ("Document Type" integer, "No_" varchar(20), "Sell-to Customer No_" varchar(20),
  "Order Date" varchar(23), "Time of Order" varchar(23), "Status" integer, primary key ("Document Type", "No_"));
"""
STATES = {"SHIPPED": 3, "PENDING": 0, "CANCELLED": 9}


def company(number: str) -> str:
    """Every second customer and every second item is of the other company."""
    return COMPANIES[int(number[-1]) % 2]


def ledger(name: str) -> Iterator[tuple[Any, ...]]:
    """What came in, and what went out again."""
    for entry, ((sku, place), quantity) in enumerate(STOCK.items()):
        if company(sku) == name:
            yield 2 * entry, sku, place, str(quantity + Decimal("2.5"))
            yield 2 * entry + 1, sku, place, "-2.5"


def orders(name: str) -> Iterator[tuple[Any, ...]]:
    for number, (owner, status, instant) in ORDERS.items():
        if company(owner) == name:
            at = datetime.fromisoformat(instant)
            day, time = f"{at:%Y-%m-%d} 00:00:00.000", f"1754-01-01 {at:%H:%M:%S}.000"
            yield 1, f"A-{number}", f"K{owner}", day, time, STATES[status]
            yield 0, f"A-{number}", f"K{owner}", day, time, 0  # the quote of the same number


@contextmanager
def running() -> Iterator[dict[str, str]]:
    rows: dict[str, Any] = {}
    for name in COMPANIES:
        rows[f'"{name}$Item"'] = [
            (sku, text, f"{PRICES.get(sku, Decimal(0)):.20f}", 0)
            for sku, text in VARIANTS.items()
            if company(sku) == name
        ]
        rows[f'"{name}$Item Ledger Entry"'] = ledger(name)
        rows[f'"{name}$Customer"'] = [
            (f"K{number}", first, last, email or "", 0)
            for number, (first, last, email) in CUSTOMERS.items()
            if company(number) == name
        ]
        rows[f'"{name}$Sales Header"'] = orders(name)
    schema = "".join(TABLES.format(name) for name in (*COMPANIES, "TEST"))
    with database(schema, rows) as url:
        yield {"NAV_URL": url}
