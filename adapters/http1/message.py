"""What goes over a connection: a request as bytes, and a reply as it came."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import httpx

from adapters.http1.origin import Origin

WITHOUT_CONTENT = frozenset({"GET", "HEAD", "OPTIONS", "DELETE", "CONNECT"})
"""Methods whose requests say nothing of their content where they have none (RFC 9110, 8.6)."""


class Request(NamedTuple):
    """``most``: bytes of the reply's body. ``deadline`` on the clock of ``time.monotonic``. ``bodiless``: nothing
    follows the reply's head, whatever that says: so it is for ``HEAD`` and ``CONNECT``."""

    data: bytes
    most: int
    deadline: float
    bodiless: bool


class Raw(NamedTuple):
    """A whole reply. ``body`` is packed as the header ``content-encoding`` says."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class TooLarge(Exception):
    """The reply is larger than the caller takes."""


class Head(NamedTuple):
    """Headers as they go out. ``host``, ``authorization``: whether they are among them."""

    lines: bytes
    host: bool
    authorization: bool


class Prepared(httpx.Headers):
    """Headers of many requests, which are written once: they are not changed any more."""

    @cached_property
    def head(self) -> Head:
        return head(self)


def head(headers: httpx.Headers) -> Head:
    """A line break in a header, which would begin another header or another request, is refused."""
    pairs = headers.raw
    lines = b"".join([b"%b: %b\r\n" % pair for pair in pairs])
    if not lines.count(b"\n") == lines.count(b"\r") == len(pairs) or b"\0" in lines:
        raise httpx.LocalProtocolError("a line break in a header")
    names = {name.lower() for name, _ in pairs}
    return Head(lines, b"host" in names, b"authorization" in names)


def written(
    method: str, target: str, origin: Origin, headers: httpx.Headers, content: bytes, more: bytes = b""
) -> bytes:
    """A request. ``more``: whole lines of the connection's own."""
    lines, host, authorization = headers.head if isinstance(headers, Prepared) else head(headers)
    if not host:
        lines = b"Host: %b\r\n%b" % (origin.name.encode("ascii"), lines)
    if origin.credentials and not authorization:
        lines += b"Authorization: %b\r\n" % origin.credentials.encode("ascii")
    if content or method not in WITHOUT_CONTENT:
        lines += b"Content-Length: %d\r\n" % len(content)
    return b"%b %b HTTP/1.1\r\n%b%b\r\n%b" % (method.encode("ascii"), target.encode("ascii"), lines, more, content)
