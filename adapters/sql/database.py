"""One source's database: what is asked of it in time, and which error it is when it fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import URL, Inspector
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

from adapters.exchanges import BETWEEN, Statements
from adapters.result_set import ResultSet
from adapters.spi import BadData, SourceError, TimedOut, Unavailable
from adapters.sql.dialects import system_name
from adapters.sql.errors import code_of, is_lock, source_error
from adapters.sql.opening import Opening
from adapters.sql.queries import MOST_ROWS, Query, TooManyRows, Way
from adapters.sql.threaded import Threaded
from adapters.sql.threads import Abandoned

T = TypeVar("T")

log = logging.getLogger("crossdock.source")

LOCKED_READS = 1
"""How often a read that met a lock is asked again. It has no effect, so that is safe; a write would not be."""


class Database:
    """Makes no connection before it is asked. ``timeout`` in seconds, of one call; ``size``: most connections.

    ``session``: statements for each of them.
    """

    def __init__(self, source: str, url: URL, *, timeout: float, size: int, session: Sequence[str] = ()) -> None:
        self._source = source
        self._timeout = timeout
        self._opening = Opening(url, timeout=timeout, session=session)
        self._way = way(source, self._opening, size)

    @property
    def dialect(self) -> Dialect:
        return self._opening.dialect

    @property
    def peer(self) -> dict[str, str | int]:
        """The server, for traces. Of a database in a file only the system is told."""
        url = self._opening.url
        told: dict[str, str | int] = {"db.system.name": system_name(self.dialect)}
        if url.host:
            told["server.address"] = url.host
        if url.port:
            told["server.port"] = url.port
        if url.host and url.database:
            told["db.namespace"] = url.database
        return told

    async def rows(self, queries: Sequence[Query], what: str, deadline: float) -> list[ResultSet]:
        """The rows of each query, all on one connection. ``what`` is asked, for the log; ``deadline`` is monotonic.

        At the deadline, or when the caller is cancelled, the running statement is stopped in the database.
        Raises a ``SourceError``.
        """
        if not queries and deadline > time.monotonic():
            return []
        ask = partial(self._told, partial(self._way.rows, queries), what, deadline, queries)
        who = BETWEEN.get()
        if who is None:
            return await ask()

        async def run() -> list[list[dict[str, Any]]]:
            return [result.named() for result in await ask()]

        sent = Statements(lambda: [(query.statement().text, query.values) for query in queries])
        return [ResultSet.of(rows) for rows in await who.rows(sent, run)]

    async def inspected(self, read: Callable[[Inspector], T]) -> T:
        """What ``read`` finds in the database's own catalogue. Raises a ``SourceError``."""
        return await self._told(partial(self._way.inspected, read), "catalogue", float("inf"))

    async def ping(self) -> None:
        """Return when the database answers, else raise ``Unavailable``."""
        await self._told(self._way.ping, "ping", float("inf"))

    async def aclose(self) -> None:
        await self._way.aclose()

    async def _told(
        self,
        ask: Callable[[float], Awaitable[T]],
        what: str,
        deadline: float,
        queries: Sequence[Query] = (),
        again: int = LOCKED_READS,
    ) -> T:
        """What ``ask`` gives within the seconds that it is told. Raises a ``SourceError``."""
        seconds = min(self._timeout, deadline - time.monotonic())
        if seconds <= 0:
            raise TimedOut(self._source, f"{what}: not asked, the deadline has passed")
        try:
            return await ask(seconds)
        except TimeoutError:
            raise TimedOut(self._source, f"{what}: no answer after {seconds:.3f} s") from None
        except TooManyRows:
            detail = f"{what}: more than {MOST_ROWS} rows; its keys must narrow the statement"
            raise BadData(self._source, detail) from None
        except Abandoned:
            raise Unavailable(self._source, f"{what}: the source is closed") from None
        except (self.dialect.loaded_dbapi.Error, DBAPIError, OSError) as error:
            if not again or not is_lock(error):
                # no chain: the driver's text may hold values
                raise self._error(error, what, queries) from None
            log.info("%s: %s met a lock (%s) and is asked again", self._source, what, code_of(error))
        return await self._told(ask, what, deadline, queries, again - 1)

    def _error(self, error: Exception, what: str, queries: Sequence[Query]) -> SourceError:
        cause = error.orig if isinstance(error, DBAPIError) and isinstance(error.orig, Exception) else error
        url = self._opening.url
        sent = " ".join([f"{url.host} {url.port}", *(query.statement().text for query in queries)])
        values = [value for query in queries for value in query.values.values()]
        return source_error(cause, self.dialect, self._source, what, sent, values)


def way(source: str, opening: Opening, size: int) -> Way:
    """The fastest for this driver."""
    if (opening.dialect.name, opening.dialect.driver) == ("postgresql", "psycopg"):
        from adapters.sql.postgresql.links import Links

        return Links(source, opening, size)
    return Threaded(source, opening, size)
