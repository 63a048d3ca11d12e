"""A web shop that keeps every attribute as a row, as Magento does: values by entity, attribute and shop.

Shop 0 has the value for all; shop 1 is the German one, and its columns were read with the wrong encoding once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from tests.estate.tables import database
from tests.estate.world import CUSTOMERS, ORDERS, PRICES, STOCK, VARIANTS

SCHEMA = """
create table eav_attribute (attribute_id integer primary key, entity_type_id integer, attribute_code varchar(60));
create table catalog_product_entity (entity_id integer primary key, sku varchar(64) unique, type_id varchar(32));
create table catalog_product_entity_varchar (value_id integer primary key, attribute_id integer, store_id integer,
  entity_id integer, value varchar(255), unique (entity_id, attribute_id, store_id));
create table catalog_product_entity_decimal (value_id integer primary key, attribute_id integer, store_id integer,
  entity_id integer, value varchar(20), unique (entity_id, attribute_id, store_id));
create table inventory_source_item (source_item_id integer primary key, source_code varchar(20), sku varchar(64),
  quantity varchar(20), status integer, unique (source_code, sku));
create index by_sku on inventory_source_item (sku);
create table customer_entity (entity_id integer primary key, email varchar(120), firstname varchar(60),
  lastname varchar(60), password_hash varchar(128), is_active integer);
create table sales_order (entity_id integer primary key, increment_id varchar(32) unique, customer_id integer,
  status varchar(32), created_at varchar(19));
create index by_customer on sales_order (customer_id, increment_id);
"""
NAME, PRICE = 73, 77
STATES = {"SHIPPED": "complete", "PENDING": "pending", "CANCELLED": "canceled"}
IDS = {sku: number for number, sku in enumerate(VARIANTS, 1)}


def twice(text: str) -> str:
    """UTF-8 that was taken for Windows-1252 and written as UTF-8 again."""
    return text.encode().decode("cp1252")


@contextmanager
def running() -> Iterator[dict[str, str]]:
    names = [(NAME, 0, IDS[sku], f"{sku} (all shops)") for sku in VARIANTS if sku != "A-00144"]
    names += [(NAME, 1, IDS[sku], twice(name)) for sku, name in VARIANTS.items() if sku != "A-00144"]
    names.append((NAME, 0, IDS["A-00144"], VARIANTS["A-00144"]))
    prices = [(PRICE, 0, IDS[sku], f"{price:.2f}00") for sku, price in PRICES.items()]
    prices.append((PRICE, 2, IDS["A-00144"], "1.0000"))  # of a shop that is not registered
    rows = {
        "eav_attribute": [(NAME, 4, "name"), (PRICE, 4, "price"), (5, 1, "name")],
        "catalog_product_entity": [(IDS[sku], sku, "simple") for sku in VARIANTS],
        "catalog_product_entity_varchar": [(number, *row) for number, row in enumerate(names)],
        "catalog_product_entity_decimal": [(number, *row) for number, row in enumerate(prices)],
        "inventory_source_item": [
            (number, place, sku, f"{quantity:.2f}00", 1)
            for number, ((sku, place), quantity) in enumerate(STOCK.items())
        ],
        "customer_entity": [
            (int(number), email or "", twice(first), twice(last), "5e884898da28:1", 1)
            for number, (first, last, email) in CUSTOMERS.items()
        ]
        + [(99999, "gone@example.test", "Gone", "Customer", "5e884898da28:1", 0)],
        "sales_order": [
            (number, f"{order:>09}", int(owner), STATES[status], f"{datetime.fromisoformat(placed):%Y-%m-%d %H:%M:%S}")
            for number, (order, (owner, status, placed)) in enumerate(ORDERS.items())
        ],
    }
    with database(SCHEMA, rows) as url:
        yield {"SHOP_URL": url}
