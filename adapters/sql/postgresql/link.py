"""One connection on the event loop, by libpq's asynchronous interface.

https://www.postgresql.org/docs/current/libpq-async.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from psycopg import Connection as Driver
from psycopg import Error, OperationalError, ProgrammingError
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGresult
from psycopg.waiting import Ready, Wait

from adapters.result_set import ResultSet
from adapters.sql.drivers import stop
from adapters.sql.opening import Connection
from adapters.sql.postgresql.prepared import Key, Prepared
from adapters.sql.queries import MOST_ROWS, TooManyRows

POOLED = ("26000", "42P05")
"""The server does not know the name of a prepared statement, or knew it before: between is a pooler, which gives each
statement another server."""

CHANGED = "0A000"
"""A table was altered, and a prepared statement gives other types than before."""


AUTO = PyFormat.AUTO
TUPLES = int(ExecStatus.TUPLES_OK)
NOTHING = (int(ExecStatus.COMMAND_OK), int(ExecStatus.EMPTY_QUERY))
FAILED = int(ExecStatus.FATAL_ERROR)
CONNECTED = int(ConnStatus.OK)
READING = int(Wait.R)


class Link:
    """Is asked one thing at a time. ``lost`` is told when the server ends it while nothing is asked."""

    def __init__(self, connection: Connection, lost: Callable[[Link], None]) -> None:
        driver: Driver[Any] = connection.driver
        self.connection = connection
        self._pg = driver.pgconn
        self._transformer = Transformer(driver)
        self._prepared = Prepared(driver.prepare_threshold, driver.prepared_max)
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._steps: PQGen[list[PGresult]] | None = None
        self._answer: asyncio.Future[list[PGresult]] | None = None
        self._writing = False
        self._socket = self._pg.socket
        self._pg.nonblocking = 1
        self._loop.add_reader(self._socket, self._readable)
        self.watched = True
        """Until the connection is lost, or left to a thread."""

    @property
    def asked(self) -> bool:
        """Whether the server has not answered yet."""
        return self._steps is not None

    async def ask(self, text: str, values: Sequence[Any], columns: tuple[str, ...] = ()) -> list[ResultSet]:
        """Those that have columns, called as they come where ``columns`` does not say how.

        They are several where ``text`` is several statements, which it can be without values. Raises psycopg's errors
        and ``TooManyRows``.
        """
        transformer = self._transformer
        given = transformer.dump_sequence(values, [AUTO] * len(values))
        key, formats = (text, transformer.types), transformer.formats
        name = self._prepared.names.get(key)
        if name is None and self._prepared.due(key):
            name = await self._prepare(key)
        if name is not None:
            self._pg.send_query_prepared(name, given, param_formats=formats)
            try:
                return self._read(await self._answered(), columns)
            except Error as error:
                if not self._outdated(error, key):
                    raise
        if values:
            self._pg.send_query_params(self._bytes(text), given, param_types=key[1], param_formats=formats)
        else:
            self._pg.send_query(self._bytes(text))
        found = await self._answered()
        results = self._read(found, columns)
        if len(found) == 1:
            self._prepared.asked(key)
        return results

    def abandon(self, error: Exception) -> None:
        """Whoever asks gets the error at once; the server goes on."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def leave(self) -> None:
        """The loop watches it no longer. At once where it is lost: libpq has closed the socket, its number is free."""
        if self.watched:
            self.watched = False
            self._loop.remove_reader(self._socket)
            self._write(False)

    def close(self) -> None:
        self.leave()
        self.connection.close()

    def stop(self) -> None:
        """In a thread, after ``leave``: end what the server does, and close."""
        try:
            stop(self.connection.driver, None)
        finally:
            self.connection.close()

    # Prepared statements

    async def _prepare(self, key: Key) -> bytes | None:
        name = self._prepared.name()
        try:
            self._pg.send_prepare(name, self._bytes(key[0]), param_types=key[1])
            self._read(await self._answered())
            if forgotten := self._prepared.keep(key, name):
                self._pg.send_query(b"deallocate " + forgotten)
                self._read(await self._answered())
        except Error as error:
            if error.sqlstate not in POOLED:
                raise
            self._prepared.stop()
            return None
        return name

    def _outdated(self, error: Error, key: Key) -> bool:
        """Whether it is for the name alone that the server refused: nothing has been run."""
        if error.sqlstate in POOLED:
            self._prepared.stop()
        elif error.sqlstate == CHANGED:
            self._prepared.forget(key)
        else:
            return False
        return True

    # One exchange

    def _answered(self) -> asyncio.Future[list[PGresult]]:
        """The results of what was sent."""
        self._answer = answer = self._loop.create_future()
        self._steps = execute(self._pg)
        self._step(None)
        return answer

    def _readable(self) -> None:
        if self._steps is not None:
            self._step(Ready.R)
            if self._steps is None:
                return
        else:
            self._told()
        self._loop.call_soon(self._watch)

    def _watch(self) -> None:
        """Once more: of a broken connection, uvloop tells once that it can be read, however much of it is left."""
        if self.watched:
            self._loop.remove_reader(self._socket)
            self._loop.add_reader(self._socket, self._readable)

    def _step(self, ready: Ready | None) -> None:
        """The socket can be read or written; ``None``: begin."""
        if self._steps is None:
            return
        try:
            wait = self._steps.send(ready)  # type: ignore[arg-type]  # a generator begins with None
        except StopIteration as end:
            self._steps = None
            if self._writing:
                self._write(False)
            if self._pg.status != CONNECTED:
                self.leave()
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(end.value)
        except Error as error:
            self._steps = None
            self.leave()
            self.abandon(error)
        else:
            if self._writing != (wait != READING):
                self._write(not self._writing)

    def _told(self) -> None:
        """The server ends the connection, or tells something that nobody asked for."""
        try:
            self._pg.consume_input()
        except Error:
            self.leave()
            self._lost(self)

    def _write(self, on: bool) -> None:
        """Whether there is something that the socket did not take at once."""
        if on:
            self._loop.add_writer(self._socket, self._step, Ready.W)
        elif self._writing:
            self._loop.remove_writer(self._socket)
        self._writing = on

    # What came

    def _read(self, found: Sequence[PGresult], columns: tuple[str, ...] = ()) -> list[ResultSet]:
        return [self._result(one, columns) for one in found if one.status not in NOTHING]

    def _result(self, found: PGresult, columns: tuple[str, ...]) -> ResultSet:
        status = found.status
        if status == FAILED:
            error = error_from_result(found, self._transformer.encoding)
            if error.sqlstate is None and not self.watched:  # bytes that are not the protocol
                raise OperationalError(*error.args)
            raise error
        if status != TUPLES:
            self.leave()  # it waits for bytes of a copy
            raise ProgrammingError("the statement copies")
        if found.ntuples > MOST_ROWS:
            raise TooManyRows
        self._transformer.set_pgresult(found)
        rows = self._transformer.load_rows(0, found.ntuples, tuple)
        return ResultSet(columns or names(found, self._transformer.encoding), rows)

    def _bytes(self, text: str) -> bytes:
        return text.encode(self._transformer.encoding)


def names(found: PGresult, encoding: str) -> tuple[str, ...]:
    """Of the columns."""
    return tuple([(found.fname(index) or b"").decode(encoding) for index in range(found.nfields)])
