"""The tills: receipts, their lines and how they were paid, as the stores' servers have them; clients; shelves.

Its habits: clients have a number of the tills' own, and whatever was told at the counter, in small letters and without
blanks; a receipt is known by store, workstation, sequence and business day, and by a text made of these; what was
rung up for training or is void stays in the tables and has a flag; times are digits on Berlin's clock, but those of the
handhelds that count shelves, which are UTC; a day begins when the store opens; money is whole cents; one letter for
everything that has a name.
"""

from collections.abc import Iterator
from zlib import crc32

from sqlalchemy import CHAR, Column, Engine, Index, Integer, MetaData, Numeric, SmallInteger, String, Table

from . import bulk
from .bulk import Row
from .world import World
from .world.identities import Client
from .world.orders import Line, included_tax
from .world.receipts import SELF_CHECKOUT, Receipt
from .world.stock import Stock

SCHEMA = 4
"""To be raised when a change here or in the world makes older files wrong."""

CHUNK = 1_000  # receipts at a time

PAID_BY = {"cash": "B", "card": "K", "gift card": "G"}

METADATA = MetaData()

RECEIPT = Table(
    "RECEIPT",
    METADATA,
    Column("RCPT_ID", String(24), primary_key=True),
    Column("STORE", CHAR(4), nullable=False),
    Column("WS", CHAR(2), nullable=False),
    Column("SEQ", CHAR(4), nullable=False),
    Column("BDAY", CHAR(10), nullable=False),
    Column("TRX_TS", CHAR(14), nullable=False),
    Column("UPL_TS", CHAR(14), nullable=False),
    Column("OPER", String(8), nullable=False),
    Column("CUST_NO", Integer),
    Column("CARD_NO", String(20)),
    Column("TILL", CHAR(1), nullable=False),
    Column("STATE", CHAR(1), nullable=False),
    Column("TRAINING", SmallInteger, nullable=False),
    Column("VOIDED", SmallInteger, nullable=False),
    Column("CUR", CHAR(3), nullable=False),
    Column("GROSS", Integer, nullable=False),
    Column("DISC", Integer, nullable=False),
    Column("TAX", Integer, nullable=False),
    Column("NET1", Integer, nullable=False),
    Column("TAX1", Integer, nullable=False),
    Column("NET2", Integer, nullable=False),
    Column("TAX2", Integer, nullable=False),
    Column("TOTAL", Integer, nullable=False),
    Column("PAID", Integer, nullable=False),
    Column("SLIP", String(400), nullable=False),
    Column("TSE_SIG", String(40)),
    Index("RECEIPT_KEY", "STORE", "WS", "BDAY", "SEQ"),
    Index("RECEIPT_CUST", "CUST_NO", "TRX_TS", "RCPT_ID"),
    Index("RECEIPT_TS", "TRX_TS", "RCPT_ID"),
)

RECEIPT_LINE = Table(
    "RECEIPT_LINE",
    METADATA,
    Column("RCPT_ID", String(24), primary_key=True),
    Column("LINE_NO", SmallInteger, primary_key=True, autoincrement=False),
    Column("ITEM", String(16), nullable=False),
    Column("NAME1", String(24), nullable=False),
    Column("QTY", Numeric(9, 3), nullable=False),
    Column("PRICE", Integer, nullable=False),
    Column("TAXRATE", Integer, nullable=False),
    Column("NET", Integer, nullable=False),
    Column("TAX", Integer, nullable=False),
    Column("TOTAL", Integer, nullable=False),
    sqlite_with_rowid=False,
)

RECEIPT_PAY = Table(
    "RECEIPT_PAY",
    METADATA,
    Column("RCPT_ID", String(24), primary_key=True),
    Column("PAY_NO", SmallInteger, primary_key=True, autoincrement=False),
    Column("METH", CHAR(1), nullable=False),
    Column("REF", String(20)),
    Column("AMT", Integer, nullable=False),
    Column("PAY_TS", CHAR(14), nullable=False),
    sqlite_with_rowid=False,
)

CLIENT = Table(
    "CLIENT",
    METADATA,
    Column("CLI_ID", CHAR(7), primary_key=True),
    Column("CARD_NO", String(20)),
    Column("MAIL", String(60)),
    Column("PHONE", String(16)),
    Column("STORE", CHAR(4), nullable=False),
    Index("CLIENT_CARD", "CARD_NO"),
    Index("CLIENT_MAIL", "MAIL"),
    Index("CLIENT_PHONE", "PHONE"),
)

