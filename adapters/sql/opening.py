"""Opening the connections of one database: SQLAlchemy knows how, and keeps none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import URL, Inspector, create_engine, event, inspect
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import NullPool, PoolProxiedConnection

from adapters.sql.drivers import driver_of, each_by_itself, read_only

T = TypeVar("T")

REST_SECONDS = 5.0
"""A connection that rested longer is asked for a sign of life: firewalls and restarts drop idle ones."""


class Connection:
    """One that is kept: ``driver`` is the driver's own, ``used`` when it was asked last (``time.monotonic``)."""

    __slots__ = ("_held", "driver", "used")

    def __init__(self, held: PoolProxiedConnection) -> None:
        self._held = held
        self.driver: Any = held.dbapi_connection
        self.used = time.monotonic()

    def rested(self, lost: float) -> bool:
        """Whether it may be gone: it was used before ``lost``, when another one was, or has not been used for long."""
        return self.used <= max(lost, time.monotonic() - REST_SECONDS)

    def close(self) -> None:
        self._held.invalidate()


class Opening:
    """``timeout`` in seconds, of connecting and of one statement; ``session``: statements for each connection."""

    def __init__(self, url: URL, *, timeout: float, session: Sequence[str] = ()) -> None:
        driver = driver_of(url, timeout)
        alone = each_by_itself(url)
        self.alone = bool(alone)
        """Whether each statement is a transaction of its own: else it is followed by a rollback."""
        self._engine = create_engine(
            read_only(url),
            poolclass=NullPool,
            hide_parameters=True,
            connect_args=dict(driver.arguments),
            **driver.options,
            **alone,
        )
        event.listen(self._engine, "connect", lambda connection, _: driver.open(connection, session))

    @property
    def url(self) -> URL:
        return self._engine.url

    @property
    def dialect(self) -> Dialect:
        """It knows the server once there has been a connection."""
        return self._engine.dialect

    def connect(self) -> Connection:
        """A new connection, read-only and bounded in time."""
        return Connection(self._engine.raw_connection())

    def inspected(self, read: Callable[[Inspector], T]) -> T:
        """What ``read`` finds in the database's own catalogue."""
        with self._engine.connect() as connection:
            return read(inspect(connection))
