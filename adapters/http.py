"""HTTP as every adapter uses it: one exchange in, one bounded reply or a ``SourceError`` out.

This is the one place that knows what is under it: ``adapters.http1``. Requests do not go through ``httpx.AsyncClient``:
its cookies, redirects and its log of URLs are what a gateway must not have, and cost more than the call itself. Nothing
here is logged; ``detail`` says classes and sizes, never addresses or contents.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from math import inf
from time import monotonic
from urllib.parse import urlsplit

import httpx
from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from adapters.deadlines import until
from adapters.exchanges import BETWEEN, HttpRequest
from adapters.http1 import Pool, Prepared, Raw, TooLarge
from adapters.spi import BadData, Overloaded, Rejected, SourceError, TimedOut, Unavailable
from adapters.transport import USUAL, Transport

W3C = TraceContextTextMapPropagator()

MOST_BYTES = 16 * 1024 * 1024
"""The largest reply that is read, packed and unpacked."""


class Reply:
    """A whole reply, whatever its status; ``body`` is unpacked."""

    __slots__ = ("_headers", "body", "status")

    def __init__(self, status: int, headers: httpx.Headers | Sequence[tuple[bytes, bytes]], body: bytes) -> None:
        self.status = status
        self.body = body
        self._headers = headers

    @property
    def headers(self) -> httpx.Headers:
        """Made when they are read, which takes longer than reading them off the wire: of most replies they are not."""
        if not isinstance(self._headers, httpx.Headers):
            self._headers = httpx.Headers(self._headers)
        return self._headers

    def header(self, name: bytes) -> bytes:
        """The first one of this name, which is written in small letters; empty where there is none."""
        for each, value in self._headers.raw if isinstance(self._headers, httpx.Headers) else self._headers:
            if len(each) == len(name) and each.lower() == name:
                return value
        return b""

    def described(self) -> str:
        """For the log: what arrived, without a value in it."""
        kind = self.headers.get("content-type", "no content type").split(";")[0][:40]
        return f"HTTP {self.status}, {len(self.body)} bytes, {kind}, starts like {outline(self.body)}"


def reply_of(status: int, headers: Sequence[tuple[str, str]], body: bytes) -> Reply:
    """A reply that did not come over the wire."""
    return Reply(status, httpx.Headers(list(headers)), body)


class OverTransport:
    """A transport of httpx in the place of the sockets."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def send(
        self, method: str, url: str, headers: httpx.Headers, content: bytes, most: int, deadline: float
    ) -> Raw:
        request = httpx.Request(method, url, headers=headers, stream=httpx.ByteStream(content))
        with until(deadline):
            response = await self._transport.handle_async_request(request)
            try:
                return Raw(response.status_code, response.headers.raw, await self._read(response, most))
            finally:
                await response.aclose()

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _read(self, response: httpx.Response, most: int) -> bytes:
        chunks = []
        assert isinstance(response.stream, httpx.AsyncByteStream)
        async for chunk in response.stream:
            most -= len(chunk)
            if most < 0:
                raise TooLarge
            chunks.append(chunk)
        return b"".join(chunks)


