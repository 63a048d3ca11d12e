"""Large replies are read in turns."""

from __future__ import annotations

import asyncio

from adapters.web.turns import STEPS, Turns


async def read(turns: Turns, told: list[str], name: str) -> None:
    await turns.next()
    told.append(f"read {name}")
    for _ in range(STEPS - 1):
        await asyncio.sleep(0)
    told.append(f"answer {name}")


async def test_each_is_answered_before_the_next_is_read() -> None:
    turns, told = Turns(), list[str]()
    await asyncio.gather(*(read(turns, told, name) for name in "abc"))
    assert told == ["read a", "answer a", "read b", "answer b", "read c", "answer c"]


async def test_others_come_between() -> None:
    turns, told = Turns(), list[str]()

    async def other() -> None:
        while len(told) < 6:
            told.append("other")
            await asyncio.sleep(0)

    await asyncio.gather(read(turns, told, "a"), read(turns, told, "b"), other())
    assert "other" in told[told.index("read a") : told.index("read b")]


async def test_who_gives_up_keeps_nobody_waiting() -> None:
    turns, told = Turns(), list[str]()
    tasks = [asyncio.create_task(read(turns, told, name)) for name in "abcd"]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[2].cancel()
    for _ in range(2 * STEPS):
        await asyncio.sleep(0)
    tasks[1].cancel()
    await tasks[3]
    assert told[-1] == "answer d"
    await asyncio.wait_for(turns.next(), 5)
