"""Gathered: how many calls become one, and who gets what."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from cache.gathered import MOST, Gathered


class Doubling:
    """Doubles numbers when ``gate`` is open; refuses what is below zero."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, numbers: Sequence[int]) -> dict[int, int]:
        self.asked.append(list(numbers))
        await self.gate.wait()
        if min(numbers) < 0:
            raise ValueError("below zero")
        return {number: 2 * number for number in numbers}


async def test_what_comes_at_the_same_time_is_one_call() -> None:
    doubling = Doubling()
    gathered = Gathered(doubling)
    results = await asyncio.gather(*[gathered(number) for number in range(10)])
    assert all(result[number] == 2 * number for number, result in enumerate(results))
    assert doubling.asked == [list(range(10))]


async def test_what_comes_while_one_is_under_way_is_the_next() -> None:
    doubling = Doubling()
    doubling.gate.clear()
    gathered = Gathered(doubling)
    asking = [asyncio.create_task(gathered(0))]
    await asyncio.sleep(0.001)
    for number in range(1, 2 * MOST):
        asking.append(asyncio.create_task(gathered(number)))
        await asyncio.sleep(0)
    doubling.gate.set()
    assert [(await each)[number] for number, each in enumerate(asking)] == [2 * number for number in range(2 * MOST)]
    assert [len(each) for each in doubling.asked] == [1, MOST, MOST - 1]


async def test_who_leaves_takes_nothing_from_the_others() -> None:
    doubling = Doubling()
    doubling.gate.clear()
    gathered = Gathered(doubling)
    first, second = asyncio.create_task(gathered(1)), asyncio.create_task(gathered(2))
    await asyncio.sleep(0.001)
    first.cancel()
    doubling.gate.set()
    assert (await second)[2] == 4
    assert first.cancelled()


async def test_a_failure_is_that_of_all_who_wait_and_of_nobody_after() -> None:
    doubling = Doubling()
    doubling.gate.clear()
    gathered = Gathered(doubling)
    asking = [asyncio.create_task(gathered(-1))]
    await asyncio.sleep(0.001)
    asking.append(asyncio.create_task(gathered(1)))
    await asyncio.sleep(0.001)
    doubling.gate.set()
    results = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(result) for result in results] == [ValueError, ValueError]
    assert await gathered(1) == {1: 2}


async def test_closing_fails_who_waits() -> None:
    doubling = Doubling()
    doubling.gate.clear()
    gathered = Gathered(doubling)
    asking = asyncio.create_task(gathered(1))
    await asyncio.sleep(0.001)
    await gathered.aclose()
    with pytest.raises(ConnectionError):
        await asking
