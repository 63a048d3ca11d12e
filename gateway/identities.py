"""Entities that several systems know under keys of their own: whether the words of ``identity:`` fit the systems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters.identity.crosswalk import BY_KEY, BY_RECORD, ENTITY
from adapters.identity.rules import rule
from adapters.identity.survivorship import EXTERNAL_IDS
from adapters.identity.unified import Identity, Unified
from adapters.problems import nearest
from adapters.spi import Adapter, EntityCapability
from gateway.config.identity import IdentityWords
from gateway.graph import Graph
from resolvers.links import Local

NOTHING = EntityCapability(frozenset())


@dataclass(frozen=True, slots=True)
class IdentityProblem:
    """``path``: below ``identity:`` in ``gateway.yaml``."""

    path: tuple[str | int, ...]
    expected: str
    found: str
    hint: str = ""


@dataclass(frozen=True)
class Unification:
    """Several sources under one name, which answer one entity together. ``planned``: over bare adapters, for plans."""

    name: str
    identity: Identity
    roles: Mapping[str, str]
    planned: Unified

    @property
    def sources(self) -> tuple[str, ...]:
        return self.identity.sources

    def over(self, adapters: Mapping[str, Adapter], _: object = None) -> Unified:
        """As an adapter over those of its sources, however they are wrapped. (It has no cursors of its own to seal.)"""
        return Unified(self.name, self.identity, adapters, self.roles)


def unification(
    graph: Graph, entity: str, words: IdentityWords, adapters: Mapping[str, Adapter], roles: Mapping[str, str]
) -> Unification:
    """Of words without problems."""
    rules = [rule(field, form) for field, form in words.match.items()]
    named = EXTERNAL_IDS in graph.types.objects[entity]
    identity = Identity(entity, words.sources, rules, words.links, named, words.survivorship)
    first, *others = words.sources
    name = f"{first} with {', '.join(others)}"
    return Unification(name, identity, roles, Unified(name, identity, adapters, roles))


def problems(
    graph: Graph, adapters: Mapping[str, Adapter], identities: Mapping[str, IdentityWords]
) -> Iterator[IdentityProblem]:
    for entity, words in identities.items():
        found = list(Check(graph, adapters, entity, words).unknown())
        yield from found or Check(graph, adapters, entity, words).unfit()


class Check:
    """The words about one entity."""

    def __init__(self, graph: Graph, adapters: Mapping[str, Adapter], entity: str, words: IdentityWords) -> None:
        self.graph = graph
        self.adapters = adapters
        self.entity = entity
        self.words = words

    def unknown(self) -> Iterator[IdentityProblem]:
        """Names that nobody has."""
        types = self.graph.types.objects
        key = self.graph.canonical_key(self.entity)
        if key is None or len(key) != 1:
            single = [name for name in types if len(self.graph.canonical_key(name) or ()) == 1]
            hint = nearest(self.entity, single)
            yield IdentityProblem((self.entity,), "a type of the graph with a key of one field", self.entity, hint)
            return
        for word in ("sources", "match", "survivorship"):
            fields = self.words.sources.values() if word == "sources" else getattr(self.words, word)
            for place, name in zip(getattr(self.words, word), fields, strict=True):
                if name not in types[self.entity]:
                    hint = nearest(name, types[self.entity])
                    yield IdentityProblem(
                        (self.entity, word, place), f"a field or hidden key of {self.entity}", name, hint
                    )
        for path, source in self._named():
            if source not in self.adapters:
                hint = nearest(source, self.adapters)
                yield IdentityProblem((self.entity, *path), "the name of a registered source", source, hint)

    def _named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        yield from ((("sources", source), source) for source in self.words.sources)
        if self.words.links is not None:
            yield ("links",), self.words.links
        for name, sources in self.words.survivorship.items():
            yield from ((("survivorship", name, place), source) for place, source in enumerate(sources))

    def unfit(self) -> Iterator[IdentityProblem]:
        """What the systems do not give."""
        yield from self._sources()
        yield from self._rules()
        yield from self._survivorship()
        if self.words.links is not None:
            yield from self._links(self.words.links)

    def _offers(self, source: str) -> EntityCapability:
        return self.adapters[source].capabilities.get(self.entity, NOTHING)

    def _looks_up(self, source: str, by: str) -> bool:
        lookup = self._offers(source).lookups.get(by)
        return lookup is not None and not lookup.many

    def _sources(self) -> Iterator[IdentityProblem]:
        first, *others = self.words.sources
        (key,) = self.graph.canonical_key(self.entity) or ("",)
        if self.words.sources[first] != key or not self._looks_up(first, key):
            expected = f"{key}, by which {first} looks up {self.entity}, as its key is the graph's"
            yield IdentityProblem((self.entity, "sources", first), expected, self.words.sources[first])
        for source in others:
            name = self.words.sources[source]
            if self.entity in self.adapters[source].capabilities:
                if not self._looks_up(source, name) or name not in self._offers(source).fields:
                    expected = f"a field or hidden key by which {source} looks up one {self.entity}"
                    yield IdentityProblem((self.entity, "sources", source), expected, name, self._way(source))
            elif name not in self._offers(first).fields:
                expected = f"a field or hidden key that {first} gives, as {source} registers no {self.entity}"
                yield IdentityProblem((self.entity, "sources", source), expected, name)
        yield from self._required(first, others)

    def _way(self, source: str) -> str:
        known = [by for by, lookup in self._offers(source).lookups.items() if not lookup.many]
        return f"{source} looks up {self.entity} by {' or '.join(known) or 'nothing'}"

    def _required(self, first: str, others: list[str]) -> Iterator[IdentityProblem]:
        """What is never null must be the deciding source's: the others may have no record."""
        for name, type_ in self.graph.types.objects[self.entity].items():
            own = isinstance(self.graph.links.get(f"{self.entity}.{name}"), Local | None)
            giving = [source for source in others if name in self._offers(source).fields]
            if type_.required and own and giving and name not in self._offers(first).fields:
                expected, found = (
                    f"{self.entity}.{name}, as it is never null",
                    f"only {' and '.join(giving)} to give it",
                )
                yield IdentityProblem((self.entity, "sources", first), expected, found, f"map it in {first}'s file")

    def _rules(self) -> Iterator[IdentityProblem]:
        first, *others = self.words.sources
        for name in self.words.match:
            if name not in self._offers(first).fields:
                expected = f"a field or hidden key that {first} gives"
                yield IdentityProblem((self.entity, "match", name), expected, name, f"map it in {first}'s file")
            elif not any(self._looks_up(source, name) for source in others):
                expected = f"a lookup of {self.entity} by {name} in {' or '.join(others)}"
                yield IdentityProblem((self.entity, "match", name), expected, "none")

    def _survivorship(self) -> Iterator[IdentityProblem]:
        for name, sources in self.words.survivorship.items():
            for place, source in enumerate(sources):
                if source not in self.words.sources or name not in self._offers(source).fields:
                    expected = f"one of sources that gives {self.entity}.{name}"
                    giving = [each for each in self.words.sources if name in self._offers(each).fields]
                    yield IdentityProblem(
                        (self.entity, "survivorship", name, place), expected, source, ", ".join(giving)
                    )

    def _links(self, source: str) -> Iterator[IdentityProblem]:
        lookups = self.adapters[source].capabilities.get(ENTITY, NOTHING).lookups
        for by in (BY_RECORD, BY_KEY):
            if by not in lookups or not lookups[by].many:
                expected = f"a source that looks up {ENTITY} by `{by}`, many for one"
                yield IdentityProblem((self.entity, "links"), expected, f"{source}, which does not")