class Http:
    """The exchanges of one source, reached by ``way``. ``transport`` replaces the sockets, by an
    ``httpx.ASGITransport`` for example."""

    def __init__(
        self,
        source: str,
        *,
        connections: int = 8,
        way: Transport = USUAL,
        transport: httpx.AsyncBaseTransport | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._source = source
        self._connections = Pool(connections, way) if transport is None else OverTransport(transport)
        self._most_bytes = most_bytes

    async def send(
        self, method: str, url: str, headers: httpx.Headers, content: bytes = b"", *, deadline: float = inf
    ) -> Reply:
        """One exchange, ended at ``deadline`` (``time.monotonic``) or by cancellation with its socket closed.
        It goes out with the current trace's ``traceparent``.

        ``url`` is escaped already. Raises ``TimedOut``, ``Unavailable`` (not reached, cut, not HTTP) or ``BadData``
        (too large, wrongly packed). The status is the caller's to judge: see :func:`refusal`.
        """
        if deadline <= monotonic():
            raise TimedOut(self._source, "the deadline had passed before the call")
        who = BETWEEN.get()
        if who is None:
            return await self._exchange(method, url, headers, content, deadline)
        request = HttpRequest(method, url, headers, content)
        return await who.http(request, lambda: self._exchange(method, url, headers, content, deadline))

    async def _exchange(self, method: str, url: str, headers: httpx.Headers, content: bytes, deadline: float) -> Reply:
        span = get_current_span()
        if span.get_span_context().is_valid:
            headers = headers.copy()
            W3C.inject(headers)
        if span.is_recording():
            span.set_attribute("http.request.method", method)
        began = monotonic()
        try:
            raw = await self._connections.send(method, url, headers, content, self._most_bytes, deadline)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise TimedOut(self._source, f"no whole reply within {deadline - began:.3f} s") from error
        except httpx.TransportError as error:
            raise Unavailable(self._source, reason(error)) from error
        except TooLarge:
            raise self._too_large() from None
        if span.is_recording():
            span.set_attribute("http.response.status_code", raw.status)
        reply = Reply(raw.status, raw.headers, raw.body)
        packing = reply.header(b"content-encoding").lower()
        if packing and packing != b"identity" and raw.body:
            reply.body = self._unpacked(raw.body, packing)
        return reply

    async def aclose(self) -> None:
        """Close every connection."""
        await self._connections.aclose()

    def _unpacked(self, body: bytes, packing: bytes) -> bytes:
        if packing not in {b"gzip", b"x-gzip", b"deflate"}:
            raise BadData(self._source, f"the reply is packed in a way that was not asked for: {outline(packing)}")
        unpacker = zlib.decompressobj(wbits=47)  # 32 + 15: gzip or zlib, by its own header
        try:
            # Bounded: 16 kB can unpack to 16 MB.
            unpacked = unpacker.decompress(body, self._most_bytes + 1)
        except zlib.error as error:
            raise BadData(self._source, f"the reply says {packing.decode()} and is not") from error
        if len(unpacked) > self._most_bytes:
            raise self._too_large()
        if not unpacker.eof:
            raise Unavailable(self._source, f"the {packing.decode()} reply was cut after {len(body)} bytes")
        return unpacked

    def _too_large(self) -> BadData:
        return BadData(self._source, f"the reply is larger than {self._most_bytes} bytes")


def peer(url: str) -> dict[str, str | int]:
    """The server of an address, for traces."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return {"server.address": parts.hostname or "", "server.port": port}


def headers(*parts: Mapping[str, str]) -> httpx.Headers:
    """The headers of a source's requests, made once; a later part replaces an earlier one's header of any case."""
    together = Prepared({"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip"})
    for part in parts:
        together.update(part)
    return together


def refusal(source: str, reply: Reply) -> SourceError | None:
    """What the status alone says, or ``None`` for success."""
    status = reply.status
    if 200 <= status < 300:
        return None
    if status == 429 or (status == 503 and "retry-after" in reply.headers):
        return Overloaded(source, f"{reply.described()}; Retry-After: {retry_after(reply)}")
    if status in {401, 403}:
        return Unavailable(source, f"{reply.described()}; check `auth` in the registration")
    if status < 400:
        return Unavailable(source, f"{reply.described()}; redirects are not followed: register the final address")
    return (Unavailable if status >= 500 else Rejected)(source, reply.described())


def retry_after(reply: Reply) -> str:
    """For the log: in how many seconds the system wants to be asked again."""
    value = reply.headers.get("retry-after", "absent")
    return f"{value} s" if value.isdecimal() and len(value) < 8 else "absent" if value == "absent" else "a date"


def reason(error: httpx.TransportError) -> str:
    """The names of an error and of what caused it: their texts may hold addresses and keys."""
    names = [type(error).__name__]
    cause = error.__cause__
    while cause is not None and len(names) < 4:
        names.append(type(cause).__name__)
        cause = cause.__cause__ or getattr(cause, "os_error", None)
    return " from ".join(names)


def outline(content: bytes, length: int = 32) -> str:
    """The first bytes with every letter as ``a`` and every digit as ``9``: enough to tell HTML from JSON from text."""
    text = content[:length].decode("ascii", "replace")
    return repr(re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text)))


def _user_agent() -> str:
    try:
        return f"crossdock/{version('crossdock')}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "crossdock"


USER_AGENT = _user_agent()
