"""One line to ask a database for a value."""

from __future__ import annotations

from typing import Any

from adapters.sql.database import Database
from adapters.sql.queries import Query
from adapters.sql.statements import Statement


async def ask(database: Database, text: str, *values: object) -> list[Any]:
    """The first column of the rows; the values are ``$1``, ``$2``, ..."""
    names = tuple(f"v{index}" for index in range(len(values)))
    statement = Statement(text, ("value",), names, {})
    (result,) = await database.rows([Query(lambda: statement, dict(zip(names, values, strict=True)))], "a test", 9e9)
    return result.column("value")
