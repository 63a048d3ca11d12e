"""``kind: sql``: any database that SQLAlchemy has a dialect for, read-only."""

from adapters.registration import Kind
from adapters.sql.build import build
from adapters.sql.registration import SqlSource

KIND = Kind("sql", SqlSource, build)
