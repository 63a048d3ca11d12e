"""What goes over a connection: a request as bytes, and a reply as it came."""

from __future__ import annotations

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


def written(
    method: str, target: str, origin: Origin, headers: httpx.Headers, content: bytes, more: bytes = b""
) -> bytes:
    """A request. ``more``: whole lines of the connection's own.

    A line break in a header, which would begin another header or another request, is refused.
    """
    pairs = headers.raw
    names = {name.lower() for name, _ in pairs}
    lines = [] if b"host" in names else [b"Host: %b\r\n" % origin.name.encode("ascii")]
    lines += [b"%b: %b\r\n" % pair for pair in pairs]
    if origin.credentials and b"authorization" not in names:
        lines.append(b"Authorization: %b\r\n" % origin.credentials.encode("ascii"))
    if content or method not in WITHOUT_CONTENT:
        lines.append(b"Content-Length: %d\r\n" % len(content))
    head = b"".join(lines)
    if not head.count(b"\n") == head.count(b"\r") == len(lines) or b"\0" in head:
        raise httpx.LocalProtocolError("a line break in a header")
    return b"%b %b HTTP/1.1\r\n%b%b\r\n%b" % (method.encode("ascii"), target.encode("ascii"), head, more, content)
