"""What each database's SQL allows: how many values one statement takes, and how many keys at once are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.engine import Dialect

Compare = Literal["each", "tuple", "array"]
"""Many keys: ``a in (...)`` and ``(a = 1 and b = 2) or ...``; ``(a, b) in (...)`` too; ``a = any(array)`` too."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``values``: most values of one statement; ``items``: of one ``in`` list."""

    values: int
    items: int
    compare: Compare = "each"


LIMITS = {
    "sqlite": Limits(32_766, 400),  # an `or` of 1,000 is too deep for it, and its tuples are written differently
    "postgresql": Limits(65_535, 10_000, "tuple"),
    "mysql": Limits(65_535, 10_000, "tuple"),
    "mariadb": Limits(65_535, 10_000, "tuple"),
    "oracle": Limits(65_535, 1_000, "tuple"),
    "mssql": Limits(2_100, 1_000),
    "ibm_db_sa": Limits(32_767, 1_000),
}
CAUTIOUS = Limits(999, 250)
"""For every database that is not named above."""

SYSTEMS = {"mssql": "microsoft.sql_server", "oracle": "oracle.db", "ibm_db_sa": "ibm.db2", "informix": "ibm.informix"}
"""By dialect: what OpenTelemetry calls the database, where that differs."""

ORDERS_NULLS = frozenset({"postgresql", "oracle", "sqlite"})
"""Dialects that take ``nulls last`` in ``order by``; the others order by whether there is a null first."""

MOST_NARROWING = 200
"""An argument with more values than this is not pushed down: the gateway applies arguments too."""

UNTYPED_TEXT = frozenset({"psycopg", "psycopg2"})
"""Drivers with which PostgreSQL takes the type of a text from what it is compared with: an array literal works."""


def system_name(dialect: Dialect) -> str:
    """The value of ``db.system.name`` in OpenTelemetry's semantic conventions for databases."""
    return SYSTEMS.get(dialect.name, dialect.name)


def most_keys(dialect: Dialect, width: int, arguments: int, times: int = 1) -> int:
    """How many keys of ``width`` columns one statement takes ``times`` beside the values of that many arguments."""
    limits = LIMITS.get(dialect.name, CAUTIOUS)
    room = limits.values - arguments * MOST_NARROWING
    return max(1, min(limits.items, room // (width * times)))


def compare(dialect: Dialect) -> Compare:
    """An array is one value and one text for any number of keys: for 50 keys it halves the work on both sides."""
    if dialect.name == "postgresql" and dialect.driver in UNTYPED_TEXT:
        return "array"
    return LIMITS.get(dialect.name, CAUTIOUS).compare
