"""The steps of a plan in the making: equal requests become one step, and every step knows what it waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import OperationDefinitionNode

from adapters.identity.survivorship import FURTHER_KEYS
from gateway.engine.plan import (
    Arguments,
    Contribution,
    Feed,
    KeysAsked,
    KeysGiven,
    KeysHeld,
    PageArguments,
    Plan,
    Position,
    Selection,
    Step,
    Table,
)
from gateway.routes import Routes


class Steps:
    """Collects steps, tables and feeds; an index is a place in the run's lists.

    ``coordinate``: the field that is being planned.
    """

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.coordinate = ""
        self.steps: list[Step] = []
        self.tables: list[Table] = []
        self.feeds: list[Feed] = []
        self._same: dict[tuple[Any, ...], Step] = {}

    # ------------------------------------------------------------ keys

    def given(self, keys: KeysGiven) -> Feed:
        return self._feed(keys, frozenset())

    def held(self, keys: KeysHeld, *, rows: bool = False) -> Feed:
        """A feed from a position's rows; straight from the keys that the position was asked by where those suffice, and
        nothing depends on the ``rows`` themselves."""
        position = keys.position
        table = position.table
        if not rows and table and table.feed and not keys.many and set(keys.names) <= set(position.asked_by):
            parts = tuple(position.asked_by.index(name) for name in keys.names)
            whole = len(position.asked_by) == 1
            return self._feed(KeysAsked(table.feed, None if whole else parts), table.feed.after)
        after = position.after
        for origin in keys.origins:
            if origin is not None:
                after |= origin.table.after
        return self._feed(keys, after)

    def _feed(self, keys: KeysGiven | KeysHeld | KeysAsked, after: frozenset[int]) -> Feed:
        feed = Feed(len(self.feeds), keys, after)
        self.feeds.append(feed)
        return feed

    def hold(self, position: Position, names: tuple[str, ...], **reading: Any) -> KeysHeld:
        """Sees to it that the position's rows will have these names."""
        return KeysHeld(position, names, tuple(self.want(position, name) for name in names), **reading)

    def with_further(self, keys: KeysHeld) -> KeysHeld:
        """The same keys and, where they are those by which records have been linked to one another, all others."""
        entity = keys.position.type_name
        if keys.position.table and self.routes.linked(entity) and keys.names == self.routes.graph.canonical_key(entity):
            keys.position.table.step.fields.add(FURTHER_KEYS)
            keys.further = True
        return keys

    def want(self, position: Position, name: str) -> Contribution | None:
        """Adds a field to the step that gives it; returns the contribution it is in, if it is not the row's own."""
        if position.table is None:
            return None
        entity = position.type_name
        source = self.routes.fields.get((entity, name))
        if source is None or source == position.table.step.source:
            position.table.step.fields.add(name)
            return None
        contribution = self.contribution(position, source)
        contribution.table.step.fields.add(name)
        if name not in contribution.wanted:
            contribution.wanted.append(name)
        return contribution

    def contribution(self, position: Position, source: str) -> Contribution:
        """The records that another source adds to a position's rows."""
        if source not in position.contributions:
            entity = position.type_name
            names = tuple(self.routes.contributions(entity)[source].split())
            keys = self.hold(position, names)
            table = self.lookup(source, entity, " ".join(names), self.held(keys), "one")
            position.contributions[source] = Contribution(source, table, names, keys.origins)
        return position.contributions[source]

    # ------------------------------------------------------------ requests

    def reach(self, entity: str, by: str, feed: Feed) -> Table:
        """The owner's records for keys ``by``, over other sources that know the owner's key where need be."""
        first, *onward = self.routes.access(entity, by)
        table = self.lookup(first.source, entity, first.by, feed, "one")
        for hop in onward:
            names = tuple(hop.by.split())
            keys = KeysHeld(Position(entity, table), names, (None,) * len(names))
            table.step.fields.update(names)
            next_table = self.lookup(hop.source, entity, hop.by, self.held(keys), "one")
            next_table.feed, next_table.through, next_table.onward = feed, table, names
            table = next_table
        return table

    def lookup(
        self,
        source: str,
        entity: str,
        by: str,
        feed: Feed,
        shape: Any,
        passed: Mapping[str, Arguments] | None = None,
    ) -> Table:
        """A table over a lookup; lookups alike in all but their keys, ready at the same time, are one step."""
        passed = passed or {}
        written = tuple(sorted((name, arguments.signature) for name, arguments in passed.items()))
        same = (source, entity, by, written, feed.after)
        step = self._same.get(same)
        if step is None:
            step = self._step(Step(len(self.steps), source, entity, "lookup", by, feed.after, self.coordinate, passed))
            self._same[same] = step
        step.feeds.append(feed)
        return self._table(step, feed, shape)

    def search(self, source: str, entity: str, name: str, page: PageArguments, parents: KeysHeld | None) -> Table:
        """A table over a search; searches alike in everything are one step."""
        feed = self.held(parents) if parents else None
        after = feed.after if feed else frozenset()
        held_by = (id(parents.position), parents.names) if parents else None
        same = (source, entity, name, page.arguments.signature, page.whole, held_by, after)
        step = self._same.get(same)
        if step is None:
            step = self._step(Step(len(self.steps), source, entity, "search", name, after, self.coordinate, page=page))
            self._same[same] = step
            step.feeds.extend([feed] if feed else [])
        return self._table(step, step.feeds[0] if step.feeds else None, "page")

    # ------------------------------------------------------------ the plan

    def planned(
        self, arguments: Sequence[Arguments], root: Selection, introspection: OperationDefinitionNode | None
    ) -> Plan:
        """The plan, when nothing more is asked of any step."""
        for step in self.steps:
            step.wanted = frozenset(step.fields)
            held = [feed.keys for feed in step.feeds if isinstance(feed.keys, KeysHeld)]
            step.further = [keys for keys in held if keys.further]
        given = [feed for feed in self.feeds if isinstance(feed.keys, KeysGiven)]
        pages = [page for page in (*(step.page for step in self.steps), *(table.cut for table in self.tables)) if page]
        return Plan(self.steps, self.tables, self.feeds, given, pages, arguments, root, introspection)

    def _step(self, step: Step) -> Step:
        self.steps.append(step)
        return step

    def _table(self, step: Step, feed: Feed | None, shape: Any) -> Table:
        table = Table(len(self.tables), step, feed, shape)
        self.tables.append(table)
        step.tables.append(table)
        return table
