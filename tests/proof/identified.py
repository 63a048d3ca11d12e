"""The truth about one record of several systems: one key at a time, by the links and rules of ``docs/identity.md``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.identity.rules import Rule
from adapters.identity.survivorship import EXTERNAL_IDS
from adapters.seals import Seal
from adapters.spi import Key, Page, Record, SourceError
from gateway.compose import Composition
from gateway.identities import Unification
from tests.proof.combined import WHOLE, CombinedReader
from tests.proof.reading import Reader, Thing, thing

Pair = tuple[str, str]

NOBODY: Mapping[str, Record] = {}


class IdentifiedReader(CombinedReader):
    """Reads what several systems know together, and lists below records that have several keys."""

    def __init__(self, composition: Composition, seen: Counter[str]) -> None:
        super().__init__(composition, seen)
        made = [each for each in self.combinations.values() if isinstance(each, Unification)]
        self.made = made[0] if made else None
        secret = composition.settings.cursor_secret
        self.seal = Seal(secret.encode()) if secret else None
        self.roles = composition.roles

    # ------------------------------------------------------------ the systems, and the table of links

    def asked(self, source: str, by: str, value: str) -> Record | None:
        """One system's own record."""
        found = Reader.one(self, source, self.made.identity.entity, by, value) if self.made else None
        return found.record if found else None

    def looks_up(self, source: str, by: str) -> bool:
        assert self.made is not None
        capability = self.adapters[source].capabilities.get(self.made.identity.entity)
        return capability is not None and by in capability.lookups

    def links(self, by: str, key: Key) -> Iterator[tuple[Pair, str, bool]]:
        """What the table says: a record, whose it is or is not."""
        assert self.made is not None
        for row in Reader.many(self, self.made.identity.links or "", "IdentityLink", by, key):
            values = row.record.values if row.record else {}
            if None not in (values["source"], values["value"], values["key"]):
                yield (values["source"], values["value"]), values["key"], values["linked"] is not False

    def belongs(self, pair: Pair) -> str | None:
        return next((key for _, key, linked in self.links("source value", pair) if linked), None)

    def allowed(self, pair: Pair, key: str) -> bool:
        """Whether no link speaks against a rule."""
        said = [(other, linked) for _, other, linked in self.links("source value", pair)]
        return (key, False) not in said and all(other == key for other, linked in said if linked)

    # ------------------------------------------------------------ who is meant

    def one(self, source: str, entity: str, by: str, key: Key) -> Thing | None:
        if self.made is None or source != self.made.name:
            return super().one(source, entity, by, key)
        found = self.meant(by, key)
        return None if found is None else thing(entity, self.together(*found))

    def meant(self, by: str, key: Key) -> tuple[str, Record] | None:
        """The deciding system's key and record."""
        assert self.made is not None
        first = self.made.identity.first
        if by == self.made.identity.keys[first]:
            return self.decided(str(key), None)
        if by == "source value" and isinstance(key, tuple):
            return self.by_record(str(key[0]), str(key[1]))
        forms = {rule.field: rule.form for rule in self.made.identity.rules}
        value = (forms[by](str(key)) or str(key)) if by in forms else str(key)
        failed: SourceError | None = None
        for each in self.made.identity.keys:
            if self.looks_up(each, by):
                try:
                    record = self.asked(each, by, value)
                    if record and (found := self.owner(each, record)):
                        return self.decided(*found)
                except SourceError as error:
                    failed = error
        if failed:
            raise failed
        return None

    def by_record(self, source: str, value: str) -> tuple[str, Record] | None:
        assert self.made is not None
        identity = self.made.identity
        if source not in identity.keys:
            return None
        if source == identity.first:
            return self.decided(value, None)
        try:
            belongs = self.belongs((source, value))
        except SourceError:
            belongs = None
        if belongs is not None:
            self.seen["identity, by a linked record"] += 1
            return self.decided(belongs, None)
        able = source if self.looks_up(source, identity.keys[source]) else identity.first
        record = self.asked(able, identity.keys[source], value)
        found = self.owner(able, record) if record else None
        return self.decided(*found) if found else None

    def decided(
        self, key: str, record: Record | None, there: Mapping[str, Record] = NOBODY
    ) -> tuple[str, Record] | None:
        """The record of a key, or of the one that it was linked to. ``there``: those that need not be asked for."""
        assert self.made is not None
        first = self.made.identity.first
        number = self.made.identity.keys[first]
        failed: SourceError | None = None
        try:
            record = record or self.asked(first, number, key)
        except SourceError as error:
            failed = error
        try:
            onward = self.belongs((first, key))
        except SourceError:
            onward = None
        if onward is not None and onward != key:
            other = there.get(onward) or self.asked(first, number, onward)
            if other:
                self.seen["identity, another number of the same"] += 1
                return onward, other
        if failed:
            raise failed
        return (key, record) if record else None

    def owner(self, source: str, record: Record) -> tuple[str, Record | None] | None:
        """Whose record it is: as linked, else by the strongest rule."""
        assert self.made is not None
        identity = self.made.identity
        own = self.own(source, record)
        if own is None:
            return None
        if source == identity.first:
            return own, record
        if (belongs := self.belongs((source, own))) is not None:
            return belongs, None
        failed: SourceError | None = None
        for place, rule in enumerate(identity.rules):
            try:
                found = self.ruled(identity.first, rule, record)
                key = self.own(identity.first, found) if found else None
            except SourceError as error:
                failed = error
                continue
            holding = identity.rules[: place + 1]
            if found and key and self.allowed((source, own), key) and not differ(holding, record, found):
                self.seen["identity, by another system's record"] += 1
                return key, found
        if failed:
            raise failed
        return None

    def ruled(self, source: str, rule: Rule, record: Record) -> Record | None:
        value = rule.value(record.values)
        return self.asked(source, rule.field, value) if value and self.looks_up(source, rule.field) else None

    def own(self, source: str, record: Record) -> str | None:
        assert self.made is not None
        name = self.made.identity.keys[source]
        if error := (record.errors or {}).get((name,)):
            raise error
        value = record.values[name]
        return None if value is None else str(value)

    # ------------------------------------------------------------ what is known of them

    def together(self, key: str, first: Record) -> Record:
        assert self.made is not None
        identity = self.made.identity
        known: list[tuple[str, str, str | None, Record | None]] = [(identity.first, key, None, first)]
        failed: dict[str, SourceError] = {}
        for source in identity.keys:
            if source != identity.first and self.looks_up(source, identity.keys[source]):
                try:
                    known += self.joined(source, key, first)
                except SourceError as error:
                    failed[source] = error
        values: dict[str, Any] = {}
        errors: dict[Any, SourceError] = {}
        records = [(source, record) for source, _, _, record in known if record]
        for name in sorted(path for path in self.made.planned.capabilities[identity.entity].fields if "." not in path):
            values[name] = None
            if name != EXTERNAL_IDS:
                self._survivor(name, records, failed, values, errors)
        try:
            values[EXTERNAL_IDS] = self._named(key, first, known, failed)
        except SourceError as error:
            errors[(EXTERNAL_IDS,)] = error
        self.seen["identity, one record of several"] += len(records) > 1
        return Record(values, first.source, first.as_of, errors or None)

    def joined(self, source: str, key: str, first: Record) -> list[tuple[str, str, str | None, Record | None]]:
        """A system's records that belong to the deciding one's."""
        assert self.made is not None
        identity = self.made.identity
        linked = [value for (named, value), _, yes in self.links("key", key) if named == source and yes]
        if linked:
            found = [(value, self.asked(source, identity.keys[source], value)) for value in linked]
            return [(source, value, "LINK", record) for value, record in found if record]
        for place, rule in enumerate(identity.rules):
            record = self.ruled(source, rule, first)
            own = self.own(source, record) if record else None
            holding = identity.rules[: place + 1]
            if record and own and self.allowed((source, own), key) and not differ(holding, first, record):
                return [(source, own, rule.field, record)]
        return []

    def _survivor(
        self,
        name: str,
        records: list[tuple[str, Record]],
        failed: Mapping[str, SourceError],
        values: dict[str, Any],
        errors: dict[Any, SourceError],
    ) -> None:
        assert self.made is not None
        order = (self.made.identity.order or {}).get(name, ())
        ranked = [*order, *(source for source in self.made.identity.keys if source not in order)]
        for source in ranked:
            for held, record in records:
                unread = {path: error for path, error in (record.errors or {}).items() if path[0] == name}
                if held == source and (unread or record.values.get(name) is not None):
                    self.seen["identity, another system's value"] += source != records[0][0]
                    values[name] = record.values[name]
                    errors |= unread
                    return
        giving = [source for source in ranked if source in failed and name in self.made.planned.gives[source]]
        if giving:
            errors[(name,)] = failed[giving[0]]

    def _named(self, key: str, first: Record, known: list[Any], failed: Mapping[str, SourceError]) -> list[Any]:
        """Every system's key."""
        assert self.made is not None
        identity = self.made.identity
        further = [value for (source, value), _, yes in self.links("key", key) if source == identity.first and yes]
        for error in failed.values():
            raise error
        named = [(source, value, matched) for source, value, matched, _ in known]
        named += [(identity.first, value, "LINK") for value in further if value != key]
        for source, name in identity.keys.items():
            if not self.looks_up(source, name) and first.values.get(name) is not None:
                named.append((source, str(first.values[name]), name))
                named += [
                    (source, value, "LINK")
                    for value in further
                    if value != key and name == identity.keys[identity.first]
                ]
        order = [*identity.keys]
        others = sorted(named[1:], key=lambda each: (order.index(each[0]), each[1]))
        return [
            {"source": source, "role": self.roles[source], "value": value, "matchedOn": matched}
            for source, value, matched in (named[0], *others)
        ]

    # ------------------------------------------------------------ pages

    def page(self, source: str, entity: str, name: str, parent: Key | None, **asked: Any) -> Page:
        if self.made is None:
            return super().page(source, entity, name, parent, **asked)
        if source == self.made.name:
            return self._people(entity, name, **asked)
        if parent is not None and (entity, name) == ("Order", "customerNumber"):
            return self._below(source, entity, name, str(parent), **asked)
        return super().page(source, entity, name, parent, **asked)

    def _people(self, entity: str, name: str, **asked: Any) -> Page:
        """A page of the deciding system's, on which two records of one person are one."""
        assert self.made is not None
        page = super().page(self.made.identity.first, entity, name, None, **asked)
        shown: dict[Any, tuple[Record, str]] = {}
        name_of_key = self.made.identity.keys[self.made.identity.first]
        there = {str(record.values[name_of_key]): record for record in page.records}
        for place, (record, cursor) in enumerate(zip(page.records, page.cursors, strict=True)):
            number = record.values[name_of_key]
            try:
                found = None if number is None else self.decided(str(number), record, there)
            except SourceError:
                found = None
            whole = self.together(*found) if found else self.alone(record)
            shown.setdefault(found[0] if found else place, (whole, cursor))
        records, cursors = [record for record, _ in shown.values()], [cursor for _, cursor in shown.values()]
        return Page(records, cursors, page.has_next, page.total)

    def alone(self, record: Record) -> Record:
        """What one system says, and nobody else is asked."""
        assert self.made is not None
        first = self.made.identity.first
        number = self.made.identity.keys[first]
        own = {"source": first, "role": self.roles[first], "value": record.values[number], "matchedOn": None}
        unread = (record.errors or {}).get((number,))
        everything = {
            path for path in self.made.planned.capabilities[self.made.identity.entity].fields if "." not in path
        }
        values = dict.fromkeys(everything) | record.values | {EXTERNAL_IDS: None if unread else [own]}
        errors = {**(record.errors or {}), **({(EXTERNAL_IDS,): unread} if unread else {})}
        return Record(values, record.source, record.as_of, errors)

    def _below(self, source: str, entity: str, name: str, parent: str, **asked: Any) -> Page:
        """All that was ordered under any of a customer's numbers."""
        assert self.made is not None
        try:
            keys = self.keys_of(entity, name, parent)
        except SourceError as error:
            page = super().page(source, entity, name, parent, **asked)
            return Page(page.records, page.cursors, page.has_next, page.total, {error.source: error}, page.facets)
        context = json.dumps([entity, name, "further keys"])
        sealed = self.seal.opened(asked["after"], context) if self.seal and asked["after"] else None
        mark = json.loads(sealed)[1:] if sealed else None
        if len(keys) == 1:
            return super().page(source, entity, name, parent, **asked | ({"after": mark[2]} if mark else {}))
        self.seen["identity, a list under several keys"] += 1
        place = (0, int(asked["after"])) if asked["after"] and not mark else (0, 0)
        if mark:
            place = (keys.index(mark[1]) if mark[1] in keys else 0, int(mark[2]))
        every = [
            row for rank, key in enumerate(keys) for row in self._listed_of(source, name, rank, key, asked["filters"])
        ]
        rows = [row for row in every if row[0] > place]
        shown = rows[: asked["first"]]
        marks = [json.dumps([1, "", keys[rank], str(number)], separators=(",", ":")) for (rank, number), _ in shown]
        cursors = [self.seal.sealed(text, context) if self.seal else "" for text in marks]
        total = None if place[0] else len(every)  # keys that are done with are not asked again
        return Page([record for _, record in shown], cursors, len(rows) > len(shown), total)

    def keys_of(self, entity: str, name: str, parent: Key) -> list[Key]:
        """All numbers of a parent, its own first."""
        if self.made is None or (entity, name) != ("Order", "customerNumber"):
            return [parent]
        first = self.made.identity.first
        linked = {value for (held, value), _, yes in self.links("key", parent) if held == first and yes}
        return [parent, *sorted(linked - {str(parent)})]

    def _listed_of(
        self, source: str, name: str, rank: int, key: Key, filters: Any
    ) -> Iterator[tuple[tuple[int, int], Record]]:
        """With the rank of the key and the place below it."""
        after: str | None = None
        while True:
            page = Reader.page(self, source, "Order", name, key, first=WHOLE, after=after, filters=filters)
            for record, cursor in zip(page.records, page.cursors, strict=True):
                yield (rank, int(cursor)), record
            if not page.has_next:
                return
            after = page.cursors[-1]


def differ(rules: Sequence[Rule], one: Record, other: Record) -> bool:
    """Under one of these rules, whatever else they have in common."""
    pairs = [(rule.value(one.values), rule.value(other.values)) for rule in rules]
    return any(mine != its for mine, its in pairs if mine is not None and its is not None)
