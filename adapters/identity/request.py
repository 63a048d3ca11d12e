"""One request on its way through the systems: from what was asked to the things meant, and to what is known of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from adapters.identity.crosswalk import BY_KEY, BY_RECORD, ENTITY, FIELDS, Crosswalk, Pair
from adapters.identity.rules import Rule, contradicts
from adapters.identity.survivorship import EXTERNAL_IDS, LINK, MADE, Found, Gathered
from adapters.spi import Key, Lookup, LookupResult, Record, Search, SourceError

if TYPE_CHECKING:
    from adapters.identity.unified import Unified


K = TypeVar("K", bound=Key)
Matched = tuple[dict[K, Record], dict[K, SourceError]]
"""What was found and what failed, by what was asked."""


class Asking:
    """``records``: of the deciding source, by its key. ``failed``: why there is none for what was asked."""

    def __init__(self, unified: Unified, request: Lookup | Search) -> None:
        self.unifying = unified
        self.identity = unified.identity
        self.request = request
        self.records: dict[str, Record] = {}
        self.failed: dict[Key, SourceError] = {}
        self.crosswalk = Crosswalk(self._links if self.identity.links else None)

    # ------------------------------------------------------------ what is asked

    def fields(self, source: str) -> frozenset[str]:
        """What is wanted of a source, and what its records are known by."""
        known_by = {*self.identity.keys.values(), *(rule.field for rule in self.identity.rules)}
        return frozenset((self.request.fields | known_by) & self.unifying.gives[source])

    async def ask(self, source: str, by: str, keys: Iterable[Key]) -> LookupResult:
        """One source's records; an error of the whole request is that of each key."""
        return await self._asked(source, self.identity.entity, by, keys, self.fields(source))

    async def _links(self, by: str, keys: Sequence[Key]) -> LookupResult:
        return await self._asked(self.identity.links or "", ENTITY, by, keys, FIELDS)

    async def _asked(
        self, source: str, entity: str, by: str, keys: Iterable[Key], fields: frozenset[str]
    ) -> LookupResult:
        wanted = list(dict.fromkeys(keys))
        if not wanted:
            return LookupResult()
        request, tally = self.request, self.request.tally.part(source)
        asked = Lookup(entity, by, wanted, fields, {}, request.principal, request.deadline, tally)
        try:
            return await self.unifying.adapters[source].lookup(asked)
        except SourceError as error:
            return LookupResult({}, dict.fromkeys(wanted, error))

    # ------------------------------------------------------------ which things are meant

    async def resolve(self, by: str, keys: Sequence[Key]) -> dict[Key, str]:
        """The key of the thing that each asked key means; what means nothing is absent."""
        if by == self.unifying.key:
            return await self._by_key({key: str(key) for key in keys})
        if by == BY_RECORD:
            return await self._by_records([(str(key[0]), str(key[1])) for key in keys if isinstance(key, tuple)])
        return await self._by_field(by, keys)

    def failure(self, asked: Key, keys: Mapping[Key, str]) -> SourceError | None:
        return self.failed.get(asked) or self.failed.get(keys.get(asked, ""))

    async def taken(self, records: Sequence[Record]) -> dict[str, str]:
        """The things that these records of the deciding source mean, by the records' keys."""
        own = {str(key): record for record in records if (key := record.values[self.unifying.key]) is not None}
        self.records |= own
        meant = await self._by_key({key: key for key in own})
        return {key: meant[key] for key in own}

    async def _by_key(self, keys: Mapping[Key, str]) -> dict[Key, str]:
        """``keys``: those of the deciding source, by what was asked; some may be linked to another of its records."""
        own = [(self.identity.first, key) for key in keys.values()]
        links, _ = await asyncio.gather(self.crosswalk.read(BY_RECORD, own), self._load(keys.values()))
        meant = {asked: links.belongs.get((self.identity.first, key), key) for asked, key in keys.items()}
        await self._load(meant.values())
        # A link to what does not exist is none; one to what could not be asked for is, and fails with it.
        known = self.records.keys() | self.failed.keys()
        return {asked: key if key in known else keys[asked] for asked, key in meant.items()}

    async def _load(self, keys: Iterable[str]) -> None:
        result = await self.ask(
            self.identity.first, self.unifying.key, [key for key in keys if key not in self.records]
        )
        self.records |= {str(key): record for key, record in result.found.items()}
        self.failed |= result.failed

    async def _by_field(self, by: str, keys: Sequence[Key]) -> dict[Key, str]:
        """By the deciding source's own values; what it does not know is asked of the others in turn."""
        forms = {rule.field: rule.form for rule in self.identity.rules}
        form = forms.get(by)
        values: dict[Key, Key] = {key: (form(str(key)) or key) if form else key for key in keys}
        meant: dict[Key, str] = {}
        for source in self.unifying.asked:
            if by not in self.unifying.lookups(source) or not values:
                continue
            found, failed = _by_asked(values, await self.ask(source, by, values.values()))
            self.failed |= failed
            meant |= await self._meant(source, found)
            values = {asked: value for asked, value in values.items() if asked not in meant}
        return await self._by_key(meant)

    async def _by_records(self, pairs: Sequence[Pair]) -> dict[Key, str]:
        """``pairs``: a source, and its own key."""
        links = await self.crosswalk.read(BY_RECORD, pairs)
        meant: dict[Key, str] = {}
        for source, name in self.identity.keys.items():
            values: dict[Key, str] = {pair: pair[1] for pair in pairs if pair[0] == source}
            if source == self.identity.first:
                meant |= values
                continue
            linked = {
                pair: links.belongs[source, value] for pair, value in values.items() if (source, value) in links.belongs
            }
            meant |= linked
            rest = {pair: value for pair, value in values.items() if pair not in linked}
            asked_of = source if source in self.unifying.asked else self.identity.first
            found, failed = _by_asked(rest, await self.ask(asked_of, name, rest.values()))
            self.failed |= failed
            meant |= await self._meant(asked_of, found)
        return await self._by_key(meant)

    async def _meant(self, source: str, records: Mapping[Key, Record]) -> dict[Key, str]:
        """The deciding source's key for each record of any source: as linked, else by the strongest rule."""
        own, unknown = self._own(source, records)
        self.failed |= unknown
        if source == self.identity.first:
            self.records |= {key: records[asked] for asked, (_, key) in own.items()}
            return {asked: key for asked, (_, key) in own.items()}
        links = await self.crosswalk.read(BY_RECORD, own.values())
        meant = {asked: links.belongs[pair] for asked, pair in own.items() if pair in links.belongs}
        self.failed |= {asked: links.failed[pair] for asked, pair in own.items() if pair in links.failed}
        records = {asked: records[asked] for asked, pair in own.items() if pair not in links.failed}
        for place, rule in enumerate(self.identity.rules):
            rest = {asked: record for asked, record in records.items() if asked not in meant}
            first, failed = await self._matching(self.identity.first, rule, rest)
            self.failed |= failed
            firsts, unknown = self._own(self.identity.first, first)
            self.failed |= unknown
            for asked, (_, key) in firsts.items():
                if links.allows(own[asked], key) and not contradicts(
                    self.identity.rules[: place + 1], records[asked].values, first[asked].values
                ):
                    meant[asked] = key
                    self.records[key] = first[asked]
        return meant

    def _own(self, source: str, records: Mapping[K, Record]) -> tuple[dict[K, Pair], dict[K, SourceError]]:
        """The source's own keys of these records, and why one of them cannot be told."""
        name = self.identity.keys[source]
        unknown = {asked: error for asked, record in records.items() if (error := (record.errors or {}).get((name,)))}
        values = {asked: record.values[name] for asked, record in records.items()}
        return {asked: (source, str(value)) for asked, value in values.items() if value is not None}, unknown

    async def _matching(self, source: str, rule: Rule, records: Mapping[K, Record]) -> Matched[K]:
        """A source's record for each of these, under one rule."""
        if rule.field not in self.unifying.lookups(source):
            return {}, {}
        values = {asked: value for asked, record in records.items() if (value := rule.value(record.values)) is not None}
        return _by_asked(values, await self.ask(source, rule.field, values.values()))

    # ------------------------------------------------------------ what is known of them

    async def unified(self, keys: Iterable[str]) -> dict[str, Record]:
        """One record for each thing."""
        gathered = {key: Gathered(self.records[key]) for key in dict.fromkeys(keys) if key in self.records}
        needed = [source for source in self.unifying.others if any(self._wants(source, it) for it in gathered.values())]
        named = EXTERNAL_IDS in self.request.fields
        made = not MADE.isdisjoint(self.request.fields)
        if needed or made:
            await self.crosswalk.read(BY_KEY, gathered)
        if made:
            for key, each in gathered.items():
                each.further = self._further(key)
        await asyncio.gather(*(self._join(source, gathered) for source in needed))
        if named:
            self._name(gathered)
        survivorship = self.unifying.survivorship
        return {key: survivorship.unified(each, self.request.fields) for key, each in gathered.items()}

    def alone(self, record: Record) -> Record:
        """Of a record of which nobody can say whose it is."""
        return self.unifying.survivorship.unified(Gathered(record), self.request.fields)

    def _further(self, key: str) -> Sequence[str] | SourceError:
        """The keys of the deciding source's other records of the thing."""
        links = self.crosswalk.links
        linked = links.of(key).get(self.identity.first, ())
        return links.failed.get(key) or sorted(value for value in linked if value != key)

    def _wants(self, source: str, gathered: Gathered) -> bool:
        """Whether a source can change the record: it is believed before the deciding one, or that has no value."""
        if EXTERNAL_IDS in self.request.fields:
            return True
        wanted = self.request.fields & self.unifying.gives[source]
        return any(self._is_open(name, source, gathered.first) for name in wanted)

    def _is_open(self, name: str, source: str, first: Record) -> bool:
        ranked = self.unifying.survivorship.ranked(name)
        before = first.source not in ranked or ranked.index(source) < ranked.index(first.source)
        return before or first.values.get(name) is None

    async def _join(self, source: str, gathered: Mapping[str, Gathered]) -> None:
        """Adds a source's records: those that are linked, else those that the strongest rule finds."""
        links = self.crosswalk.links
        rest = {key: each for key, each in gathered.items() if self._wants(source, each)}
        for key in [key for key in rest if key in links.failed]:  # better nobody's data than another's
            rest.pop(key).failed[source] = links.failed[key]
        linked = {key: links.of(key).get(source, []) for key in rest}
        result = await self.ask(source, self.identity.keys[source], chain.from_iterable(linked.values()))
        for key, values in linked.items():
            for value in values:
                if value in result.found:
                    rest[key].others.append(Found(source, value, LINK, result.found[value]))
                elif value in result.failed:
                    rest[key].failed[source] = result.failed[value]
        rest = {key: each for key, each in rest.items() if not linked[key]}
        for place, rule in enumerate(self.identity.rules):
            await self._find(source, rule, self.identity.rules[: place + 1], rest)
            rest = {key: each for key, each in rest.items() if not each.records(source) and source not in each.failed}

    async def _find(self, source: str, rule: Rule, holding: Sequence[Rule], rest: Mapping[str, Gathered]) -> None:
        """Adds the records that one rule finds and that no link and none of the rules ``holding`` speaks against."""
        found, failed = await self._matching(source, rule, {key: each.first for key, each in rest.items()})
        for key, error in failed.items():
            rest[key].failed[source] = error
        own, unknown = self._own(source, found)
        for key, error in unknown.items():
            rest[key].failed[source] = error
        links = await self.crosswalk.read(BY_RECORD, own.values())
        for key, pair in own.items():
            if pair in links.failed:
                rest[key].failed[source] = links.failed[pair]
            elif links.allows(pair, key) and not contradicts(holding, rest[key].first.values, found[key].values):
                rest[key].others.append(Found(source, pair[1], rule.field, found[key]))

    def _name(self, gathered: Mapping[str, Gathered]) -> None:
        """Adds the keys of systems that have no record of their own to ask for."""
        links, first = self.crosswalk.links, self.identity.first
        for key, each in gathered.items():
            further = () if isinstance(each.further, SourceError) else each.further
            each.others += [Found(first, value, LINK) for value in further]
            for source, name in self.identity.keys.items():
                value = each.first.values.get(name)
                if source not in self.unifying.asked and value is not None:
                    each.others.append(Found(source, str(value), name))
                    each.others += [Found(source, other, LINK) for other in further if name == self.unifying.key]
            if key in links.failed and self.identity.links:
                each.failed[self.identity.links] = links.failed[key]


def _by_asked(values: Mapping[K, Any], result: LookupResult) -> Matched[K]:
    """``values``: what was asked of the source for each."""
    found = {asked: result.found[value] for asked, value in values.items() if value in result.found}
    return found, {asked: result.failed[value] for asked, value in values.items() if value in result.failed}
