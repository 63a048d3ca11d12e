"""One source's database: its connections and threads, and running statements in them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import URL, Inspector, create_engine, event, inspect
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool

from adapters.exchanges import BETWEEN, Statements
from adapters.spi import BadData, TimedOut, Unavailable
from adapters.sql.dialects import system_name
from adapters.sql.drivers import driver_of, each_by_itself, read_only, stop
from adapters.sql.errors import code_of, is_lock, source_error
from adapters.sql.statements import Row
from adapters.sql.threads import Abandoned, Call, Threads

T = TypeVar("T")

log = logging.getLogger("crossdock.source")

REST_SECONDS = 5.0
"""A connection that rested longer is asked for a sign of life: firewalls and restarts drop idle ones."""

LOCKED_READS = 1
"""How often a read that met a lock is asked again. It has no effect, so that is safe; a write would not be."""

MOST_ROWS = 100_000
"""A statement that gives more rows is refused: it is not narrowed by its keys."""


class Runnable(Protocol):
    """What a cursor can be asked. ``text`` is what is sent."""

    @property
    def text(self) -> str: ...

    def run(self, cursor: Any, values: Mapping[str, Any], most: int) -> Sequence[Any]:
        """At most ``most`` rows, for ``read``."""

    @property
    def read(self) -> Callable[[Sequence[Any]], list[Row]]:
        """Makes rows of what ``run`` gave."""


class Query(NamedTuple):
    """``statement`` gives the text, once the dialect knows the server; ``values`` are its bound values by name."""

    statement: Callable[[], Runnable]
    values: Mapping[str, Any]


class Database:
    """Makes no connection before it is asked. ``timeout`` in seconds, of one call; ``size``: most connections.

    ``session``: statements for each of them.
    """

    def __init__(self, source: str, url: URL, *, timeout: float, size: int, session: Sequence[str] = ()) -> None:
        self._source = source
        self._timeout = timeout
        self._session = session
        self._driver = driver_of(url, timeout)
        self._engine = create_engine(
            read_only(url),
            poolclass=QueuePool,
            pool_size=size,
            max_overflow=0,
            pool_use_lifo=True,
            hide_parameters=True,
            connect_args=dict(self._driver.arguments),
            **each_by_itself(url),
        )
        event.listen(self._engine, "connect", self._opened)
        self._threads = Threads(f"crossdock-{source}", size)
        self._lost = float("-inf")

    @property
    def dialect(self) -> Dialect:
        return self._engine.dialect

    @property
    def peer(self) -> dict[str, str | int]:
        """The server, for traces. Of a database in a file only the system is told."""
        url = self._engine.url
        told: dict[str, str | int] = {"db.system.name": system_name(self.dialect)}
        if url.host:
            told["server.address"] = url.host
        if url.port:
            told["server.port"] = url.port
        if url.host and url.database:
            told["db.namespace"] = url.database
        return told

    async def rows(self, queries: Sequence[Query], what: str, deadline: float) -> list[list[Row]]:
        """The rows of each query, all on one connection. ``what`` is asked, for the log; ``deadline`` is monotonic.

        At the deadline, or when the caller is cancelled, the running statement is stopped in the database.
        Raises a ``SourceError``.
        """
        if not queries and deadline > time.monotonic():
            return []
        who = BETWEEN.get()
        if who is None:
            return await self._run(lambda call: self._query(call, queries, what), what, deadline)
        sent = Statements(lambda: [(query.statement().text, query.values) for query in queries])
        return await who.rows(sent, lambda: self._run(lambda call: self._query(call, queries, what), what, deadline))

    async def inspected(self, read: Callable[[Inspector], T]) -> T:
        """What ``read`` finds in the database's own catalogue. Raises a ``SourceError``."""
        return await self._run(lambda call: self._inspected(read), "catalogue", float("inf"))

    async def ping(self) -> None:
        """Return when the database answers, else raise ``Unavailable``."""
        await self._run(self._ping, "ping", float("inf"))

    async def aclose(self) -> None:
        await self._threads.aclose()
        await asyncio.to_thread(self._engine.dispose)

    async def _run(self, work: Callable[[Call[T]], T], what: str, deadline: float) -> T:
        seconds = min(self._timeout, deadline - time.monotonic())
        if seconds <= 0:
            raise TimedOut(self._source, f"{what}: not asked, the deadline has passed")
        try:
            return await self._threads.run(work, seconds)
        except TimeoutError:
            raise TimedOut(self._source, f"{what}: no answer after {seconds:.3f} s") from None
        except Abandoned:
            raise Unavailable(self._source, f"{what}: the source is closed") from None

    def _opened(self, connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        self._driver.open(connection, self._session)
        entry.info["used"] = time.monotonic()

    def _query(self, call: Call[list[list[Row]]], queries: Sequence[Query], what: str) -> list[list[Row]]:
        with self._errors(what, queries):
            for _ in range(LOCKED_READS):
                try:
                    return self._read(call, queries, what)
                except self.dialect.loaded_dbapi.Error as error:
                    if not is_lock(error):
                        raise
                    log.info("%s: %s met a lock (%s) and is asked again", self._source, what, code_of(error))
            return self._read(call, queries, what)

    def _read(self, call: Call[list[list[Row]]], queries: Sequence[Query], what: str) -> list[list[Row]]:
        with self._connection(call) as connection:
            return [self._execute(call, connection, query, what) for query in queries]

    def _execute(self, call: Call[Any], connection: PoolProxiedConnection, query: Query, what: str) -> list[Row]:
        statement = query.statement()
        # the compiled text on the driver's own cursor: two thirds of what SQLAlchemy's execution and rows cost
        with (
            closing(connection.cursor()) as cursor,
            call.stoppable(lambda: stop(connection.driver_connection, cursor)),
        ):
            rows = statement.run(cursor, query.values, MOST_ROWS + 1)
        if len(rows) > MOST_ROWS:
            raise BadData(self._source, f"{what}: more than {MOST_ROWS} rows; its keys must narrow the statement")
        return statement.read(rows)

    def _inspected(self, read: Callable[[Inspector], T]) -> T:
        with self._errors("catalogue", ()):
            return read(inspect(self._engine))

    def _ping(self, call: Call[None]) -> None:
        with self._errors("ping", ()), self._connection(call) as connection:
            self._answer(call, connection)

    def _answer(self, call: Call[Any], connection: PoolProxiedConnection) -> None:
        with call.stoppable(lambda: stop(connection.driver_connection, None)):
            self.dialect.do_ping(connection)

    @contextmanager
    def _connection(self, call: Call[Any]) -> Iterator[PoolProxiedConnection]:
        """A living connection; it goes back to the pool unless it is lost, or was told to stop."""
        connection = self._living(call)
        try:
            yield connection
        except self.dialect.loaded_dbapi.Error as error:
            if self.dialect.is_disconnect(error, connection.driver_connection, None):
                self._lost = time.monotonic()
                connection.invalidate()
                if code_of(error) == "":  # drivers have no word of their own for bytes that are not their protocol
                    raise self.dialect.loaded_dbapi.OperationalError(*error.args) from None
            raise
        finally:
            if call.abandoned:
                connection.invalidate()
            connection.close()

    def _living(self, call: Call[Any]) -> PoolProxiedConnection:
        while not call.abandoned:
            connection = self._engine.raw_connection()
            used = connection.info["used"]
            connection.info["used"] = time.monotonic()
            if used > max(self._lost, time.monotonic() - REST_SECONDS):
                return connection
            try:
                self._answer(call, connection)
            except self.dialect.loaded_dbapi.Error:
                connection.invalidate()
            else:
                return connection
        raise Abandoned

    @contextmanager
    def _errors(self, what: str, queries: Sequence[Query]) -> Iterator[None]:
        try:
            yield
        except (self.dialect.loaded_dbapi.Error, DBAPIError, OSError) as error:
            cause = error.orig if isinstance(error, DBAPIError) and isinstance(error.orig, Exception) else error
            url = self._engine.url
            sent = " ".join([f"{url.host} {url.port}", *(query.statement().text for query in queries)])
            values = [value for query in queries for value in query.values.values()]
            # no chain: the driver's text may hold values
            raise source_error(cause, self.dialect, self._source, what, sent, values) from None
