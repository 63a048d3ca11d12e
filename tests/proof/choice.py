"""How choices are made: evenly, and again in the same way for the same seed.

Hypothesis was tried first: it prefers small numbers, and most of its examples are the one before with a choice or two
changed, so that few operations were really different. What it does for a case that fails is done by ``smallest``.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Choice:
    """``seed``: any text."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)

    def up_to(self, most: int) -> int:
        """From 0 to ``most``, both included."""
        return int(self._random.random() * (most + 1))

    def chance(self, percent: int) -> bool:
        return self._random.random() * 100 < percent

    def of(self, values: Sequence[T]) -> T:
        return values[self.up_to(len(values) - 1)]
