"""Answers that are still good are given again; only what is not there is asked of the source."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from time import monotonic, time
from typing import Any, TypeVar

from adapters.spi import Adapter, Key, Lookup, LookupResult, Search, SearchResult
from adapters.tally import Tally
from adapters.wrapper import Wrapper
from cache.entity_cache import Answers, Ask, EntityCache, Question
from cache.entry import Reader, Shape
from cache.form import Form, form
from cache.frozen import frozen
from cache.generations import Generations
from cache.names import Names, Subject, generation_name
from cache.policy import Policy
from cache.stores import Stores

R = TypeVar("R", Lookup, Search)

REFRESH_SECONDS = 10.0
"""For fetching a new answer while the stale one is given; the source's own limits are usually shorter."""


class Cached(Wrapper):
    """Belongs around single flight, batches and limits: ``Cached(Batched(Coalesced(Resilient(adapter))), ...)``.

    ``policies``: by entity; others are not cached. ``version``: a digest of the registration; what was kept under
    another one is not seen. Lookups are kept key by key, searches page by page and parent by parent, always as whole
    records: the source is asked for every field it gives, so that what was fetched for three fields answers for ten.
    Errors, and records with errors in them, are not kept. Of 50 keys of which 47 are kept, 3 are asked for.

    ``Tally``: each key of a cached entity is counted once: a hit (fresh), stale (an older answer), or a miss.
    A request that is too late, is for a field that the source does not declare, or has a key that JSON cannot carry,
    goes to the source.
    """

    def __init__(
        self,
        adapter: Adapter,
        policies: Mapping[str, Policy],
        stores: Stores,
        version: str,
        clock: Callable[[], float] = time,
    ) -> None:
        super().__init__(adapter)
        self._version = version
        self._warm = stores.warm
        self._generations = Generations(stores.shared)
        self._entities = {
            entity: EntityCache(
                policies[entity],
                stores,
                self._generations,
                Reader(adapter.source, frozenset(path.partition(".")[0] for path in capability.fields)),
                clock,
            )
            for entity, capability in adapter.capabilities.items()
            if entity in policies
        }

    def kept_lookup(self, request: Lookup) -> LookupResult | None:
        cache = self._cache(request)
        if cache is None:
            return None
        kept = cache.warm(self._warm_lookup(cache, request), request.keys, form_of(request))
        if kept is None:
            return None
        request.tally.hits += len(request.keys)
        return LookupResult(kept.answers, until=kept.until)

    def kept_search(self, request: Search) -> SearchResult | None:
        cache = self._cache(request)
        if cache is None:
            return None
        parents = (None,) if request.parents is None else request.parents
        kept = cache.warm(self._warm_search(cache, request), parents, form_of(request))
        if kept is None:
            return None
        request.tally.hits += len(parents)
        return SearchResult(kept.answers, until=kept.until)

    async def lookup(self, request: Lookup) -> LookupResult:
        kept = self.kept_lookup(request)  # who asks for several sources, or watches one, did not
        if kept is not None:
            return kept
        cache = self._cache(request)
        question = self._lookup_question(cache, request) if cache else None
        if cache is None or question is None:
            return await self.adapter.lookup(request)
        return LookupResult(*await cache.answer(question))

    async def search(self, request: Search) -> SearchResult:
        kept = self.kept_search(request)
        if kept is not None:
            return kept
        cache = self._cache(request)
        question = self._search_question(cache, request) if cache else None
        if cache is None or question is None:
            return await self.adapter.search(request)
        return SearchResult(*await cache.answer(question))

    async def invalidate(self, entity: str, by: str | None = None, keys: Sequence[Key] = ()) -> None:
        """Forget everything that is kept of ``entity``, or what concerns these ``keys`` of its lookup ``by``.

        With keys, that is their answers to this lookup, and all answers to the other lookups and the searches of the
        entity: which of them hold the same records is not known. What is on its way now is not kept either.

        Raises ``StoreFailed`` if the shared store did not hear of it; then try again.
        """
        cache = self._entities.get(entity)
        if cache is None:
            return
        told = [self._outdate(cache, subject, by, keys) for subject in self._subjects(entity)]
        outcomes = await asyncio.gather(*told, return_exceptions=True)
        if self._warm is not None:
            self._warm.forget()  # now: what was read before it was told must not be kept
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    async def aclose(self) -> None:
        for cache in self._entities.values():
            await cache.aclose()
        await super().aclose()

    def _cache(self, request: Lookup | Search) -> EntityCache | None:
        cache = self._entities.get(request.entity)
        if cache is None or not request.fields <= cache.fields or request.deadline <= monotonic():
            return None
        return cache

    def _lookup_question(self, cache: EntityCache, request: Lookup) -> Question | None:
        lookup = self.capabilities[request.entity].lookups.get(request.by)
        if lookup is None:
            return None
        whole = replace(request, fields=cache.fields, outline=None)

        async def ask(keys: Sequence[Any], *, attended: bool) -> Answers:
            result = await self.adapter.lookup((whole if attended else unattended(whole)).of(keys))
            return result.found, result.failed

        subject: Subject = (self.source, request.entity, "lookup", request.by)
        shape = Shape.RECORDS if lookup.many else Shape.RECORD
        warm = self._warm_lookup(cache, request)
        return self._question(cache, subject, warm, request, request.arguments, request.keys, shape, ask)

    def _search_question(self, cache: EntityCache, request: Search) -> Question | None:
        if request.name not in self.capabilities[request.entity].searches:
            return None
        whole = replace(request, fields=cache.fields, outline=None)

        async def ask(keys: Sequence[Any], *, attended: bool) -> Answers:
            asked = whole if attended else unattended(whole)
            result = await self.adapter.search(asked if request.parents is None else replace(asked, parents=keys))
            return result.pages, result.failed

        subject: Subject = (self.source, request.entity, "search", request.name)
        wanted = [request.want_total, request.want_facets]
        page = [request.filters, request.first, request.after, wanted, request.parents is None]
        if request.start is not None:
            page.append([request.start.value, request.start.inclusive])
        if request.sort is not None or request.backwards:
            page.append({"sort": str(request.sort), "backwards": request.backwards})
        parents = (None,) if request.parents is None else request.parents
        warm = self._warm_search(cache, request)
        return self._question(cache, subject, warm, request, page, parents, Shape.PAGE, ask)

    def _warm_lookup(self, cache: EntityCache, request: Lookup) -> Hashable:
        caller = request.principal.name if cache.policy.private else None
        asked = frozen(request.arguments) if request.arguments else None
        return self.source, self._version, request.entity, "lookup", request.by, asked, caller

    def _warm_search(self, cache: EntityCache, request: Search) -> Hashable:
        caller = request.principal.name if cache.policy.private else None
        wanted = (request.want_total, request.want_facets)
        page = (request.first, request.after, wanted, request.parents is None, frozen(request.filters))
        order = (request.sort, request.backwards, request.start)
        return self.source, self._version, request.entity, "search", request.name, page, order, caller

    def _question(
        self,
        cache: EntityCache,
        subject: Subject,
        warm: Hashable,
        request: Lookup | Search,
        conditions: Any,
        keys: Sequence[Any],
        shape: Shape,
        ask: Ask,
    ) -> Question | None:
        caller = request.principal.name if cache.policy.private else None
        try:
            names = Names(subject, self._version, [conditions, caller])
            return Question(names, warm, keys, [names.mark(key) for key in keys], shape, ask, request.tally)
        except TypeError:
            return None

    def _subjects(self, entity: str) -> Iterator[Subject]:
        capability = self.capabilities[entity]
        for name in capability.lookups:
            yield self.source, entity, "lookup", name
        for name in capability.searches:
            yield self.source, entity, "search", name

    async def _outdate(self, cache: EntityCache, subject: Subject, by: str | None, keys: Sequence[Key]) -> None:
        if subject[2:] != ("lookup", by):
            await self._generations.next(generation_name(subject))
            return
        names = Names(subject, self._version, None)
        marks = []
        for key in keys:
            with suppress(TypeError):  # JSON cannot carry it: nothing is kept for it
                marks.append(names.mark(key))
        await self._generations.renew(marks, cache.policy.longest)


def form_of(request: Lookup | Search) -> Form | None:
    return None if request.outline is None else form(request.outline, request.fields)


def unattended(request: R) -> R:
    """The same request when nobody waits for it any more."""
    return replace(request, deadline=monotonic() + REFRESH_SECONDS, tally=Tally())
