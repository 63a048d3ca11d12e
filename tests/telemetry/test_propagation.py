"""W3C trace context: what comes in is continued, and goes out to the systems behind."""

from __future__ import annotations

import pytest

from tests.telemetry.office import Office, front
from tests.telemetry.receiver import Receiver

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
CUSTOMER = "query Customer($number: String!) { customer(number: $number) { displayName loyalty { points } } }"
"""Asks the CRM over SOAP and the loyalty programme over REST."""


def parent(trace_flags: str = "01") -> dict[str, str]:
    return {"traceparent": f"00-{TRACE}-{CALLER}-{trace_flags}"}


async def test_the_callers_trace_arrives_at_soap_and_rest(demo: Office, collector: Receiver) -> None:
    async with front(demo) as gateway:
        await gateway.ask(CUSTOMER, {**parent(), "tracestate": "shop=7"}, number="C000007")
    request = collector.one("query Customer")
    assert (request.trace, request.parent) == (TRACE, CALLER)
    for name, call in (("crm", collector.one("crm: call")), ("loyalty", collector.one("loyalty: call"))):
        (head,) = demo.systems[name].heads
        assert head["traceparent"] == f"00-{TRACE}-{call.id}-01"
        assert head["tracestate"] == "shop=7"


async def test_a_trace_begins_here_where_nobody_began_one(demo: Office, collector: Receiver) -> None:
    async with front(demo) as gateway:
        await gateway.ask(CUSTOMER, number="C000008")
        await gateway.ask(CUSTOMER, {"traceparent": "00-nonsense"}, number="C000009")
    first, second = collector.named("query Customer")
    assert first.trace != second.trace
    assert (first.parent, second.parent) == ("", "")
    assert first.trace in demo.systems["crm"].heads[0]["traceparent"]


async def test_the_caller_decides_that_nobody_is_traced(demo: Office, collector: Receiver) -> None:
    async with front(demo) as gateway:
        await gateway.ask(CUSTOMER, parent("00"), number="C000010")
    assert collector.spans == []
    version, trace, span, flags = demo.systems["crm"].heads[0]["traceparent"].split("-")
    assert (version, trace, flags) == ("00", TRACE, "00")
    assert span != CALLER


async def test_without_a_collector_the_trace_goes_on(demo: Office) -> None:
    async with front(demo) as gateway:
        await gateway.ask(CUSTOMER, parent(), number="C000011")
        await gateway.ask(CUSTOMER, number="C000012")
    first, second = demo.systems["crm"].heads
    assert first["traceparent"] == f"00-{TRACE}-{CALLER}-01"
    assert "traceparent" not in second


async def test_the_sdk_can_be_switched_off(demo: Office, collector: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    async with front(demo) as gateway:
        await gateway.ask(CUSTOMER, number="C000013")
        assert (await gateway.http.get("/metrics")).status_code == 404
    assert collector.bodies == []
