"""Telemetry as the standard environment variables of OpenTelemetry want it.

``OTEL_EXPORTER_OTLP_ENDPOINT`` (or that of one signal) says where to; without it nothing is exported. Its SDK reads
the others: ``OTEL_SERVICE_NAME``, ``OTEL_RESOURCE_ATTRIBUTES``, ``OTEL_TRACES_SAMPLER``, ``OTEL_EXPORTER_OTLP_HEADERS``,
``OTEL_BSP_*``, ``OTEL_METRIC_EXPORT_INTERVAL``, ... ``OTEL_SDK_DISABLED=true`` leaves nothing but the log.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from gateway.telemetry.metrics import Metrics
from gateway.telemetry.span import Tracer
from gateway.telemetry.telemetry import OFF, Telemetry

log = logging.getLogger("crossdock.telemetry")

Signal = Literal["TRACES", "METRICS"]
PROTOCOL = "http/protobuf"
SERIES = {Histogram: 20_000, Counter: 20_000}
"""Most label sets of one metric. The SDK's 2,000 are too few for hundreds of sources; names of operations are bounded."""


def from_environment(*, prometheus: bool) -> Telemetry:
    """``prometheus``: whether the metrics are read here too. Starts the threads that export; ``close`` ends them."""
    if variable("OTEL_SDK_DISABLED").lower() == "true":
        return OFF
    resource = own_resource()
    tracer, end_tracing = tracing(resource) if is_exported("TRACES") else (None, [])
    metrics, text, end_metrics = measuring(resource, prometheus, is_exported("METRICS"))
    return Telemetry(tracer, metrics, text, (*end_tracing, *end_metrics))


def tracing(resource: Resource) -> tuple[Tracer, list[Callable[[], object]]]:
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    processor = BatchSpanProcessor(OTLPSpanExporter())
    return Tracer(provider, processor), [processor.shutdown]


def measuring(
    resource: Resource, prometheus: bool, exported: bool
) -> tuple[Metrics | None, Callable[[], tuple[bytes, str]] | None, list[Callable[[], object]]]:
    readers: list[MetricReader] = []
    text = None
    if prometheus:
        registry = CollectorRegistry()
        readers.append(prometheus_reader(registry))
        text = lambda: (generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4)
    if exported:
        readers.append(PeriodicExportingMetricReader(OTLPMetricExporter(), cardinality_limits=SERIES))
    if not readers:
        return None, None, []
    provider = MeterProvider(readers, resource, shutdown_on_exit=False)
    return Metrics(provider.get_meter("crossdock")), text, [provider.shutdown]
