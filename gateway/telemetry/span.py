"""Spans, recorded as lightly as the gateway can afford.

With the SDK's own spans (a lock, limits, checked copies of every attribute) tracing a page of fifty variants cost 15 %
of the gateway's CPU, with these 5 %. All else is the SDK's: who is sampled, which ids, in what batches and to whom.

A span here has no events and takes no exceptions: their texts may hold values.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import Token
from time import time_ns
from types import TracebackType

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.util.types import AnyValue, Attributes

from adapters.spi import SourceError

NOTHING: AbstractContextManager[trace.Span] = nullcontext(trace.INVALID_SPAN)
SCOPE = InstrumentationScope("crossdock")
UNSET = Status(StatusCode.UNSET)


class Tracer:
    """Starts spans; ended ones of sampled traces go to ``processor``. The provider gives sampler, ids and resource."""

    def __init__(self, provider: TracerProvider, processor: SpanProcessor) -> None:
        self.resource = provider.resource
        self.processor = processor
        self._sampler = provider.sampler
        self._ids = provider.id_generator

    def root(self, name: str, caller: Context, attributes: Mapping[str, AnyValue]) -> Span:
        """The span of a whole request, in the trace of ``caller`` if it is in one. Here it is decided who is traced."""
        parent = trace.get_current_span(caller).get_span_context()
        trace_id = parent.trace_id if parent.is_valid else self._ids.generate_trace_id()
        decision = self._sampler.should_sample(caller, trace_id, name, SpanKind.SERVER, attributes)
        sampled = decision.decision is Decision.RECORD_AND_SAMPLE
        flags = TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT
        own = SpanContext(trace_id, self._ids.generate_span_id(), False, TraceFlags(flags), decision.trace_state)
        return Span(self, name, SpanKind.SERVER, own, parent if parent.is_valid else None, attributes)

    def span(
        self, name: str, kind: SpanKind = SpanKind.INTERNAL, attributes: Mapping[str, AnyValue] | None = None
    ) -> AbstractContextManager[trace.Span]:
        """Below the current span, if its trace is sampled; that it may have ended meanwhile does not matter."""
        parent = trace.get_current_span().get_span_context()
        if not parent.trace_flags.sampled:
            return NOTHING
        span_id = self._ids.generate_span_id()
        own = SpanContext(parent.trace_id, span_id, False, parent.trace_flags, parent.trace_state)
        return Span(self, name, kind, own, parent, attributes or {})


class Span(trace.Span):
    """Current inside its ``with`` statement. What is raised there is told by code, or by the name of its class."""

    def __init__(
        self,
        tracer: Tracer,
        name: str,
        kind: SpanKind,
        context: SpanContext,
        parent: SpanContext | None,
        attributes: Mapping[str, AnyValue],
    ) -> None:
        self._tracer = tracer
        self._name = name
        self._kind = kind
        self._context = context
        self._parent = parent
        self._attributes = dict(attributes)
        self._status = UNSET
        self._token: Token[Context] | None = None
        self._start = time_ns()

    def __enter__(self) -> Span:
        self._token = contexts.attach(trace.set_span_in_context(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._token is not None:
            contexts.detach(self._token)
        if error is not None:
            self.set_attribute("error.type", error_type(error))
            self.set_status(StatusCode.ERROR)
        self.end()

    def end(self, end_time: int | None = None) -> None:
        self._tracer.processor.on_end(
            ReadableSpan(
                self._name,
                self._context,
                self._parent,
                self._tracer.resource,
                self._attributes,
                kind=self._kind,
                status=self._status,
                start_time=self._start,
                end_time=end_time or time_ns(),
                instrumentation_scope=SCOPE,
            )
        )

    def get_span_context(self) -> SpanContext:
        return self._context

    def is_recording(self) -> bool:
        return self._context.trace_flags.sampled

    def update_name(self, name: str) -> None:
        self._name = name

    def set_attribute(self, key: str, value: AnyValue) -> None:
        self._attributes[key] = value

    def set_attributes(self, attributes: Mapping[str, AnyValue]) -> None:
        self._attributes.update(attributes)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        self._status = Status(status) if isinstance(status, StatusCode) else Status(status.status_code)

    def add_event(self, name: str, attributes: Attributes = None, timestamp: int | None = None) -> None:
        """Nothing: see above."""

    def record_exception(
        self,
        exception: BaseException,
        attributes: Attributes = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        """Nothing: see above."""


def error_type(error: BaseException) -> str:
    if isinstance(error, SourceError):
        return error.code
    return "CANCELLED" if isinstance(error, CancelledError) else type(error).__name__
