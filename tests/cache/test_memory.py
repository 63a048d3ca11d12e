"""Memory: its bounds, who leaves first, and that it forgets in time."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.memory import OVERHEAD, Memory, weight
from tests.cache.shop import Clock

NAME = "crossdock:" + "0" * 65


def name(number: int) -> str:
    return f"{NAME[:-8]}{number:08}"


async def test_the_least_recently_used_leaves_first() -> None:
    memory = Memory(entries=3, size=1 << 20)
    await memory.multi_set([("a", b"1"), ("b", b"2"), ("c", b"3")])
    await memory.get("a")
    await memory.set("d", b"4")
    assert await memory.multi_get(["a", "b", "c", "d"]) == [b"1", None, b"3", b"4"]
    assert len(memory) == 3


async def test_what_is_too_big_is_not_kept() -> None:
    memory = Memory(entries=10, size=10_000)
    await memory.set("a", b"1")
    await memory.set("b", bytes(10_000))
    assert await memory.get("b") is None
    assert memory.size <= 10_000


async def test_time_ends_it() -> None:
    clock = Clock()
    memory = Memory(entries=3, size=1 << 20, clock=clock)
    await memory.set("a", b"1", ttl=5.0)
    await memory.multi_set([("b", b"2")])
    clock.now += 4.9
    assert await memory.multi_get(["a", "b"]) == [b"1", b"2"]
    clock.now += 0.2
    assert await memory.multi_get(["a", "b"]) == [None, b"2"]
    assert (len(memory), memory.size) == (1, weight("b", b"2"))


async def test_it_counts_and_deletes() -> None:
    memory = Memory(entries=3, size=1 << 20)
    assert [await memory.increment("n"), await memory.increment("n", 4)] == [1, 5]
    assert await memory.get("n") == b"5"
    assert [await memory.delete("n"), await memory.delete("n")] == [1, 0]
    assert memory.size == 0


@pytest.mark.parametrize("length", [1, 1000])
async def test_the_bound_in_bytes_is_that_of_the_process(length: int) -> None:
    bound = 1 << 20
    memory = Memory(entries=1 << 30, size=bound)
    tracemalloc.start()
    try:
        for start in range(0, 4 * bound // (length + OVERHEAD), 100):
            await memory.multi_set([(name(start + n), bytes(length)) for n in range(100)], ttl=60.0)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert memory.size > 0.99 * (bound - 2 * weight(NAME, bytes(length)))
    assert 0.5 * bound < taken <= 1.05 * bound


@given(
    entries=st.integers(1, 5),
    size=st.integers(0, 4 * OVERHEAD),
    writes=st.lists(st.tuples(st.sampled_from("abcdefgh"), st.binary(max_size=OVERHEAD))),
)
async def test_the_bounds_hold_whatever_is_written(entries: int, size: int, writes: list[tuple[str, bytes]]) -> None:
    memory = Memory(entries, size)
    for key, value in writes:
        await memory.set(key, value)
        assert len(memory) <= entries
        assert memory.size <= size
        assert await memory.get(key) == (value if weight(key, value) <= size else None)
    kept = {key: await memory.get(key) for key in "abcdefgh"}
    assert memory.size == sum(weight(key, value) for key, value in kept.items() if value is not None)
