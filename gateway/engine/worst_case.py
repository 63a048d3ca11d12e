"""Counts the worst case of a plan.

Lists have the length that ``bounds`` (by coordinate, else ``limits.list``) plans with; pages are full, keys distinct,
caches cold.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from gateway.compose import Composition
from gateway.engine.cost import StepCost
from gateway.engine.plan import Feed, KeysAsked, KeysGiven, KeysHeld, Position, Step, Table
from gateway.engine.tables import Tables


class WorstCase:
    """Counts along the plan: a step's keys are the rows of the position that holds them."""

    def __init__(self, tables: Tables, composition: Composition) -> None:
        self.tables = tables
        self.composition = composition
        self.limits = composition.settings.limits

    def step(self, step: Step) -> StepCost:
        return self._lookup(step) if step.kind == "lookup" else self._search(step)

    def _lookup(self, step: Step) -> StepCost:
        capability = self.composition.routes.offers[step.source][step.entity].lookups[step.name]
        keys = [self._keys(feed) for feed in step.feeds]
        records = sum(
            count * (self._of_each_key(table, step.passed) if capability.many else 1)
            for count, table in zip(keys, step.tables, strict=True)
        )
        return StepCost(sum(keys), capability.batch, -(-sum(keys) // capability.batch), records)

    def _search(self, step: Step) -> StepCost:
        if step.page is None:
            raise AssertionError("a search without its page")
        search = self.composition.routes.offers[step.source][step.entity].searches[step.name]
        first = max(self.tables.pages[step.page.arguments.slot].first, 1)
        further = search.counting if step.page.want_total else 0
        if search.completing:
            further += -(-first // search.completing)
        if step.feeds:
            keys = self._keys(step.feeds[0])
            return StepCost(keys, search.batch, -(-keys // search.batch) * (1 + further), keys * first)
        pages = -(-self.limits.first // step.page.bound) if step.page.whole else 1
        return StepCost(0, search.batch, pages * (1 + further), pages * first)

    def _keys(self, feed: Feed) -> int:
        keys = feed.keys
        if isinstance(keys, KeysGiven):
            return len(self.tables.keys(feed))
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
        """Most records that the table shows."""
        keys = self._keys(table.feed) if table.feed else 1
        if table.shape == "one":
            return keys
        page = table.cut or table.step.page
        if page is not None:
            return keys * (self.limits.first if page.whole else self.tables.pages[page.arguments.slot].first)
        return keys * self._of_each_key(table, table.narrow)

    def _of_each_key(self, table: Table, narrowing: Collection[str]) -> int:
        """Most records of one key, where those ``narrowing`` arguments are applied."""
        return int(min(self._bound(table.coordinate), self._narrowed(table, narrowing)))

    def _narrowed(self, table: Table, narrowing: Collection[str]) -> float:
        """Most records of one key where the arguments name all that the record's own key has beside it."""
        arguments = self.tables.arguments[table.arguments.slot] if table.arguments else {}
        given = {
            field: arguments[name]
            for name, field in table.narrow.items()
            if name in narrowing and arguments.get(name) is not None
        }
        key = set(self.composition.graph.canonical_key(table.step.entity) or ())
        if not key or not key <= {*table.step.name.split(), *given}:
            return math.inf
        return math.prod(len(value) if isinstance(value, list) else 1 for value in given.values())

    def _bound(self, coordinate: str) -> int:
        return self.composition.settings.bounds.get(coordinate, self.limits.list)
