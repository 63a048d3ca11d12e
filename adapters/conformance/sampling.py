"""Keys and parents to examine a source with, found in what it gives itself and in what others know."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.conformance.asking import SECONDS
from adapters.conformance.samples import LookupSample, SearchSample, Trial
from adapters.matching import keys_of
from adapters.spi import Adapter, Key, Lookup, Page, Record, Search, SourceError

MOST_KEYS = 8
"""Known keys of one sample, and records that a search is asked for."""

MOST_TRIED = 24
"""Keys that may be known, or parents that may have records, which are asked one by one."""

MOST_RECORDS = 24
"""Where a search that is examined ends, though it may go on."""

MOST_ROWS = 500
"""Of the known keys of a ``many`` lookup, where two of them do not have more."""

Leads = Mapping[str, Sequence[tuple[str, str]]]
"""``Price.sku`` (a lookup, or a search below parents) -> whose values are its keys: ``[("Variant", "sku")]``."""


@dataclass
class Samples:
    """``missing``: the lookups and searches that nothing could be found for, and why."""

    lookups: list[LookupSample] = field(default_factory=list)
    searches: list[SearchSample] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)


class Sampler:
    """Asks ``adapters``, the examined one first, until nothing new comes.

    ``given``: keys of a lookup, or parents of a search, that a person knows. ``filters``: those of a search.
    ``trials``: values to try its filters with. All by ``Entity.name``.
    """

    def __init__(
        self,
        adapters: Sequence[Adapter],
        leads: Leads,
        given: Mapping[str, Sequence[Key]],
        filters: Mapping[str, Mapping[str, Any]],
        trials: Mapping[str, Sequence[Trial]] | None = None,
    ) -> None:
        self._adapters = adapters
        self._leads = leads
        self._given = given
        self._filters = filters
        self._trials = trials or {}
        self._records: dict[str, dict[str, list[Record]]] = {}  # source -> entity -> records
        self._why: dict[str, str] = {}

    async def samples(self) -> Samples:
        """Of the first adapter. Others are only asked where it cannot tell its keys itself."""
        examined = self._adapters[0]
        samples = await self._of(examined, [examined])
        if samples.missing and len(self._adapters) > 1:
            samples = await self._of(examined, self._adapters)
        return samples

    async def _of(self, examined: Adapter, asked: Sequence[Adapter]) -> Samples:
        await self._explore(asked)
        samples = Samples()
        for entity, capability in examined.capabilities.items():
            for by in capability.lookups:
                await self._lookup(examined, entity, by, samples)
            for name in capability.searches:
                await self._search(examined, entity, name, samples)
        return samples

    async def _explore(self, asked: Sequence[Adapter]) -> None:
        """Round by round: what one record tells is asked in the next."""
        done: set[tuple[str, str, str]] = set()
        before = -1
        while before < len(done):
            before = len(done)
            for adapter in asked:
                for entity, capability in adapter.capabilities.items():
                    for name in capability.searches:
                        if (adapter.source, entity, name) not in done and await self._page(adapter, entity, name):
                            done.add((adapter.source, entity, name))
                    for by in capability.lookups:
                        keys = self._candidates(entity, by)[:MOST_KEYS]
                        if keys and (adapter.source, entity, by) not in done:
                            done.add((adapter.source, entity, by))
                            await self._rows(adapter, entity, by, keys)

    async def _page(self, adapter: Adapter, entity: str, name: str) -> bool:
        """Whether the search gave records; without parents, or below those that may have some."""
        pages = await self._pages(adapter, entity, name, None)
        if not pages:
            pages = await self._pages(adapter, entity, name, self._candidates(entity, name)[:MOST_KEYS])
        found = [record for page in pages.values() for record in page.records]
        self._keep(adapter, entity, found)
        return bool(found)

    async def _pages(
        self, adapter: Adapter, entity: str, name: str, parents: Sequence[Key] | None
    ) -> Mapping[Key | None, Page]:
        capability = adapter.capabilities[entity].searches[name]
        if parents is not None and not (parents and capability.parents):
            return {}
        request = Search(
            entity,
            name,
            min(MOST_KEYS, capability.limit),
            top_level(adapter, entity),
            filters=self._filters.get(f"{entity}.{name}", {}),
            parents=None if parents is None else parents[: capability.batch],
            deadline=time.monotonic() + SECONDS,
        )
        try:
            return (await adapter.search(request)).pages
        except SourceError as error:
            self._why[f"{adapter.source} {entity}.{name}"] = error.detail or error.message
            return {}

    async def _rows(self, adapter: Adapter, entity: str, by: str, keys: Sequence[Key]) -> dict[Key, list[Record]]:
        """The records of each key that has some. What fails is for the examination to find."""
        capability = adapter.capabilities[entity].lookups[by]
        request = Lookup(
            entity,
            by,
            keys[: capability.batch],
            top_level(adapter, entity),
            deadline=time.monotonic() + SECONDS,
        )
        try:
            found = (await adapter.lookup(request)).found
        except SourceError as error:
            self._why[f"{adapter.source} {entity}.{by}"] = error.detail or error.message
            return {}
        rows = {key: list(rows) if capability.many else [rows] for key, rows in found.items()}
        self._keep(adapter, entity, [record for several in rows.values() for record in several])
        return rows

    def _keep(self, adapter: Adapter, entity: str, records: Iterable[Record]) -> None:
        kept = self._records.setdefault(adapter.source, {}).setdefault(entity, [])
        kept += [record for record in records if isinstance(record, Record)][: 4 * MOST_TRIED - len(kept)]

    def _candidates(self, entity: str, name: str) -> list[Key]:
        """What may be a key, by all that any source told so far."""
        given = list(self._given.get(f"{entity}.{name}", ()))
        leads = [(entity, name), *self._leads.get(f"{entity}.{name}", ())]
        found = (values(entities.get(of, ()), via) for of, via in leads for entities in self._records.values())
        return list(dict.fromkeys([*given, *(key for keys in found for key in keys)]))

    async def _lookup(self, adapter: Adapter, entity: str, by: str, samples: Samples) -> None:
        coordinate = f"{entity}.{by}"
        own = values(self._records.get(adapter.source, {}).get(entity, ()), by)
        known = list(dict.fromkeys([*self._given.get(coordinate, ()), *own]))[:MOST_KEYS]
        empty: Key | None = None
        many = adapter.capabilities[entity].lookups[by].many
        for key in self._candidates(entity, by)[:MOST_TRIED] if len(known) < MOST_KEYS else ():
            if key not in known:
                rows = (await self._rows(adapter, entity, by, [key])).get(key)
                known += [key] if rows and len(known) < MOST_KEYS else []
                empty = key if many and rows == [] else empty
        if known and many:
            known = await self._narrowed(adapter, entity, by, known)
        if known:
            unknown = await self._unknown(adapter, entity, by, known)
            samples.lookups.append(LookupSample(entity, by, known, unknown, empty))
        else:
            samples.missing[coordinate] = self._reason(adapter, coordinate, "key")

    async def _narrowed(self, adapter: Adapter, entity: str, by: str, known: Sequence[Key]) -> list[Key]:
        """As many as are quick to read again and again: the whole stock of a warehouse is not."""
        rows = {key: len((await self._rows(adapter, entity, by, [key])).get(key, ())) for key in known}
        kept: list[Key] = []
        for key in sorted(known, key=rows.__getitem__):
            if len(kept) < 2 or sum(rows[each] for each in (*kept, key)) <= MOST_ROWS:
                kept.append(key)
        return kept

    async def _search(self, adapter: Adapter, entity: str, name: str, samples: Samples) -> None:
        coordinate = f"{entity}.{name}"
        filters = self._filters.get(coordinate, {})
        declared = adapter.capabilities[entity].searches[name].filters
        trials = [trial for trial in self._trials.get(coordinate, ()) if trial.filter in declared]
        pages = await self._pages(adapter, entity, name, None)
        if any(page.records for page in pages.values()):
            samples.searches.append(SearchSample(entity, name, filters, most=MOST_RECORDS, trials=trials))
        parents: list[Key] = []
        for key in self._candidates(entity, name)[:MOST_TRIED]:
            below = (await self._pages(adapter, entity, name, [key])).get(key)
            parents += [key] if below and below.records and len(parents) < 3 else []
        if parents:
            unknown = stranger(parents, "9")
            sample = SearchSample(entity, name, filters, parents, unknown, most=MOST_RECORDS, trials=trials)
            samples.searches.append(sample)
        if not parents and not any(page.records for page in pages.values()):
            samples.missing[coordinate] = self._reason(adapter, coordinate, "filter or parent")

    async def _unknown(self, adapter: Adapter, entity: str, by: str, known: Sequence[Key]) -> Key:
        """A key of the same shape without records, or a longer one; where all that are tried have some, the last."""
        for digits in ("9", "8", "7", "99", "88", "9999"):
            key = stranger(known, digits)
            if not (await self._rows(adapter, entity, by, [key])).get(key):
                break
        return key

    def _reason(self, adapter: Adapter, coordinate: str, wanted: str) -> str:
        why = self._why.get(f"{adapter.source} {coordinate}")
        return f"no {wanted} is known with which it gives a record" + (f" ({why})" if why else "")


def top_level(adapter: Adapter, entity: str) -> frozenset[str]:
    return frozenset(path.split(".")[0] for path in adapter.capabilities[entity].fields)


def values(records: Iterable[Record], names: str) -> Iterator[Key]:
    """What records hold under ``names``, where that is a key."""
    for record in records:
        for key in keys_of(record, names.split()):
            parts = key if isinstance(key, tuple) else (key,)
            if all(isinstance(part, str | int) and not isinstance(part, bool) and part != "" for part in parts):
                yield key


def stranger(known: Sequence[Key], digits: str) -> Key:
    """A key like the first known one: ``digits`` in the place of each of its digits, or else other letters."""

    def changed(part: str | int) -> str | int:
        if isinstance(part, int):
            return int(re.sub(r"\d", digits, str(part)))
        letter = {"9": "z", "8": "y", "7": "x"}[digits[0]] * len(digits)
        if re.search(r"\d", part):
            return re.sub(r"\d", digits, part)
        return re.sub("[a-z]", letter, re.sub("[A-Z]", letter.upper(), part))

    first = known[0]
    return tuple(map(changed, first)) if isinstance(first, tuple) else changed(first)
