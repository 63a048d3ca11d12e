"""One HTTP request, from its head to its answer: its span, its numbers, its line in the log."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from contextvars import Token
from time import perf_counter
from types import TracebackType
from typing import Any

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway.telemetry.account import Account
from gateway.telemetry.logs import REQUEST_ID, belonging, tell
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.names import LONGEST, OperationNames
from gateway.telemetry.span import Span, Tracer

log = logging.getLogger("crossdock.request")

W3C = TraceContextTextMapPropagator()
GONE = 499
"""Nobody was there to read the answer; the number that nginx gives it."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"})


class WatchedRequest:
    """A ``with`` statement around the answering. Inside, say what is known: ``status`` and ``size`` of the answer,
    ``client``'s name, and the ``account`` of the operation, if there was one.

    A caller's ``traceparent`` is continued, also where nothing is traced here.
    """

    def __init__(
        self,
        tracer: Tracer | None,
        metrics: Metrics | None,
        names: OperationNames,
        method: str,
        identity: str,
        headers: Mapping[str, str],
    ) -> None:
        self.status = GONE
        self.size = 0
        self.client = ""
        self.account: Account | None = None
        self._tracer = tracer
        self._metrics = metrics
        self._names = names
        self._method = method
        self._identity = identity
        self._headers = headers
        self._span: Span | None = None
        self._context: Token[Context] | None = None

    def __enter__(self) -> WatchedRequest:
        self._began = perf_counter()
        self._request_id = REQUEST_ID.set(self._identity)
        caller = W3C.extract(self._headers) if "traceparent" in self._headers else Context()
        if self._tracer is not None:
            self._span = self._tracer.root(f"{self.method} /graphql", caller, self._first_attributes())
            caller = trace.set_span_in_context(self._span, caller)
        if caller:
            self._context = contexts.attach(caller)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        seconds = perf_counter() - self._began
        account, outcome = self.account, self.outcome
        name = self._names.bounded(account.name) if account is not None and account.name else ""
        if self._metrics is not None and (account is not None or self.status >= 400):
            self._metrics.operation(name, outcome, seconds, account)
        tell(log, "answered", self._line(seconds, outcome))
        if self._span is not None and self._span.is_recording():
            self._tell(self._span, name)
        if self._context is not None:
            contexts.detach(self._context)
        if self._span is not None:
            self._span.end()
        REQUEST_ID.reset(self._request_id)

    @property
    def method(self) -> str:
        """A client may send any word."""
        return self._method if self._method in METHODS else "_OTHER"

    @property
    def outcome(self) -> str:
        """``partial``: with errors beside the data. ``refused``: not executed. ``failed``: our own defect, or gone."""
        if self.status >= 499:
            return "failed"
        if self.account is None or not self.account.executed:
            return "ok" if self.account is None and self.status < 400 else "refused"
        return "partial" if self.account.faults else "ok"

    def _first_attributes(self) -> dict[str, str]:
        return {
            "http.request.method": self.method,
            "http.route": "/graphql",
            "url.path": "/graphql",
            "crossdock.request.id": self._identity,
        }

    def _tell(self, span: Span, name: str) -> None:
        span.set_attributes({"http.response.status_code": self.status, "crossdock.outcome": self.outcome})
        account = self.account
        if account is not None:
            span.set_attribute("crossdock.document.hash", account.document)
            if account.type:
                span.update_name(f"{account.type} {name}" if name else account.type)
                span.set_attribute("graphql.operation.type", account.type)
            if account.name:
                span.set_attribute("graphql.operation.name", account.name[:LONGEST])
            if account.kept:
                span.set_attribute("crossdock.kept", True)
        if self.status >= 500:
            span.set_attribute("error.type", str(self.status))
            span.set_status(StatusCode.ERROR)

    def _line(self, seconds: float, outcome: str) -> dict[str, Any]:
        account = self.account
        line: dict[str, Any] = {"request": self._identity} if self._context is None else belonging(self._identity)
        if self.client:
            line["client"] = self.client
        if account is not None:
            if account.type:
                line["operation"] = account.name[:LONGEST]
                line["type"] = account.type
            line["document"] = account.document
        line["status"] = self.status
        line["outcome"] = outcome
        line["milliseconds"] = milliseconds(seconds)
        line["bytes"] = self.size
        if account is not None and account.faults:
            line["errors"] = codes(account)
        if account is not None and account.kept:
            line["kept"] = True
        elif account is not None and account.steps:
            line["sources"] = sources(account)
        return line


def codes(account: Account) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for fault, count in account.faults.items():
        counted[fault.code] += count
    return counted


def sources(account: Account) -> dict[str, dict[str, float]]:
    """Steps of one source may run at the same time: their milliseconds are added up all the same."""
    told: dict[str, tuple[int, float]] = {}
    for step in account.steps:
        calls, seconds = told.get(step.source, (0, 0.0))
        told[step.source] = calls + step.tally.calls, seconds + step.seconds
    return {
        source: {"calls": calls, "milliseconds": milliseconds(seconds)} for source, (calls, seconds) in told.items()
    }


def milliseconds(seconds: float) -> float:
    """To a hundredth; what `round` takes for it is much, so many times."""
    return int(seconds * 100_000) / 100
