"""What is wrong with a registration: every mistake located, all of them reported in one run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

Place = tuple[str | int, ...]
"""Where in a source's file: keys and list indices, such as ``("entities", "Variant", "fields", "taxClass", "as")``."""


class MappingProblem(NamedTuple):
    """One mistake: where it is, what was expected there, what was found, and what to do if that is known."""

    path: Place
    expected: str
    found: str
    hint: str = ""

    def __str__(self) -> str:
        where = ".".join(str(part) for part in self.path)
        hint = f"; {self.hint}" if self.hint else ""
        return f"{where}: expected {self.expected}, found {self.found}{hint}"


class MappingProblems(Exception):
    """Raised when a source is built: everything in its registration that does not fit the graph."""

    def __init__(self, problems: Sequence[MappingProblem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Mistake(Exception):
    """A word of a registration that cannot be used. Who reads the file adds the place."""

    def __init__(self, expected: str, found: str, hint: str = "") -> None:
        self.expected = expected
        self.found = found
        self.hint = hint
        super().__init__(f"expected {expected}, found {found}")

    def at(self, place: Place) -> MappingProblem:
        return MappingProblem(place, self.expected, self.found, self.hint)


def nearest(word: str, known: Iterable[str]) -> str:
    """The hint for a misspelt word, or nothing."""
    close = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""
