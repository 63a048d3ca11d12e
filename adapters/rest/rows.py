"""The rows of one reply, and how many there are in all."""

from __future__ import annotations

from typing import Any

from adapters.mapping import TypedRows
from adapters.spi import BadData
from adapters.web.paths import Search, Unfit, compiled


class Rows:
    """The path to the rows. ``keyed``: they are an object's members, and are given their names under this path."""

    def __init__(self, source: str, path: str, keyed: str | None = None) -> None:
        self._source = source
        self._path = path
        self._keyed = keyed
        self._search = compiled(path)

    def of(self, body: Any) -> list[Any]:
        """A list as it is, without its nulls; one object as the only row. Anything else is ``BadData``."""
        if isinstance(body, TypedRows):
            return body
        try:
            found = self._search(body)
        except Unfit:
            found = None
        if isinstance(found, list):
            return [row for row in found if row is not None] if None in found else found
        if isinstance(found, dict):
            return [found] if self._keyed is None else self._members(found, self._keyed)
        raise BadData(self._source, f"expected rows at `{self._path}`, found {a_thing(found)} in {a_thing(body)}")

    def _members(self, found: dict[str, Any], keyed: str) -> list[Any]:
        rows = [row | {keyed: name} for name, row in found.items() if isinstance(row, dict)]
        lost = [row for row in found.values() if row is not None and not isinstance(row, dict)]
        if lost:
            raise BadData(self._source, f"expected objects at `{self._path}`, found {a_thing(lost[0])} among them")
        return rows


def count(source: str, search: Search, body: Any) -> int | None:
    """The number that a path leads to, ``None`` where it is null; systems write counts as text too."""
    try:
        found = search(body)
    except Unfit as unfit:
        raise BadData(source, f"`total` cannot be applied to the reply: {unfit}") from None
    if isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) < 19:
        found = int(found)
    if found is not None and (not isinstance(found, int) or isinstance(found, bool) or found < 0):
        raise BadData(source, f"expected a count at `total`, found {a_thing(found)}")
    return found


def a_thing(value: Any) -> str:
    """What a value is, without the value. Members may be named by values: by card numbers, for example."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    names = {str: "a text", bool: "a boolean", int: "a number", float: "a number", type(None): "null"}
    return names.get(type(value), "a number")
