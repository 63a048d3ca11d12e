"""A sales database in the shape of a star, as TPC-DS has it: facts with surrogate keys, dimensions of days and times,
items of which every version is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from tests.estate.tables import database
from tests.estate.world import CUSTOMERS, ORDERS, PRICES, STOCK, VARIANTS

SCHEMA = """
create table item (i_item_sk integer primary key, i_item_id char(16), i_rec_start_date date, i_rec_end_date date,
  i_product_name varchar(50), i_current_price decimal(7, 2));
create index item_id on item (i_item_id);
create table warehouse (w_warehouse_sk integer primary key, w_warehouse_id char(16));
create table inventory (inv_item_sk integer, inv_warehouse_sk integer, inv_quantity_on_hand real,
  primary key (inv_item_sk, inv_warehouse_sk));
create table customer (c_customer_sk integer primary key, c_customer_id char(16) unique, c_first_name char(20),
  c_last_name char(30), c_email_address char(50));
create table date_dim (d_date_sk integer primary key, d_date date);
create table time_dim (t_time_sk integer primary key, t_hour integer, t_minute integer, t_second integer,
  t_hms integer);
create table ticket (ticket_number integer primary key, sold_date_sk integer, sold_time_sk integer,
  customer_sk integer, status_sk integer);
create table status_dim (status_sk integer primary key, status_name char(10));
"""
STATES = {"SHIPPED": 1, "PENDING": 2, "CANCELLED": 3}
PLACES = {"BER1": 1, "HAM2": 2}
IDS = {sku: number for number, sku in enumerate(VARIANTS, 1)}


def items() -> Iterator[tuple[Any, ...]]:
    """Each has an ended version, the present one, and one that is not yet valid."""
    for sku, name in VARIANTS.items():
        price = float(PRICES[sku]) if sku in PRICES else None
        yield IDS[sku] + 1000, sku.ljust(16), None, "2020-12-31", f"{name} (old)", 999.0
        yield IDS[sku], sku.ljust(16), "2021-01-01", "2098-12-31", name.ljust(50), price
        yield IDS[sku] + 2000, sku.ljust(16), "2099-01-01", None, f"{name} (new)", 999.0


def tickets() -> Iterator[tuple[Any, ...]]:
    for number, (owner, status, _) in ORDERS.items():
        yield int(number), int(number) - 70000, int(number) - 70000, int(owner) - 10000, STATES[status]


@contextmanager
def running() -> Iterator[dict[str, str]]:
    placed = {int(number) - 70000: datetime.fromisoformat(instant) for number, (*_, instant) in ORDERS.items()}
    rows = {
        "item": items(),
        "warehouse": [(number, place.ljust(16)) for place, number in PLACES.items()],
        "inventory": [(IDS[sku], PLACES[place], float(quantity) + 1e-12) for (sku, place), quantity in STOCK.items()],
        "customer": [
            (int(number) - 10000, number.zfill(16), first.ljust(20), last.ljust(30), email)
            for number, (first, last, email) in CUSTOMERS.items()
        ],
        "date_dim": [(sk, f"{at:%Y-%m-%d}") for sk, at in placed.items()],
        "time_dim": [(sk, at.hour, at.minute, at.second, int(f"{at:%H%M%S}")) for sk, at in placed.items()],
        "ticket": tickets(),
        "status_dim": [(1, "shipped"), (2, "pending"), (3, "cancelled")],
    }
    with database(SCHEMA, rows) as url:
        yield {"STAR_URL": url}
