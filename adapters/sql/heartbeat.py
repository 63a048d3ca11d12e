"""When the data of a copy was true: a copy that lags behind says so in a table that the original writes to."""

from __future__ import annotations

import time
from datetime import tzinfo

from adapters.converters import converter
from adapters.scalars import Unreadable, in_zone
from adapters.spi import BadData
from adapters.sql.calls import Procedure
from adapters.sql.database import Database
from adapters.sql.queries import Query
from adapters.sql.registration import SqlHeartbeat
from adapters.sql.statements import compiled_text

WHAT = "the heartbeat"


class Heartbeat:
    """Asked at most once in ``every`` seconds: an older one only makes data seem older than it is."""

    def __init__(self, spec: SqlHeartbeat, database: Database, zone: tzinfo, source: str) -> None:
        self._every = spec.every
        self._database = database
        self._source = source
        self._convert = converter(spec.as_, zone).convert
        self._written = in_zone(zone)
        procedure = Procedure([compiled_text(spec.sql, database.dialect)], 1)
        self._query = Query(lambda: procedure, {})
        self._seen = ""
        self._until = float("-inf")

    async def as_of(self, deadline: float) -> str:
        """RFC 3339. Raises a ``SourceError`` where the database does not tell."""
        if time.monotonic() >= self._until:
            asked = time.monotonic()
            (result,) = await self._database.rows([self._query], WHAT, deadline)
            self._seen = self._read(next((value for row in result.rows for value in row), None))
            self._until = asked + self._every
        return self._seen

    def _read(self, value: object) -> str:
        try:
            if value is None:
                raise Unreadable("an instant")
            return str(self._written(self._convert(value)))
        except Unreadable as error:
            raise BadData(self._source, f"{WHAT}: expected {error.expected}") from None
