"""New connections: names and addresses, certificates, proxies."""

from __future__ import annotations

import asyncio
import socket
import ssl
from functools import cache, cached_property
from math import inf

import aiohappyeyeballs
import httpx

from adapters.http1.connection import Connection, caused
from adapters.http1.message import Request, written
from adapters.http1.origin import Origin, origin_of
from adapters.transport import USUAL, Transport

NEXT_ADDRESS = 0.25
"""Seconds until a name's next address is tried beside one that does not answer (RFC 8305)."""


class Opening:
    """Connects as the source's ``transport`` says."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.proxy = None if transport.proxy is None else origin_of(transport.proxy.rstrip("/"))

    async def connect(self, origin: Origin) -> Connection:
        """Raises ``httpx.ConnectError`` or ``ProxyError``: nothing was asked of the server. Cancelled, it leaves no
        socket open."""
        try:
            if self.proxy is None:
                return await self._connected(origin)
            connection = await self._connected(self.proxy)
            return await self._through(connection, origin) if origin.tls else connection
        except (OSError, UnicodeError) as error:  # ssl's errors are among them, a name that cannot be one is the other
            raise caused(httpx.ConnectError("not reached"), error) from error

    def target(self, origin: Origin, target: str) -> str:
        """What stands in the request's first line: a proxy is told the whole address, except in a tunnel."""
        return target if self.proxy is None or origin.tls else f"http://{origin.name}{target}"

    def lines(self, origin: Origin) -> bytes:
        """Headers for the connection's other end."""
        close = b"" if self._transport.keep_alive else b"Connection: close\r\n"
        return close if self.proxy is None or origin.tls else close + authorisation(self.proxy)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return usual_tls() if self._transport == USUAL else spoken(self._transport.tls())

    async def _connected(self, server: Origin) -> Connection:
        loop = asyncio.get_running_loop()
        addresses = await loop.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
        line = await aiohappyeyeballs.start_connection(addresses, happy_eyeballs_delay=NEXT_ADDRESS)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        tls = self._tls if server.tls else None
        _, connection = await loop.create_connection(
            Connection, sock=line, ssl=tls, server_hostname=server.host if tls else None
        )
        return connection

    async def _through(self, connection: Connection, origin: Origin) -> Connection:
        """A tunnel to ``origin`` on a connection to the proxy."""
        assert self.proxy is not None
        place = f"[{origin.host}]" if ":" in origin.host else origin.host
        server = origin._replace(name=f"{place}:{origin.port}", credentials="")
        asked = written("CONNECT", server.name, server, httpx.Headers(), b"", authorisation(self.proxy))
        try:
            reply = await connection.ask(Request(asked, 0, inf, bodiless=True))
            if not 200 <= reply.status < 300:
                raise httpx.ProxyError(f"the proxy answered {reply.status}")
            if connection.transport.is_closing():  # TLS would wait on it for ever
                raise httpx.ProxyError("the proxy ended the tunnel as it opened")
            inner = Connection()
            transport = await asyncio.get_running_loop().start_tls(
                connection.transport, inner, self._tls, server_hostname=origin.host
            )
        except BaseException:
            connection.close()
            raise
        assert transport is not None
        inner.connection_made(transport)
        return inner


def authorisation(proxy: Origin) -> bytes:
    return b"Proxy-Authorization: %b\r\n" % proxy.credentials.encode("ascii") if proxy.credentials else b""


@cache
def usual_tls() -> ssl.SSLContext:
    """One for all sources: reading the system's authorities takes 20 ms."""
    return spoken(USUAL.tls())


def spoken(context: ssl.SSLContext) -> ssl.SSLContext:
    context.set_alpn_protocols(["http/1.1"])
    return context
