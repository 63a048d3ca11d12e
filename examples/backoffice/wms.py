"""The warehouse system: a database that was moved from a mainframe and kept its columns.

It counts what lies in warehouses and dark stores; what lies in stores, the tills count. Its habits: keys in fixed
width, padded with blanks; times as text in UTC without a zone; one-letter types; a list written into one column; no row
where an item was never stored.
"""

from sqlalchemy import CHAR, Column, Engine, Float, MetaData, Numeric, String, Table

from . import bulk
from .bulk import Row
from .world import World
from .world.places import Location
from .world.stock import Stock

SCHEMA = 2
"""To be raised when a change here or in the world makes older files wrong."""

TYPES = {"store": "F", "warehouse": "L", "dark store": "D"}

METADATA = MetaData()

STOCK = Table(
    "STOCK",
    METADATA,
    Column("ITEM_NO", CHAR(16), primary_key=True),
    Column("WHSE", CHAR(8), primary_key=True),
    Column("QTY", Numeric(12, 3), nullable=False),
    Column("RSV", Numeric(12, 3), nullable=False),
    Column("BLK", Numeric(12, 3), nullable=False),
    Column("CNT_TS", String(19), nullable=False),
    Column("CHG_TS", String(19), nullable=False),
    sqlite_with_rowid=False,
)

WHSE_MASTER = Table(
    "WHSE_MASTER",
    METADATA,
    Column("WHSE", CHAR(8), primary_key=True),
    Column("TYP", CHAR(1), nullable=False),
    Column("NAME1", String(40), nullable=False),
    Column("STREET", String(40), nullable=False),
    Column("ZIP", String(10), nullable=False),
    Column("CITY", String(40), nullable=False),
    Column("CTRY", CHAR(2), nullable=False),
    Column("GLN", CHAR(13), nullable=False),
    Column("LAT", Float, nullable=False),
    Column("LON", Float, nullable=False),
    Column("TZ", String(40), nullable=False),
    Column("SERVICES", String(40), nullable=False),
)


def create(engine: Engine, world: World) -> None:
    """Makes and fills the tables, in place of those that are there."""
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    with bulk.loading(engine) as connection:
        connection.execute(WHSE_MASTER.insert(), [location_row(location) for location in world.locations.values()])
        places = set(world.warehouses)
        bulk.insert(connection, STOCK, [stock_row(stock) for stock in world.stock if stock.location in places])


def location_row(location: Location) -> Row:
    return {
        "WHSE": location.code.ljust(8),
        "TYP": TYPES[location.kind],
        "NAME1": location.name,
        "STREET": ", ".join(location.lines),
        "ZIP": location.postal_code,
        "CITY": location.city,
        "CTRY": location.country,
        "GLN": location.gln,
        "LAT": location.latitude,
        "LON": location.longitude,
        "TZ": location.zone,
        "SERVICES": ";".join(location.services),
    }


def stock_row(stock: Stock) -> Row:
    return {
        "ITEM_NO": stock.sku.ljust(16),
        "WHSE": stock.location.ljust(8),
        "QTY": str(stock.on_hand),
        "RSV": str(stock.reserved),
        "BLK": str(stock.blocked),
        "CNT_TS": str(stock.counted),
        "CHG_TS": str(stock.changed),
    }
