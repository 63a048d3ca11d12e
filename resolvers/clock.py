"""The instant of one request, which is the same for all of it; and for how long what was made of it stays true."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf

DAY = 86_400


class Clock:
    """Asked rather than read: a price that holds until midnight is not another price a second later.

    ``until``: the first instant at which one of the answers it has given so far would be another. Instants are seconds
    since 1970.
    """

    __slots__ = ("_instant", "until")

    def __init__(self, instant: float) -> None:
        self._instant = instant
        self.until = inf

    def has_come(self, instant: float) -> bool:
        """Whether it is ``instant``, or later."""
        if instant <= self._instant:
            return True
        self.until = min(self.until, instant)
        return False

    def today(self) -> str:
        """The day in UTC, as ISO 8601 writes it."""
        self.has_come((self._instant // DAY + 1) * DAY)
        return self._as_datetime().date().isoformat()

    def now(self) -> str:
        """The instant itself, as RFC 3339 writes it: true only now."""
        self.until = self._instant
        return self._as_datetime().isoformat()

    def _as_datetime(self) -> datetime:
        return datetime.fromtimestamp(self._instant, UTC)
