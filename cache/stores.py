"""Where answers are kept."""

from __future__ import annotations

from typing import NamedTuple

from cache.memory import Memory
from cache.store import Store
from cache.valkey import SECONDS, Valkey

ENTRIES = 100_000
SIZE = 64 * 1024 * 1024


class Stores(NamedTuple):
    """``shared``: what all callers may see, and what is told of all answers; ``private``: never leaves this process."""

    shared: Store
    private: Store

    async def aclose(self) -> None:
        for store in {self.shared, self.private}:
            await store.aclose()


def open_stores(
    url: str | None = None, *, entries: int = ENTRIES, size: int = SIZE, seconds: float = SECONDS
) -> Stores:
    """Memory for at most so many ``entries`` and bytes (``size``); with a ``url``, that for what is shared.

    ``seconds``: that one operation of the store at the ``url`` may take.

    Makes no connection. Raises ``ValueError`` for a ``url`` that is none of Valkey or Redis.
    """
    memory = Store(Memory(entries, size))
    return Stores(memory if url is None else Store(Valkey(url, seconds)), memory)
