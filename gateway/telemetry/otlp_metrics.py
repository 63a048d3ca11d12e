"""Metrics on their way to a collector: OTLP over HTTP, at intervals and once more at the end."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from operator import sub
from threading import Event, Thread
from time import time_ns

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource

from gateway.telemetry.instruments import SECONDS, Durations, Instrument, Reading
from gateway.telemetry.span import SCOPE

CUMULATIVE, DELTA = AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA
INTERVAL, PATIENCE = 60_000.0, 30_000.0
"""Milliseconds, where the environment does not say."""


class MetricExport:
    """Sends to where ``OTEL_EXPORTER_OTLP_*`` says, every ``OTEL_METRIC_EXPORT_INTERVAL`` milliseconds, from a thread.

    Numbers count from the start, or from the last time where ``OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`` is
    ``delta``.
    """

    def __init__(self, instruments: Sequence[Instrument], resource: Resource) -> None:
        self._instruments = instruments
        self._resource = resource
        self._exporter = OTLPMetricExporter()
        preference = os.environ.get("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "")
        self._temporality = DELTA if preference.strip().lower() in ("delta", "lowmemory") else CUMULATIVE
        self._since = time_ns()
        self._sent: Mapping[str, Reading] = {}
        self._ended = Event()
        self._thread = Thread(target=self._run, name="crossdock metrics", daemon=True)
        self._thread.start()

    def shutdown(self) -> None:
        self._ended.set()
        self._thread.join()
        self._exporter.shutdown()

    def _run(self) -> None:
        interval = milliseconds("OTEL_METRIC_EXPORT_INTERVAL", INTERVAL) / 1000
        patience = milliseconds("OTEL_METRIC_EXPORT_TIMEOUT", PATIENCE)
        ended = False
        while not ended:
            ended = self._ended.wait(interval)
            if metrics := self._read():
                self._exporter.export(self._told(metrics), timeout_millis=patience)

    def _told(self, metrics: Sequence[Metric]) -> MetricsData:
        scope = ScopeMetrics(SCOPE, metrics, SCOPE.schema_url or "")
        return MetricsData([ResourceMetrics(self._resource, [scope], self._resource.schema_url)])

    def _read(self) -> list[Metric]:
        now = time_ns()
        readings = {instrument.name: instrument.read() for instrument in self._instruments}
        metrics = []
        for instrument in self._instruments:
            reading = readings[instrument.name]
            if self._temporality is DELTA:
                reading = since(self._sent.get(instrument.name, {}), reading)
            if reading:
                metrics.append(metric(instrument, reading, self._temporality, self._since, now))
        if self._temporality is DELTA:
            self._sent, self._since = readings, now
        return metrics


def since(before: Reading, now: Reading) -> Reading:
    """What came to it, where anything did."""
    return {
        values: tuple(map(sub, numbers, before[values])) if values in before else numbers
        for values, numbers in now.items()
        if numbers != before.get(values)
    }


def metric(
    instrument: Instrument, reading: Reading, temporality: AggregationTemporality, start: int, now: int
) -> Metric:
    data: Histogram | Sum
    named = [(dict(zip(instrument.labels, values, strict=True)), numbers) for values, numbers in reading.items()]
    if isinstance(instrument, Durations):
        data = Histogram([times(labels, numbers, start, now) for labels, numbers in named], temporality)
    else:
        counts = [NumberDataPoint(labels, start, now, int(numbers[0])) for labels, numbers in named]
        data = Sum(counts, temporality, is_monotonic=True)
    return Metric(instrument.name, instrument.description, instrument.unit, data)


def times(labels: Mapping[str, str], numbers: Sequence[float], start: int, now: int) -> HistogramDataPoint:
    """The protocol may be told the least and the greatest, which are not kept: its encoder leaves out what is None."""
    counts = [int(count) for count in numbers[:-1]]
    none: float = None  # type: ignore[assignment]
    return HistogramDataPoint(labels, start, now, sum(counts), numbers[-1], counts, SECONDS, none, none)


def milliseconds(variable: str, otherwise: float) -> float:
    try:
        return float(os.environ.get(variable, "")) or otherwise
    except ValueError:
        return otherwise
