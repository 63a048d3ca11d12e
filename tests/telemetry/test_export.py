"""The way to a collector: where, with what, and what happens when it is not there."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from opentelemetry.context import Context
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.telemetry.environment import from_environment
from gateway.telemetry.otlp import SpanExport
from gateway.telemetry.span import Tracer
from gateway.telemetry.telemetry import PATIENCE
from tests.serving import serving
from tests.telemetry.conftest import Written
from tests.telemetry.receiver import Receiver


@dataclass
class Moody:
    """A collector that gives these answers before it takes anything."""

    answers: list[int] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.heads.append(dict(request.headers))
        self.paths.append(scope["path"])
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.taken.append(body)
        await Response(status_code=status, headers={"retry-after": "0"})(scope, receive, send)


@pytest.fixture
def moody(monkeypatch: pytest.MonkeyPatch) -> Iterator[Moody]:
    collector = Moody()
    with serving(collector) as address:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"{address}/")
        yield collector


class Kept(SpanProcessor):
    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)


@pytest.fixture
def spans() -> list[ReadableSpan]:
    kept = Kept()
    tracer = Tracer(TracerProvider(shutdown_on_exit=False), kept)
    with tracer.root("request", Context(), {"http.request.method": "POST"}), tracer.span("step"):
        pass
    return kept.spans


def names(body: bytes) -> list[str]:
    (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
    (scope,) = resource.scope_spans
    assert scope.scope.name == "crossdock"
    return [span.name for span in scope.spans]


def test_a_batch_arrives(moody: Moody, spans: list[ReadableSpan]) -> None:
    assert SpanExport().export(spans) is SpanExportResult.SUCCESS
    assert moody.paths == ["/v1/traces"]
    assert moody.heads[0]["content-type"] == "application/x-protobuf"
    assert names(moody.taken[0]) == ["step", "request"]


def test_headers_of_the_environment(moody: Moody, spans: list[ReadableSpan], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=one,tenant=shop%20eu")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "api-key=two")
    SpanExport().export(spans)
    assert moody.heads[0]["api-key"] == "two"
    assert "tenant" not in moody.heads[0]


def test_packed(moody: Moody, spans: list[ReadableSpan], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
    SpanExport().export(spans)
    assert moody.heads[0]["content-encoding"] == "gzip"
    assert names(gzip.decompress(moody.taken[0])) == ["step", "request"]


def test_an_address_of_its_own(moody: Moody, spans: list[ReadableSpan], monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(own := Moody()) as address:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{address}/traces-here")
        SpanExport().export(spans)
    assert (own.paths, moody.paths) == (["/traces-here"], [])


def test_a_busy_collector_gets_it_again(moody: Moody, spans: list[ReadableSpan]) -> None:
    moody.answers = [503, 429]
    assert SpanExport().export(spans) is SpanExportResult.SUCCESS
    assert len(moody.heads) == 3


def test_a_collector_that_does_not_want_it(moody: Moody, spans: list[ReadableSpan], json_lines: Written) -> None:
    moody.answers = [400]
    assert SpanExport().export(spans) is SpanExportResult.FAILURE
    assert len(moody.heads) == 1
    assert "2 spans are lost, the collector did not take them: HTTPError" in json_lines()[-1]


def test_without_a_collector_the_process_ends_soon(monkeypatch: pytest.MonkeyPatch, json_lines: Written) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    telemetry = from_environment(prometheus=False)
    with telemetry.request("POST", "r", {}):
        pass
    began = time.monotonic()
    telemetry.close()
    assert time.monotonic() - began < PATIENCE + 2


def test_what_the_sdk_adds_is_told(collector: Receiver) -> None:
    telemetry = from_environment(prometheus=False)
    with telemetry.request("POST", "r", {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}), telemetry.span("parse"):
        pass
    telemetry.close()
    resource = collector.resources[0]
    assert (resource["service.name"], resource["telemetry.sdk.language"]) == ("crossdock", "python")
    (body,) = (body for body in collector.bodies if b"parse" in body)
    spans = ExportTraceServiceRequest.FromString(body).resource_spans[0].scope_spans[0].spans
    assert {span.name: span.flags for span in spans} == {"POST /graphql": 0x301, "parse": 0x101}
