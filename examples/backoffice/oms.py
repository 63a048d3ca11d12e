"""The order system: six tables of headers and lines, and one that says what the statuses mean.

Its habits: money is whole cents and rates are hundredths of a percent; dates and times are numbers, Berlin
time, without leading zeros, and 0 where there is none; codes have one or two letters or digits; names are
cut after forty characters.
"""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import (
    CHAR,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
)

from . import bulk
from .bulk import Row
from .world import World
from .world.fulfilments import Fulfilment, Part
from .world.orders import Line, Order, included_tax
from .world.payments import Payment

SCHEMA = 2
"""To be raised when a change here or in the world makes older files wrong."""

CHUNK = 1_000  # orders at a time

CHANNELS = {"web": "W", "phone": "P", "mobile": "M"}
STATUSES = {
    "new": ("10", "NEW"),
    "confirmed": ("20", "CONFIRMED"),
    "in work": ("30", "IN WORK"),
    "ready": ("35", "READY"),
    "part shipped": ("40", "PART SHIPPED"),
    "shipped": ("50", "SHIPPED"),
    "done": ("60", "DONE"),
    "hold": ("80", "HOLD"),
    "cancelled": ("90", "CANCELLED"),
}
PAID_BY = {"card": "CC", "paypal": "PP", "invoice": "IN", "gift card": "GC"}
PAYMENT = {"open": "O", "authorised": "A", "captured": "C", "void": "V"}
SENT_BY = {"ship": "S", "collect": "C"}
FULFILMENT = {
    "planned": "P",
    "picking": "K",
    "ready": "R",
    "shipped": "S",
    "delivered": "D",
    "cancelled": "X",
}

RATES = (1900, 700)
"""The rates that a header has columns for: ``NET1`` and ``TAX1``, ``NET2`` and ``TAX2``."""

METADATA = MetaData()

ORD_HDR = Table(
    "ORD_HDR",
    METADATA,
    Column("ORD_NO", Integer, primary_key=True, autoincrement=False),
    Column("CUST_NO", Integer, nullable=False),
    Column("CHAN", CHAR(1), nullable=False),
    Column("STS", CHAR(2), nullable=False),
    Column("ODATE", Integer, nullable=False),
    Column("OTIME", Integer, nullable=False),
    Column("SOLD_AT", String(8)),
    Column("CUR", CHAR(3), nullable=False),
    Column("SUBTOT", Integer, nullable=False),
    Column("DISC", Integer, nullable=False),
    Column("SHIP", Integer, nullable=False),
    Column("TAX", Integer, nullable=False),
    Column("NET1", Integer, nullable=False),
    Column("TAX1", Integer, nullable=False),
    Column("NET2", Integer, nullable=False),
    Column("TAX2", Integer, nullable=False),
    Column("TOTAL", Integer, nullable=False),
    Column("PAID", Integer, nullable=False),
    Column("REFUNDED", Integer, nullable=False),
    Column("VERSION", Integer, nullable=False),
    Index("ORD_HDR_CUST", "CUST_NO", "ODATE", "OTIME", "ORD_NO"),
    Index("ORD_HDR_DATE", "ODATE", "OTIME", "ORD_NO"),
)

ORD_LINE = Table(
    "ORD_LINE",
    METADATA,
    Column("ORD_NO", Integer, primary_key=True, autoincrement=False),
    Column("LINE_NO", SmallInteger, primary_key=True, autoincrement=False),
    Column("ITEM", String(16), nullable=False),
    Column("NAME1", String(40), nullable=False),
    Column("QTY", Numeric(9, 3), nullable=False),
    Column("PRICE", Integer, nullable=False),
    Column("DISC", Integer, nullable=False),
    Column("TAXRATE", Integer, nullable=False),
    Column("NET", Integer, nullable=False),
    Column("TAX", Integer, nullable=False),
    Column("TOTAL", Integer, nullable=False),
    Column("SHIPPED", Numeric(9, 3), nullable=False),
    Column("CANCELLED", Numeric(9, 3), nullable=False),
    Column("RETURNED", Numeric(9, 3), nullable=False),
    sqlite_with_rowid=False,
)

ORD_PAY = Table(
    "ORD_PAY",
    METADATA,
    Column("ORD_NO", Integer, primary_key=True, autoincrement=False),
    Column("PAY_NO", SmallInteger, primary_key=True, autoincrement=False),
    Column("METH", CHAR(2), nullable=False),
    Column("REF", String(20), nullable=False),
    Column("AMT", Integer, nullable=False),
    Column("STS", CHAR(1), nullable=False),
    Column("PDATE", Integer, nullable=False),
    Column("PTIME", Integer, nullable=False),
    sqlite_with_rowid=False,
)

ORD_FUL = Table(
    "ORD_FUL",
    METADATA,
    Column("ORD_NO", Integer, primary_key=True, autoincrement=False),
    Column("FUL_NO", SmallInteger, primary_key=True, autoincrement=False),
    Column("METH", CHAR(1), nullable=False),
    Column("STS", CHAR(1), nullable=False),
    Column("WHSE", String(8), nullable=False),
    Column("CARRIER", String(20)),
    Column("TRACKNO", String(20)),
    Column("EDATE", Integer, nullable=False),
    sqlite_with_rowid=False,
)

