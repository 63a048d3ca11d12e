"""Cursors are written when they are read, and not before."""

from __future__ import annotations

from adapters.cursors import Cursors


def test_only_what_is_read_is_written() -> None:
    asked: list[int] = []

    def write(place: int) -> str:
        asked.append(place)
        return f"c{place}"

    cursors = Cursors(write, range(100))
    part = cursors[10:20]
    assert (len(cursors), len(part), bool(cursors[:0])) == (100, 10, False)
    assert asked == []
    assert (cursors[0], part[-1]) == ("c0", "c19")
    assert asked == [0, 19]
    assert list(part[::-1]) == [f"c{place}" for place in range(19, 9, -1)]
    assert repr(cursors) == "Cursors(100)"
