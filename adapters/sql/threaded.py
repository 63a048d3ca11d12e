"""Statements in threads: the way for every driver, as most have no other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, TypeVar

from sqlalchemy import Inspector

from adapters.result_set import ResultSet
from adapters.sql.drivers import stop
from adapters.sql.errors import code_of
from adapters.sql.opening import Connection, Opening
from adapters.sql.queries import MOST_ROWS, Query, bounded
from adapters.sql.threads import Abandoned, Call, Threads

T = TypeVar("T")


class Threaded:
    """At most ``size`` connections, each used by one thread at a time, the one that was used last first."""

    def __init__(self, source: str, opening: Opening, size: int) -> None:
        self._opening = opening
        self._dialect = opening.dialect
        self._threads = Threads(f"crossdock-{source}", size)
        self._resting: list[Connection] = []  # as many as there are threads, so no thread ever waits for one
        self._lost = float("-inf")

    async def rows(self, queries: Sequence[Query], seconds: float) -> list[ResultSet]:
        return await self._threads.run(lambda call: self._asked(call, queries), seconds)

    async def inspected(self, read: Callable[[Inspector], T], seconds: float) -> T:
        return await self._threads.run(lambda _: self._opening.inspected(read), seconds)

    async def ping(self, seconds: float) -> None:
        await self._threads.run(self._pinged, seconds)

    async def aclose(self) -> None:
        await self._threads.aclose()
        while self._resting:
            self._resting.pop().close()

    # In a thread

    def _asked(self, call: Call[Any], queries: Sequence[Query]) -> list[ResultSet]:
        return self._with(call, lambda connection: [self._run(call, connection, query) for query in queries])

    def _pinged(self, call: Call[None]) -> None:
        self._with(call, lambda connection: self._answer(call, connection))

    def _with(self, call: Call[Any], use: Callable[[Connection], T]) -> T:
        """What ``use`` does with a living connection; it rests then, unless it is lost or was told to stop."""
        connection = self._living(call)
        connection.used = time.monotonic()
        lost = False
        try:
            return use(connection)
        except self._dialect.loaded_dbapi.Error as error:
            lost = self._dialect.is_disconnect(error, connection.driver, None)
            if lost:
                self._lost = time.monotonic()
                if code_of(error) == "":  # drivers have no word of their own for bytes that are not their protocol
                    raise self._dialect.loaded_dbapi.OperationalError(*error.args) from None
            raise
        finally:
            if lost or call.abandoned or not self._settled(connection):
                connection.close()
            else:
                self._resting.append(connection)

    def _settled(self, connection: Connection) -> bool:
        """Whether nothing is open on it any more."""
        if not self._opening.alone:
            try:
                self._dialect.do_rollback(connection.driver)
            except self._dialect.loaded_dbapi.Error:
                return False
        return True

    def _living(self, call: Call[Any]) -> Connection:
        while not call.abandoned:
            try:
                connection = self._resting.pop()
            except IndexError:
                return self._opening.connect()
            if not connection.rested(self._lost):
                return connection
            try:
                self._answer(call, connection)
            except self._dialect.loaded_dbapi.Error:
                connection.close()
            else:
                return connection
        raise Abandoned

    def _run(self, call: Call[Any], connection: Connection, query: Query) -> ResultSet:
        statement = query.statement()
        # the compiled text on the driver's own cursor: two thirds of what SQLAlchemy's execution and rows cost
        with closing(connection.driver.cursor()) as cursor:
            call.begin(lambda: stop(connection.driver, cursor))
            try:
                return bounded(statement.run(cursor, query.values, MOST_ROWS + 1))
            finally:
                call.end()

    def _answer(self, call: Call[Any], connection: Connection) -> None:
        call.begin(lambda: stop(connection.driver, None))
        try:
            self._dialect.do_ping(connection.driver)
        finally:
            call.end()
