"""The values of one execution: arguments, keys and records, in lists indexed as the plan's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from graphql.execution import VariableValues

from adapters.identity.survivorship import FURTHER_KEYS
from adapters.spi import Further, Key, Record, SourceError
from gateway.engine.asked_page import asked_page
from gateway.engine.errors import NOT_COMPUTED, Failure, FieldError
from gateway.engine.joining import unreadable
from gateway.engine.pages import Asked, Window
from gateway.engine.plan import (
    SEARCH,
    Contribution,
    Feed,
    KeysAsked,
    KeysGiven,
    KeysHeld,
    Plan,
    Position,
    Step,
    Table,
)
from gateway.engine.refused import Refused
from gateway.engine.selected import evaluated
from resolvers.links import Chooser, Context

log = logging.getLogger("crossdock.engine")

Row = Mapping[str, Any]
Choose = Callable[[Row, Context], Chooser]


@dataclass(slots=True)
class Filled:
    """A table of this run: ``found`` by key (a record, records, or a window); ``failed``: why there is none."""

    found: Mapping[Any, Any] = field(default_factory=dict)
    failed: Mapping[Any, Failure] = field(default_factory=dict)


class Tables:
    """What is known so far. Reads the keys that a step asks, and takes in what it answered."""

    def __init__(self, plan: Plan, variables: VariableValues, context: Context, most_keys: int) -> None:
        self.context = context
        self.most_keys = most_keys
        self.arguments = [evaluated(arguments, variables) for arguments in plan.arguments]
        self.pages: dict[int, Asked] = {
            page.arguments.slot: asked_page(page, self.arguments[page.arguments.slot], variables) for page in plan.pages
        }
        self.filled: list[Filled] = [Filled()] * len(plan.tables)
        self._keys: list[Sequence[Key] | None] = [None] * len(plan.feeds)
        for feed in plan.given:
            self.keys(feed)

    # ------------------------------------------------------------ keys

    def keys(self, feed: Feed) -> Sequence[Key]:
        """Unique and without nulls, in the order of their first use."""
        known = self._keys[feed.index]
        if known is None:
            known = self._keys[feed.index] = self._unique(feed.keys)
        return known

    def origins(self, feed: Feed) -> Mapping[Key, str]:
        """The source of the record that holds each key; a key that records of two sources hold is left out."""
        keys = feed.keys
        if not isinstance(keys, KeysHeld) or keys.position.table is None:
            return {}
        origins: dict[Key, str] = {}
        for record in self._records(keys.position.table):
            key = _joined([record.values.get(name) for name in keys.names])
            if origins.setdefault(key, record.source) != record.source:
                origins[key] = ""
        return {key: source for key, source in origins.items() if source}

    def further(self, step: Step) -> Further:
        """The further keys of the parents of a step, of those that have any."""
        found: dict[Key, Sequence[Key] | SourceError] = {}
        for keys in step.further:
            for record in self._records(keys.position.table) if keys.position.table else ():
                unknown = unreadable(record.errors, (FURTHER_KEYS,))
                others = unknown if isinstance(unknown, SourceError) else record.values.get(FURTHER_KEYS)
                if others:
                    found[record.values[keys.names[0]]] = others
        return found

    def asked(self, keys: KeysGiven) -> Sequence[Key | None]:
        """The keys in the arguments, as they were asked."""
        asked = keys.read(self.arguments[keys.arguments.slot])
        if len(asked) > self.most_keys:
            field_name = keys.arguments.node.name.value
            raise Refused("LIMIT_EXCEEDED", f"{len(asked)} keys for {field_name}; at most {self.most_keys}.")
        return asked

    def _unique(self, keys: KeysGiven | KeysHeld | KeysAsked) -> Sequence[Key]:
        if isinstance(keys, KeysAsked) and keys.parts is None:
            return self.keys(keys.feed)
        unique: dict[Any, None] = dict.fromkeys(self._read(keys))
        unique.pop(None, None)
        return [*unique]

    def _read(self, keys: KeysGiven | KeysHeld | KeysAsked) -> Iterable[Key | None]:
        if isinstance(keys, KeysGiven):
            return self.asked(keys)
        if isinstance(keys, KeysAsked):
            return [_part(key, keys.parts or ()) for key in self.keys(keys.feed)]
        if keys.many or any(keys.origins) or len(keys.names) > 1:
            return self._held(keys)
        name, table = keys.names[0], keys.position.table
        if table is not None:
            return [record.values.get(name) for record in self._records(table)]
        return [row.get(name) for row in self._rows(keys.position)]

    def _held(self, keys: KeysHeld) -> Iterable[Key | None]:
        """Keys in contributions, composite keys, lists of keys."""
        for row in self._rows(keys.position):
            parts = self._parts(keys, row)
            if keys.pick is not None and keys.arguments is not None and parts[0] is not None:
                with suppress(Exception):  # the projection meets it again, and reports it
                    yield from keys.pick(parts[0], self.arguments[keys.arguments.slot])
            elif keys.many:
                yield from parts[0] or ()
            else:
                yield _joined(parts)

    # ------------------------------------------------------------ rows

    def _rows(self, position: Position) -> Iterable[Row]:
        """The values of every row at a position."""
        if position.table is not None:
            return [record.values for record in self._records(position.table)]
        if position.parent is None:
            return ()
        rows = self._rows(position.parent)
        if position.origin is not None:
            rows = [self._contributed(position.origin, row) for row in rows]
        return [value for row in rows for value in _listed(row.get(position.path[0]))]

    def _records(self, table: Table) -> Iterable[Record]:
        found = self.filled[table.index].found
        keys = self.keys(table.feed) if table.feed else (SEARCH,)
        present = [found[key] for key in keys if key in found]
        if table.shape == "one":
            return present
        if table.shape == "page":
            return [record for window in present for record in window.records]
        return [record for records in present for record in records]

    def _parts(self, keys: KeysHeld | Contribution, row: Row) -> list[Any]:
        return [
            (row if origin is None else self._contributed(origin, row)).get(name)
            for name, origin in zip(keys.names, keys.origins, strict=True)
        ]

    def _contributed(self, contribution: Contribution, row: Row) -> Row:
        key = _joined(self._parts(contribution, row))
        record = self.filled[contribution.table.index].found.get(key)
        return record.values if record is not None else {}

    # ------------------------------------------------------------ answers

    def fill(self, step: Step, found: Mapping[Any, Any], failed: Mapping[Any, Failure]) -> None:
        """Takes in what a step answered, as each of its tables sees it."""
        for table in step.tables:
            self.filled[table.index] = self._seen(table, found, failed)

    def _seen(self, table: Table, found: Mapping[Any, Any], failed: Mapping[Any, Failure]) -> Filled:
        if table.through is not None:
            found, failed = self._onward(table, table.through, found, failed)
        arguments = self.arguments[table.arguments.slot] if table.arguments else {}
        for name, field_name in table.narrow.items():
            wanted = arguments.get(name)
            if wanted is not None:
                found = _narrowed(found, field_name, wanted if isinstance(wanted, list) else [wanted])
        if table.choose is not None:
            found, failed = self._chosen(table, table.choose, found, failed, arguments)
        if table.cut is not None:
            asked = self.pages[table.cut.arguments.slot]
            found = {key: asked.cut(_sorted(records, table.sorted_by)) for key, records in found.items()}
        return Filled(found, failed)

    def _onward(
        self, table: Table, through: Table, found: Mapping[Any, Any], failed: Mapping[Any, Failure]
    ) -> tuple[Mapping[Any, Any], Mapping[Any, Failure]]:
        """Answers keys that another source translated by the translated keys' records."""
        earlier = self.filled[through.index]
        onward: dict[Any, Any] = {}
        lost = dict(earlier.failed)
        for key, record in earlier.found.items():
            next_key = _joined([record.values.get(name) for name in table.onward])
            if next_key in found:
                onward[key] = found[next_key]
            elif error := unreadable(record.errors, table.onward) if next_key is None else failed.get(next_key):
                lost[key] = error
        return onward, lost

    def _chosen(
        self, table: Table, choose: Choose, found: Mapping[Any, Any], failed: Mapping[Any, Failure], arguments: Row
    ) -> tuple[dict[Any, Record], Mapping[Any, Failure]]:
        """One record out of many. Where a row's scope cannot be read there is no choice: no price is better than a
        wrong one."""
        chosen: dict[Any, Record] = {}
        lost = dict(failed)
        pick: Chooser | None = None
        for key, records in found.items():
            rows = []
            for record in records:
                if record.errors and (wrong := unreadable(record.errors, table.reads)):
                    lost[key] = wrong
                    break
                rows.append(record.values)
            else:
                try:
                    pick = pick or choose(arguments, self.context)
                    values = pick(rows)
                except Exception:
                    log.exception("%s could not be chosen", table.coordinate)
                    lost[key] = FieldError("INTERNAL", NOT_COMPUTED)
                    continue
                for record in records:
                    if record.values is values:
                        chosen[key] = record
                        break
        return chosen, lost


