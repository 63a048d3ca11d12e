"""Metrics: how many, how long and how it ended, by names that configuration and operations bound.

| Instrument | Unit | Labels |
| --- | --- | --- |
| ``crossdock.operation.duration`` | s | operation, type, outcome (ok, partial, refused, failed) |
| ``crossdock.source.call.duration`` | s | source, entity, kind (lookup, search), name, outcome (ok or a code) |
| ``crossdock.errors`` | 1 | source, code |
| ``crossdock.plans`` | 1 | outcome (hit, miss) |
| ``crossdock.answers`` | 1 | outcome (kept, made) |
| ``crossdock.cache.keys`` | 1 | source, entity, outcome (hit, miss, stale) |
| ``crossdock.codes.unmapped`` | 1 | source, coordinate |

A histogram has the count as well. The Prometheus form writes ``_`` for ``.`` and adds the unit's name.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.telemetry.account import Account
from gateway.telemetry.instruments import Durations, Instrument, Totals


class Metrics:
    """``instruments``: what has been counted and timed since the start."""

    def __init__(self) -> None:
        self._operations = Durations(
            "crossdock.operation.duration",
            ("operation", "type", "outcome"),
            "Time from a request's head to its answer, by operation.",
        )
        self._calls = Durations(
            "crossdock.source.call.duration",
            ("source", "entity", "kind", "name", "outcome"),
            "Time of real calls to sources, each attempt by itself.",
        )
        self._errors = Totals("crossdock.errors", ("source", "code"), "Entries of the errors of answers.")
        self._plans = Totals(
            "crossdock.plans", ("outcome",), "Plans of operations: hit where it was kept, miss where it was made."
        )
        self._answers = Totals(
            "crossdock.answers",
            ("outcome",),
            "Answers of operations: kept where a whole one was given again, made where it was put together.",
        )
        self._keys = Totals(
            "crossdock.cache.keys",
            ("source", "entity", "outcome"),
            "Keys and pages asked for that may be kept: hit, miss or stale.",
        )
        self._unmapped = Totals(
            "crossdock.codes.unmapped",
            ("source", "coordinate"),
            "Codes that `map` does not name: `otherwise` was given.",
        )
        self.instruments: tuple[Instrument, ...] = (
            self._operations,
            self._calls,
            self._errors,
            self._plans,
            self._answers,
            self._keys,
            self._unmapped,
        )

    def operation(self, name: str, outcome: str, seconds: float, account: Account | None) -> None:
        """``name``: bounded."""
        self._operations.add(seconds, name, account.type if account else "", outcome)
        if account is None:
            return
        if account.plan:
            self._plans.add(1, account.plan)
            self._answers.add(1, "kept" if account.kept else "made")
        for fault, count in account.faults.items():
            self._errors.add(count, fault.source, fault.code)
        for step in account.steps:
            tally = step.tally
            for word, keys in (("hit", tally.hits), ("miss", tally.misses), ("stale", tally.stale)):
                if keys:
                    self._keys.add(keys, step.source, step.entity, word)

    def called(self, source: str, entity: str, kind: str, name: str, outcome: str, seconds: float) -> None:
        self._calls.add(seconds, source, entity, kind, name, outcome)

    def unmapped(self, source: str, counts: Mapping[str, int]) -> None:
        for coordinate, count in counts.items():
            self._unmapped.add(count, source, coordinate)
