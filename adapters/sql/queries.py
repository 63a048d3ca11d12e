"""What is asked of a database, and the ways in which it can be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import Inspector

from adapters.result_set import ResultSet
from adapters.sql.statements import Statement

T = TypeVar("T")


MOST_ROWS = 100_000
"""A statement that gives more rows is refused: it is not narrowed by its keys."""


class TooManyRows(Exception):
    """More than ``MOST_ROWS``."""


class Runnable(Protocol):
    """What can be asked. ``text`` is what is sent."""

    @property
    def text(self) -> str: ...

    def run(self, cursor: Any, values: Mapping[str, Any], most: int) -> ResultSet:
        """With the driver's cursor: at most ``most`` rows."""

    @property
    def statements(self) -> Sequence[Statement]:
        """Without one: what to send in turn ..."""

    def found(self, results: Sequence[ResultSet]) -> ResultSet:
        """... and which is it, of all results with columns."""


class Query(NamedTuple):
    """``statement`` gives the text, once the dialect knows the server; ``values`` are its bound values by name."""

    statement: Callable[[], Runnable]
    values: Mapping[str, Any]


def bounded(result: ResultSet) -> ResultSet:
    """What a statement gave. Raises ``TooManyRows``."""
    if len(result.rows) > MOST_ROWS:
        raise TooManyRows
    return result


class Way(Protocol):
    """Connections, and how statements run on them. ``seconds`` is how long the caller waits.

    When they are over, or when the caller is cancelled, the running statement is stopped in the database.
    Raises ``TimeoutError``, ``TooManyRows``, ``Abandoned`` when it is closed, and the driver's and SQLAlchemy's errors.
    """

    async def rows(self, queries: Sequence[Query], seconds: float) -> list[ResultSet]:
        """Those of each query, all on one connection."""

    async def inspected(self, read: Callable[[Inspector], T], seconds: float) -> T:
        """What ``read`` finds in the database's own catalogue."""

    async def ping(self, seconds: float) -> None:
        """Return when the database answers."""

    async def aclose(self) -> None:
        """End what runs, and every connection."""
