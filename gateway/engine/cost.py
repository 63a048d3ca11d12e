"""What an operation may cost at most: calls and records, by step and by source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Unit = Literal["calls", "records"]


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls and records of one source, or of a whole operation."""

    calls: int = 0
    records: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.calls + other.calls, self.records + other.records)


@dataclass(frozen=True, slots=True)
class StepCost:
    """``keys``: most keys (or parents) asked; ``batch``: most keys in one call; ``sources``: most calls made and
    records given, by source; of several behind one step, each may be asked everything."""

    keys: int
    batch: int
    sources: Mapping[str, Spent]

    def spent(self, owner: str | None = None) -> Spent:
        """By one source, or by all of them."""
        return sum(self.sources.values(), Spent()) if owner is None else self.sources.get(owner, Spent())


@dataclass(frozen=True, slots=True)
class Excess:
    """A limit that is exceeded. ``owner``: the source whose limit it is; without, it is that of the whole operation.

    ``step``: the index of the step that takes most of it, ``part``.
    """

    owner: str | None
    unit: Unit
    worst: int
    limit: int
    step: int
    part: int


@dataclass(frozen=True, slots=True)
class Cost:
    """The worst case of one plan under arguments of certain sizes. ``excess``: why it is refused, if it is."""

    steps: Sequence[StepCost]
    sources: Mapping[str, Spent]
    excess: Excess | None

    @property
    def whole(self) -> Spent:
        return sum(self.sources.values(), Spent())
