"""What a process tells about itself, in one value that is handed to whoever has something to tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Thread
from time import monotonic

from opentelemetry import trace

from adapters.spi import Adapter
from gateway.telemetry.measured import Measured
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.names import OperationNames
from gateway.telemetry.request import WatchedRequest
from gateway.telemetry.span import NOTHING, Tracer
from gateway.telemetry.spanned import around_calls, around_steps

PATIENCE = 5.0
"""Seconds in which what is not yet exported must be when the process ends; a collector may be down."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """``tracer`` and ``metrics`` where there is somebody to hear of it; the log tells of requests in any case.

    ``prometheus`` gives the metrics as Prometheus reads them, with their media type. ``closing``: what exports.
    """

    tracer: Tracer | None = None
    metrics: Metrics | None = None
    prometheus: Callable[[], tuple[bytes, str]] | None = None
    closing: tuple[Callable[[], object], ...] = ()
    names: OperationNames = field(default_factory=OperationNames)

    def request(self, method: str, identity: str, headers: Mapping[str, str]) -> WatchedRequest:
        """Around the answering of one HTTP request; ``headers`` with lower-case names."""
        return WatchedRequest(self.tracer, self.metrics, self.names, method, identity, headers)

    def span(self, name: str) -> AbstractContextManager[trace.Span]:
        """Around something that takes its time and is rarely done."""
        return NOTHING if self.tracer is None else self.tracer.span(name)

    def around_steps(self, source: Adapter, role: str) -> Adapter:
        """The source as the steps of a plan see it, outside of whatever answers for it."""
        return source if self.tracer is None else around_steps(source, self.tracer, role)

    def around_calls(self, adapter: Adapter) -> Adapter:
        """The bare adapter: each request that gets this far is a real call."""
        measured = adapter if self.metrics is None else Measured(adapter, self.metrics)
        return measured if self.tracer is None else around_calls(measured, self.tracer, adapter.peer)

    def close(self) -> None:
        """Exports what there is, for at most ``PATIENCE``. Nothing may be told afterwards."""
        deadline = monotonic() + PATIENCE
        threads = [Thread(target=close, name="crossdock telemetry", daemon=True) for close in self.closing]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, deadline - monotonic()))


OFF = Telemetry()
"""Nothing but the log."""
