"""What could not be read: where, and what was there instead, described without the value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters import spi
from adapters.exchanges import BETWEEN
from adapters.scalars import Unreadable


@dataclass(slots=True)
class Bad:
    """What could not be read in one row: places and reasons, without values."""

    source: str
    errors: dict[spi.Path, spi.SourceError] = field(default_factory=dict)

    def note(self, at: spi.Path, coordinate: str, expected: str, value: Any, why: Exception | None = None) -> None:
        if isinstance(why, Unreadable):
            expected = f"{expected} ({why.expected})"
        if (who := BETWEEN.get()) is not None:
            who.unreadable(coordinate, expected, value)
        detail = f"{coordinate}: expected {expected}, found {looks(value)}"
        self.errors[at] = spi.BadData(self.source, detail)

    def below(self, at: spi.Path) -> bool:
        return any(path[: len(at)] == at for path in self.errors)


def looks(value: Any) -> str:
    """A value for the log: its kind, length and character classes, never itself."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return f"text of {len(value)} characters ({', '.join(classes(value)) or 'empty'})"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, Mapping):
        return f"an object of {len(value)} fields"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return f"a value of type {type(value).__name__}"


def classes(text: str) -> list[str]:
    """Which classes of characters a text has."""
    tests: Mapping[str, Callable[[str], bool]] = {
        "letters": str.isalpha,
        "digits": str.isdigit,
        "blanks": str.isspace,
        "control characters": lambda c: not c.isprintable() and not c.isspace(),
        "signs": lambda c: c.isprintable() and not c.isalnum() and not c.isspace(),
    }
    return [name for name, test in tests.items() if any(map(test, text))]
