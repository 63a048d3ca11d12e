"""Metrics: how many, how long and how it ended, by names that configuration and operations bound.

| Instrument | Unit | Labels |
| --- | --- | --- |
| ``crossdock.operation.duration`` | s | operation, type, outcome (ok, partial, refused, failed) |
| ``crossdock.source.call.duration`` | s | source, entity, kind (lookup, search), name, outcome (ok or a code) |
| ``crossdock.errors`` | 1 | source, code |
| ``crossdock.plans`` | 1 | outcome (hit, miss) |
| ``crossdock.cache.keys`` | 1 | source, entity, outcome (hit, miss, stale) |
| ``crossdock.codes.unmapped`` | 1 | source, coordinate |

A histogram has the count as well. The Prometheus form writes ``_`` for ``.`` and adds the unit's name.
"""

from __future__ import annotations

from collections.abc import Mapping

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from gateway.telemetry.account import Account

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Totals:
    """A counter by ``labels``, added up here and told when somebody asks: the SDK takes 10 µs for each count."""

    def __init__(self, meter: Meter, name: str, labels: tuple[str, ...], description: str) -> None:
        self._labels = labels
        self._counts: dict[tuple[str, ...], int] = {}
        meter.create_observable_counter(name, [self._observe], description=description)

    def add(self, count: int, *values: str) -> None:
        self._counts[values] = self._counts.get(values, 0) + count

    def _observe(self, options: CallbackOptions) -> list[Observation]:
        counts = list(self._counts.items())  # at once: the exporter has a thread of its own
        return [Observation(count, dict(zip(self._labels, values, strict=True))) for values, count in counts]


class Metrics:
    """``meter`` decides where the numbers go."""

    def __init__(self, meter: Meter) -> None:
        self._operations = meter.create_histogram(
            "crossdock.operation.duration",
            unit="s",
            description="Time from a request's head to its answer, by operation.",
            explicit_bucket_boundaries_advisory=SECONDS,
        )
        self._calls = meter.create_histogram(
            "crossdock.source.call.duration",
            unit="s",
            description="Time of real calls to sources, each attempt by itself.",
            explicit_bucket_boundaries_advisory=SECONDS,
        )
        self._errors = Totals(meter, "crossdock.errors", ("source", "code"), "Entries of the errors of answers.")
        self._plans = Totals(
            meter,
            "crossdock.plans",
            ("outcome",),
            "Plans of operations: hit where it was kept, miss where it was made.",
        )
        self._keys = Totals(
            meter,
            "crossdock.cache.keys",
            ("source", "entity", "outcome"),
            "Keys and pages asked for that may be kept: hit, miss or stale.",
        )
        self._unmapped = Totals(
            meter,
            "crossdock.codes.unmapped",
            ("source", "coordinate"),
            "Codes that `map` does not name: `otherwise` was given.",
        )

    def operation(self, name: str, outcome: str, seconds: float, account: Account | None) -> None:
        """``name``: bounded."""
        kind = account.type if account else ""
        self._operations.record(seconds, {"operation": name, "type": kind, "outcome": outcome})
        if account is None:
            return
        if account.plan:
            self._plans.add(1, account.plan)
        for fault, count in account.faults.items():
            self._errors.add(count, fault.source, fault.code)
        for step in account.steps:
            tally = step.tally
            for word, keys in (("hit", tally.hits), ("miss", tally.misses), ("stale", tally.stale)):
                if keys:
                    self._keys.add(keys, step.source, step.entity, word)

    def called(self, source: str, entity: str, kind: str, name: str, outcome: str, seconds: float) -> None:
        self._calls.record(
            seconds, {"source": source, "entity": entity, "kind": kind, "name": name, "outcome": outcome}
        )

    def unmapped(self, source: str, counts: Mapping[str, int]) -> None:
        for coordinate, count in counts.items():
            self._unmapped.add(count, source, coordinate)
