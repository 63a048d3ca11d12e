"""A span around each request to a source."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from opentelemetry.trace import Span, SpanKind, StatusCode

from adapters.spi import Adapter, Lookup, LookupResult, Search, SearchResult, SourceError
from adapters.tally import Tally
from adapters.wrapper import Wrapper
from gateway.telemetry.span import Tracer


class Title(NamedTuple):
    """What a span is called, and what it says before anything is asked."""

    name: str
    attributes: Mapping[str, str | int]


Asked = tuple[str, str, str]
"""``lookup`` or ``search``, entity, name."""


class Spanned(Wrapper):
    """Used twice: around kept answers, as a step of the plan sees the source, and around each real call to it."""

    def __init__(self, adapter: Adapter, tracer: Tracer, kind: SpanKind, titles: Mapping[Asked, Title]) -> None:
        super().__init__(adapter)
        self._tracer = tracer
        self._kind = kind
        self._titles = titles
        self._undeclared = Title(f"{adapter.source}: undeclared", {"crossdock.source": adapter.source})

    async def lookup(self, request: Lookup) -> LookupResult:
        title = self._titles.get(("lookup", request.entity, request.by), self._undeclared)
        with self._tracer.span(title.name, self._kind, title.attributes) as span:
            span.set_attribute("crossdock.keys", len(request.keys))
            before = counts(request.tally)
            result = await self.adapter.lookup(request)
            if span.is_recording():
                tell(span, before, request.tally, result.failed.values())
            return result

    async def search(self, request: Search) -> SearchResult:
        title = self._titles.get(("search", request.entity, request.name), self._undeclared)
        with self._tracer.span(title.name, self._kind, title.attributes) as span:
            span.set_attribute("crossdock.keys", len(request.parents or ()))
            before = counts(request.tally)
            result = await self.adapter.search(request)
            if span.is_recording():
                tell(span, before, request.tally, result.failed.values())
            return result


def around_steps(adapter: Adapter, tracer: Tracer, role: str) -> Spanned:
    titles: dict[Asked, Title] = {}
    for asked, batch in declared(adapter):
        kind, entity, name = asked
        said = {"crossdock.source": adapter.source, "crossdock.role": role, "crossdock.entity": entity}
        titles[asked] = Title(
            f"{adapter.source}: {kind} {entity} {name}", {**said, f"crossdock.{kind}": name, "crossdock.batch": batch}
        )
    return Spanned(adapter, tracer, SpanKind.INTERNAL, titles)


def around_calls(adapter: Adapter, tracer: Tracer, peer: Mapping[str, str | int]) -> Spanned:
    """``peer``: what the adapter says of the system that it calls."""
    title = Title(f"{adapter.source}: call", {"crossdock.source": adapter.source, **peer})
    return Spanned(adapter, tracer, SpanKind.CLIENT, {asked: title for asked, _ in declared(adapter)})


def declared(adapter: Adapter) -> Iterator[tuple[Asked, int]]:
    """Everything that the source can be asked, with the most keys of one call."""
    for entity, capability in adapter.capabilities.items():
        for by, lookup in capability.lookups.items():
            yield ("lookup", entity, by), lookup.batch
        for name, search in capability.searches.items():
            yield ("search", entity, name), search.batch


def counts(tally: Tally) -> tuple[int, int, int]:
    return tally.hits, tally.misses, tally.stale


def tell(span: Span, before: tuple[int, int, int], tally: Tally, failed: Collection[SourceError]) -> None:
    """How many keys were kept and how many failed, where any were or did."""
    for word, earlier, now in zip(("hits", "misses", "stale"), before, counts(tally), strict=True):
        if now > earlier:
            span.set_attribute(f"crossdock.cache.{word}", now - earlier)
    if failed:
        span.set_attributes({"crossdock.failed": len(failed), "error.type": next(iter(failed)).code})
        span.set_status(StatusCode.ERROR)
