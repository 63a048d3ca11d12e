"""The names of generated code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any


class Source:
    """The names of one function, and the constants it refers to."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = dict(names)
        self._numbers = count(1)

    def bind(self, value: Any) -> str:
        """The code of a constant: as it is written, or the name under which the code finds it."""
        if value is None or isinstance(value, str | bool):
            return repr(value)
        if value in (str, bool, int):
            return str(value.__name__)
        name = self.local("c")
        self.names[name] = value
        return name

    def local(self, letter: str) -> str:
        return f"{letter}{next(self._numbers)}"


def indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]
