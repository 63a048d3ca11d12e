"""A database in a file, for the systems that are one."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

Rows = Mapping[str, Iterable[tuple[Any, ...]]]
"""By table, its name as it is written in a statement."""


@contextmanager
def database(schema: str, rows: Rows) -> Iterator[str]:
    """The SQLAlchemy URL of a new database with these tables and rows."""
    with tempfile.TemporaryDirectory(prefix="crossdock-estate-") as folder:
        file = Path(folder) / "system.db"
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.executescript(schema)
            for table, those in rows.items():
                for row in those:
                    connection.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
        yield f"sqlite:///{file}"
