"""The truth about routes over several sources: one key at a time, and lists put together whole and sorted in memory."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from adapters.seals import Seal
from adapters.spi import Key, Page, Record, Rejected, SourceError, Unavailable
from gateway.combinations import Combination
from gateway.compose import Composition
from tests.proof.reading import Reader, Thing

T = TypeVar("T")

WHOLE = 1000
"""More than any source has."""


class Place(NamedTuple):
    """Where a record stands in a merged list: the latest first, then by rank of the source, then by number."""

    seconds: float
    rank: int
    number: str


class CombinedReader(Reader):
    """Reads what a route combines from the registered sources behind it. ``seen`` counts in how many ways."""

    def __init__(self, composition: Composition, seen: Counter[str]) -> None:
        super().__init__(composition.adapters)
        self.graph = composition.graph
        self.combinations = composition.routes.combinations
        self.cursors = Cursors(composition)
        self.seen = seen

    def one(self, source: str, entity: str, by: str, key: Key) -> Thing | None:
        made = self.combinations.get(source)
        if made is None:
            return super().one(source, entity, by, key)
        sources = self._able(made, entity, "lookups", by)
        if not made.merged:
            return self._first(made, sources, lambda each: super(CombinedReader, self).one(each, entity, by, key))
        self.seen["merged, one record"] += 1
        lost: list[SourceError] = []
        for each in sources:
            try:
                if found := super().one(each, entity, by, key):
                    return found
            except SourceError as error:
                lost.append(error)
        if lost:
            raise lost[0]
        return None

    def many(self, source: str, entity: str, by: str, key: Key, origin: str | None = None) -> list[Thing]:
        made = self.combinations.get(source)
        if made is None:
            return super().many(source, entity, by, key)
        sources = self._able(made, entity, "lookups", by)
        if not made.merged:
            rows = self._first(made, sources, lambda each: super(CombinedReader, self).many(each, entity, by, key))
            return rows or []
        if origin in made.sources:
            self.seen["merged, rows of the parent's own source"] += 1
            sources = [each for each in sources if each == origin]
        self.seen["merged, rows of all sources"] += len(sources) > 1
        rows = [row for each in sources for row in super(CombinedReader, self).many(each, entity, by, key)]
        return self._each_once(entity, rows)

    def _each_once(self, entity: str, rows: list[Thing]) -> list[Thing]:
        """Of rows with the same key, that of the source that is named first; a row without a key is like no other."""
        names = self.graph.canonical_key(entity) or ()
        kept: dict[Any, Thing] = {}
        for place, row in enumerate(rows):
            key = tuple(row.record.values.get(name) for name in names) if row.record else ()
            kept.setdefault(key if names and None not in key else place, row)
        self.seen["merged, a row that two sources have"] += len(kept) < len(rows)
        return [*kept.values()]

    def page(self, source: str, entity: str, name: str, parent: Key | None, **asked: Any) -> Page:
        made = self.combinations.get(source)
        if made is None:
            return super().page(source, entity, name, parent, **asked)
        sources = self._able(made, entity, "searches", name)
        if made.merged:
            return self._merged(made, sources, entity, name, parent, **asked)
        found = self._first(
            made, sources, lambda each: super(CombinedReader, self).page(each, entity, name, parent, **asked)
        )
        if found is None:
            raise AssertionError(f"no page of {entity}")
        return found

    def _able(self, made: Combination, entity: str, kind: str, name: str) -> list[str]:
        offers = {each: self.adapters[each].capabilities.get(entity) for each in made.sources}
        return [each for each, offer in offers.items() if offer is not None and name in getattr(offer, kind)]

    def _first(self, made: Combination, sources: list[str], ask: Callable[[str], T | None]) -> T | None:
        """The answer of the first source that is available (and, where the route says so, has something)."""
        first: SourceError | None = None
        answer: T | None = None
        for place, source in enumerate(sources):
            try:
                answer = ask(source)
            except SourceError as error:
                first = first or error
                if not isinstance(first, Unavailable):
                    break
                continue
            if answer:
                self.seen["fallback, another source stands in"] += place > 0
                return answer
            if first is None and not made.missing:
                break
        if first is not None:
            raise first
        return answer

    # ------------------------------------------------------------ merged lists

    def _merged(
        self,
        made: Combination,
        sources: list[str],
        entity: str,
        name: str,
        parent: Key | None,
        first: int,
        after: str | None,
        filters: Any,
        backwards: bool = False,
    ) -> Page:
        mark = self.cursors.opened(made, entity, name, after)
        every: list[tuple[Place, Record, str]] = []
        missing: dict[str, SourceError] = {}
        for source in sources:
            try:
                every += self._listed(made, source, entity, name, parent, filters)
            except SourceError as error:
                missing[source] = error
        for error in missing.values():
            if isinstance(error, Rejected) or len(missing) == len(sources):
                raise error
        self.seen["merged page"] += 1
        self.seen["merged page, without a source"] += len(missing) > 0
        self.seen["merged page, behind a cursor"] += mark is not None
        every.sort(key=lambda each: each[0])
        behind = [each for each in every if mark is None or (each[0] < mark if backwards else mark < each[0])]
        shown = behind[max(0, len(behind) - first) :] if backwards else behind[:first]
        self.seen["merged page, from the end"] += backwards
        cursors = [self.cursors.sealed(made, entity, name, record.source, cursor) for _, record, cursor in shown]
        total = None if missing else len(every)
        return Page([record for _, record, _ in shown], cursors, len(behind) > first, total, missing)

    def _listed(
        self, made: Combination, source: str, entity: str, name: str, parent: Key | None, filters: Any
    ) -> Iterator[tuple[Place, Record, str]]:
        """All records of one source, page after page."""
        after: str | None = None
        while True:
            page = super().page(source, entity, name, parent, first=WHOLE, after=after, filters=filters)
            for record, cursor in zip(page.records, page.cursors, strict=True):
                yield place(made, source, cursor), record, cursor
            if not page.has_next:
                return
            after = page.cursors[-1]


class Cursors:
    """The form of the cursors of merged lists, which the truth has in common with the engine."""

    def __init__(self, composition: Composition) -> None:
        secret = composition.settings.cursor_secret
        self.seal = Seal(secret.encode()) if secret else None

    def sealed(self, made: Combination, entity: str, name: str, source: str, cursor: str) -> str:
        instant, _ = json.loads(cursor)
        text = json.dumps([1, instant, source, cursor], separators=(",", ":"))
        return self._seal().sealed(text, self._context(made, entity, name))

    def opened(self, made: Combination, entity: str, name: str, after: str | None) -> Place | None:
        if after is None:
            return None
        text = self._seal().opened(after, self._context(made, entity, name))
        if text is None:
            raise Rejected(made.name, "a cursor of another list")
        _, _, source, cursor = json.loads(text)
        return place(made, source, cursor)

    def _seal(self) -> Seal:
        if self.seal is None:
            raise AssertionError("an estate with merged lists needs a cursor_secret")
        return self.seal

    @staticmethod
    def _context(made: Combination, entity: str, name: str) -> str:
        return json.dumps([entity, name, made.entities[entity].order])


def place(made: Combination, source: str, cursor: str) -> Place:
    instant, number = json.loads(cursor)
    return Place(-datetime.fromisoformat(instant).timestamp(), made.sources.index(source), number)
