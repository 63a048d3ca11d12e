"""Which keys of an entity each system has: read from the systems themselves, with searches and lookups only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.batching import split
from adapters.spi import Adapter, EntityCapability, Key, Lookup, Page, Record, Search, SourceError

SAMPLES = 5
CHUNK = 10
"""Keys of one request for all that is below them, which may be much."""

DEPTH = 2
"""How far keys are followed to find those of the entity: products to their variants, places to what is held there."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A lookup that tells whether a source has something for a key."""

    source: str
    entity: str
    by: str

    def __str__(self) -> str:
        return f"{self.source} {self.entity}"


@dataclass(slots=True)
class Group:
    """The keys that the same holders have; ``has`` is in their order, an error's code where a holder did not answer."""

    has: tuple[bool | str, ...]
    count: int = 0
    samples: list[Key] = field(default_factory=list)


@dataclass(slots=True)
class Alignment:
    """``listed``: where the keys were found; ``unlisted``: where not, and why. ``whole``: whether these are
    all. ``groups``: the largest first.
    """

    holders: Sequence[Holder]
    listed: list[str]
    unlisted: dict[str, str]
    keys: int
    whole: bool
    groups: list[Group]


class Aligning:
    """``sources``: as they are to be called, in batches and within their limits. ``leads``: see ``gateway.leads``.

    ``most``: of keys.
    """

    def __init__(
        self, sources: Mapping[str, Adapter], leads: Mapping[str, Sequence[tuple[str, str]]], most: int
    ) -> None:
        self._sources = sources
        self._leads = leads
        self._most = most
        self._listed: dict[str, None] = {}
        self._unlisted: dict[str, str] = {}
        self._whole = True

    def holders(self, entity: str, by: str) -> list[Holder]:
        """Who can say something of a key: lookups of the entity, and of what belongs to its records."""
        found: list[Holder] = []
        for name, source in self._sources.items():
            for type_name, capability in source.capabilities.items():
                for lookup in capability.lookups:
                    below = (entity, by) in self._leads.get(f"{type_name}.{lookup}", ())
                    if below or (type_name, lookup) == (entity, by):
                        found.append(Holder(name, type_name, lookup))
        return sorted(found, key=lambda holder: holder.entity != entity)

    async def align(self, entity: str, by: str) -> Alignment:
        holders = self.holders(entity, by)
        keys = await self._keys(entity, by, DEPTH)
        for holder in holders:  # what belongs to the records may be listed where they are not
            if holder.entity != entity:
                keys = list(dict.fromkeys([*keys, *await self._keys(holder.entity, holder.by, DEPTH)]))
        if len(keys) > self._most:
            self._whole = False
        keys = keys[: self._most]
        has = await asyncio.gather(*(self._has(holder, keys) for holder in holders))
        groups: dict[tuple[bool | str, ...], Group] = {}
        for key in keys:
            pattern = tuple(each.get(key, False) for each in has)
            group = groups.setdefault(pattern, Group(pattern))
            group.count += 1
            group.samples += [key] if len(group.samples) < SAMPLES else []
        ranked = sorted(groups.values(), key=lambda group: -group.count)
        return Alignment(holders, list(self._listed), self._unlisted, len(keys), self._whole, ranked)

    async def _has(self, holder: Holder, keys: Sequence[Key]) -> dict[Key, bool | str]:
        request = Lookup(holder.entity, holder.by, keys, frozenset(holder.by.split()))
        try:
            result = await self._sources[holder.source].lookup(request)
        except SourceError as error:
            return dict.fromkeys(keys, error.code)
        failed: dict[Key, bool | str] = {key: error.code for key, error in result.failed.items()}
        return failed | {key: bool(found) for key, found in result.found.items()}

    # ------------------------------------------------------------ where keys come from

    async def _keys(self, entity: str, name: str, depth: int) -> list[Key]:
        """The keys under ``name`` of all records that can be listed."""
        found: dict[Key, None] = {}
        for source in self._sources.values():
            capability = source.capabilities.get(entity)
            if capability is not None and set(name.split()) <= capability.fields:
                async for record in self._records(source, entity, capability, name, depth):
                    found |= dict.fromkeys(_key(record, name))
        return list(found)[: self._most + 1]

    async def _records(
        self, source: Adapter, entity: str, capability: EntityCapability, name: str, depth: int
    ) -> AsyncIterator[Record]:
        """All that a source has of an entity: by a search of everything, else below the records of another entity."""
        searches = {search: offered.limit for search, offered in capability.searches.items()}
        for search in (rooted := [each for each in searches if f"{entity}.{each}" not in self._leads]):
            request = Search(entity, search, searches[search], frozenset(name.split()))
            async for page in self._pages(source, request):
                for record in page.records:
                    yield record
        if rooted or not depth:
            return
        for by, lookup in capability.lookups.items():
            if lookup.many and by != name and (keys := await self._above(entity, by, depth)):
                async for record in self._below(source, entity, by, keys, name):
                    yield record

    async def _below(
        self, source: Adapter, entity: str, by: str, keys: Sequence[Key], name: str
    ) -> AsyncIterator[Record]:
        """All records of these keys, until there are more than enough."""
        seen: set[Key] = set()
        for chunk in split(keys, CHUNK):
            if len(seen) > self._most:
                self._whole = False
                return
            try:
                result = await source.lookup(Lookup(entity, by, chunk, frozenset((*name.split(), *by.split()))))
            except SourceError as error:
                self._note(source, entity, by, error)
                return
            self._note(source, entity, by, next(iter(result.failed.values()), None))
            for records in result.found.values():
                for record in records:
                    seen.update(_key(record, name))
                    yield record

    async def _above(self, entity: str, name: str, depth: int) -> list[Key]:
        """The keys by which records are asked for below others."""
        keys: dict[Key, None] = {}
        for holder, via in self._leads.get(f"{entity}.{name}", ()):
            if holder != entity:
                keys |= dict.fromkeys(await self._keys(holder, via, depth - 1))
        return list(keys)

    async def _pages(self, source: Adapter, request: Search) -> AsyncIterator[Page]:
        """All pages of a list, until there are more than enough."""
        seen = 0
        while True:
            try:
                page = (await source.search(request)).pages[None]
            except SourceError as error:
                self._note(source, request.entity, request.name, error)
                return
            self._note(source, request.entity, request.name, None)
            yield page
            seen += len(page.records)
            if not page.has_next or not page.cursors:
                return
            if seen > self._most:
                self._whole = False
                return
            request = replace(request, after=page.cursors[-1])

    def _note(self, source: Adapter, entity: str, name: str, error: SourceError | None) -> None:
        place = f"{source.source} {entity} {name}"
        if error is None:
            self._listed[place] = None
        else:
            self._whole = False
            self._unlisted[place] = error.code


def _key(record: Record, name: str) -> list[Key]:
    parts: list[Any] = [record.values.get(part) for part in name.split()]
    if len(parts) == 1:
        values = parts[0] if isinstance(parts[0], list) else parts
        return [each for each in values if isinstance(each, str | int)]
    return [tuple(parts)] if all(isinstance(part, str | int) for part in parts) else []
