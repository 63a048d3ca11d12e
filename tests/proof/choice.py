"""How choices are made: by Hypothesis, so that it can look for the smallest operation that still fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Choice:
    """The first value of each choice is the simplest, and that to which failing cases are shrunk."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def up_to(self, most: int) -> int:
        """From 0 to ``most``, both included."""
        number: int = self._draw(numbers(most))
        return number

    def chance(self, percent: int) -> bool:
        return self.up_to(99) >= 100 - percent

    def of(self, values: Sequence[T]) -> T:
        return values[self.up_to(len(values) - 1)]


@cache
def numbers(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most)