def _joined(parts: Sequence[Any]) -> Any:
    """A key of one or several parts; null where a part is."""
    if len(parts) == 1:
        return parts[0]
    return None if None in parts else tuple(parts)


def _part(key: Key, parts: tuple[int, ...]) -> Key:
    values = key if isinstance(key, tuple) else (key,)
    picked = tuple(values[part] for part in parts)
    return picked[0] if len(picked) == 1 else picked


def _listed(value: Any) -> Sequence[Any]:
    """What is in a value that may be a list, or lists in a list."""
    if value is None:
        return ()
    return [inner for item in value for inner in _listed(item)] if isinstance(value, list) else (value,)


def _sorted(records: Sequence[Record], names: tuple[str, ...]) -> Sequence[Record]:
    """By key: pages cut from a list need an order that is the same for every request."""
    return sorted(records, key=lambda record: [str(record.values.get(name)) for name in names])


def _narrowed(found: Mapping[Any, Any], name: str, wanted: Sequence[Any]) -> dict[Any, Any]:
    """Only records whose field (or, where it is a list, one item of it) is wanted."""
    among = set(wanted)

    def keep(record: Record) -> bool:
        value = record.values.get(name)
        return not among.isdisjoint(value) if isinstance(value, list) else value in among

    return {
        key: Window([record for record in rows.records if keep(record)], (), False, False, None)
        if isinstance(rows, Window)
        else [record for record in rows if keep(record)]
        for key, rows in found.items()
    }
