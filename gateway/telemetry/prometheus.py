"""Metrics as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.telemetry.instruments import SECONDS, Durations, Instrument

BOUNDS = (*map(str, SECONDS), "+Inf")


class Families(Collector):
    """One for each instrument that has counted something."""

    def __init__(self, instruments: Sequence[Instrument]) -> None:
        self._instruments = instruments

    def collect(self) -> Iterator[Metric]:
        for instrument in self._instruments:
            if family := family_of(instrument):
                yield family


def family_of(instrument: Instrument) -> Metric | None:
    name, reading = instrument.name.replace(".", "_"), instrument.read()
    if not reading:
        return None
    if isinstance(instrument, Durations):
        times = HistogramMetricFamily(name, instrument.description, labels=instrument.labels, unit="seconds")
        for values, (*counts, seconds) in reading.items():
            times.add_metric(values, list(zip(BOUNDS, accumulate(counts), strict=True)), seconds)
        return times
    totals = CounterMetricFamily(name, instrument.description, labels=instrument.labels)
    for values, (count,) in reading.items():
        totals.add_metric(values, count)
    return totals


def prometheus_text(instruments: Sequence[Instrument]) -> tuple[bytes, str]:
    """The text and its media type."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Families(instruments))
    return generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4
