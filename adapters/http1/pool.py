"""The connections of one source: opened on demand, kept alive, closed where a request is given up."""

from __future__ import annotations

import asyncio
from math import inf
from time import monotonic

import httpx

from adapters.deadlines import until
from adapters.http1.connection import Connection
from adapters.http1.message import Raw, Request, written
from adapters.http1.opening import Opening
from adapters.http1.origin import Origin, split
from adapters.places import Places
from adapters.transport import USUAL, Transport

KEPT_SECONDS = 15.0
"""How long a connection may rest: servers and firewalls forget idle ones, and do not always say so."""

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Asked again on a new connection where a kept one ends before a byte of the reply: the server closed it while it was
being asked. Another method might do twice what it does (RFC 9110, 9.2.2)."""


class Pool:
    """Up to ``connections`` requests at a time; a connection rests for at most ``rest`` seconds. No redirects, no
    cookies."""

    def __init__(self, connections: int, transport: Transport = USUAL, rest: float = KEPT_SECONDS) -> None:
        self._rest = rest
        self._places = Places(connections)
        self._keep_alive = transport.keep_alive
        self._opening = Opening(transport)
        self._kept: dict[Origin, list[Connection]] = {}
        self._open: set[Connection] = set()
        self._sweeping: asyncio.TimerHandle | None = None
        self._closed = False

    async def send(
        self, method: str, url: str, headers: httpx.Headers, content: bytes, most: int, deadline: float = inf
    ) -> Raw:
        """The reply, whose body has at most ``most`` bytes. ``url`` is escaped, and goes out as it is.

        Raises ``TimeoutError`` at the deadline (``time.monotonic``), ``TooLarge``, and of httpx's errors
        ``ConnectError`` or ``ProxyError`` (nothing was asked), ``ReadError`` (cut), ``RemoteProtocolError`` (not HTTP)
        and ``LocalProtocolError`` or ``UnsupportedProtocol`` (there is no such request).
        """
        origin, target = split(url)
        opening = self._opening
        data = written(method, opening.target(origin, target), origin, headers, content, opening.lines(origin))
        request = Request(data, most, deadline, method == "HEAD")
        if not self._places.taken():
            await self._places.wait(deadline)
        try:
            kept = self._taken(origin)
            try:
                return await self._exchange(kept or await self._opened(origin, deadline), origin, request)
            except httpx.ReadError:
                if kept is None or kept.answered or method not in IDEMPOTENT:
                    raise
            return await self._exchange(await self._opened(origin, deadline), origin, request)
        finally:
            self._places.give_back()

    async def aclose(self) -> None:
        """Closes every connection, those that are being asked too."""
        self._closed = True
        if self._sweeping is not None:
            self._sweeping.cancel()
        lost = [connection.lost for connection in self._open]
        for connection in self._open:
            connection.transport.abort()
        if lost:
            await asyncio.wait(lost)

    async def _opened(self, origin: Origin, deadline: float) -> Connection:
        if not self._closed:
            with until(deadline):
                connection = await self._opening.connect(origin)
            self._open.add(connection)
            connection.lost.add_done_callback(lambda _: self._open.discard(connection))
            if not self._closed:
                return connection
            connection.close()
        raise httpx.ConnectError("closed")

    async def _exchange(self, connection: Connection, origin: Origin, request: Request) -> Raw:
        try:
            return await connection.ask(request)
        finally:
            if connection.usable and self._keep_alive and not self._closed:
                self._keep(origin, connection)
            else:
                connection.close()

    # Those that rest

    def _keep(self, origin: Origin, connection: Connection) -> None:
        connection.rests_since = monotonic()
        self._kept.setdefault(origin, []).append(connection)
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(self._rest, self._sweep)

    def _taken(self, origin: Origin) -> Connection | None:
        """The one that rests since the shortest time."""
        kept = self._kept.get(origin)
        while kept:
            connection = kept.pop()
            if self._fresh(connection):
                return connection
            connection.close()
        return None

    def _sweep(self) -> None:
        self._sweeping = None
        for origin, kept in list(self._kept.items()):
            for connection in kept:
                if not self._fresh(connection):
                    connection.close()
            self._kept[origin] = [connection for connection in kept if connection.usable]
            if not self._kept[origin]:
                del self._kept[origin]
        if self._kept:
            self._sweeping = asyncio.get_running_loop().call_later(self._rest, self._sweep)

    def _fresh(self, connection: Connection) -> bool:
        return connection.usable and monotonic() - connection.rests_since < self._rest
