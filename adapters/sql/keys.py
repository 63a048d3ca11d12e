"""Many keys in one statement: how they are compared with their columns, and how they are bound."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, any_, bindparam, or_, tuple_

from adapters.sql.dialects import Compare
from adapters.sql.statements import filled, one_of, parameters, roomy, slots


class Keys(NamedTuple):
    """``columns`` hold the key; there is room for ``room`` of them, or for any number in one ``array``."""

    columns: tuple[str, ...]
    room: int
    compare: Compare

    @property
    def array(self) -> bool:
        return self.compare == "array" and self.room > 1

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of the bound values: those of the first key, of the second, ..."""
        return slots("key", 1 if self.array else self.room * len(self.columns))

    def rows(self) -> list[tuple[str, ...]]:
        """The slots of each key."""
        names, width = self.slots, len(self.columns)
        return [names[start : start + width] for start in range(0, len(names), width)]

    def bound(self, forms: Sequence[Any]) -> dict[str, Any]:
        """The values of the keys by slot; a composite key is a tuple."""
        if self.array:
            return {self.slots[0]: array_text(forms)}
        rows = forms if len(forms) == self.room else filled(forms, self.room)
        return dict(zip(self.slots, rows if len(self.columns) == 1 else chain.from_iterable(rows), strict=True))


@lru_cache(1024)
def room(columns: tuple[str, ...], count: int, most: int, compare: Compare) -> Keys:
    """Room for ``count`` keys, of at most ``most``."""
    if compare == "array" and len(columns) > 1:
        compare = "tuple"
    return Keys(columns, min(count, 2) if compare == "array" else roomy(count, most), compare)


def among(source: FromClause, keys: Keys) -> ColumnElement[bool]:
    """The rows of ``source`` whose key is one of ``keys``."""
    columns = [source.c[name] for name in keys.columns]
    if keys.array:
        return columns[0] == any_(bindparam(keys.slots[0]))
    if len(columns) == 1:
        return one_of(columns[0], "key", keys.room)
    if keys.compare == "tuple":
        return tuple_(*columns).in_([tuple_(*parameters(row)) for row in keys.rows()])
    pairs = ([part == value for part, value in zip(columns, parameters(row), strict=True)] for row in keys.rows())
    return or_(*(and_(*pair) for pair in pairs))


def partly(source: FromClause, keys: Keys, names: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """The rows of ``source`` whose key may be one of ``keys``, by the columns that are there, under ``names``."""
    there = [(index, source.c[names[name]]) for index, name in enumerate(keys.columns) if name in names]
    if keys.array:
        return [column == any_(bindparam(keys.slots[0])) for _, column in there]
    return [column.in_(parameters(row[index] for row in keys.rows())) for index, column in there]


def in_text(place: re.Match[str], keys: Keys) -> str:
    """The same for ``A in :keys`` or ``(A, B) in :keys`` in the text of a configured select."""
    left = place["columns"]
    if keys.array:
        return f"{f'({left})' if left else ''} = any(:{keys.slots[0]})"
    rows = [[f":{slot}" for slot in row] for row in keys.rows()]
    if len(keys.columns) == 1:
        return f"{f'({left})' if left else ''} in ({', '.join(slot for (slot,) in rows)})"
    if keys.compare == "tuple":
        tuples = (f"({', '.join(row)})" for row in rows)
        return f"({left}) in ({', '.join(tuples)})"
    columns = left.split(",")
    pairs = (" and ".join(f"{part} = {slot}" for part, slot in zip(columns, row, strict=True)) for row in rows)
    return f"({' or '.join(f'({pair})' for pair in pairs)})"


def array_text(values: Sequence[Any]) -> str:
    """The text of a PostgreSQL array, which the server gives the type of the column."""
    texts = [value if value.__class__ is str else written(value) for value in values]
    if '"' in (joined := "".join(texts)) or "\\" in joined:
        texts = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
    return '{"' + '","'.join(texts) + '"}'


def written(value: Any) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
