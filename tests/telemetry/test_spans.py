"""What a collector gets to see of an operation: which spans, below which, with which attributes."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest

from tests.telemetry.office import Office, front
from tests.telemetry.receiver import Receiver, Told

PAGE = """query Page($skus: [String!]!) { variants(skus: $skus) {
  sku name price { value { amount } } stock(locations: ["S001"]) { locationCode onHand } } }"""
SKUS = ["A-00001", "A-00002", "A-00003"]
CUSTOMER = "query Customer($number: String!) { customer(number: $number) { displayName loyalty { points } } }"


def names(spans: list[Told]) -> list[str]:
    return sorted(span.name for span in spans)


async def test_one_operation(demo: Office, collector: Receiver) -> None:
    async with front(demo) as gateway:
        answer = await gateway.ask(PAGE, {"x-request-id": "r-1"}, skus=SKUS)
    assert "errors" not in answer
    request = collector.one("query Page")
    assert (request.kind, request.parent, request.status) == ("SERVER", "", "UNSET")
    assert request.attributes == {
        "http.request.method": "POST",
        "http.route": "/graphql",
        "url.path": "/graphql",
        "http.response.status_code": 200,
        "graphql.operation.name": "Page",
        "graphql.operation.type": "query",
        "crossdock.document.hash": sha256(PAGE.encode()).hexdigest(),
        "crossdock.request.id": "r-1",
        "crossdock.outcome": "ok",
    }
    steps = ["pim: lookup Variant sku", "pricing: lookup Price sku", "wms: lookup StockLevel sku"]
    steps.append("pos: lookup StockLevel sku")
    assert names(collector.below(request)) == sorted(["parse", "validate", "plan", *steps])
    assert {span.trace for span in collector.spans} == {request.trace}
    assert len(collector.spans) == 1 + 3 + 4 + 4
    for step in map(collector.one, steps):
        (call,) = collector.below(step)
        assert (step.kind, call.kind) == ("INTERNAL", "CLIENT")
        assert 0 < call.nanoseconds < step.nanoseconds < request.nanoseconds


async def test_an_answer_that_was_kept_has_no_steps(demo: Office, collector: Receiver) -> None:
    query = 'query Name { variant(sku: "A-00001") { name } }'
    async with front(demo) as gateway:
        for _ in range(4):
            await gateway.ask(query)
    requests = collector.named("query Name")
    assert [request.attributes.get("crossdock.kept", False) for request in requests] == [False, False, True, True]
    steps = [[span.name for span in collector.below(request)] for request in requests]
    assert steps[1:] == [["pim: lookup Variant sku"], [], []]
    assert len(collector.named("pim: call")) == 1


async def test_a_step_and_its_call(demo: Office, collector: Receiver) -> None:
    async with front(demo) as gateway:
        await gateway.ask(PAGE, skus=SKUS)
    step = collector.one("pim: lookup Variant sku")
    assert step.attributes == {
        "crossdock.source": "pim",
        "crossdock.role": "PIM",
        "crossdock.entity": "Variant",
        "crossdock.lookup": "sku",
        "crossdock.batch": 100,
        "crossdock.keys": 3,
        "crossdock.cache.misses": 3,
    }
    port = int(demo.environment["PIM_URL"].rpartition(":")[2])
    assert collector.one("pim: call").attributes == {
        "crossdock.source": "pim",
        "crossdock.keys": 3,
        "server.address": "127.0.0.1",
        "server.port": port,
        "http.request.method": "GET",
        "http.response.status_code": 200,
    }
    assert collector.one("wms: call").attributes == {
        "crossdock.source": "wms",
        "crossdock.keys": 3,
        "db.system.name": "sqlite",
    }


async def test_parse_validate_and_plan_only_when_they_are_not_kept(demo: Office, collector: Receiver) -> None:
    async with front(demo) as gateway:
        await gateway.ask(PAGE, skus=SKUS)
        await gateway.ask(PAGE, skus=SKUS)
    assert len(collector.named("query Page")) == 2
    assert [len(collector.named(name)) for name in ("parse", "validate", "plan")] == [1, 1, 1]


async def test_what_is_kept_makes_no_call(demo: Office, collector: Receiver) -> None:
    async with front(demo) as gateway:
        await gateway.ask("query First { variants(skus: $s) { name } }".replace("$s", '["A-00001"]'))
        await gateway.ask("query Second { variants(skus: $s) { name } }".replace("$s", '["A-00001", "A-00002"]'))
    second = collector.one("query Second")
    (step,) = [span for span in collector.below(second) if span.name.startswith("pim")]
    assert (step.attributes["crossdock.cache.hits"], step.attributes["crossdock.cache.misses"]) == (1, 1)
    (call,) = collector.below(step)
    assert call.attributes["crossdock.keys"] == 1


async def test_a_shared_call_is_one_span(demo: Office, collector: Receiver) -> None:
    """Prices are not kept, so it is single flight that answers the others."""
    query = 'query Price { variant(sku: "A-00004") { price { value { amount } } } }'
    async with front(demo) as gateway:
        await asyncio.gather(*(gateway.ask(query) for _ in range(5)))
    steps = collector.named("pricing: lookup Price sku")
    call = collector.one("pricing: call")
    assert len({step.trace for step in steps}) == 5
    assert call.parent in {step.id for step in steps}
    assert len(demo.systems["pricing"].heads) == 1


async def test_a_search_and_its_name(demo: Office, collector: Receiver) -> None:
    async with front(demo) as gateway:
        await gateway.ask("{ products(first: 2) { nodes { code } } }")
    step = collector.one("pim: search Product products")
    assert (step.attributes["crossdock.search"], step.attributes["crossdock.keys"]) == ("products", 0)
    assert collector.one("query").attributes["graphql.operation.type"] == "query"


async def test_a_failure_is_told_by_its_code(demo: Office, collector: Receiver) -> None:
    demo.systems["loyalty"].down = True
    async with front(demo) as gateway:
        answer = await gateway.ask(CUSTOMER, number="C000002")
    assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    for span in (collector.one("loyalty: call"), collector.one("loyalty: lookup LoyaltyAccount cardNumber")):
        assert (span.status, span.attributes["error.type"], span.events) == ("ERROR", "UNAVAILABLE", 0)
    assert collector.one("loyalty: call").attributes["http.response.status_code"] == 503
    assert collector.one("query Customer").attributes["crossdock.outcome"] == "partial"


async def test_a_system_that_is_not_there(demo: Office, collector: Receiver) -> None:
    gone = Office(demo.systems, {**demo.environment, "PRICING_URL": "http://127.0.0.1:1"})
    async with front(gone) as gateway:
        await gateway.ask(PAGE, skus=SKUS)
    call = collector.one("pricing: call")
    assert (call.status, call.attributes["error.type"]) == ("ERROR", "UNAVAILABLE")
    assert "http.response.status_code" not in call.attributes


async def test_a_refused_request_has_no_name(demo: Office, collector: Receiver) -> None:
    async with front(demo) as gateway:
        await gateway.ask("query Secret { nope }")
        await gateway.ask("{ nope")
    first, second = collector.named("POST /graphql")
    assert first.attributes["crossdock.outcome"] == second.attributes["crossdock.outcome"] == "refused"
    assert not any(word.startswith("graphql.") for word in first.attributes)
    assert names(collector.below(first)) == ["parse", "validate"]
    assert names(collector.below(second)) == ["parse"]


async def test_what_http_refuses(demo: Office, collector: Receiver) -> None:
    async with front(demo) as gateway:
        await gateway.http.request("FOO", "/graphql")
    span = collector.one("_OTHER /graphql")
    assert (span.attributes["http.response.status_code"], span.attributes["http.request.method"]) == (405, "_OTHER")


async def test_who_tells(demo: Office, collector: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "shop-graph")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    async with front(demo) as gateway:
        await gateway.ask("{ __typename }")
    assert collector.resources[0]["service.name"] == "shop-graph"
    assert collector.resources[0]["deployment.environment.name"] == "test"


async def test_nobody_is_traced_whom_the_sampler_leaves_out(
    demo: Office, collector: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_always_off")
    async with front(demo) as gateway:
        await gateway.ask(PAGE, skus=SKUS)
        await gateway.ask(PAGE, {"traceparent": f"00-{'c' * 32}-{'d' * 16}-01"}, skus=SKUS)
    assert {span.trace for span in collector.spans} == {"c" * 32}
    assert len(collector.named("query Page")) == 1
