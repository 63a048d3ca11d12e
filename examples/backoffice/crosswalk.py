"""The call centre's table of links: which records of other systems are a customer's, whatever they look like.

Its habits: a record is named by its system and its key there; ``Y`` and ``N``.
"""

from sqlalchemy import CHAR, Column, Engine, MetaData, String, Table

from . import bulk
from .bulk import Row
from .world import World
from .world.identities import Link

SCHEMA = 1
"""To be raised when a change here or in the world makes older files wrong."""

METADATA = MetaData()

LINK = Table(
    "LINK",
    METADATA,
    Column("SYS", String(12), primary_key=True),
    Column("VAL", String(20), primary_key=True),
    Column("CUST", CHAR(7), primary_key=True, index=True),
    Column("LINKED", CHAR(1), nullable=False),
    Column("WHY", String(40), nullable=False),
    sqlite_with_rowid=False,
)


def create(engine: Engine, world: World) -> None:
    """Makes and fills the table, in place of the one that is there."""
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    with bulk.loading(engine) as connection:
        bulk.insert(connection, LINK, [link_row(link) for link in world.links])


def link_row(link: Link) -> Row:
    return {
        "SYS": link.source,
        "VAL": link.value,
        "CUST": f"C{link.customer:06}",
        "LINKED": "Y" if link.linked else "N",
        "WHY": link.why,
    }
