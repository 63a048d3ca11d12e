"""The worst cases of one plan, remembered."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.compose import Composition
from gateway.engine.cost import Cost, Spent
from gateway.engine.cost_limits import CostLimits
from gateway.engine.plan import Plan
from gateway.engine.tables import Tables
from gateway.engine.worst_case import WorstCase

REMEMBERED = 16
"""Worst cases kept for each plan; one is a few hundred bytes."""


class Costs:
    """Works out a plan's worst case once for each combination of sizes that its arguments have."""

    def __init__(self, plan: Plan, composition: Composition, limits: CostLimits) -> None:
        self._plan = plan
        self._composition = composition
        self._limits = limits
        self._narrowing = sorted(
            {(table.arguments.slot, name) for table in plan.tables if table.arguments for name in table.narrow}
        )
        self._known: dict[tuple[int, ...], Cost] = {}

    def __len__(self) -> int:
        return len(self._known)

    def of(self, tables: Tables) -> Cost:
        """The worst case under the arguments of one request."""
        sizes = tuple(self._sizes(tables))
        cost = self._known.get(sizes)
        if cost is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            cost = self._known[sizes] = self._counted(tables)
        return cost

    def _sizes(self, tables: Tables) -> Iterator[int]:
        """All that the worst case depends on, beside the plan."""
        for feed in self._plan.given:
            yield len(tables.keys(feed))
        for page in tables.pages.values():
            yield page.first
        for slot, name in self._narrowing:
            value = tables.arguments[slot].get(name)
            yield -1 if value is None else len(value) if isinstance(value, list) else 1

    def _counted(self, tables: Tables) -> Cost:
        counting = WorstCase(tables, self._composition)
        steps = [counting.step(step) for step in self._plan.steps]
        sources: dict[str, Spent] = {}
        for cost in steps:
            for source, spent in cost.sources.items():
                sources[source] = sources.get(source, Spent()) + spent
        return Cost(steps, sources, self._limits.excess(self._plan, steps))
