"""The store that several processes share: Valkey or Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from aiocache import RedisCache
from aiocache.serializers import NullSerializer
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from cache.gathered import Gathered

SECONDS = 0.05
"""That one operation may take."""

CONNECTIONS = 8
"""An answer takes a fraction of a millisecond: more would only wait for the same processor."""

Pair = tuple[str, bytes]
T = TypeVar("T")


class Valkey(RedisCache):  # type: ignore[misc]  # aiocache brings no types
    """By URL: ``redis://user:password@host:6379/0``, ``rediss://`` for TLS, ``unix:///path/to/socket``.

    Values are bytes. A command costs more of this process than of the server: what is read or written at the same time
    is one command. What takes more than ``seconds`` is a ``TimeoutError``. Raises ``ValueError`` for another URL. Makes
    no connection.
    """

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        def pool(**_: Any) -> BlockingConnectionPool:
            # aiocache knows host, port and password only. Its time limits and retries are of seconds.
            no_retry = Retry(NoBackoff(), 0)
            return BlockingConnectionPool.from_url(url, max_connections=CONNECTIONS, timeout=None, retry=no_retry)

        super().__init__(connection_pool_class=pool, serializer=NullSerializer(encoding=None), timeout=None)
        self._seconds = seconds
        self._reads = Gathered(self._read)
        self._writes = Gathered(self._write)

    async def multi_get(self, keys: Sequence[str], **_: Any) -> list[bytes | None]:
        values = await self._reads(keys)
        return [values[key] for key in keys]

    async def multi_set(self, pairs: Iterable[Pair], ttl: float | None = None, **_: Any) -> bool:
        await self._writes((pairs, ttl))
        return True

    async def delete(self, key: str, **_: Any) -> int:
        return int(await self._in_time(super().delete(key)))

    async def increment(self, key: str, delta: int = 1, **_: Any) -> int:
        return int(await self._in_time(super().increment(key, delta)))

    async def _read(self, asked: Sequence[Sequence[str]]) -> Mapping[str, bytes | None]:
        names = list(dict.fromkeys(name for names in asked for name in names))
        return dict(zip(names, await self._in_time(super().multi_get(names)), strict=True))

    async def _write(self, asked: Sequence[tuple[Iterable[Pair], float | None]]) -> None:
        by_ttl: dict[float | None, dict[str, bytes]] = {}
        for pairs, ttl in asked:
            by_ttl.setdefault(ttl, {}).update(pairs)
        for ttl, together in by_ttl.items():
            await self._in_time(super().multi_set(list(together.items()), ttl=ttl))

    def _in_time(self, operation: Coroutine[Any, Any, T]) -> Awaitable[T]:
        return in_time(operation, self._seconds)

    async def _close(self, *_: Any, **__: Any) -> None:
        await self._reads.aclose()
        await self._writes.aclose()
        await self._in_time(self.client.aclose())  # aiocache calls the old name, of which redis warns


async def in_time(operation: Coroutine[Any, Any, T], seconds: float) -> T:
    """The result within ``seconds``, or ``TimeoutError``.

    A reply that is there is taken, also when this process was too busy to look in time.
    (``asyncio.timeout`` cancels what would go on in the same turn.)
    """
    task = asyncio.create_task(operation)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())  # seen, even when it comes too late
    try:
        await asyncio.wait([task], timeout=seconds)
        if task.done():
            return task.result()
        raise TimeoutError
    finally:
        task.cancel()
