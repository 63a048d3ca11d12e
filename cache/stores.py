"""Where answers are kept."""

from __future__ import annotations

from typing import NamedTuple

from cache.memory import Memory
from cache.store import Store
from cache.valkey import SECONDS, Valkey
from cache.warm import Warm

ENTRIES = 100_000
SIZE = 64 * 1024 * 1024


class Stores(NamedTuple):
    """``shared``: what all callers may see, and what is told of all answers; ``private``: never leaves this process.

    ``warm``: where both are of this process, what is in them, as it came.
    """

    shared: Store
    private: Store
    warm: Warm | None = None

    @property
    def turn(self) -> int:
        """Changes when anything that is in them is made invalid, where that is known here."""
        return self.warm.turn if self.warm else 0

    async def aclose(self) -> None:
        for store in {self.shared, self.private}:
            await store.aclose()


def open_stores(
    url: str | None = None, *, entries: int = ENTRIES, size: int = SIZE, seconds: float = SECONDS
) -> Stores:
    """Memory for at most so many ``entries`` and bytes (``size``); with a ``url``, that for what is shared.
    Without one, half of the bytes are for what is at hand.

    ``seconds``: that one operation of the store at the ``url`` may take.

    Makes no connection. Raises ``ValueError`` for a ``url`` that is none of Valkey or Redis.
    """
    if url is not None:
        return Stores(Store(Valkey(url, seconds)), Store(Memory(entries, size)))
    memory = Store(Memory(entries, size - size // 2))
    return Stores(memory, memory, Warm(size // 2))
