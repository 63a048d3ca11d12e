"""How long the answers of one entity may be used, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from adapters.problems import MappingProblem, MappingProblems
from adapters.registration import CacheSpec, Entity

CLOCKS_APART = 1.0
"""By how many seconds the clocks of gateways that share a store may differ."""

GraphDefault = tuple[float, Literal["PUBLIC", "PRIVATE"]]
"""``@cacheControl(maxAge, scope)`` of an entity in the graph."""


class Use(Enum):
    """What a kept answer is good for."""

    FRESH = "an answer"
    STALE = "an answer, while a new one is fetched"
    SPARE = "an answer if the source has none"
    NONE = "nothing"


@dataclass(frozen=True, slots=True)
class Policy:
    """Seconds. ``stale`` and ``stale_if_error`` both begin where ``fresh`` ends; ``missing``: that a key is not there.

    ``private``: answers are only for the principal they were fetched for, and never leave this process.
    """

    fresh: float
    missing: float = 0.0
    stale: float = 0.0
    stale_if_error: float = 0.0
    private: bool = False

    @property
    def lifetime(self) -> float:
        """For how long a record is worth keeping."""
        return self.fresh + max(self.stale, self.stale_if_error)

    @property
    def longest(self) -> float:
        """For how long anything is kept."""
        return max(self.lifetime, self.missing)

    def use(self, age: float, exists: bool) -> Use:
        """Of an answer that was asked for ``age`` seconds ago; ``exists``: it is not "there is no such key"."""
        if age < -CLOCKS_APART:
            return Use.NONE
        if not exists:
            return Use.FRESH if age < self.missing else Use.NONE
        if age < self.fresh:
            return Use.FRESH
        if age < self.fresh + self.stale:
            return Use.STALE
        return Use.SPARE if age < self.fresh + self.stale_if_error else Use.NONE


def policies(entities: Mapping[str, Entity[Any, Any]], defaults: Mapping[str, GraphDefault]) -> dict[str, Policy]:
    """The policy of each entity of one registration that is cached; ``defaults`` count where its words are silent.

    Raises ``MappingProblems`` for ``cache:`` words that have nothing to work on.
    """
    found: dict[str, Policy] = {}
    problems: list[MappingProblem] = []
    for name, entity in entities.items():
        default = defaults.get(name)
        spec = entity.cache or CacheSpec()
        fresh = spec.fresh if spec.fresh is not None else default[0] if default else None
        if fresh:
            scope = spec.scope or (default[1].lower() if default else "public")
            found[name] = Policy(fresh, spec.missing, spec.stale, spec.stale_if_error, scope == "private")
        elif fresh is None and entity.cache is not None:
            expected = f"the word fresh, because the graph has no @cacheControl(maxAge:) for {name}"
            problems.append(MappingProblem(("entities", name, "cache"), expected, "nothing", "add fresh: 5m"))
    if problems:
        raise MappingProblems(problems)
    return found
