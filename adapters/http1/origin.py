"""Where a request goes: the server of an address, and what is asked of it."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import httpx

ADDRESS = re.compile(r"(https?://[^/?#\s]+)(/[!-~]*)?(\?[!-~]*)?", re.IGNORECASE)
PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """A server. ``name``: as the header ``Host`` has it; ``credentials``: those in its address, for basic
    authorisation."""

    tls: bool
    host: str
    port: int
    name: str
    credentials: str = ""


def split(url: str) -> tuple[Origin, str]:
    """The server, and the path and query that are asked of it; a fragment stays here."""
    match = ADDRESS.fullmatch(url.partition("#")[0])
    if match is None:
        raise httpx.UnsupportedProtocol("not an http address, or not an escaped one")
    server, path, query = match.groups()
    return origin_of(server), (path or "/") + (query or "")


@lru_cache(256)
def origin_of(server: str) -> Origin:
    """Of ``https://user:word@host:8443``."""
    try:
        parts = urlsplit(server)
        host = (parts.hostname or "").encode("idna" if not server.isascii() else "ascii").decode("ascii")
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise httpx.UnsupportedProtocol("an address without a host that can be") from None
    written = f"[{host}]" if ":" in host else host
    name = written if port == PORTS[parts.scheme] else f"{written}:{port}"
    credentials = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        credentials = f"Basic {b64encode(pair.encode()).decode()}"
    return Origin(parts.scheme == "https", host, port, name, credentials)
