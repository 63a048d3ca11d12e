"""A source that is told of is the same source: the contract holds, and errors pass as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from math import inf
from time import monotonic
from typing import Any

import pytest
from opentelemetry import context as contexts
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.trace import StatusCode

from adapters.conformance import LookupSample, SearchSample, conform
from adapters.registration import Limits
from adapters.resilience import Resilient
from adapters.spi import Adapter, Lookup, Search, TimedOut, Unavailable, Unsupported
from cache.coalesced import Coalesced
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.span import Tracer
from gateway.telemetry.telemetry import OFF, Telemetry
from tests.adapters.counter import FIELDS, Counter, numbers
from tests.cache.shop import Shop


class Kept(SpanProcessor):
    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)

    def endings(self) -> list[tuple[str, str, StatusCode]]:
        """The fault code of each span, or "", and its status."""
        return [
            (span.name, str((span.attributes or {}).get("error.type", "")), span.status.status_code)
            for span in self.spans
        ]


class Watched:
    """``around``: the adapter as the gateway has it, with single flight and limits between the two spans."""

    def __init__(self) -> None:
        self.kept = Kept()
        self.metrics = Metrics()
        self.tracer = Tracer(TracerProvider(shutdown_on_exit=False), self.kept)
        self.telemetry = Telemetry(self.tracer, self.metrics)

    def around(self, adapter: Adapter, limits: Limits | None = None) -> Adapter:
        calls = self.telemetry.around_calls(adapter)
        return self.telemetry.around_steps(Coalesced(Resilient(calls, limits or Limits())), "PIM")

    def outcomes(self) -> dict[str, int]:
        """How the calls ended, counted."""
        _, calls, *_ = self.metrics.instruments
        return {outcome: int(sum(counts)) for (*_, outcome), (*counts, _) in calls.read().items()}


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def request_span(watched: Watched) -> Iterator[None]:
    """The test runs inside a request that is traced."""
    with watched.tracer.root("request", Context(), {}):
        yield


def lookup(*keys: int, seconds: float = inf) -> Lookup:
    return Lookup("Number", "number", keys, FIELDS, deadline=monotonic() + seconds)


def failing(error: Exception) -> Callable[[tuple[Any, ...]], None]:
    def fail(_: tuple[Any, ...]) -> None:
        raise error

    return fail


async def test_it_keeps_the_contract(watched: Watched) -> None:
    lookups = [
        LookupSample("Product", "code", known=[f"P{number}" for number in range(25)], unknown="X"),
        LookupSample("Stock", "sku", known=["S1", "S2"], unknown="X", empty="S9"),
    ]
    searches = [SearchSample("Product", "products", count=50)]
    with watched.tracer.root("request", Context(), {}):
        assert await conform(watched.around(Shop()), lookups, searches)
    assert len(watched.kept.spans) > 10


async def test_without_telemetry_nothing_is_wrapped() -> None:
    counter = Counter()
    assert OFF.around_calls(counter) is counter
    assert OFF.around_steps(counter, "PIM") is counter


async def test_outside_of_a_traced_request_there_are_no_spans(watched: Watched) -> None:
    assert numbers(await watched.around(Counter()).lookup(lookup(2))) == {2: 4}
    assert watched.kept.spans == []
    assert watched.outcomes() == {"ok": 1}


@pytest.mark.usefixtures("request_span")
async def test_an_error_passes_as_it_is(watched: Watched) -> None:
    error = Unavailable("counter", "canary in the detail")
    source = watched.around(Counter(fail=failing(error)))
    with pytest.raises(Unavailable) as caught:
        await source.lookup(lookup(2))
    assert caught.value is error
    assert watched.kept.endings() == [
        ("counter: call", "UNAVAILABLE", StatusCode.ERROR),
        ("counter: lookup Number number", "UNAVAILABLE", StatusCode.ERROR),
    ]
    assert "canary" not in "".join(span.to_json() for span in watched.kept.spans)
    assert watched.outcomes() == {"UNAVAILABLE": 1}


@pytest.mark.usefixtures("request_span")
async def test_a_defect_is_told_by_its_class_alone(watched: Watched) -> None:
    with pytest.raises(Unavailable):
        await watched.around(Counter(fail=failing(ValueError("canary")))).lookup(lookup(2))
    assert watched.kept.endings()[0] == ("counter: call", "ValueError", StatusCode.ERROR)
    assert "canary" not in "".join(span.to_json() for span in watched.kept.spans)
    assert watched.outcomes() == {"DEFECT": 1}


@pytest.mark.usefixtures("request_span")
async def test_what_is_not_declared(watched: Watched) -> None:
    with pytest.raises(Unsupported):
        await watched.around(Counter()).search(Search("Number", "names", 2, FIELDS))
    assert watched.kept.endings()[-1] == ("counter: undeclared", "UNSUPPORTED", StatusCode.ERROR)


@pytest.mark.usefixtures("request_span")
async def test_a_call_out_of_time(watched: Watched) -> None:
    counter = Counter()
    counter.open.clear()
    with pytest.raises(TimedOut):
        await watched.around(counter, Limits(timeout="20ms")).lookup(lookup(2))
    assert watched.kept.endings()[-1] == ("counter: lookup Number number", "TIMED_OUT", StatusCode.ERROR)
    assert watched.outcomes() == {"TIMED_OUT": 1}


@pytest.mark.usefixtures("request_span")
async def test_a_call_that_nobody_waits_for(watched: Watched) -> None:
    counter = Counter()
    counter.open.clear()
    task = asyncio.create_task(watched.around(counter).lookup(lookup(2)))
    while not counter.calls:  # noqa: ASYNC110  no event tells that it has begun
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    while counter.now:  # noqa: ASYNC110  nor that it has ended
        await asyncio.sleep(0)
    assert {code for _, code, _ in watched.kept.endings()} == {"CANCELLED"}
    assert watched.outcomes() == {"CANCELLED": 1}


@pytest.mark.usefixtures("request_span")
async def test_the_first_of_a_shared_call_leaves(watched: Watched) -> None:
    """The call goes on for the others, and its span is below the first one's, which has ended by then."""
    counter = Counter()
    counter.open.clear()
    source = watched.around(counter)
    first, second = (asyncio.create_task(source.lookup(lookup(2))) for _ in range(2))
    while not counter.calls:  # noqa: ASYNC110  no event tells that it has begun
        await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    counter.open.set()
    assert numbers(await second) == {2: 4}
    step, call, other = watched.kept.spans
    assert [span.name for span in watched.kept.spans].count("counter: call") == 1
    assert call.parent is not None
    assert step.context is not None
    assert call.parent.span_id == step.context.span_id
    assert other.status.status_code is StatusCode.UNSET


async def test_the_current_span_is_put_back(watched: Watched) -> None:
    before = contexts.get_current()
    with watched.tracer.root("request", Context(), {}):
        await watched.around(Counter()).lookup(lookup(2))
    assert contexts.get_current() == before
