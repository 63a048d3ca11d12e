"""The adapter that answers with one record for all systems' records of one thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.composite import top_level
from adapters.identity.crosswalk import BY_KEY, BY_RECORD, ENTITY
from adapters.identity.request import Asking
from adapters.identity.rules import Rule
from adapters.identity.survivorship import EXTERNAL_IDS, MADE, Survivorship
from adapters.spi import (
    Adapter,
    EntityCapability,
    Lookup,
    LookupCapability,
    LookupResult,
    Page,
    Record,
    Search,
    SearchResult,
    refuse_undeclared,
    unsupported,
)

EXTERNAL_ID_FIELDS = frozenset({"source", "role", "value", "matchedOn"})


@dataclass(frozen=True, slots=True)
class Identity:
    """How the records of one entity belong together.

    ``keys``: the name of each source's own key of the thing. The first source decides which things there are, and its
    key is the thing's. A source that knows the thing by a field of the first one only is not asked. ``rules``: the
    strongest first. ``links``: the source of the table of links. ``named``: whether the graph tells every system's key.
    ``order``: of the sources, by field.
    """

    entity: str
    keys: Mapping[str, str]
    rules: Sequence[Rule]
    links: str | None = None
    named: bool = True
    order: Mapping[str, Sequence[str]] | None = None

    @property
    def first(self) -> str:
        return next(iter(self.keys))

    @property
    def sources(self) -> tuple[str, ...]:
        """All that may be asked."""
        return (*self.keys, self.links) if self.links else tuple(self.keys)


class Unified(Adapter):
    """Asks the deciding source, then all others side by side for what belongs to its records, each in batches.

    Records of the deciding source that are linked to another of its records are that one, whichever way they are asked
    for. ``adapters``: those of the identity's sources. They belong to whoever made them: ``aclose`` leaves them open.
    """

    kind = "composite"

    def __init__(
        self, name: str, identity: Identity, adapters: Mapping[str, Adapter], roles: Mapping[str, str]
    ) -> None:
        self.source = name
        self.identity = identity
        self.adapters = adapters
        self.first = adapters[identity.first]
        self.key = identity.keys[identity.first]
        entity = identity.entity
        self.asked = {source: adapters[source] for source in identity.keys if entity in adapters[source].capabilities}
        self.gives = {
            source: top_level(self.asked[source].capabilities[entity]) if source in self.asked else frozenset()
            for source in identity.keys
        }
        order = identity.order or {}
        self.survivorship = Survivorship(tuple(identity.keys), order, self.gives, roles, self.key)
        self.capabilities = {entity: self._capability()}

    @property
    def others(self) -> list[str]:
        """The sources beside the deciding one that have records."""
        return [source for source in self.asked if source != self.identity.first]

    def lookups(self, source: str) -> Mapping[str, LookupCapability]:
        """Of one record by one key."""
        offered = self.asked[source].capabilities[self.identity.entity].lookups
        return {by: lookup for by, lookup in offered.items() if not lookup.many}

    def _capability(self) -> EntityCapability:
        capabilities = [adapter.capabilities[self.identity.entity] for adapter in self.asked.values()]
        named = {EXTERNAL_IDS, *(f"{EXTERNAL_IDS}.{name}" for name in EXTERNAL_ID_FIELDS)}
        external = named if self.identity.named else ()
        lookups = {by: lookup for source in reversed(self.asked) for by, lookup in self.lookups(source).items()}
        batch = lookups[self.key].batch
        return EntityCapability(
            frozenset().union(external, *(capability.fields for capability in capabilities)),
            {**lookups, BY_RECORD: LookupCapability(batch=batch)},
            capabilities[0].searches,
        )

    async def lookup(self, request: Lookup) -> LookupResult:
        if request.entity != self.identity.entity or request.by not in self.capabilities[request.entity].lookups:
            raise unsupported(self.source, f"lookup {request.by} of {request.entity}")
        asking = Asking(self, request)
        keys = await asking.resolve(request.by, request.keys)
        records = await asking.unified(keys.values())
        found = {asked: records[key] for asked, key in keys.items() if key in records}
        failed = {
            asked: error for asked in request.keys if asked not in found and (error := asking.failure(asked, keys))
        }
        return LookupResult(found, failed)

    async def search(self, request: Search) -> SearchResult:
        searches = self.capabilities[self.identity.entity].searches
        if request.entity != self.identity.entity or request.name not in searches:
            raise unsupported(self.source, f"search {request.name} of {request.entity}")
        refuse_undeclared(self.source, request, searches[request.name])
        asking = Asking(self, request)
        tally = request.tally.part(self.identity.first)
        fields = asking.fields(self.identity.first)
        result = await self.first.search(replace(request, fields=fields, outline=None, tally=tally))
        keys = await asking.taken([record for page in result.pages.values() for record in page.records])
        records = await asking.unified(keys.values())

        def shown(page: Page) -> Page:
            """Two rows of one thing on a page are one."""
            found: dict[str | int, tuple[Record, int]] = {}
            for place, record in enumerate(page.records):
                key = keys.get(str(record.values[self.key]))
                if key in records:
                    found.setdefault(key, (records[key], place))
                else:  # its own key cannot be read, or nobody can be asked for whom it is linked to
                    found[place] = asking.alone(record), place
            cursors = [page.cursors[place] for _, place in found.values()] if page.cursors else ()
            return replace(page, records=[record for record, _ in found.values()], cursors=cursors)

        return SearchResult({parent: shown(page) for parent, page in result.pages.items()}, result.failed)

    async def ping(self) -> None:
        await self.first.ping()

    def may_ask(self, by: str, fields: frozenset[str]) -> Iterator[tuple[str, str, str]]:
        """Source, entity and lookup of all requests that a lookup ``by`` may lead to, each for as many keys at most."""
        yield from self._resolving(by)
        yield from self.may_complete(fields)

    def may_complete(self, fields: frozenset[str]) -> Iterator[tuple[str, str, str]]:
        """The same for records of the deciding source that are known: after a search."""
        entity, links = self.identity.entity, self.identity.links
        if links:
            yield links, ENTITY, BY_RECORD
            yield self.identity.first, entity, self.key
        needed = [source for source in self.others if EXTERNAL_IDS in fields or fields & self.gives[source]]
        if links and (needed or not MADE.isdisjoint(fields)):
            yield links, ENTITY, BY_KEY
        for source in needed:
            if links:
                yield source, entity, self.identity.keys[source]
            for rule in self._able(source):
                yield source, entity, rule.field
                if links:
                    yield links, ENTITY, BY_RECORD

    def _resolving(self, by: str) -> Iterator[tuple[str, str, str]]:
        """The requests until the deciding source's record is known."""
        entity, first = self.identity.entity, self.identity.first
        named = by == BY_RECORD
        asked = self.identity.keys if named else [source for source in self.asked if by in self.lookups(source)]
        for source in asked:
            able = source if source in self.asked else first
            yield able, entity, self.identity.keys[source] if named else by
            if able != first:
                if self.identity.links:
                    yield self.identity.links, ENTITY, BY_RECORD
                yield from ((first, entity, rule.field) for rule in self._able(first))
        if named or first not in asked:
            yield first, entity, self.key

    def _able(self, source: str) -> list[Rule]:
        return [rule for rule in self.identity.rules if rule.field in self.lookups(source)]
