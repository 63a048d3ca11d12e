"""Seeded draws. Only ``random()`` is used, whose sequence for a seed Python promises to keep."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """One stream of draws per noun, so that a change to one part of the world leaves the others alone."""

    def __init__(self, seed: int, noun: str) -> None:
        self.random = Random(f"{seed}:{noun}").random

    def below(self, bound: int) -> int:
        return int(self.random() * bound)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self.random() * len(items))]

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """Different items, in drawn order."""
        pool = list(items)
        return [pool.pop(int(self.random() * len(pool))) for _ in range(min(count, len(pool)))]

    def digits(self, count: int) -> str:
        return str(self.below(10**count)).zfill(count)

    def moment(self, first: datetime, last: datetime) -> datetime:
        """A second in UTC between two moments."""
        return first + timedelta(seconds=self.below(int((last - first).total_seconds())))


def utc(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)
