"""What is wrong in a configuration, said so that it can be put right without asking anyone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Where in a file: keys and list indices, such as ``("entities", "Variant", "fields", "sku", "as")``."""


class Position(NamedTuple):
    """A position in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. ``where`` is its path in the file, such as ``entities.Variant.fields.sku.as``."""

    file: str
    line: int
    column: int
    where: str
    expected: str
    found: str
    hint: str = ""

    @property
    def place(self) -> tuple[str, int, int, str]:
        return self.file, self.line, self.column, self.where

    def __str__(self) -> str:
        where = f" {self.where}" if self.where else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}{where}: expected {self.expected}, found {self.found}{hint}"

    def as_json(self) -> dict[str, str | int]:
        return asdict(self)


class ConfigurationError(Exception):
    """Everything that is wrong, in the order of files and lines. Its text is the full report, one line a problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def at(position: Position, path: Path, expected: str, found: str, hint: str = "") -> Problem:
    return Problem(*position, dotted(path), expected, found, hint)


def dotted(path: Path) -> str:
    """``("examples", 0, "lookup")`` as ``examples[0].lookup``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