ORD_FUL_LINE = Table(
    "ORD_FUL_LINE",
    METADATA,
    Column("ORD_NO", Integer, primary_key=True, autoincrement=False),
    Column("FUL_NO", SmallInteger, primary_key=True, autoincrement=False),
    Column("LINE_NO", SmallInteger, primary_key=True, autoincrement=False),
    Column("QTY", Numeric(9, 3), nullable=False),
    sqlite_with_rowid=False,
)

T_STATUS = Table(
    "T_STATUS",
    METADATA,
    Column("STS", CHAR(2), primary_key=True),
    Column("TXT", String(20), nullable=False),
)


def create(engine: Engine, world: World) -> None:
    """Makes and fills the tables, in place of those that are there."""
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    with bulk.loading(engine) as connection:
        bulk.insert(connection, T_STATUS, [{"STS": code, "TXT": text} for code, text in STATUSES.values()])
        for orders in chunks(world):
            fill(connection, orders)


def chunks(world: World) -> Iterator[list[Order]]:
    for start in range(0, len(world.orders), CHUNK):
        yield [world.orders[index] for index in range(start, min(start + CHUNK, len(world.orders)))]


def fill(connection: Connection, orders: list[Order]) -> None:
    bulk.insert(connection, ORD_HDR, [header_row(order) for order in orders])
    bulk.insert(connection, ORD_LINE, [line_row(order.number, line) for order in orders for line in order.lines])
    bulk.insert(connection, ORD_PAY, [payment_row(order, row) for order in orders for row in order.payments])
    sent = [(order.number, fulfilment) for order in orders for fulfilment in order.fulfilments]
    bulk.insert(connection, ORD_FUL, [fulfilment_row(number, fulfilment) for number, fulfilment in sent])
    parts = [part_row(number, fulfilment.number, part) for number, fulfilment in sent for part in fulfilment.parts]
    bulk.insert(connection, ORD_FUL_LINE, parts)


def day(moment: date) -> int:
    return moment.year * 10_000 + moment.month * 100 + moment.day


def time(moment: datetime) -> int:
    return moment.hour * 10_000 + moment.minute * 100 + moment.second


def taxed(order: Order, rate: int) -> tuple[int, int]:
    """What is sold at a rate, without the tax, and the tax in it; shipping is taxed like most goods."""
    totals = [line.total for line in order.lines if line.tax_rate == rate]
    if rate == RATES[0]:
        totals.append(order.shipping)
    tax = sum(included_tax(total, rate) for total in totals)
    return sum(totals) - tax, tax


def header_row(order: Order) -> Row:
    placed = order.placed
    net1, tax1 = taxed(order, RATES[0])
    net2, tax2 = taxed(order, RATES[1])
    return {
        "ORD_NO": order.number,
        "CUST_NO": order.customer,
        "CHAN": CHANNELS[order.channel],
        "STS": STATUSES[order.status][0],
        "ODATE": day(placed),
        "OTIME": time(placed),
        "SOLD_AT": order.sold_at,
        "CUR": order.currency,
        "SUBTOT": order.subtotal,
        "DISC": order.discount,
        "SHIP": order.shipping,
        "TAX": order.tax,
        "NET1": net1,
        "TAX1": tax1,
        "NET2": net2,
        "TAX2": tax2,
        "TOTAL": order.total,
        "PAID": order.paid,
        "REFUNDED": order.refunded,
        "VERSION": order.version,
    }


def line_row(order: int, line: Line) -> Row:
    return {
        "ORD_NO": order,
        "LINE_NO": line.number,
        "ITEM": line.sku,
        "NAME1": line.name[:40],
        "QTY": str(line.quantity),
        "PRICE": line.unit_price,
        "DISC": line.discount,
        "TAXRATE": line.tax_rate,
        "NET": line.total - included_tax(line.total, line.tax_rate),
        "TAX": included_tax(line.total, line.tax_rate),
        "TOTAL": line.total,
        "SHIPPED": str(line.shipped),
        "CANCELLED": str(line.cancelled),
        "RETURNED": str(line.returned),
    }


def payment_row(order: Order, payment: Payment) -> Row:
    return {
        "ORD_NO": order.number,
        "PAY_NO": payment.number,
        "METH": PAID_BY[payment.method],
        "REF": payment.reference,
        "AMT": payment.amount,
        "STS": PAYMENT[payment.status],
        "PDATE": day(order.placed),
        "PTIME": time(order.placed),
    }


def fulfilment_row(order: int, fulfilment: Fulfilment) -> Row:
    expected = fulfilment.expected
    return {
        "ORD_NO": order,
        "FUL_NO": fulfilment.number,
        "METH": SENT_BY[fulfilment.method],
        "STS": FULFILMENT[fulfilment.status],
        "WHSE": fulfilment.location,
        "CARRIER": fulfilment.carrier,
        "TRACKNO": fulfilment.tracking,
        "EDATE": day(expected) if expected else 0,
    }


def part_row(order: int, fulfilment: int, part: Part) -> Row:
    return {"ORD_NO": order, "FUL_NO": fulfilment, "LINE_NO": part.line, "QTY": str(part.quantity)}
