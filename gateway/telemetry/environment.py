"""Telemetry as the standard environment variables of OpenTelemetry want it.

``OTEL_EXPORTER_OTLP_ENDPOINT`` (or that of one signal) says where to; without it nothing is exported. The SDK reads
the others: ``OTEL_SERVICE_NAME``, ``OTEL_RESOURCE_ATTRIBUTES``, ``OTEL_TRACES_SAMPLER``, those of OTLP and batches, ...
``OTEL_SDK_DISABLED=true`` leaves nothing but the log.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from gateway.config.settings import Server
from gateway.telemetry.logs import configure_logs
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.otlp import SpanExport
from gateway.telemetry.otlp_metrics import MetricExport
from gateway.telemetry.prometheus import prometheus_text
from gateway.telemetry.span import Tracer
from gateway.telemetry.telemetry import OFF, Telemetry

log = logging.getLogger("crossdock.telemetry")

Signal = Literal["TRACES", "METRICS"]
PROTOCOL = "http/protobuf"


@contextmanager
def telemetry_of_process(server: Server) -> Iterator[Telemetry]:
    """While a server runs. What is wrong in the environment is said in the log, in the form that was asked for."""
    configure_logs(server.log)
    telemetry = from_environment(prometheus=server.metrics)
    try:
        yield telemetry
    finally:
        telemetry.close()


def from_environment(*, prometheus: bool) -> Telemetry:
    """``prometheus``: whether the metrics are read here too. Starts the threads that export; ``close`` ends them."""
    if variable("OTEL_SDK_DISABLED").lower() == "true":
        return OFF
    resource = own_resource()
    metrics = Metrics()
    spans = BatchSpanProcessor(SpanExport()) if is_exported("TRACES") else None
    numbers = MetricExport(metrics.instruments, resource) if is_exported("METRICS") else None
    return Telemetry(
        tracer=Tracer(TracerProvider(resource=resource, shutdown_on_exit=False), spans) if spans else None,
        metrics=metrics if prometheus or numbers else None,
        prometheus=partial(prometheus_text, metrics.instruments) if prometheus else None,
        closing=tuple(each.shutdown for each in (spans, numbers) if each is not None),
    )


def own_resource() -> Resource:
    """Who tells: as the environment says, else ``crossdock`` of this version."""
    try:
        own = {"service.name": "crossdock", "service.version": version("crossdock")}
    except PackageNotFoundError:  # run from a checkout that is not installed
        own = {"service.name": "crossdock"}
    return Resource.create().merge(Resource(own)).merge(OTELResourceDetector().detect())


def is_exported(signal: Signal) -> bool:
    """Whether there is an address, and all else is as we can do it; what is not is said in the log."""
    if not variable("OTEL_EXPORTER_OTLP_ENDPOINT") and not variable(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"):
        return False
    exporter = variable(f"OTEL_{signal}_EXPORTER") or "otlp"
    if exporter != "otlp":
        if exporter != "none":
            warn(f"OTEL_{signal}_EXPORTER", "otlp or none", exporter)
        return False
    name = f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL"
    if not variable(name):
        name = "OTEL_EXPORTER_OTLP_PROTOCOL"
    protocol = variable(name) or PROTOCOL
    if protocol != PROTOCOL:
        warn(name, f"{PROTOCOL}, usually on port 4318", protocol)
    return protocol == PROTOCOL


def variable(name: str) -> str:
    return os.environ.get(name, "").strip()


def warn(name: str, expected: str, found: str) -> None:
    log.warning("%s: expected %s, found %s: nothing is exported", name, expected, found)
