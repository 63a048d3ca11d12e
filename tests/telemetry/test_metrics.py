"""Metrics, as a collector gets them and as Prometheus reads them."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from gateway.telemetry.instruments import Durations, Totals
from gateway.telemetry.names import LONGEST, MOST, OperationNames
from gateway.telemetry.prometheus import prometheus_text
from tests.retail.running import CHECKOUT
from tests.telemetry.office import Office, front
from tests.telemetry.receiver import Receiver

CUSTOMER = "query Customer($number: String!) { customer(number: $number) { displayName loyalty { points } } }"
LINE = re.compile(r"^(\w+)\{(.*)\} (\S+)$")


def samples(text: str) -> dict[str, list[dict[str, Any]]]:
    """Without the buckets of histograms."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in text.splitlines():
        match = LINE.match(line)
        if match and "le=" not in match[2]:
            labels = dict(re.findall(r'(\w+)="([^"]*)"', match[2]))
            found.setdefault(match[1], []).append(labels | {"value": float(match[3])})
    return found


async def ask_for_customers(demo: Office) -> str:
    """Twice the same one, once without the loyalty programme, once wrongly. What ``/metrics`` says then."""
    async with front(demo) as gateway:
        await gateway.ask(CUSTOMER, number="C000020")
        demo.systems["loyalty"].down = True
        await gateway.ask(CUSTOMER, number="C000020")
        await gateway.ask("{ nope }")
        answer = await gateway.http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return answer.text


OPERATIONS: list[dict[str, Any]] = [
    {"operation": "Customer", "type": "query", "outcome": "ok", "value": 1},
    {"operation": "Customer", "type": "query", "outcome": "partial", "value": 1},
    {"operation": "", "type": "", "outcome": "refused", "value": 1},
]
CALLS: list[dict[str, Any]] = [
    {
        "source": "crosswalk",
        "entity": "IdentityLink",
        "kind": "lookup",
        "name": "source value",
        "outcome": "ok",
        "value": 2,
    },
    {"source": "crm", "entity": "Customer", "kind": "lookup", "name": "number", "outcome": "ok", "value": 1},
    {"source": "loyalty", "entity": "LoyaltyAccount", "kind": "lookup", "name": "cardNumber", "outcome": "ok"},
    {"source": "loyalty", "entity": "LoyaltyAccount", "kind": "lookup", "name": "cardNumber", "outcome": "UNAVAILABLE"},
]
ERRORS: list[dict[str, Any]] = [
    {"source": "loyalty", "code": "UNAVAILABLE", "value": 1},
    {"source": "gateway", "code": "GRAPHQL_VALIDATION_FAILED", "value": 1},
]
KEYS: list[dict[str, Any]] = [
    {"source": "crm", "entity": "Customer", "outcome": "miss", "value": 1},
    {"source": "crm", "entity": "Customer", "outcome": "hit", "value": 1},
]
PLANS: list[dict[str, Any]] = [{"outcome": "miss"}, {"outcome": "hit"}]
ANSWERS: list[dict[str, Any]] = [{"outcome": "made", "value": 2}]
CODES = {"Consent.purpose", "Consent.channel"}
"""What the registration of the CRM gives to all other purposes with `otherwise`."""


def check(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    def order(one: dict[str, Any]) -> list[str]:
        return [str(one[name]) for name in sorted(one)]

    assert sorted(found, key=order) == sorted(({"value": 1} | one for one in expected), key=order)


@pytest.mark.quirk("X1")
async def test_prometheus_reads_them(demo: Office) -> None:
    text = await ask_for_customers(demo)
    found = samples(text)
    check(found["crossdock_operation_duration_seconds_count"], OPERATIONS)
    check(found["crossdock_source_call_duration_seconds_count"], CALLS)
    check(found["crossdock_errors_total"], ERRORS)
    check(found["crossdock_cache_keys_total"], KEYS)
    check(found["crossdock_plans_total"], PLANS)
    check(found["crossdock_answers_total"], ANSWERS)
    assert all(one["source"] == "crm" and one["value"] > 0 for one in found["crossdock_codes_unmapped_total"])
    assert {one["coordinate"] for one in found["crossdock_codes_unmapped_total"]} == CODES
    assert all(0 < one["value"] < 60 for one in found["crossdock_operation_duration_seconds_sum"])
    families = set(re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE))
    assert all(name.startswith("crossdock_") for name in families)
    assert len(re.findall(r"^# HELP \w+ \S+", text, re.MULTILINE)) == len(families) == 7


