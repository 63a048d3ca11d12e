"""How a search's list is cut into pages, by what its arguments tell the system."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple


class Cut(NamedTuple):
    """A page's rows, whether there are more behind it, and how many there are in all, where that is known."""

    rows: Sequence[Any]
    has_next: bool
    total: int | None


class Paging:
    """``$first`` and ``$offset``: the system cuts. ``$first`` alone: it answers the beginning, ``limit`` rows of it,
    and pages are cut from that. Neither: it answers everything.
    """

    def __init__(self, names: Collection[str], limit: int, *, counted: bool) -> None:
        self._by_system = "offset" in names
        self._whole = not self._by_system and "first" not in names
        self._limit = limit
        self._counted = counted

    @property
    def total(self) -> bool:
        """Whether pages tell how many rows there are in all."""
        return self._counted or self._whole

    def values(self, start: int, first: int) -> dict[str, int]:
        return {"offset": start, "first": self._asked(first) if self._by_system else self._limit}

    def cut(self, rows: Sequence[Any], total: int | None, start: int, first: int) -> Cut:
        """The page that begins at ``start`` of the whole list, from the rows of one reply."""
        if self._whole and total is None:
            total = len(rows)
        left = rows if self._by_system else rows[start:]
        taken = left[:first]
        if total is not None:
            more = start + len(taken) < total
        else:
            more = len(left) > first or (self._by_system and len(left) >= self._asked(first))
        return Cut(taken, more and bool(taken), total)

    def _asked(self, first: int) -> int:
        """One row more tells whether there is a next page, if no count does and the system gives as many."""
        return first if self._counted else min(first + 1, self._limit)
