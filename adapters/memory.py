"""The reference adapter: the whole contract over plain dicts, complete, slow and clear.

It shows what an adapter has to do, and stands in for any system in tests: everything it answers comes from the records
it was given, and it fails only where it is told to.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters import facets
from adapters.facets import Counted
from adapters.matching import match
from adapters.ordering import Given, Keyset, Ordering, Values, page_of
from adapters.outline import Outline
from adapters.spi import (
    Adapter,
    BadData,
    Capabilities,
    EntityCapability,
    Facet,
    Key,
    Lookup,
    LookupCapability,
    LookupResult,
    Page,
    Path,
    Record,
    Rejected,
    Search,
    SearchCapability,
    SearchResult,
    Sort,
    SourceError,
    TimedOut,
    refuse_undeclared,
    unsupported,
)

Predicate = Callable[[Values, Any], bool]
"""Whether a record's values pass a filter that has this value."""

UNREADABLE = object()
"""Put anywhere in a record's values: there, the source gives something that cannot be read."""


def among(name: str) -> Predicate:
    """Whether the field ``name`` (or an item of it) is the filter's value, or one of its values if it is a list."""

    def passes(values: Values, wanted: Any) -> bool:
        have = values.get(name)
        candidates = have if isinstance(have, list) else [have]
        return any(item in wanted if isinstance(wanted, list | tuple) else item == wanted for item in candidates)

    return passes


