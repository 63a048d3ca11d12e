"""Instants as the columns that rows are ordered by hold them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from adapters.mapping import WrittenInstant
from adapters.spi import Start


class Instants(NamedTuple):
    """``field`` of the graph, in the direction of the rows' order."""

    field: str
    descending: bool
    written: WrittenInstant

    def __str__(self) -> str:
        return f"{self.field} desc" if self.descending else self.field

    def values(self, start: Start, *, backwards: bool) -> tuple[list[Any], bool]:
        """The values of the columns at ``start``, and whether rows that have just these belong to it.

        An instant that is finer than the columns lies behind them: downwards, they are the first to come; upwards, they
        have been; and from the end of the list, the other way round.
        """
        moment = datetime.fromisoformat(start.value)
        values = self.written.write(moment)
        if self.written.read(values) < moment:
            return values, self.descending != backwards
        return values, start.inclusive
