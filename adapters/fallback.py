"""The first source answers; the next ones only for what it is not available for."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from math import inf
from typing import Any

from adapters.composite import Composite
from adapters.spi import (
    Adapter,
    Capabilities,
    EntityCapability,
    Key,
    Lookup,
    LookupResult,
    Page,
    Rejected,
    Search,
    SearchCapability,
    SearchResult,
    SourceError,
    Unavailable,
)


class Fallback(Composite):
    """Key by key: what fails with ``Unavailable`` is asked of the next source; with ``missing``, so is what does not
    exist. Any other error stands: a value that cannot be read is no reason to believe another system.

    A next source that does not have the key either proves nothing: the error stays. What the first source declares can
    be asked. The pages of a search go on in the source that gave the first one.
    """

    def __init__(self, name: str, sources: Sequence[Adapter], entities: Collection[str], *, missing: bool) -> None:
        super().__init__(name, sources, {entity: capability(sources, entity) for entity in sorted(entities)})
        self.missing = missing

    async def lookup(self, request: Lookup) -> LookupResult:
        found: dict[Key, Any] = {}
        failed: dict[Key, SourceError] = {}
        keys, until = request.keys, inf
        for source in self.looking_up(request.entity, request.by):
            result = await self.look_up(source, request.of(keys))
            until = min(until, result.until)
            found |= {key: answer for key, answer in result.found.items() if answer or key not in found}
            for key in keys:
                if found.get(key):
                    failed.pop(key, None)
                elif key in result.failed:
                    failed.setdefault(key, result.failed[key])
            keys = [key for key in keys if self._falls(found.get(key), failed.get(key))]
            if not keys:
                break
        return LookupResult({key: answer for key, answer in found.items() if key not in failed}, failed, until)

    def _falls(self, answer: object, error: SourceError | None) -> bool:
        return isinstance(error, Unavailable) if error is not None else self.missing and not answer

    async def search(self, request: Search) -> SearchResult:
        sources = self.searching(request)
        facets = self.capabilities[request.entity].searches[request.name].facets
        if request.after is not None:
            name, after = self._read(request.after)
            request = replace(request, after=after)
            sources = [source for source in sources if source.source == name]
        pages: dict[Key | None, Page] = {}
        failed: dict[Key | None, SourceError] = {}
        parents: Sequence[Key] | None = request.parents
        until = inf
        for source in sources:
            result = await self.search_in(source, replace(request, parents=parents))
            until = min(until, result.until)
            pages |= {parent: self._marked(source, page, facets) for parent, page in result.pages.items()}
            failed = {parent: error for parent, error in failed.items() if parent not in pages}
            failed |= {parent: error for parent, error in result.failed.items() if parent not in failed}
            falling = [parent for parent, error in failed.items() if isinstance(error, Unavailable)]
            if not falling:
                break
            parents = None if request.parents is None else [parent for parent in falling if parent is not None]
        if None in failed:
            raise failed[None]
        return SearchResult(pages, failed, until)

    def _marked(self, source: Adapter, page: Page, declared: frozenset[str]) -> Page:
        """With cursors that say whose they are, and the facets that all sources count."""
        facets = [facet for facet in page.facets if facet["code"] in declared] if page.facets is not None else None
        cursors = [json.dumps([source.source, cursor]) for cursor in page.cursors]
        return replace(page, cursors=cursors, facets=facets)

    def _read(self, cursor: str) -> tuple[str, str]:
        try:
            name, after = json.loads(cursor)
        except (TypeError, ValueError):
            name = after = None
        if not isinstance(after, str) or all(source.source != name for source in self.sources):
            raise Rejected(self.source, "a cursor of another list", message="The cursor does not belong to this list.")
        return name, after


def capability(sources: Sequence[Adapter], entity: str) -> EntityCapability:
    """What the first source that has the entity declares, as far as the others can stand in for it."""
    offers: list[Capabilities] = [source.capabilities for source in sources]
    first, *others = [each[entity] for each in offers if entity in each]
    fields = frozenset().union(*(each.fields for each in (first, *others)))
    searches = {
        name: _search([search, *(each.searches[name] for each in others if name in each.searches)])
        for name, search in first.searches.items()
    }
    return EntityCapability(fields, first.lookups, searches)


def _search(able: Sequence[SearchCapability]) -> SearchCapability:
    return replace(
        able[0],
        filters=frozenset.intersection(*(each.filters for each in able)),
        parents=all(each.parents for each in able),
        limit=min(each.limit for each in able),
        total=all(each.total for each in able),
        sorts=frozenset.intersection(*(each.sorts for each in able)),
        backwards=all(each.backwards for each in able),
        facets=frozenset.intersection(*(each.facets for each in able)),
    )
