"""Batched and Resilient: what they make of requests, and that nothing is lost or left behind."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from math import inf
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.batching import Batched
from adapters.registration import Limits
from adapters.resilience import Resilient
from adapters.spi import Key, Lookup, Overloaded, Rejected, Search, SourceError, TimedOut, Unavailable, Unsupported
from adapters.wrapper import Wrapper
from tests.adapters.counter import FIELDS, Counter, numbers


def lookup(keys: Sequence[Key], by: str = "number", seconds: float = inf) -> Lookup:
    return Lookup("Number", by, keys, FIELDS, deadline=monotonic() + seconds)


def search(parents: Sequence[Key] | None, name: str = "multiples", seconds: float = inf) -> Search:
    return Search("Number", name, 2, FIELDS, parents=parents, deadline=monotonic() + seconds)


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


# What is the same for all


@pytest.mark.parametrize("wrap", [Wrapper, Batched, lambda adapter: Resilient(adapter, Limits())])
async def test_a_wrapper_is_the_adapter_it_wraps(wrap: Any) -> None:
    counter = Counter()
    wrapper = wrap(counter)
    assert (wrapper.source, wrapper.kind, wrapper.capabilities) == ("counter", "counter", counter.capabilities)
    assert numbers(await wrapper.lookup(lookup([2, -1, 3]))) == {2: 4, 3: 9}
    assert list((await wrapper.search(search([5]))).pages[5].cursors) == ["5", "10"]
    await wrapper.ping()
    with pytest.raises(Unsupported, match="counter does not declare lookup name of Number"):
        await wrapper.lookup(lookup(["x"], by="name"))
    with pytest.raises(Unsupported, match="counter does not declare search names of Number"):
        await wrapper.search(search(None, name="names"))
    await wrapper.aclose()
    assert counter.closed


# Batched


@given(keys=st.lists(st.integers(-5, 200), unique=True, max_size=60), batch=st.integers(1, 70))
async def test_any_request_is_answered_in_batches_as_it_would_be_whole(keys: list[int], batch: int) -> None:
    counter = Counter(batch=batch)
    batched = Batched(counter, parallel=3)
    assert numbers(await batched.lookup(lookup(keys))) == {key: key * key for key in keys if key >= 0}
    assert sorted(key for call in counter.calls for key in call) == sorted(keys)
    assert all(len(call) <= batch for call in counter.calls)
    assert len(counter.calls) == max(1, -(-len(keys) // batch))


async def test_batches_run_at_the_same_time_but_not_all_of_them() -> None:
    counter = Counter(batch=1)
    counter.open.clear()
    asking = asyncio.create_task(Batched(counter, parallel=4).lookup(lookup(range(10))))
    await settled()
    assert counter.now == 4
    counter.open.set()
    assert len((await asking).found) == 10
    assert counter.most == 4


async def test_a_batch_that_fails_is_the_failure_of_its_keys() -> None:
    refused = Rejected("counter", "seven")

    def fail(keys: tuple[Any, ...]) -> None:
        if 7 in keys:
            raise refused

    batched = Batched(Counter(batch=2, fail=fail))
    result = await batched.lookup(lookup([5, 6, 7, 8, 9]))
    assert numbers(result) == {5: 25, 6: 36, 9: 81}
    assert result.failed == {7: refused, 8: refused}
    pages = await batched.search(search([5, 6, 7]))
    assert (set(pages.pages), pages.failed) == ({5, 6}, {7: refused})


async def test_a_request_that_fits_passes_as_it_is() -> None:
    counter = Counter(batch=3)
    request = lookup([1, 2, 3])
    await Batched(counter).lookup(request)
    everything = search(None, name="all")
    await Batched(counter).search(everything)
    assert counter.requests[0] is request
    assert counter.requests[1] is everything


async def test_a_cancelled_request_cancels_its_batches() -> None:
    counter = Counter(batch=1)
    counter.open.clear()
    asking = asyncio.create_task(Batched(counter).lookup(lookup([1, 2, 3])))
    await settled()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (counter.cancelled, counter.now) == (3, 0)


# Resilient: time


async def test_a_call_has_no_more_time_than_the_source_is_given() -> None:
    counter = Counter()
    counter.open.clear()
    began = monotonic()
    with pytest.raises(TimedOut) as raised:
        await Resilient(counter, Limits(timeout="50ms")).lookup(lookup([1]))
    assert 0.04 < monotonic() - began < 1
    assert (raised.value.message, counter.cancelled) == ("The source did not answer in time.", 1)


async def test_a_call_has_no_more_time_than_the_request_has_left() -> None:
    counter = Counter()
    counter.open.clear()
    began = monotonic()
    with pytest.raises(TimedOut):
        await Resilient(counter, Limits(timeout="1h")).search(search([1], seconds=0.05))
    assert monotonic() - began < 1


async def test_the_adapter_is_told_how_long_it_has() -> None:
    counter = Counter()
    resilient = Resilient(counter, Limits(timeout="10s"))
    await resilient.lookup(lookup([1]))
    await resilient.lookup(lookup([1], seconds=1))
    left = [request.deadline - monotonic() for request in counter.requests]
    assert 9 < left[0] <= 10
    assert 0 < left[1] <= 1


async def test_after_the_deadline_nothing_is_called() -> None:
    counter = Counter()
    with pytest.raises(TimedOut):
        await Resilient(counter, Limits()).lookup(lookup([1], seconds=0))
    assert counter.calls == []


async def test_a_ping_has_the_same_time_and_needs_no_place() -> None:
    counter = Counter()
    counter.open.clear()
    resilient = Resilient(counter, Limits(timeout="50ms", concurrency=1, queue=0))
    busy = asyncio.create_task(resilient.lookup(lookup([1])))
    with pytest.raises(TimedOut):
        await resilient.ping()
    with pytest.raises(TimedOut):
        await busy


# Resilient: places


async def test_no_more_calls_than_places_and_the_rest_wait_in_turn() -> None:
    counter = Counter()
    resilient = Resilient(counter, Limits(concurrency=3))
    await asyncio.gather(*(resilient.lookup(lookup([key])) for key in range(20)))
    assert counter.most == 3
    assert counter.calls == [(key,) for key in range(20)]


async def test_a_full_queue_refuses_at_once() -> None:
    counter = Counter()
    counter.open.clear()
    resilient = Resilient(counter, Limits(concurrency=1, queue=2))
    asking = [asyncio.create_task(resilient.lookup(lookup([key]))) for key in range(3)]
    await settled()
    with pytest.raises(Overloaded) as raised:
        resilient.lookup(lookup([4])).send(None)  # without waiting for anything
    assert raised.value.retryable
    counter.open.set()
    assert [numbers(result) for result in await asyncio.gather(*asking)] == [{0: 0}, {1: 1}, {2: 4}]


async def test_who_waits_past_the_deadline_leaves_the_queue() -> None:
    counter = Counter()
    counter.open.clear()
    resilient = Resilient(counter, Limits(concurrency=1, queue=1))
    asking = asyncio.create_task(resilient.lookup(lookup([1])))
    await settled()
    with pytest.raises(TimedOut):
        await resilient.lookup(lookup([2], seconds=0.03))
    assert counter.calls == [(1,)]
    later = asyncio.create_task(resilient.lookup(lookup([3])))
    await settled()
    counter.open.set()
    assert numbers(await later) == {3: 9}
    assert numbers(await asking) == {1: 1}


@given(seed=st.integers(0, 10_000))
async def test_places_come_back_however_calls_end(seed: int) -> None:
    dice = random.Random(seed)

    def fail(keys: tuple[Any, ...]) -> None:
        if dice.random() < 0.3:
            raise dice.choice([Rejected("counter"), ValueError("C1")])

    counter = Counter(fail=fail)
    logging.getLogger("crossdock.source").disabled = True
    resilient = Resilient(counter, Limits(concurrency=2, queue=5))
    asking: list[asyncio.Task[Any]] = []
    for key in range(30):
        asking.append(asyncio.create_task(resilient.lookup(lookup([key], seconds=dice.choice([0, 0.0005, 5])))))
        if dice.random() < 0.5:
            await asyncio.sleep(0)
        if dice.random() < 0.3:
            dice.choice(asking).cancel()
    ended = await asyncio.gather(*asking, return_exceptions=True)
    logging.getLogger("crossdock.source").disabled = False
    assert all(not isinstance(end, Exception) or isinstance(end, SourceError) for end in ended)
    assert counter.most <= 2
    counter.open.clear()
    after = [asyncio.create_task(resilient.lookup(lookup([key]))) for key in range(7)]
    await settled()
    assert counter.now == 2
    for task in after:
        task.cancel()
    await asyncio.gather(*after, return_exceptions=True)


async def test_a_cancelled_call_is_cancelled_in_the_adapter() -> None:
    counter = Counter()
    counter.open.clear()
    asking = asyncio.create_task(Resilient(counter, Limits()).lookup(lookup([1])))
    await settled()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (counter.cancelled, counter.now) == (1, 0)


# Resilient: errors


async def test_the_adapters_own_errors_pass() -> None:
    refused = Rejected("counter", "no")

    def fail(keys: tuple[Any, ...]) -> None:
        raise refused

    with pytest.raises(Rejected) as raised:
        await Resilient(Counter(fail=fail), Limits()).lookup(lookup([1]))
    assert raised.value is refused


@pytest.mark.parametrize("fault", [KeyError("C1 Ann Smith"), TimeoutError("C1 Ann Smith")])
async def test_a_fault_of_the_adapter_is_logged_without_its_values(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(keys: tuple[Any, ...]) -> None:
        raise fault

    with pytest.raises(Unavailable) as raised:
        await Resilient(Counter(fail=fail), Limits()).lookup(lookup([1]))
    name = type(fault).__name__
    assert (type(raised.value), raised.value.detail) == (Unavailable, f"{name} in the adapter")
    assert raised.value.message == "The source is not available."
    assert caplog.records[0].name == "crossdock.source"
    assert f"counter: {name} in the adapter" in caplog.text
    assert "in fail" in caplog.text
    assert "Ann" not in caplog.text


async def test_every_real_call_is_counted() -> None:
    request = lookup(range(10))
    await Batched(Resilient(Counter(batch=3), Limits())).lookup(request)
    assert request.tally.calls == 4
