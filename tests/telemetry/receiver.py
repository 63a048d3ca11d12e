"""A collector for tests: takes OTLP over HTTP and keeps what it is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class Told:
    """A span. ``kind`` and ``status`` as the protocol names them, without their prefixes."""

    name: str
    kind: str
    status: str
    trace: str
    id: str
    parent: str
    nanoseconds: int
    attributes: dict[str, Any]
    events: int


@dataclass
class Receiver:
    """An ASGI application. ``bodies`` is everything that arrived, as it was on the wire; ``arrivals`` tells of each."""

    spans: list[Told] = field(default_factory=list)
    metrics: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    resources: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    arrivals: SimpleQueue[str] = field(default_factory=SimpleQueue)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        self.bodies.append(body)
        {"/v1/traces": self.take_spans, "/v1/metrics": self.take_metrics}[scope["path"]](body)
        self.arrivals.put(scope["path"])
        await Response(b"", media_type="application/x-protobuf")(scope, receive, send)

    def take_spans(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.resources.append(plain(resource.resource.attributes))
            self.spans += [told(span) for scope in resource.scope_spans for span in scope.spans]

    def take_metrics(self, body: bytes) -> None:
        """The newest of each: they count from the start."""
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    points = metric.histogram.data_points or metric.sum.data_points
                    self.metrics[metric.name] = [
                        plain(point.attributes) | {"value": getattr(point, "count", 0) or getattr(point, "as_int", 0)}
                        for point in points
                    ]

    def named(self, name: str) -> list[Told]:
        return [span for span in self.spans if span.name == name]

    def one(self, name: str) -> Told:
        (span,) = self.named(name)
        return span

    def below(self, span: Told) -> list[Told]:
        return [each for each in self.spans if each.parent == span.id]


def told(span: trace_pb2.Span) -> Told:
    return Told(
        span.name,
        trace_pb2.Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        trace_pb2.Status.StatusCode.Name(span.status.code).removeprefix("STATUS_CODE_"),
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.end_time_unix_nano - span.start_time_unix_nano,
        plain(span.attributes),
        len(span.events),
    )


def plain(attributes: Iterable[KeyValue]) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value") or "") for each in attributes}