@dataclass(frozen=True, slots=True)
class MemoryLookup:
    """A lookup by the fields of its name. ``arguments`` that it applies itself, by name."""

    many: bool = False
    batch: int = 100
    arguments: Mapping[str, Predicate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MemorySearch:
    """``filters`` by name; ``parent``: the fields that hold the parent's key (``"customerNumber"``), if it has any.

    ``order``: the sort key of the records, else they stay in the order in which they were given. ``keyset``: fields
    that they are ordered by instead, an instant first (``("placedAt desc", "number")``); pages then go on behind the
    values of their last record. ``sorts``: by name, the fields of an order that a client may choose, the key last
    (``{"NEWEST": ("updatedAt desc", "code")}``). ``facets``: by code, the field whose values are counted.
    """

    filters: Mapping[str, Predicate] = field(default_factory=dict)
    parent: str | None = None
    order: Callable[[Values], Any] | None = None
    keyset: tuple[str, ...] = ()
    batch: int = 100
    limit: int = 100
    total: bool = True
    sorts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facets: Mapping[str, str] = field(default_factory=dict)

    def capability(self) -> SearchCapability:
        return SearchCapability(
            frozenset(self.filters),
            self.parent is not None,
            self.batch,
            self.limit,
            self.total,
            order=self.keyset[0] if self.keyset else "",
            sorts=frozenset(Sort(by, reverse) for by in self.sorts for reverse in (False, True)),
            backwards=True,
            facets=frozenset(self.facets),
        )

    def ordering(self, sort: Sort | None) -> Ordering:
        if sort is None:
            return Keyset(self.keyset) if self.keyset else Given()
        first, *others = self.sorts[sort.by]
        return Keyset([reversed_term(first) if sort.reverse else first, *others])


@dataclass(frozen=True, slots=True)
class MemoryEntity:
    """Records as plain dicts of canonical values, and what may be asked of them.

    ``fields``: the dotted paths it declares; without, those that its records have.
    """

    records: Sequence[Values]
    lookups: Mapping[str, MemoryLookup] = field(default_factory=dict)
    searches: Mapping[str, MemorySearch] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()

    def capability(self) -> EntityCapability:
        return EntityCapability(
            self.fields or frozenset(path for values in self.records for path in dotted(values)),
            {
                name: LookupCapability(each.many, each.batch, frozenset(each.arguments))
                for name, each in self.lookups.items()
            },
            {name: each.capability() for name, each in self.searches.items()},
        )


class MemoryAdapter(Adapter):
    """``down`` and ``broken`` make it fail, ``delay`` (seconds) makes it slow, ``calls`` is everything it was asked.

    ``down``: the error of every request. ``broken``: the error of one key of an entity, in lookups and below parents.
    """

    kind = "memory"

    def __init__(
        self, source: str, entities: Mapping[str, MemoryEntity], *, as_of: str = "2026-01-01T00:00:00Z"
    ) -> None:
        self.source = source
        self.capabilities: Capabilities = {name: entity.capability() for name, entity in entities.items()}
        self.entities = entities
        self.as_of = as_of
        self.down: SourceError | None = None
        self.broken: dict[tuple[str, Key], SourceError] = {}
        self.delay = 0.0
        self.calls: list[Lookup | Search] = []

    async def lookup(self, request: Lookup) -> LookupResult:
        entity = self.entities.get(request.entity)
        lookup = entity.lookups.get(request.by) if entity else None
        if entity is None or lookup is None:
            raise unsupported(self.source, f"lookup {request.by} of {request.entity}")
        await self._answer(request)
        failed = self._broken(request.entity, request.keys)
        keys = [key for key in request.keys if key not in failed]
        rows = [values for values in entity.records if passes(values, lookup.arguments, request.arguments)]
        names = request.fields | set(request.by.split())
        records = [self._record(values, names, request.outline) for values in rows]
        result = match(records, request.of(keys), many=lookup.many, source=self.source)
        return LookupResult(result.found, failed)

    async def search(self, request: Search) -> SearchResult:
        entity = self.entities.get(request.entity)
        search = entity.searches.get(request.name) if entity else None
        if entity is None or search is None or (request.parents is not None and search.parent is None):
            raise unsupported(self.source, f"search {request.name} of {request.entity}")
        refuse_undeclared(self.source, request, self.capabilities[request.entity].searches[request.name])
        await self._answer(request)
        rows = [values for values in entity.records if passes(values, search.filters, request.filters)]
        if search.order is not None:
            rows.sort(key=search.order)
        if request.parents is None:
            return SearchResult({None: self._page(rows, search, request)})
        failed = self._broken(request.entity, request.parents)
        pages: dict[Key | None, Page] = {}
        for parent in request.parents:
            if parent not in failed:
                below = [values for values in rows if parent_of(values, search.parent or "") == parent]
                pages[parent] = self._page(below, search, request)
        return SearchResult(pages, {parent: error for parent, error in failed.items()})

    async def ping(self) -> None:
        if self.down is not None:
            raise self.down

    async def _answer(self, request: Lookup | Search) -> None:
        """Take the request, take the time, and fail where that was planted."""
        self.calls.append(request)
        left = request.deadline - time.monotonic()
        if left > 0 and self.delay:
            await asyncio.sleep(min(self.delay, left))
        if left <= self.delay:
            raise TimedOut(self.source, f"no time left for {request.entity}")
        if self.down is not None:
            raise self.down

    def _broken(self, entity: str, keys: Sequence[Key]) -> dict[Key, SourceError]:
        return {key: self.broken[entity, key] for key in keys if (entity, key) in self.broken}

    def _page(self, rows: Sequence[Values], search: MemorySearch, request: Search) -> Page:
        ordering = search.ordering(request.sort)
        rows = ordering.sorted(rows)
        try:
            at = page_of(rows, ordering, request, search.limit)
        except ValueError:
            what = f"search {request.name} of {request.entity}"
            raise Rejected(self.source, f"{what}: not one of its cursors") from None
        return Page(
            [self._record(rows[position], request.fields, request.outline) for position in at],
            [ordering.cursor(rows[position], position) for position in at],
            at.start > 0 if request.backwards else at.stop < len(rows),
            len(rows) if search.total and request.want_total else None,
            facets=[facet(code, name, rows) for code, name in search.facets.items()] if request.want_facets else None,
        )

    def _record(self, values: Values, fields: frozenset[str], outline: Outline | None) -> Record:
        errors: dict[Path, SourceError] = {}
        chosen = {name: self._readable(values.get(name), (name,), errors) for name in sorted(fields)}
        if outline is None or not all(each.name in fields for each in outline.fields):
            return Record(chosen, self.source, self.as_of, errors or None)
        taken = outline.taken(chosen)
        taken |= {name: value for name, value in chosen.items() if name not in taken}
        as_it_is = outline if not errors and outline.fits(taken) else None
        return Record(taken, self.source, self.as_of, errors or None, outline=as_it_is)

    def _readable(self, value: Any, at: Path, errors: dict[Path, SourceError]) -> Any:
        """A copy of the value in which every ``UNREADABLE`` is null and an error."""
        if value is UNREADABLE:
            errors[at] = BadData(self.source, f"planted at {'.'.join(map(str, at))}")
            return None
        if isinstance(value, Mapping):
            return {name: self._readable(inner, (*at, name), errors) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._readable(inner, (*at, index), errors) for index, inner in enumerate(value)]
        return value


def passes(values: Values, predicates: Mapping[str, Predicate], wanted: Mapping[str, Any]) -> bool:
    """Whether a record passes every filter that is asked for and known here; a null filter asks for nothing."""
    return all(
        predicate(values, wanted[name]) for name, predicate in predicates.items() if wanted.get(name) is not None
    )


def reversed_term(term: str) -> str:
    name, _, direction = term.partition(" ")
    return name if direction == "desc" else f"{name} desc"


def facet(code: str, name: str, rows: Sequence[Values]) -> Facet:
    """How many of ``rows`` have each value of the field ``name``, the most first. One that cannot be read is none."""
    held = (values.get(name) for values in rows)
    counts = Counter(item for have in held for item in (set(have) if isinstance(have, list) else {have}))
    found = [Counted(value, count) for value, count in counts.items() if isinstance(value, str | int)]
    return facets.facet(code, None, found)


def parent_of(values: Values, names: str) -> Any:
    parts = tuple(values.get(name) for name in names.split())
    return parts[0] if len(parts) == 1 else parts


def dotted(values: Any, prefix: str = "") -> Iterator[str]:
    """The paths of all fields in a record's values: ``address``, ``address.city``."""
    if isinstance(values, list):
        for item in values:
            yield from dotted(item, prefix)
    elif isinstance(values, Mapping):
        for name, value in values.items():
            yield f"{prefix}{name}"
            yield from dotted(value, f"{prefix}{name}.")
