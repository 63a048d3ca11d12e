"""Pages that go on behind the values of the last record: see ``adapters.keyset``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from adapters import keyset
from adapters.mapping import EntityMapping
from adapters.merging import Order
from adapters.problems import Place
from adapters.spi import BadData, Page, Search
from adapters.web.page_words import KeysetPage
from adapters.web.paging import Fetch, Paging, Whole
from adapters.web.paths import Search as Path
from adapters.web.sorts import Sorts


class ByKeyset(Paging):
    """``start``: the variable of the instant at which the list is to begin."""

    def __init__(
        self, source: str, words: KeysetPage, start: str | None, pages: keyset.Keyset, more: Path | None
    ) -> None:
        super().__init__(source, (), more)
        self.variables = variables(words, start)
        self.fields = pages.fields
        self.order = pages.order
        self.calls = pages.calls
        self.counting = pages.counting
        self._words = words
        self._start = start
        self._pages = pages

    async def page(self, fetch: Fetch, request: Search) -> Page:
        async def ask(behind: keyset.Behind, size: int) -> keyset.Part:
            part = await fetch(self._values(behind, size))
            if len(part.records) > size:
                raise BadData(self._source, f"expected at most {size} rows of one page, found {len(part.records)}")
            return keyset.Part(part.records, self.more(part, len(part.records) >= size), part.total)

        return await self._pages.page(ask, request)

    def _values(self, behind: keyset.Behind, size: int) -> Mapping[str, Any]:
        values = {self._words.keyset[field]: value for field, value in behind.values.items()}
        if self._start is not None and behind.start is not None:
            values[self._start] = behind.start
        return {**values, self._words.size: size}


def variables(words: KeysetPage, start: str | None) -> frozenset[str]:
    return frozenset({words.size, *words.keyset.values(), *filter(None, [start])})


class Ordered(Protocol):
    """A registered search of any kind on the web."""

    @property
    def order(self) -> str | None: ...
    @property
    def start(self) -> str | None: ...
    @property
    def total(self) -> str | None: ...
    @property
    def limit(self) -> int: ...
    @property
    def sorts(self) -> Sorts: ...


def by_keyset(
    place: Place,
    note: keyset.Note,
    spec: Ordered,
    words: KeysetPage,
    mapping: EntityMapping,
    key: Sequence[str],
    more: Path | None,
) -> Paging:
    """``place``: of the search. Mistakes are noted; what is returned then is never used."""
    if spec.sorts:
        note((*place, "sorts"), "none, as pages by `keyset` go on in the order of the list", "some")
    by = None if spec.order is None else Order.read(spec.order).field
    start = spec.start
    if start is None and by is not None and words.keyset.keys() == {by}:
        start = words.keyset[by]
    if spec.start is not None and by is None:
        note((*place, "start"), "`order` beside it", "none", "the list has no instant to begin at")
    said = keyset.KeysetSpec(
        spec.order, frozenset(words.keyset), start is not None, spec.limit, counted=spec.total is not None
    )
    pages = keyset.keyset(place, note, mapping, key, said)
    if pages is not None:
        return ByKeyset(mapping.source, words, start, pages, more)
    mistaken = Whole(mapping.source, key)
    mistaken.variables = variables(words, start)  # they are known all the same
    return mistaken
