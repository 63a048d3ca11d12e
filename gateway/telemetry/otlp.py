"""Spans on their way to a collector: OTLP over HTTP, as protobuf.

The SDK's own exporter makes new messages of every attribute of every span: 48 us a span, which was half of what
tracing cost. Most attributes are the same each time, and their messages are kept here: a third of that.
"""

from __future__ import annotations

import gzip
import logging
import os
from collections.abc import Sequence
from functools import lru_cache

import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Span, SpanFlags, Status
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.util.re import parse_env_headers
from opentelemetry.util.types import Attributes
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

log = logging.getLogger("crossdock.telemetry")

AGAIN = (429, 502, 503, 504)
"""The answers after which the protocol wants the same once more."""

KINDS = {
    SpanKind.INTERNAL: Span.SPAN_KIND_INTERNAL,
    SpanKind.SERVER: Span.SPAN_KIND_SERVER,
    SpanKind.CLIENT: Span.SPAN_KIND_CLIENT,
}
ERROR = Status(code=Status.STATUS_CODE_ERROR)
LOCAL = SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
REMOTE = LOCAL | SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK
"""Whether the parent is another process's."""


class SpanExport(SpanExporter):
    """Sends batches to where ``OTEL_EXPORTER_OTLP_*`` says. Runs in the SDK's thread and never raises."""

    def __init__(self) -> None:
        self._address = setting("ENDPOINT", own=True) or setting("ENDPOINT").rstrip("/") + "/v1/traces"
        self._timeout = float(setting("TIMEOUT") or 10)
        self._packed = setting("COMPRESSION") == "gzip"
        self._session = session()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        body = message(spans).SerializeToString()
        if self._packed:
            body = gzip.compress(body)
        try:
            self._session.post(self._address, data=body, timeout=self._timeout).raise_for_status()
        except requests.RequestException as error:
            log.warning("%d spans are lost, the collector did not take them: %s", len(spans), type(error).__name__)
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self._session.close()


def session() -> requests.Session:
    made = requests.Session()
    made.headers.update(parse_env_headers(setting("HEADERS"), liberal=True))
    made.headers["Content-Type"] = "application/x-protobuf"
    if setting("COMPRESSION") == "gzip":
        made.headers["Content-Encoding"] = "gzip"
    made.verify = setting("CERTIFICATE") or True
    if certificate := setting("CLIENT_CERTIFICATE"):
        made.cert = (certificate, setting("CLIENT_KEY")) if setting("CLIENT_KEY") else certificate
    again = Retry(total=5, backoff_factor=0.5, backoff_jitter=0.5, status_forcelist=AGAIN, allowed_methods=None)
    for scheme in ("http://", "https://"):
        made.mount(scheme, HTTPAdapter(max_retries=again))
    return made


def setting(name: str, *, own: bool = False) -> str:
    """The variable of traces, or with ``own`` only that, else the one of all signals."""
    found = os.environ.get(f"OTEL_EXPORTER_OTLP_TRACES_{name}", "").strip()
    return found if found or own else os.environ.get(f"OTEL_EXPORTER_OTLP_{name}", "").strip()


def message(spans: Sequence[ReadableSpan]) -> ExportTraceServiceRequest:
    """All of them are of one process and one scope."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add(resource=Resource(attributes=attributes(spans[0].resource.attributes)))
    scope = resource.scope_spans.add(scope=InstrumentationScope(name="crossdock"))
    for span in spans:
        add(scope, span)
    return request


def add(scope: ScopeSpans, span: ReadableSpan) -> None:
    """Made in its place: a message that is put into another one is copied."""
    context, parent = span.context, span.parent
    assert context is not None
    scope.spans.add(
        trace_id=context.trace_id.to_bytes(16, "big"),
        span_id=context.span_id.to_bytes(8, "big"),
        trace_state=context.trace_state.to_header() if context.trace_state else "",
        parent_span_id=parent.span_id.to_bytes(8, "big") if parent else b"",
        flags=context.trace_flags | (REMOTE if parent and parent.is_remote else LOCAL),
        name=span.name,
        kind=KINDS[span.kind],
        start_time_unix_nano=span.start_time or 0,
        end_time_unix_nano=span.end_time or 0,
        attributes=attributes(span.attributes),
        status=ERROR if span.status.status_code is StatusCode.ERROR else None,
    )


def attributes(given: Attributes) -> list[KeyValue]:
    return [attribute(name, value) for name, value in (given or {}).items()]


@lru_cache(maxsize=4096)
def attribute(name: str, value: object) -> KeyValue:
    if isinstance(value, bool):
        return KeyValue(key=name, value=AnyValue(bool_value=value))
    if isinstance(value, int):
        return KeyValue(key=name, value=AnyValue(int_value=value))
    return KeyValue(key=name, value=AnyValue(string_value=str(value)))
