"""``until``: what is ended, what is raised, and whose cancellation is whose."""

from __future__ import annotations

import asyncio
from math import inf
from time import monotonic

import pytest

from adapters.deadlines import Deadlines, deadlines, until


async def forever() -> None:
    await asyncio.Event().wait()


def task() -> asyncio.Task[object]:
    found = asyncio.current_task()
    assert found is not None
    return found


@pytest.mark.parametrize("seconds", [0.01, 0.0, -1.0])
async def test_what_takes_too_long_is_ended(seconds: float) -> None:
    with pytest.raises(TimeoutError), until(monotonic() + seconds) as scope:
        await forever()
    assert scope.expired
    assert task().cancelling() == 0
    await asyncio.sleep(0)  # nothing is left of it


@pytest.mark.parametrize("deadline", [inf, 1e12])
async def test_what_is_in_time_passes(deadline: float) -> None:
    with until(deadline) as scope:
        await asyncio.sleep(0)
    assert not scope.expired


async def test_errors_pass() -> None:
    with pytest.raises(KeyError), until(monotonic() + 5):
        raise KeyError


async def test_who_is_cancelled_from_outside_is_cancelled() -> None:
    async def work() -> None:
        with until(monotonic() + 5):
            await forever()

    asking = asyncio.create_task(work())
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])
    assert asking.cancelled()


async def test_cancelled_in_the_moment_of_the_deadline_is_cancelled() -> None:
    async def work() -> None:
        with until(monotonic()) as scope:
            while not scope.expired:
                try:
                    await asyncio.sleep(0)
                except asyncio.CancelledError:
                    asking.cancel()
                    raise

    asking = asyncio.create_task(work())
    await asyncio.wait([asking])
    assert asking.cancelled()


async def test_the_inner_deadline_is_not_the_outer_ones() -> None:
    with until(monotonic() + 5) as outer:
        with pytest.raises(TimeoutError), until(monotonic() + 0.01):
            await forever()
        await asyncio.sleep(0)
    assert not outer.expired
    with pytest.raises(TimeoutError), until(monotonic() + 0.01) as outer, until(monotonic() + 5) as inner:
        await forever()
    assert (outer.expired, inner.expired) == (True, False)


class Noted:
    def __init__(self, name: str, notes: list[str]) -> None:
        self.name, self.notes = name, notes
        self.rung = asyncio.Event()

    def expire(self) -> None:
        self.notes.append(self.name)
        self.rung.set()


async def test_one_timer_rings_for_all() -> None:
    """Each at its moment, whichever was asked for first, and nothing for what was over before."""
    notes: list[str] = []
    found, now = Deadlines(asyncio.get_running_loop()), monotonic()
    late, early, over, last = (Noted(name, notes) for name in ("late", "early", "over", "last"))
    found.add(late, now + 0.04)
    found.add(over, now + 0.02)
    found.add(early, now + 0.01)
    found.add(last, now + 0.06)
    found.remove(over)
    found.remove(over)
    await last.rung.wait()
    assert notes == ["early", "late", "last"]
    assert monotonic() - now > 0.055


async def test_each_event_loop_has_its_own() -> None:
    async def of_another() -> Deadlines:
        with until(monotonic() + 100):  # a timer that never rings, because its loop ends
            return deadlines()

    here = deadlines()
    there = await asyncio.to_thread(asyncio.run, of_another())
    assert there is not here
    assert deadlines() is here


def test_a_loop_after_another_one() -> None:
    async def ended() -> bool:
        with pytest.raises(TimeoutError), until(monotonic() + 0.01):
            await forever()
        return True

    async def left() -> None:
        deadlines().add(Noted("", []), monotonic() + 0.001)

    asyncio.run(left())
    assert asyncio.run(ended())
