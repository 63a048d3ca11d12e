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

from opentelemetry.metrics import Meter

from gateway.telemetry.account import Account

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


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
        self._errors = meter.create_counter("crossdock.errors", description="Entries of the errors of answers.")
        self._plans = meter.create_counter(
            "crossdock.plans", description="Plans of operations: hit where it was kept, miss where it was made."
        )
        self._keys = meter.create_counter(
            "crossdock.cache.keys", description="Keys and pages asked for that may be kept: hit, miss or stale."
        )
        self._unmapped = meter.create_counter(
            "crossdock.codes.unmapped", description="Codes that `map` does not name: `otherwise` was given."
        )

    def operation(self, name: str, outcome: str, seconds: float, account: Account | None) -> None:
        """``name``: bounded."""
        kind = account.type if account else ""
        self._operations.record(seconds, {"operation": name, "type": kind, "outcome": outcome})
        if account is None:
            return
        if account.plan:
            self._plans.add(1, {"outcome": account.plan})
        for fault, count in account.faults.items():
            self._errors.add(count, {"source": fault.source, "code": fault.code})
        for step in account.steps:
            tally = step.tally
            for word, keys in (("hit", tally.hits), ("miss", tally.misses), ("stale", tally.stale)):
                if keys:
                    self._keys.add(keys, {"source": step.source, "entity": step.entity, "outcome": word})

    def called(self, source: str, entity: str, kind: str, name: str, outcome: str, seconds: float) -> None:
        self._calls.record(
            seconds, {"source": source, "entity": entity, "kind": kind, "name": name, "outcome": outcome}
        )

    def unmapped(self, source: str, counts: Mapping[str, int]) -> None:
        for coordinate, count in counts.items():
            self._unmapped.add(count, {"source": source, "coordinate": coordinate})
