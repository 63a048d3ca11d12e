"""Counts the worst case of a plan.

Lists have the length that ``bounds`` (by coordinate, else ``limits.list``) plans with; pages are full, keys distinct,
caches cold.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from adapters.identity.crosswalk import BY_KEY, ENTITY
from adapters.spi import LookupCapability, SearchCapability
from gateway.compose import Composition
from gateway.engine.cost import Spent, StepCost
from gateway.engine.plan import Feed, KeysAsked, KeysGiven, KeysHeld, PageArguments, Position, Step, Table
from gateway.engine.tables import Tables
from gateway.identities import Unification

BEGINS = 3
"""Places where the pages of one parent's several keys go on, each a request: the key that the last page ended with,
those before it and those behind."""


class WorstCase:
    """Counts along the plan: a step's keys are the rows of the position that holds them."""

    def __init__(self, tables: Tables, composition: Composition) -> None:
        self.tables = tables
        self.composition = composition
        self.limits = composition.settings.limits

    def step(self, step: Step) -> StepCost:
        return self._lookup(step) if step.kind == "lookup" else self._search(step)

    def _lookup(self, step: Step) -> StepCost:
        keys = [self._asked(feed) for feed in step.feeds]
        combined = self.composition.routes.combinations.get(step.source)
        if isinstance(combined, Unification):
            batch = combined.planned.capabilities[step.entity].lookups[step.name].batch
            asked = combined.planned.may_ask(step.name, step.wanted)
            return StepCost(sum(keys), batch, self._unified(asked, sum(keys)))
        able = self._able(step, "lookups")
        sources = {source: self._looked_up(step, source, keys, offered) for source, offered in able}
        return StepCost(sum(keys), min(offered.batch for _, offered in able), sources)

    def _looked_up(self, step: Step, source: str, keys: Sequence[int], capability: LookupCapability) -> Spent:
        records = sum(
            count * (self._of_each_key(table, step.passed) if capability.many else 1)
            for count, table in zip(keys, step.tables, strict=True)
        )
        return Spent(-(-sum(keys) // capability.batch) * capability.calls + self._apart(step, source, records), records)

    def _apart(self, step: Step, source: str, records: int) -> int:
        """Calls for fields that a source has behind addresses of their own."""
        offered = self.composition.routes.offers[source][step.entity]
        return records * sum(not fields.isdisjoint(step.fields) for fields in offered.apart)

    def _search(self, step: Step) -> StepCost:
        if step.page is None:
            raise AssertionError("a search without its page")
        keys = self._asked(step.feeds[0]) if step.feeds else 0
        able = self._able(step, "searches")
        sources = {source: self._searched(step, source, step.page, keys, offered) for source, offered in able}
        combined = self.composition.routes.combinations.get(step.source)
        if isinstance(combined, Unification):
            found = sources[combined.identity.first].records
            further = self._unified(combined.planned.may_complete(step.wanted), found)
            sources = further | {source: spent + further.get(source, Spent()) for source, spent in sources.items()}
        return StepCost(keys, min(offered.batch for _, offered in able), sources)

    def _unified(self, asked: Iterable[tuple[str, str, str]], keys: int) -> dict[str, Spent]:
        """What several systems may be asked for one record of each key."""
        spent: dict[str, Spent] = {}
        for source, entity, by in asked:
            capability = self.composition.routes.offers[source][entity].lookups[by]
            records = keys * (self._bound(f"{entity}.{by.split()[0]}") if capability.many else 1)
            spent[source] = spent.get(source, Spent()) + Spent(-(-keys // capability.batch), records)
        return spent

    def _searched(self, step: Step, source: str, page: PageArguments, keys: int, search: SearchCapability) -> Spent:
        first = max(self.tables.pages[page.arguments.slot].first, 1)
        further = (search.counting if page.want_total else 0) + (search.faceting if page.want_facets else 0)
        if search.completing:
            further += -(-first // search.completing)
        if step.feeds:
            pages, records = -(-keys // search.batch), keys * first
            if keys > self._keys(step.feeds[0]) and self.tables.pages[page.arguments.slot].after is not None:
                pages *= BEGINS
        else:
            pages = -(-self.limits.first // page.bound) if page.whole else 1
            records = pages * first
        return Spent(pages * (search.calls + further) + self._apart(step, source, records), records)

    def _able(self, step: Step, kind: str) -> list[tuple[str, Any]]:
        """The registered sources that the step may call, with what they offer for it."""
        routes = self.composition.routes
        offers = [(source, routes.offers[source].get(step.entity)) for source in routes.sources(step.source)]
        combined = routes.combinations.get(step.source)
        if isinstance(combined, Unification):  # the others are asked for what it finds
            offers = offers[:1]
        named = [(source, getattr(offered, kind).get(step.name)) for source, offered in offers if offered]
        return [(source, offered) for source, offered in named if offered]

    def _asked(self, feed: Feed) -> int:
        """The keys of a feed, and the further ones of the same parents."""
        further = isinstance(feed.keys, KeysHeld) and feed.keys.further
        return self._keys(feed) * (1 + self._bound(f"{ENTITY}.{BY_KEY}") if further else 1)

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
        return self._rows(position.parent) * int(self._bound(f"{position.parent.type_name}.{name}") ** lists)

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
