"""A span around each request to a source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager

from opentelemetry.trace import Span, SpanKind, StatusCode

from adapters.spi import Adapter, Lookup, LookupResult, Search, SearchResult, SourceError, Tally
from adapters.wrapper import Wrapper
from gateway.telemetry.span import Tracer


class Spanned(Wrapper):
    """Used twice: ``INTERNAL`` around the kept answers, as a step sees the source; ``CLIENT`` around each real call.

    ``attributes`` are those of every span. The span of a step says more: what was asked for, how many keys fit into one
    call, and how many were kept.
    """

    def __init__(self, adapter: Adapter, tracer: Tracer, kind: SpanKind, attributes: Mapping[str, str | int]) -> None:
        super().__init__(adapter)
        self._tracer = tracer
        self._kind = kind
        self._attributes = {"crossdock.source": adapter.source, **attributes}
        self._asked = asked(adapter) if kind is SpanKind.INTERNAL else {}

    async def lookup(self, request: Lookup) -> LookupResult:
        with self._span("lookup", request.entity, request.by, len(request.keys)) as span:
            before = counts(request.tally)
            result = await self.adapter.lookup(request)
            if span.is_recording():
                tell(span, before, request.tally, result.failed.values())
            return result

    async def search(self, request: Search) -> SearchResult:
        with self._span("search", request.entity, request.name, len(request.parents or ())) as span:
            before = counts(request.tally)
            result = await self.adapter.search(request)
            if span.is_recording():
                tell(span, before, request.tally, result.failed.values())
            return result

    def _span(self, kind: str, entity: str, name: str, keys: int) -> AbstractContextManager[Span]:
        if not self._tracer.is_sampled():
            return self._tracer.NOTHING
        told = self._asked.get((kind, entity, name), {})
        title = f"{self.source}: {kind} {entity} {name}" if self._kind is SpanKind.INTERNAL else f"{self.source}: call"
        return self._tracer.span(title, self._kind, {**self._attributes, **told, "crossdock.keys": keys})
