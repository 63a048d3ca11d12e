"""A source's HTTP connections: aiohttp's pool, with the replies and errors of httpx.

aiohttp's pool costs a fraction of httpx's own per call, and frees a connection on cancellation.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import httpx
from yarl import URL

from adapters.transport import USUAL, Transport

# The first that fits counts: what never reached the server, what it said wrongly, what was lost on the way.
TRANSLATED: tuple[tuple[type[aiohttp.ClientError], type[httpx.TransportError]], ...] = (
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.ClientResponseError, httpx.RemoteProtocolError),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    (aiohttp.ClientError, httpx.ReadError),
)


class HttpPool:
    """Up to ``connections`` sockets, opened on demand and kept alive. No redirects, no cookies, no timeout."""

    def __init__(self, connections: int, transport: Transport = USUAL) -> None:
        self._connections = connections
        self._transport = transport
        self._tls = True if transport == USUAL else transport.tls()
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def send(self, method: str, url: str, headers: httpx.Headers, content: bytes) -> httpx.Response:
        """Send, and return as soon as the head of the reply is there. ``url`` goes out as it is.

        Raises ``httpx.ConnectError`` (nothing was sent), ``RemoteProtocolError`` (not HTTP) or ``ReadError`` (cut).
        """
        session = self._session if self._session is not None and not self._closed else self._open()
        try:
            response = await session.request(
                method,
                URL(url, encoded=True),
                headers=headers,
                data=content or None,
                allow_redirects=False,
                proxy=self._transport.proxy,
            )
        except aiohttp.ClientError as error:
            raise translated(error) from error
        return httpx.Response(response.status, headers=response.raw_headers, stream=Body(response))

    async def aclose(self) -> None:
        self._closed = True
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        """Here and not in ``__init__``: a session belongs to the running loop."""
        if self._closed:
            raise httpx.ConnectError("closed")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._connections, ssl=self._tls, force_close=not self._transport.keep_alive
            ),
            cookie_jar=aiohttp.DummyCookieJar(),  # a cookie set for one caller must never go out with another's request
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
        )
        return self._session


class Body(httpx.AsyncByteStream):
    """The body as it arrives. Closing it unread closes the socket; one read to the end is back in the pool by then."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except aiohttp.ClientError as error:
            raise translated(error) from error

    async def aclose(self) -> None:
        self._response.close()


def translated(error: aiohttp.ClientError) -> httpx.TransportError:
    kind = next(httpx_error for aiohttp_error, httpx_error in TRANSLATED if isinstance(error, aiohttp_error))
    return kind(type(error).__name__)  # the text of aiohttp's errors may hold the URL, and with it a key
