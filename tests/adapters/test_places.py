"""Places: in the order of coming, and none is lost however a wait ends."""

from __future__ import annotations

import asyncio
from math import inf
from time import monotonic

import pytest

from adapters.places import Places


async def turns() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_in_the_order_of_coming() -> None:
    places = Places(1)
    assert places.taken()
    assert not places.taken()
    came: list[int] = []

    async def come(number: int) -> None:
        await places.wait(inf)
        came.append(number)

    waiting = [asyncio.create_task(come(number)) for number in range(3)]
    await turns()
    assert places.waiting == 3
    for number in range(3):
        places.give_back()
        assert not places.taken()  # it is promised
        await waiting[number]
    assert came == [0, 1, 2]
    places.give_back()
    assert places.taken()


async def test_who_gives_up_takes_none() -> None:
    places = Places(0)
    first = asyncio.create_task(places.wait(inf))
    second = asyncio.create_task(places.wait(inf))
    await turns()
    first.cancel()
    places.give_back()  # before the first one has noticed
    await second
    assert first.cancelled()
    assert places.waiting == 0


async def test_a_place_that_comes_in_the_moment_of_giving_up_is_given_on() -> None:
    places = Places(0)
    first = asyncio.create_task(places.wait(inf))
    await turns()
    places.give_back()
    first.cancel()
    await asyncio.wait([first])
    assert first.cancelled()
    assert places.taken()


async def test_nobody_waits_longer_than_the_deadline() -> None:
    places = Places(0)
    with pytest.raises(TimeoutError):
        await places.wait(monotonic() + 0.01)
    assert places.waiting == 0
    places.give_back()
    assert places.taken()