SHELF = Table(
    "SHELF",
    METADATA,
    Column("ITEM", String(16), primary_key=True),
    Column("STORE", CHAR(4), primary_key=True),
    Column("QTY", Numeric(9, 3), nullable=False),
    Column("HELD", Numeric(9, 3), nullable=False),
    Column("UNFIT", Numeric(9, 3), nullable=False),
    Column("CNT_TS", CHAR(14), nullable=False),
    Column("CHG_TS", CHAR(14), nullable=False),
    Index("SHELF_STORE", "STORE", "ITEM"),
    sqlite_with_rowid=False,
)


def create(engine: Engine, world: World) -> None:
    """Makes and fills the tables, in place of those that are there."""
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    with bulk.loading(engine) as connection:
        stores = set(world.stores)
        bulk.insert(connection, SHELF, [shelf_row(stock) for stock in world.stock if stock.location in stores])
        bulk.insert(connection, CLIENT, [client_row(client) for client in world.clients])
        for receipts in chunks(world):
            bulk.insert(connection, RECEIPT, [header_row(receipt) for receipt in receipts])
            lines = [line_row(receipt.number, line) for receipt in receipts for line in receipt.lines]
            bulk.insert(connection, RECEIPT_LINE, lines)
            bulk.insert(connection, RECEIPT_PAY, [pay_row(it) for it in receipts if it.state != "parked"])


def chunks(world: World) -> Iterator[list[Receipt]]:
    for start in range(0, len(world.receipts), CHUNK):
        yield [world.receipts[index] for index in range(start, min(start + CHUNK, len(world.receipts)))]


def header_row(receipt: Receipt) -> Row:
    key = receipt.key
    net1, tax1 = taxed(receipt, 1900)
    net2, tax2 = taxed(receipt, 700)
    return {
        "RCPT_ID": receipt.number,
        "STORE": key.store,
        "WS": key.workstation,
        "SEQ": f"{key.sequence:04}",
        "BDAY": key.day.isoformat(),
        "TRX_TS": f"{receipt.at:%Y%m%d%H%M%S}",
        "UPL_TS": f"{receipt.delivered:%Y%m%d%H%M%S}",
        "OPER": receipt.operator,
        "CUST_NO": receipt.customer,
        "CARD_NO": receipt.card,
        "TILL": "K" if key.workstation == SELF_CHECKOUT else "S",
        "STATE": "P" if receipt.state == "parked" else "C",
        "TRAINING": int(receipt.state == "training"),
        "VOIDED": int(receipt.state == "void"),
        "CUR": "EUR",
        "GROSS": receipt.total + receipt.discount,
        "DISC": receipt.discount,
        "TAX": receipt.tax,
        "NET1": net1,
        "TAX1": tax1,
        "NET2": net2,
        "TAX2": tax2,
        "TOTAL": receipt.total,
        "PAID": 0 if receipt.state == "parked" else receipt.total,
        "SLIP": "\n".join(f"{line.name[:16]:<16}{line.total / 100:>8.2f}" for line in receipt.lines),
        "TSE_SIG": None if receipt.state == "training" else f"{crc32(receipt.number.encode()):08X}",
    }


def taxed(receipt: Receipt, rate: int) -> tuple[int, int]:
    """What is sold at a rate, without the tax, and the tax in it."""
    totals = [line.total for line in receipt.lines if line.tax_rate == rate]
    tax = sum(included_tax(total, rate) for total in totals)
    return sum(totals) - tax, tax


def line_row(receipt: str, line: Line) -> Row:
    tax = included_tax(line.total, line.tax_rate)
    return {
        "RCPT_ID": receipt,
        "LINE_NO": line.number,
        "ITEM": line.sku,
        "NAME1": line.name[:24],
        "QTY": str(line.quantity),
        "PRICE": line.unit_price,
        "TAXRATE": line.tax_rate,
        "NET": line.total - tax,
        "TAX": tax,
        "TOTAL": line.total,
    }


def pay_row(receipt: Receipt) -> Row:
    return {
        "RCPT_ID": receipt.number,
        "PAY_NO": 1,
        "METH": PAID_BY[receipt.method],
        "REF": receipt.reference,
        "AMT": receipt.total,
        "PAY_TS": f"{receipt.at:%Y%m%d%H%M%S}",
    }


def shelf_row(stock: Stock) -> Row:
    return {
        "ITEM": stock.sku,
        "STORE": stock.location,
        "QTY": str(stock.on_hand),
        "HELD": str(stock.reserved),
        "UNFIT": str(stock.blocked),
        "CNT_TS": f"{stock.counted:%Y%m%d%H%M%S}",
        "CHG_TS": f"{stock.changed:%Y%m%d%H%M%S}",
    }


def client_row(client: Client) -> Row:
    return {
        "CLI_ID": client.number,
        "CARD_NO": client.card,
        "MAIL": client.email,
        "PHONE": client.phone,
        "STORE": client.store,
    }
