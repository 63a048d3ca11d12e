"""Rows as a database gives them: each a tuple, in the order of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple


class ResultSet(NamedTuple):
    """``columns``: as they are configured. A row may be of any class that a driver has for tuples."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]

    @classmethod
    def of(cls, named: Sequence[Mapping[str, Any]]) -> ResultSet:
        """Of rows by column; what one of them has not is null."""
        columns = tuple(dict.fromkeys(chain.from_iterable(named)))
        return cls(columns, [tuple([row.get(column) for column in columns]) for row in named])

    @classmethod
    def together(cls, results: Sequence[ResultSet]) -> ResultSet:
        """One after the other."""
        if len(results) == 1:
            return results[0]
        if len({result.columns for result in results}) == 1:
            return cls(results[0].columns, [row for result in results for row in result.rows])
        return cls.of([row for result in results for row in result.named()])

    def column(self, name: str) -> list[Any]:
        """The values of one column."""
        if not self.rows:
            return []
        at = self.columns.index(name)
        return [row[at] for row in self.rows]

    def named(self) -> list[dict[str, Any]]:
        """The rows by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]
