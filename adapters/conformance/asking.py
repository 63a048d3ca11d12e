"""Asking an adapter in an examination: whatever it does that the contract does not allow is a ``Breach``."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from adapters.composite import Composite
from adapters.conformance.samples import LookupSample, SearchSample
from adapters.spi import (
    Adapter,
    Key,
    Lookup,
    LookupResult,
    Page,
    Record,
    Search,
    SearchResult,
    Sort,
    SourceError,
    Start,
)

T = TypeVar("T")

SECONDS = 10.0
"""How long one request of an examination may take."""


class Breach(Exception):
    """What was seen where the contract wants something else."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One adapter under examination."""

    adapter: Adapter

    def fields(self, sample: LookupSample | SearchSample) -> frozenset[str]:
        """The top-level fields to ask for."""
        declared = self.adapter.capabilities[sample.entity].fields
        return sample.fields or frozenset(path.split(".")[0] for path in declared)

    def declares(self, sample: LookupSample | SearchSample) -> bool:
        entity = self.adapter.capabilities.get(sample.entity)
        if entity is None:
            return False
        return sample.by in entity.lookups if isinstance(sample, LookupSample) else sample.name in entity.searches

    def batch(self, sample: LookupSample) -> int:
        return self.adapter.capabilities[sample.entity].lookups[sample.by].batch

    def many(self, sample: LookupSample) -> bool:
        return self.adapter.capabilities[sample.entity].lookups[sample.by].many

    async def lookup(
        self, sample: LookupSample, keys: Sequence[Key], fields: frozenset[str] | None = None
    ) -> LookupResult:
        """The answer for the keys, asked in batches of the declared size."""
        found: dict[Key, Any] = {}
        failed: dict[Key, SourceError] = {}
        for start in range(0, len(keys), self.batch(sample)):
            request = self.request(sample, keys[start : start + self.batch(sample)], fields)
            result = await answered(self.adapter.lookup(request))
            self._keyed(request.keys, result.found, result.failed)
            found |= result.found
            failed |= result.failed
        return LookupResult(found, failed)

    def request(self, sample: LookupSample, keys: Sequence[Key], fields: frozenset[str] | None = None) -> Lookup:
        wanted = self.fields(sample) if fields is None else fields
        deadline = time.monotonic() + SECONDS
        return Lookup(sample.entity, sample.by, list(keys), wanted, sample.arguments, deadline=deadline)

    async def records(
        self, sample: LookupSample, keys: Sequence[Key], fields: frozenset[str] | None = None
    ) -> dict[Key, list[Record]]:
        """The records of each key that is found; nothing may fail."""
        result = await self.lookup(sample, keys, fields)
        for key, error in result.failed.items():
            raise Breach(f"{key!r} failed: {error}")
        return {key: self.rows(sample, found) for key, found in result.found.items()}

    def rows(self, sample: LookupSample, found: Any) -> list[Record]:
        """A lookup's one record, or the sequence of a ``many`` lookup."""
        rows = found if self.many(sample) else [found]
        if not isinstance(rows, Sequence) or not all(isinstance(row, Record) for row in rows):
            wanted = "a sequence of records" if self.many(sample) else "a record"
            raise Breach(f"found {type(found).__name__} instead of {wanted}")
        return list(rows)

    async def search(
        self,
        sample: SearchSample,
        parents: Sequence[Key] | None = None,
        *,
        first: int | None = None,
        after: str | None = None,
        want_total: bool = False,
        want_facets: bool = False,
        start: Start | None = None,
        sort: Sort | None = None,
        backwards: bool = False,
    ) -> SearchResult:
        """The pages; nothing may fail."""
        request = Search(
            sample.entity,
            sample.name,
            first or sample.page,
            self.fields(sample),
            after,
            sample.filters,
            parents,
            want_total,
            deadline=time.monotonic() + SECONDS,
            start=start,
            sort=sort,
            backwards=backwards,
            want_facets=want_facets,
        )
        result = await answered(self.adapter.search(request))
        self._keyed([None] if parents is None else parents, result.pages, result.failed)
        for error in result.failed.values():
            raise Breach(f"failed: {error}")
        for page in result.pages.values():
            sound(page, request.first)
        return result

    async def page(
        self,
        sample: SearchSample,
        parent: Key | None,
        **asked: Any,
    ) -> Page:
        """The one page of a search, below ``parent`` if it is not ``None``; ``asked`` as in ``search``."""
        result = await self.search(sample, None if parent is None else [parent], **asked)
        if parent not in result.pages:
            raise Breach(f"no page for {parent!r}")
        return result.pages[parent]

    def _keyed(self, asked: Sequence[Any], found: Mapping[Any, Any], failed: Mapping[Any, SourceError]) -> None:
        """Answers are under the keys that were asked, and under one of ``found`` and ``failed`` only."""
        strangers = (found.keys() | failed.keys()) - set(asked)
        if strangers:
            raise Breach(f"answered {len(strangers)} keys that nobody asked for, such as {next(iter(strangers))!r}")
        if found.keys() & failed.keys():
            raise Breach("a key is found and failed")
        for error in failed.values():
            safe(error)


