"""Coalesced: how many calls the source gets, who gets which answer, and when a call ends."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import replace
from math import inf
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.batching import Batched
from adapters.outline import Outlined, outline
from adapters.spi import (
    Key,
    Lookup,
    LookupResult,
    Principal,
    Rejected,
    Search,
    Sort,
    TimedOut,
    Unavailable,
    Unsupported,
)
from cache.coalesced import MOST, Coalesced
from tests.adapters.counter import FIELDS, Counter, numbers


def lookup(*keys: Key, **other: Any) -> Lookup:
    return Lookup("Number", "number", keys, **{"fields": FIELDS, **other})


def search(parents: Sequence[Key] | None, **other: Any) -> Search:
    return Search("Number", "multiples", **{"first": 2, "fields": FIELDS, "parents": parents, **other})


def within(seconds: float) -> float:
    return monotonic() + seconds


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def waiting_counter(**options: Any) -> Counter:
    counter = Counter(**options)
    counter.open.clear()
    return counter


async def test_a_thousand_reads_of_one_key_are_one_call() -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    asking = [asyncio.create_task(source.lookup(lookup(7))) for _ in range(1000)]
    await settled()
    counter.open.set()
    assert [numbers(result) for result in await asyncio.gather(*asking)] == [{7: 49}] * 1000
    assert counter.calls == [(7,)]


async def test_records_of_which_more_is_asked_take_a_call_of_their_own() -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    little, more = (outline((Outlined("square", below=outline(tuple(map(Outlined, names)))),)) for names in ("a", "ab"))
    asking = [asyncio.create_task(source.lookup(lookup(7, outline=asked))) for asked in (more, little, more, None)]
    await settled()
    counter.open.set()
    assert [numbers(result) for result in await asyncio.gather(*asking)] == [{7: 49}] * 4
    assert [request.outline for request in counter.requests] == [more, None]


async def test_the_one_who_began_may_leave_and_the_others_get_their_answer() -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    asking = [asyncio.create_task(source.lookup(lookup(7))) for _ in range(1000)]
    await settled()
    asking[0].cancel()
    await settled()
    counter.open.set()
    ended = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(ended[0], asyncio.CancelledError)
    assert [numbers(result) for result in ended[1:] if isinstance(result, LookupResult)] == [{7: 49}] * 999
    assert (counter.calls, counter.cancelled) == ([(7,)], 0)


async def test_when_all_have_left_the_call_is_cancelled_and_the_next_is_a_new_one() -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    asking = [asyncio.create_task(source.lookup(lookup(7))) for _ in range(50)]
    await settled()
    for task in asking:
        task.cancel()
    after = asyncio.create_task(source.lookup(lookup(7)))
    await asyncio.gather(*asking, return_exceptions=True)
    await settled()
    assert counter.cancelled == 1
    counter.open.set()
    assert numbers(await after) == {7: 49}
    assert len(counter.calls) == 2


async def test_only_keys_that_nobody_asks_for_make_a_call() -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    first = asyncio.create_task(source.lookup(lookup(1, 2, 3)))
    await settled()
    second = asyncio.create_task(source.lookup(lookup(2, 3, 4, -5)))
    await settled()
    third = asyncio.create_task(source.lookup(lookup(4, 1, -5)))
    await settled()
    assert counter.calls == [(1, 2, 3), (4, -5)]
    counter.open.set()
    assert numbers(await first) == {1: 1, 2: 4, 3: 9}
    assert numbers(await second) == {2: 4, 3: 9, 4: 16}
    assert numbers(await third) == {4: 16, 1: 1}


async def test_many_keys_are_shared_with_those_who_ask_for_just_the_same() -> None:
    counter = waiting_counter(batch=1000)
    source = Coalesced(counter)
    many = range(MOST + 1)
    requests = [lookup(*many), lookup(*many), lookup(*reversed(many)), lookup(*many, MOST + 1), lookup(3)]
    asking = [asyncio.create_task(source.lookup(request)) for request in requests]
    await settled()
    assert len(counter.requests) == 4
    counter.open.set()
    for request, task in zip(requests, asking, strict=True):
        assert [*(await task).found] == [*request.keys]


async def test_nothing_is_kept() -> None:
    counter = Counter()
    source = Coalesced(counter)
    for _ in range(3):
        assert numbers(await source.lookup(lookup(7))) == {7: 49}
        assert set((await source.search(search([7]))).pages) == {7}
    assert len(counter.calls) == 6
    await settled()
    assert source._flying == {}


@pytest.mark.parametrize("keys", [(7,), (1, 2, -3)])
async def test_what_is_done_is_freed_at_once(keys: Sequence[int]) -> None:
    """Answers in cycles would wait for the collector, a thousand records each, and memory would be cold."""
    source = Coalesced(Counter())
    gc.disable()
    try:
        for _ in range(2):  # some things are made once
            gc.collect()
            await source.lookup(lookup(*keys))
            await source.search(search(keys))
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "other",
    [
        lookup(7, principal=Principal("ann")),
        lookup(7, arguments={"base": 10}),
        lookup(7, arguments={"base": [True]}),
        replace(lookup(7), fields=FIELDS | {"cube"}),
    ],
    ids=["principal", "argument", "type of an argument", "more fields"],
)
async def test_what_is_not_the_same_is_not_shared(other: Lookup) -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    asking = [asyncio.create_task(source.lookup(request)) for request in (lookup(7, arguments={"base": [1]}), other)]
    asking.append(asyncio.create_task(source.lookup(lookup(7))))
    await settled()
    counter.open.set()
    await asyncio.gather(*asking)
    assert len(counter.calls) == (2 if other.fields > FIELDS else 3)


async def test_a_request_for_fewer_fields_joins_and_one_for_more_does_not() -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    requests = [lookup(7), lookup(7, fields=frozenset({"square"})), lookup(7, fields=FIELDS | {"cube"}), lookup(7)]
    asking = []
    for request in requests:
        asking.append(asyncio.create_task(source.lookup(request)))
        await settled()
    counter.open.set()
    await asyncio.gather(*asking)
    assert [request.fields for request in counter.requests] == [FIELDS, FIELDS | {"cube"}]


async def test_a_call_that_lands_does_not_hide_a_later_one() -> None:
    gates = {FIELDS: asyncio.Event(), FIELDS | {"cube"}: asyncio.Event()}

    class Gated(Counter):
        async def lookup(self, request: Lookup) -> LookupResult:
            await gates[request.fields].wait()
            return await super().lookup(request)

    counter = Gated()
    source = Coalesced(counter)
    few = asyncio.create_task(source.lookup(lookup(7)))
    await settled()
    more = asyncio.create_task(source.lookup(lookup(7, fields=FIELDS | {"cube"})))
    await settled()
    gates[FIELDS].set()
    await few
    gates[FIELDS].clear()
    joins = asyncio.create_task(source.lookup(lookup(7)))
    await settled()
    gates[FIELDS | {"cube"}].set()
    assert numbers(await more) == numbers(await joins) == {7: 49}
    assert len(counter.calls) == 2


async def test_a_failure_is_delivered_to_all_and_not_kept() -> None:
    refused = Rejected("counter", "no")
    failures = [refused]

    def fail(keys: tuple[Any, ...]) -> None:
        if 7 in keys and failures:
            raise failures.pop()

    counter = waiting_counter(fail=fail)
    source = Coalesced(counter)
    asking = [asyncio.create_task(source.lookup(lookup(7, 8))) for _ in range(10)]
    await settled()
    more = asyncio.create_task(source.lookup(lookup(8, 9)))
    await settled()
    counter.open.set()
    assert await asyncio.gather(*asking, return_exceptions=True) == [refused] * 10
    assert (numbers(await more), (await more).failed) == ({9: 81}, {8: refused})
    assert numbers(await source.lookup(lookup(7, 8))) == {7: 49, 8: 64}


async def test_a_fault_is_raised_to_all_who_wait() -> None:
    def fail(keys: tuple[Any, ...]) -> None:
        raise KeyError("fault")

    source = Coalesced(Counter(fail=fail))
    ended = await asyncio.gather(*(source.lookup(lookup(7)) for _ in range(3)), return_exceptions=True)
    assert [type(end) for end in ended] == [KeyError] * 3


# Deadlines


async def test_each_stops_waiting_at_its_own_deadline_and_the_call_goes_on_for_the_latest() -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    soon = asyncio.create_task(source.lookup(lookup(7, deadline=within(0.05))))
    await settled()
    late = asyncio.create_task(source.lookup(lookup(7, deadline=within(30))))
    with pytest.raises(TimedOut):
        await soon
    assert not late.done()
    counter.open.set()
    assert numbers(await late) == {7: 49}
    assert (len(counter.calls), counter.cancelled) == (1, 0)


async def test_past_the_latest_deadline_the_call_is_cancelled() -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    asking = [source.lookup(lookup(7, deadline=within(0.03))) for _ in range(5)]
    ended = await asyncio.gather(*asking, return_exceptions=True)
    await settled()
    assert all(isinstance(end, TimedOut) for end in ended)
    assert (counter.cancelled, counter.now) == (1, 0)


async def test_a_request_that_is_late_already_makes_no_call() -> None:
    counter = Counter()
    with pytest.raises(TimedOut):
        await Coalesced(counter).lookup(lookup(7, deadline=within(0)))
    assert counter.calls == []


async def test_inside_of_batched_what_is_there_at_the_deadline_is_answered() -> None:
    slow = asyncio.Event()

    class Uneven(Counter):
        async def lookup(self, request: Lookup) -> LookupResult:
            if 3 in request.keys:
                await slow.wait()
            return await super().lookup(request)

    source = Batched(Coalesced(Uneven(batch=2)))
    result = await source.lookup(lookup(1, 2, 3, 4, 5, deadline=within(0.05)))
    assert numbers(result) == {1: 1, 2: 4, 5: 25}
    assert {key: type(error) for key, error in result.failed.items()} == {3: TimedOut, 4: TimedOut}


# Searches


async def test_identical_searches_share_one_call() -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    asking = [asyncio.create_task(source.search(search([5, 6]))) for _ in range(100)]
    one_of_them = asyncio.create_task(source.search(search([6])))
    await settled()
    assert counter.calls == [(5, 6)]
    counter.open.set()
    for result in await asyncio.gather(*asking):
        assert {parent: list(page.cursors) for parent, page in result.pages.items()} == {5: ["5", "10"], 6: ["6", "12"]}
    assert set((await one_of_them).pages) == {6}


async def test_a_search_without_parents_is_shared_whole() -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    request = Search("Number", "all", 2, FIELDS)
    asking = [asyncio.create_task(source.search(request)) for _ in range(5)]
    await settled()
    counter.open.set()
    assert [set(result.pages) for result in await asyncio.gather(*asking)] == [{None}] * 5
    assert len(counter.calls) == 1
    assert counter.requests[0].deadline == inf


@pytest.mark.parametrize(
    "other",
    [
        {"first": 3},
        {"after": "10"},
        {"filters": {"even": True}},
        {"want_total": True},
        {"want_facets": True},
        {"sort": Sort("NUMBER")},
    ],
    ids=str,
)
async def test_another_page_or_filter_is_another_call(other: dict[str, Any]) -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    asking = [asyncio.create_task(source.search(request)) for request in (search([5]), search([5], **other))]
    await settled()
    counter.open.set()
    await asyncio.gather(*asking)
    assert len(counter.calls) == 2


# The ends


async def test_what_is_not_declared_is_refused_by_the_source() -> None:
    source = Coalesced(Counter())
    with pytest.raises(Unsupported, match="counter does not declare lookup name of Number"):
        await source.lookup(Lookup("Number", "name", ["x"], FIELDS))
    with pytest.raises(Unsupported, match="counter does not declare search names of Number"):
        await source.search(Search("Number", "names", 1, FIELDS))


async def test_closing_ends_what_is_asked() -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    asking = asyncio.create_task(source.lookup(lookup(7)))
    await settled()
    await source.aclose()
    with pytest.raises(Unavailable, match="closed while it was asked"):
        await asking
    assert (counter.cancelled, counter.closed) == (1, True)


@given(
    requests=st.lists(
        st.tuples(st.lists(st.integers(-3, 8), unique=True, min_size=1), st.booleans(), st.booleans()), max_size=12
    )
)
async def test_whatever_comes_and_goes_each_gets_its_own_keys(requests: list[tuple[list[int], bool, bool]]) -> None:
    counter = waiting_counter()
    source = Coalesced(counter)
    asking: list[tuple[list[int], asyncio.Task[LookupResult]]] = []
    for keys, cancels, opens in requests:
        asking.append((keys, asyncio.create_task(source.lookup(lookup(*keys)))))
        await asyncio.sleep(0)
        if cancels:
            asking[len(asking) // 2][1].cancel()
        if opens:
            counter.open.set()
            await asyncio.sleep(0)
            counter.open.clear()
    counter.open.set()
    for keys, task in asking:
        if not (await asyncio.wait([task]) and task.cancelled()):
            assert numbers(task.result()) == {key: key * key for key in keys if key >= 0}
    await settled()
    assert source._flying == {}
    assert counter.now == 0
