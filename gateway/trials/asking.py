"""What a trial asks of a source, and what an example keeps of it: a lookup of keys, or one page of a search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from adapters.registration import Example
from adapters.spi import Adapter, Key, Lookup, LookupResult, Page, Record, Search
from gateway.trials.personal import Pseudonyms
from gateway.trials.reply_files import as_json


class Answer(Protocol):
    @property
    def whole(self) -> bool:
        """Whether all that was asked for is there."""

    def records(self) -> Iterator[Record]: ...

    def lines(self) -> Iterator[str]:
        """As a person reads it."""

    def become(self) -> list[Any]:
        """What an example expects: see ``Example.expect``."""


class Asked(Protocol):
    """``name``: of the lookup or search. ``kind``: which of them it is."""

    @property
    def kind(self) -> str: ...
    @property
    def entity(self) -> str: ...
    @property
    def name(self) -> str: ...

    def offered(self, adapter: Adapter) -> set[str]:
        """``Entity.name`` of all that the source could be asked so."""

    async def of(self, adapter: Adapter) -> Answer:
        """Every field that the source gives. Raises a ``SourceError``."""

    def renamed(self, pseudonyms: Pseudonyms) -> Asked:
        """The same of other people."""

    def words(self) -> dict[str, Any]:
        """As it stands in ``examples:``."""


def everything(adapter: Adapter, entity: str) -> frozenset[str]:
    """Every top-level field that the source gives."""
    return frozenset(path.split(".")[0] for path in adapter.capabilities[entity].fields)


# ------------------------------------------------------------ lookups


@dataclass(frozen=True, slots=True)
class Found:
    """What the keys gave."""

    keys: Sequence[Key]
    result: LookupResult

    @property
    def whole(self) -> bool:
        return set(self.keys) <= self.result.found.keys()

    def records(self) -> Iterator[Record]:
        for found in self.result.found.values():
            yield from [found] if isinstance(found, Record) else found

    def lines(self) -> Iterator[str]:
        known = {**self.result.found, **self.result.failed}
        for key in self.keys:
            yield f"{key!r}: {as_json(self._plain(key)) if key in known else 'not found'}"
            if key in self.result.failed:
                yield f"  {self.result.failed[key].detail}"

    def become(self) -> list[Any]:
        return [self._plain(key) for key in self.keys]

    def _plain(self, key: Key) -> Any:
        """A record's values, a list of them, ``None`` for a key that does not exist, or what it failed with."""
        if key in self.result.failed:
            return {"error": self.result.failed[key].code}
        found = self.result.found.get(key)
        if isinstance(found, Record):
            return found.values
        return None if found is None else [record.values for record in found]


@dataclass(frozen=True, slots=True)
class AskedLookup:
    entity: str
    name: str
    keys: Sequence[Key]
    kind = "lookup"

    def offered(self, adapter: Adapter) -> set[str]:
        return {f"{entity}.{by}" for entity, able in adapter.capabilities.items() for by in able.lookups}

    async def of(self, adapter: Adapter) -> Found:
        request = Lookup(self.entity, self.name, list(self.keys), everything(adapter, self.entity))
        return Found(self.keys, await adapter.lookup(request))

    def renamed(self, pseudonyms: Pseudonyms) -> AskedLookup:
        return replace(self, keys=[renamed_key(key, pseudonyms) for key in self.keys])

    def words(self) -> dict[str, Any]:
        return {"lookup": {f"{self.entity}.{self.name}": [written_key(key) for key in self.keys]}}


# ------------------------------------------------------------ searches


@dataclass(frozen=True, slots=True)
class Shown:
    """One page."""

    page: Page

    @property
    def whole(self) -> bool:
        return bool(self.page.records)

    def records(self) -> Iterator[Record]:
        yield from self.page.records

    def lines(self) -> Iterator[str]:
        yield from (as_json(record.values) for record in self.page.records)
        total = "" if self.page.total is None else f" of {self.page.total}"
        more = ", and there are more" if self.page.has_next else ""
        yield f"{len(self.page.records)}{total} records{more}"

    def become(self) -> list[Any]:
        return [record.values for record in self.page.records]


@dataclass(frozen=True, slots=True)
class AskedSearch:
    """``below``: the key of the record whose page it is."""

    entity: str
    name: str
    filters: Mapping[str, Any]
    first: int
    below: Key | None = None
    kind = "search"

    def offered(self, adapter: Adapter) -> set[str]:
        return {f"{entity}.{name}" for entity, able in adapter.capabilities.items() for name in able.searches}

    async def of(self, adapter: Adapter) -> Shown:
        able = adapter.capabilities[self.entity].searches[self.name]
        request = Search(
            self.entity,
            self.name,
            min(self.first, able.limit),
            everything(adapter, self.entity),
            filters=self.filters,
            parents=None if self.below is None else [self.below],
            want_total=able.total,
        )
        result = await adapter.search(request)
        if self.below in result.failed:
            raise result.failed[self.below]
        return Shown(result.pages[self.below])

    def renamed(self, pseudonyms: Pseudonyms) -> AskedSearch:
        below = None if self.below is None else renamed_key(self.below, pseudonyms)
        return replace(self, filters=renamed(self.filters, pseudonyms), below=below)

    def words(self) -> dict[str, Any]:
        below = {} if self.below is None else {"below": written_key(self.below)}
        return {"search": {f"{self.entity}.{self.name}": dict(self.filters)}, "first": self.first, **below}


def of_example(example: Example) -> Asked:
    if example.lookup is not None:
        [(name, keys)] = example.lookup.items()
        entity, _, by = name.partition(".")
        return AskedLookup(entity, by, [read_key(key) for key in keys])
    [(name, filters)] = (example.search or {}).items()
    entity, _, search = name.partition(".")
    below = None if example.below is None else read_key(example.below)
    return AskedSearch(entity, search, filters, example.first, below)


def read_key(key: Any) -> Key:
    return tuple(key) if isinstance(key, list) else key


def written_key(key: Key) -> Any:
    return list(key) if isinstance(key, tuple) else key


def renamed_key(key: Key, pseudonyms: Pseudonyms) -> Key:
    return read_key(renamed(written_key(key), pseudonyms))


def renamed(value: Any, pseudonyms: Pseudonyms) -> Any:
    """Every text in it."""
    if isinstance(value, str):
        return pseudonyms.replaced(value)
    if isinstance(value, Mapping):
        return {name: renamed(item, pseudonyms) for name, item in value.items()}
    return [renamed(item, pseudonyms) for item in value] if isinstance(value, list) else value