async def answered(answer: Awaitable[T]) -> T:
    """The answer; an error is a breach."""
    try:
        return await answer
    except SourceError as error:
        safe(error)
        raise Breach(f"refused: {error}") from error
    except Exception as error:
        raise Breach(f"raised {type(error).__name__}, which is no SourceError: {error}") from error


async def refused(answer: Awaitable[Any], kind: type[SourceError]) -> SourceError:
    """The error; an answer, or another error than ``kind``, is a breach."""
    try:
        await answer
    except kind as error:
        safe(error)
        return error
    except Exception as error:
        raise Breach(f"raised {type(error).__name__} instead of {kind.__name__}: {error}") from error
    raise Breach(f"answered instead of raising {kind.__name__}")


def safe(error: SourceError) -> None:
    """Clients read ``message``: it is one short sentence without the text that is meant for the log."""
    if not isinstance(error, SourceError):
        raise Breach(f"failed with {type(error).__name__}, which is no SourceError")
    inner = error.detail and error.detail in error.message
    if inner or not 0 < len(error.message) <= 200 or "\n" in error.message:
        raise Breach(f"{type(error).__name__}.message shows clients more than a safe sentence: {error.message!r}")


def sound(page: Page, first: int) -> None:
    """A page as it has to be, whatever is on it."""
    if len(page.records) > first:
        raise Breach(f"{len(page.records)} records on a page of {first}")
    if len(page.cursors) != len(page.records) or len(set(page.cursors)) != len(page.cursors):
        raise Breach(f"{len(set(page.cursors))} different cursors for {len(page.records)} records")
    if page.has_next and not page.records:
        raise Breach("an empty page that says there are more")


def complete(record: Record, fields: frozenset[str], adapter: Adapter) -> None:
    """A record holds every asked field, in JSON's types, and says where it is from and since when it is true."""
    if missing := sorted(fields - record.values.keys()):
        raise Breach(f"values without the asked {', '.join(missing)}")
    if strange := next(foreign(record.values), None):
        raise Breach(f"{strange[0]} is a {strange[1]}, which JSON does not carry")
    sources = [each.source for each in adapter.sources] if isinstance(adapter, Composite) else [adapter.source]
    if record.source not in sources:
        raise Breach(f"a record of {adapter.source} says it is from {record.source!r}")
    if not is_instant(record.as_of):
        raise Breach("as_of is no RFC 3339 text with an offset")
    for error in (record.errors or {}).values():
        safe(error)


def is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except (TypeError, ValueError):
        return False


def foreign(value: Any, path: str = "values") -> Iterator[tuple[str, str]]:
    """Where in a value there is something that JSON does not carry, and its type."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from foreign(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from foreign(inner, f"{path}[{index}]")
    elif value is not None and type(value) not in (str, bool, int, float):
        yield path, type(value).__name__


def content(record: Record, fields: frozenset[str]) -> str:
    """A record as one comparable text: the asked values and the places of its errors."""
    errors = sorted(str(path) for path in record.errors or {} if path and path[0] in fields)
    return json.dumps([{name: record.values.get(name) for name in fields}, errors], sort_keys=True, default=repr)
