"""Which texts the server at the other end of one connection keeps prepared."""

from __future__ import annotations

from typing import TypeAlias

Key: TypeAlias = tuple[str, tuple[int, ...] | None]
"""A text, and the types of its values (PostgreSQL's numbers; 0: the server tells from what it is compared with)."""


class Prepared:
    """A text that has been asked ``threshold`` times (never with ``None``) is worth it; the last ``most`` are kept.

    Both are psycopg's own settings of a connection, and its defaults.
    """

    def __init__(self, threshold: int | None, most: int | None) -> None:
        self.names: dict[Key, bytes] = {}
        self._threshold = threshold
        self._most = most
        self._asked: dict[Key, int] = {}
        self._made = 0

    def due(self, key: Key) -> bool:
        return self._threshold is not None and self._asked.get(key, 0) >= self._threshold

    def asked(self, key: Key) -> None:
        """It was answered, by one result, as it is."""
        if self._threshold is not None:
            self._asked[key] = self._asked.pop(key, 0) + 1  # the one asked last stands last
            if self._most is not None and len(self._asked) > self._most:
                del self._asked[next(iter(self._asked))]

    def name(self) -> bytes:
        """For the next one."""
        self._made += 1
        return f"crossdock_{self._made}".encode()

    def keep(self, key: Key, name: bytes) -> bytes | None:
        """The server knows ``key`` by ``name``; the name that it may forget now."""
        del self._asked[key]
        self.names[key] = name
        over = self._most is not None and len(self.names) > self._most
        return self.names.pop(next(iter(self.names))) if over else None

    def forget(self, key: Key) -> None:
        self.names.pop(key, None)

    def stop(self) -> None:
        """There is no such thing at the other end."""
        self._threshold = None
        self.names.clear()
