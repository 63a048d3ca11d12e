"""What has been said about kept answers since: how a whole lookup or search, or one key of it, is made invalid."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_hex

from cache.store import Store

CALL_SECONDS = 60.0
"""Longer than any call that is on its way now, and whose answer would still be kept."""

DIGITS = 18
"""More would not fit the store's own numbers."""


class Generations:
    """A number per subject (``cache.names``), in the store and here, and a mark per key, in the store only.

    An entry holds those it was asked under and counts while they are the same: an answer that was on its way when
    it was made invalid stays invalid, whoever stores it. A store that forgets a number is told again.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, int] = {}

    async def current(self, name: str, told: bytes | None) -> int:
        """The number now, when the store says ``told``."""
        known = self._known.get(name, 0)
        number = 0 if told is None else read(told)
        if number is None or number < known:
            number = known
            await self._store.write([({name: str(number).encode()}, None)])
        self._known[name] = number
        return number

    async def next(self, name: str) -> None:
        """Make invalid what is kept under ``name``; raises ``StoreFailed`` if other processes could not be told."""
        self._known[name] = self._known.get(name, 0) + 1
        self._known[name] = max(self._known[name], await self._store.increment(name))

    async def renew(self, marks: Sequence[str], seconds: float) -> None:
        """Make invalid what is kept for these keys, for ``seconds`` at most; raises ``StoreFailed``."""
        token = token_hex(8).encode()
        await self._store.put(dict.fromkeys(marks, token), seconds + CALL_SECONDS)


def read(told: bytes) -> int | None:
    """``None`` for what is no number that was counted up to."""
    return int(told) if told.isdigit() and len(told) <= DIGITS else None
