"""The most that an operation may cost, known from its plan before anything is called."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.compose import Composition
from gateway.engine.plan import Feed, KeysAsked, KeysGiven, KeysHeld, Plan, Position, Step, Table
from gateway.engine.run import Run


@dataclass(frozen=True, slots=True)
class StepCost:
    """``keys``: most keys (or parents) asked; ``batch``: most keys in one call; ``calls``: most calls."""

    keys: int
    batch: int
    calls: int


class Cost:
    """The worst case of one plan under one request's arguments.

    Lists have the length that ``bounds`` (by coordinate, else ``limits.list``) plans with; pages are full, keys
    distinct, caches cold.
    """

    def __init__(self, plan: Plan, run: Run, composition: Composition) -> None:
        self.run = run
        self.composition = composition
        self.bounds: Mapping[str, int] = composition.settings.bounds
        self.list = composition.settings.limits.list
        self.steps = [self._step(step) for step in plan.steps]

    @property
    def calls(self) -> int:
        return sum(cost.calls for cost in self.steps)

    def by_source(self, plan: Plan) -> dict[str, int]:
        calls: dict[str, int] = {}
        for step, cost in zip(plan.steps, self.steps, strict=True):
            calls[step.source] = calls.get(step.source, 0) + cost.calls
        return calls

    def _step(self, step: Step) -> StepCost:
        capability = self.composition.routes.offers[step.source][step.entity]
        if step.kind == "lookup":
            batch = capability.lookups[step.name].batch
            keys = sum(self._keys(feed) for feed in step.feeds)
            return StepCost(keys, batch, -(-keys // batch))
        search = capability.searches[step.name]
        page = step.page
        further = search.counting if page is not None and page.want_total else 0
        if search.completing and page is not None:
            first = page.bound if page.whole else self.run.tables.pages[page.arguments.slot].first
            further += -(-first // search.completing)
        if step.feeds:
            keys = self._keys(step.feeds[0])
            return StepCost(keys, search.batch, -(-keys // search.batch) * (1 + further))
        pages = -(-self.run.limits.first // page.bound) if page is not None and page.whole else 1
        return StepCost(0, search.batch, pages * (1 + further))

    def _keys(self, feed: Feed) -> int:
        keys = feed.keys
        if isinstance(keys, KeysGiven):
            return len({key for key in self.run.tables.asked(keys) if key is not None})
        if isinstance(keys, KeysAsked):
            return self._keys(keys.feed)
        return self._held(keys)

    def _held(self, keys: KeysHeld) -> int:
        each = self._bound(f"{keys.position.type_name}.{keys.names[0]}") if keys.many else 1
        return self._rows(keys.position) * each

    def _rows(self, position: Position) -> int:
        if position.table is not None:
            return self._records(position.table)
        if position.parent is None:
            return 1
        name = position.path[0]
        lists = self.composition.graph.types.objects[position.parent.type_name][name].lists
        return self._rows(position.parent) * (self._bound(f"{position.parent.type_name}.{name}") if lists else 1)

    def _records(self, table: Table) -> int:
        keys = self._keys(table.feed) if table.feed else 1
        if table.shape == "one":
            return keys
        page = table.cut or table.step.page
        if page is not None:
            return keys * (self.run.limits.first if page.whole else self.run.tables.pages[page.arguments.slot].first)
        return keys * int(min(self._bound(table.coordinate), self._narrowed(table)))

    def _narrowed(self, table: Table) -> float:
        """Most rows of one key where the arguments name all that the row's own key has beside it."""
        arguments = self.run.tables.arguments[table.arguments.slot] if table.arguments else {}
        given = {field: arguments[name] for name, field in table.narrow.items() if arguments.get(name) is not None}
        key = set(self.composition.graph.canonical_key(table.step.entity) or ())
        if not key or not key <= {*table.step.name.split(), *given}:
            return math.inf
        return math.prod(len(value) if isinstance(value, list) else 1 for value in given.values())

    def _bound(self, coordinate: str) -> int:
        return self.bounds.get(coordinate, self.list)
