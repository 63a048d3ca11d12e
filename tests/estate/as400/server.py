"""An inventory and order system on a midrange machine: text in EBCDIC without a code page (CCSID 65535), packed
decimals, days as CYYDDD and times as numbers, codes of one letter, rows that are only marked as deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.estate.tables import database
from tests.estate.world import CUSTOMERS, ORDERS, PRICES, STOCK, VARIANTS

SCHEMA = """
create table ITMMST (IMITEM blob primary key, IMDESC blob, IMPRC blob, IMSTS blob);
create table STKBAL (SBITEM blob, SBWHSE blob, SBQTY blob, primary key (SBITEM, SBWHSE));
create table CUSMST (CMCUST blob primary key, CMFNAM blob, CMLNAM blob, CMMAIL blob);
create table ORDHDR (OHORD integer primary key, OHCUST blob, OHSTS blob, OHDATE integer, OHTIME integer, OHDEL blob);
create index ORDCUS on ORDHDR (OHCUST, OHDATE);
"""
STATES = {"SHIPPED": "S", "PENDING": "O", "CANCELLED": "X"}
ZONE = ZoneInfo("Europe/Berlin")


def ebcdic(text: str, length: int) -> bytes:
    return text.ljust(length).encode("cp037")


def packed(number: Decimal, places: int) -> bytes:
    digits = f"{int(number.scaleb(places))}C"
    return bytes.fromhex(digits.rjust(8, "0"))


def day(placed: datetime) -> int:
    return (placed.year - 1900) * 1000 + placed.timetuple().tm_yday


def orders() -> Iterator[tuple[object, ...]]:
    for number, (owner, status, instant) in ORDERS.items():
        placed = datetime.fromisoformat(instant).astimezone(ZONE)
        time = int(f"{placed:%H%M%S}")
        customer = owner.rjust(7, "0").encode("cp037")
        yield int(number), customer, ebcdic(STATES[status], 2), day(placed), time, ebcdic("", 1)
        yield int(number) + 9000, customer, ebcdic("O", 2), day(placed), time, ebcdic("D", 1)


@contextmanager
def running() -> Iterator[dict[str, str]]:
    rows = {
        "ITMMST": [
            (ebcdic(sku, 15), ebcdic(name, 30), packed(PRICES[sku], 2) if sku in PRICES else None, ebcdic("A", 1))
            for sku, name in VARIANTS.items()
        ],
        "STKBAL": [
            (ebcdic(sku, 15), ebcdic(place, 6), packed(quantity, 3)) for (sku, place), quantity in STOCK.items()
        ],
        "CUSMST": [
            (number.rjust(7, "0").encode("cp037"), ebcdic(first, 20), ebcdic(last, 20), ebcdic(email or "", 40))
            for number, (first, last, email) in CUSTOMERS.items()
        ],
        "ORDHDR": orders(),
    }
    with database(SCHEMA, rows) as url:
        yield {"AS400_URL": url}