async def test_an_answer_that_was_kept_is_counted(demo: Office) -> None:
    async with front(demo) as gateway:
        for _ in range(5):
            await gateway.ask("{ __typename }")
        found = samples((await gateway.http.get("/metrics")).text)
    check(found["crossdock_answers_total"], [{"outcome": "made", "value": 2}, {"outcome": "kept", "value": 3}])
    check(found["crossdock_plans_total"], [{"outcome": "miss"}, {"outcome": "hit", "value": 4}])


async def test_a_collector_gets_them(demo: Office, collector: Receiver) -> None:
    await ask_for_customers(demo)
    check(collector.metrics["crossdock.operation.duration"], OPERATIONS)
    check(collector.metrics["crossdock.source.call.duration"], CALLS)
    check(collector.metrics["crossdock.errors"], ERRORS)
    check(collector.metrics["crossdock.cache.keys"], KEYS)
    check(collector.metrics["crossdock.plans"], PLANS)


async def test_nobody_else_gets_them(demo: Office) -> None:
    async with front(demo) as gateway:
        gateway.http.headers.pop("x-api-key")
        answer = await gateway.http.get("/metrics")
    assert answer.status_code == 401
    assert "crossdock_" not in answer.text


async def test_they_are_not_served_where_nobody_measures(demo: Office, collector: Receiver) -> None:
    async with front(demo, prometheus=False) as gateway:
        await gateway.ask("query Q { __typename }")
        assert (await gateway.http.get("/metrics")).status_code == 404
    assert collector.metrics["crossdock.operation.duration"][0]["operation"] == "Q"


async def test_metrics_alone(demo: Office, collector: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    async with front(demo) as gateway:
        await gateway.ask("{ __typename }")
    assert collector.spans == []
    assert collector.metrics


async def test_names_of_operations_are_bounded(demo: Office) -> None:
    async with front(demo) as gateway:
        for number in range(MOST + 5):
            await gateway.ask(f"query Q{number} {{ __typename }}")
        text = (await gateway.http.get("/metrics")).text
    counted = samples(text)["crossdock_operation_duration_seconds_count"]
    assert len(counted) == MOST + 1
    assert {"operation": "other", "type": "query", "outcome": "ok", "value": 5.0} in counted


def test_a_name_that_was_seen_stays() -> None:
    names = OperationNames(most=2)
    assert [names.bounded(name) for name in ("A", "B", "C", "A", "B")] == ["A", "B", "other", "A", "B"]
    assert OperationNames().bounded("x" * (LONGEST + 1)) == "other"


async def test_the_documentation_names_them_all(demo: Office) -> None:
    found = samples(await ask_for_customers(demo))
    page = (CHECKOUT / "docs" / "observability.md").read_text("utf-8")
    rows = re.findall(r"^\| `(crossdock_\w+)` \| ([\w, `]+) \|", page, re.MULTILINE)
    said = {name: set(labels.replace("`", "").split(", ")) for name, labels in rows}
    assert said == {
        name.removesuffix("_count"): set(one) - {"value"} for name, (one, *_) in found.items() if "_sum" not in name
    }


async def test_a_collector_may_want_what_came_to_it(
    demo: Office, collector: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta")
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "10")
    async with front(demo) as gateway:
        for outcome in ("miss", "hit"):
            await gateway.ask("query Q { __typename }")
            while "crossdock.plans" not in collector.metrics:
                await asyncio.to_thread(collector.arrivals.get, timeout=30)
            assert collector.metrics.pop("crossdock.plans") == [{"outcome": outcome, "value": 1}]
    assert collector.metrics["crossdock.operation.duration"] == [
        {"operation": "Q", "type": "query", "outcome": "ok", "value": 1}
    ]


def test_buckets_hold_what_is_at_most_their_bound() -> None:
    times = Durations("crossdock.test.duration", ("name",), "Times.")
    for seconds in (0.001, 0.0011, 0.0025, 9.0, 11.0):
        times.add(seconds, 'a"b')
    text, _ = prometheus_text([times, Totals("crossdock.test", (), "Nothing yet.")])
    lines = text.decode().splitlines()
    assert lines[:4] == [
        "# HELP crossdock_test_duration_seconds Times.",
        "# TYPE crossdock_test_duration_seconds histogram",
        'crossdock_test_duration_seconds_bucket{le="0.001",name="a\\"b"} 1.0',
        'crossdock_test_duration_seconds_bucket{le="0.0025",name="a\\"b"} 3.0',
    ]
    assert lines[-4:] == [
        'crossdock_test_duration_seconds_bucket{le="10.0",name="a\\"b"} 4.0',
        'crossdock_test_duration_seconds_bucket{le="+Inf",name="a\\"b"} 5.0',
        'crossdock_test_duration_seconds_count{name="a\\"b"} 5.0',
        'crossdock_test_duration_seconds_sum{name="a\\"b"} 20.0046',
    ]
