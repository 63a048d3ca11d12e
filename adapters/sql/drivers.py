"""What differs from driver to driver: read-only sessions, time limits, and how a running statement is stopped.

A driver that is not named here is opened as it is: give its user no right to write, and expect that a statement nobody
waits for runs to its end there.
"""

from __future__ import annotations

import math
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import quote

from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection

CANCEL_SECONDS = 0.5
"""How long a server may take to hear a cancel before the connection is cut."""


@dataclass(frozen=True, slots=True)
class Driver:
    """``arguments``: of ``connect``; ``opening``: statements and ``attributes`` of every new connection.

    ``options``: of SQLAlchemy's engine.
    """

    arguments: Mapping[str, Any] = field(default_factory=dict)
    opening: Sequence[str] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def open(self, connection: DBAPIConnection, session: Sequence[str]) -> None:
        """Make a new connection read-only and bounded in time; then run the statements of its own ``session``."""
        for name, value in self.attributes.items():
            setattr(connection, name, value)
        with closing(connection.cursor()) as cursor:
            for statement in (*self.opening, *session):
                cursor.execute(statement)


def driver_of(url: URL, timeout: float) -> Driver:
    """``timeout`` in seconds, for one statement and for connecting."""
    dialect = url.get_dialect()
    make = DRIVERS.get(f"{dialect.name}+{dialect.driver}")
    return make(timeout) if make else Driver()


def _sqlite(timeout: float) -> Driver:
    # a third: a lock that was met twice is reported as a lock, and not as a time-out
    arguments = {"timeout": timeout / 3, "check_same_thread": False}
    return Driver(arguments, ["pragma query_only = on"])


def _postgresql(timeout: float) -> Driver:
    arguments = {
        "application_name": "crossdock",
        "connect_timeout": math.ceil(timeout),
        "tcp_user_timeout": _milliseconds(timeout),  # a network that swallows everything
    }
    bound = f"set statement_timeout = {_milliseconds(timeout)}"
    return Driver(arguments, ["set default_transaction_read_only = on", bound])


def _psycopg(timeout: float) -> Driver:
    """Texts as the server takes them, with ``$1``, for they go to libpq as they are."""
    from psycopg import RawCursor

    driver = _postgresql(timeout)
    arguments = {**driver.arguments, "cursor_factory": RawCursor}
    return replace(driver, arguments=arguments, options={"paramstyle": "numeric_dollar"})


def _mysql(timeout: float) -> Driver:
    bound = f"set session max_execution_time = {_milliseconds(timeout)}"
    return Driver(_mysql_arguments(timeout), ["set session transaction read only", bound])


def _mariadb(timeout: float) -> Driver:
    bound = f"set session max_statement_time = {timeout}"
    return Driver(_mysql_arguments(timeout), ["set session transaction read only", bound])


def _mysql_arguments(timeout: float) -> dict[str, int]:
    seconds = math.ceil(timeout)
    return {"connect_timeout": seconds, "read_timeout": seconds + 1}  # the server's own limit comes first


def _oracle(timeout: float) -> Driver:
    return Driver({"tcp_connect_timeout": timeout}, attributes={"call_timeout": _milliseconds(timeout)})


def _sql_server(timeout: float) -> Driver:
    return Driver({"timeout": math.ceil(timeout)}, attributes={"timeout": math.ceil(timeout)})


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))  # 0 would mean: no limit


DRIVERS: Mapping[str, Callable[[float], Driver]] = {
    "sqlite+pysqlite": _sqlite,
    "postgresql+psycopg": _psycopg,
    "postgresql+psycopg2": _postgresql,
    "mysql+pymysql": _mysql,
    "mysql+mysqldb": _mysql,
    "mariadb+pymysql": _mariadb,
    "mariadb+mysqldb": _mariadb,
    "oracle+oracledb": _oracle,
    "mssql+pyodbc": _sql_server,
}


def each_by_itself(url: URL) -> dict[str, Any]:
    """Engine options with which a statement is a transaction of its own, and nothing is rolled back after it.

    Where a dialect cannot say that, each statement is followed by a rollback.
    """
    try:
        levels = url.get_dialect()().get_isolation_level_values(cast(DBAPIConnection, None))  # asks no connection
    except NotImplementedError:
        return {}
    return {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None} if "AUTOCOMMIT" in levels else {}


def read_only(url: URL) -> URL:
    """The URL with which the database opens nothing for writing, where a URL can say that."""
    if url.get_backend_name() != "sqlite" or url.database is None or url.database.startswith("file:"):
        return url
    return url.set(database=f"file:{quote(url.database)}").update_query_dict({"mode": "ro", "uri": "true"})


def stop(connection: Any, cursor: Any) -> None:
    """End the statement that ``connection`` runs in another thread. The connection is of no use afterwards."""
    with suppress(Exception):  # what cannot be stopped politely is cut off below
        if hasattr(connection, "interrupt"):  # sqlite3
            connection.interrupt()
        elif hasattr(connection, "cancel_safe"):  # psycopg
            connection.cancel_safe(timeout=CANCEL_SECONDS)
        elif hasattr(connection, "cancel"):  # psycopg2, oracledb
            connection.cancel()
        elif hasattr(cursor, "cancel"):  # pyodbc
            cursor.cancel()
    if hasattr(connection, "fileno"):
        _cut(connection)


def _cut(connection: Any) -> None:
    """Wake a thread that waits for a server that hangs: it reads the end of the connection."""
    with suppress(Exception), socket.socket(fileno=socket.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
