"""The store that several processes share: Valkey or Redis."""

from __future__ import annotations

from typing import Any

from aiocache import RedisCache
from aiocache.serializers import NullSerializer
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

CONNECTIONS = 8
"""An answer takes a fraction of a millisecond: more would only wait for the same processor."""


class Valkey(RedisCache):  # type: ignore[misc]  # aiocache brings no types
    """By URL: ``redis://user:password@host:6379/0``, ``rediss://`` for TLS, ``unix:///path/to/socket``.

    Values are bytes. Raises ``ValueError`` for a URL that is none of these. Makes no connection.
    """

    def __init__(self, url: str) -> None:
        def pool(**_: Any) -> BlockingConnectionPool:
            # aiocache knows host, port and password only. Its timeouts and retries take seconds: the time limit is
            # the caller's, and who waits for a free connection waits within it.
            no_retry = Retry(NoBackoff(), 0)
            return BlockingConnectionPool.from_url(url, max_connections=CONNECTIONS, timeout=None, retry=no_retry)

        super().__init__(connection_pool_class=pool, serializer=NullSerializer(encoding=None), timeout=None)

    async def _close(self, *_: Any, **__: Any) -> None:
        await self.client.aclose()  # aiocache calls the old name, of which redis warns
