"""Replies of several parts: MTOM, and SOAP with attachments."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from quopri import decodestring
from typing import NamedTuple

BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
START = re.compile(r'start="?<?([^">;]+)>?"?', re.IGNORECASE)
HEADER = re.compile(rb"^([\w-]+)[ \t]*:[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)


class NotMultipart(Exception):
    """A reply that says it has parts and has none."""


class Part(NamedTuple):
    content_type: str
    content: bytes


def parts(data: bytes, content_type: str) -> tuple[Part, Mapping[str, bytes]]:
    """The part with the envelope, and the others by their Content-ID."""
    boundary = BOUNDARY.search(content_type)
    if boundary is None:
        raise NotMultipart("several parts without a boundary between them")
    pieces = re.split(rb"\r?\n?--" + re.escape(boundary[1].strip().encode()) + rb"(?:--)?[ \t]*\r?\n?", data)
    found = [_part(piece) for piece in pieces[1:] if piece.strip()]
    if not found:
        raise NotMultipart("several parts, of which there is none")
    start = START.search(content_type)
    named = {name: part for name, part in found if name}
    envelope = named.get(start[1].strip()) if start else None
    return envelope or found[0][1], {name: part.content for name, part in named.items()}


def _part(piece: bytes) -> tuple[str, Part]:
    head, *rest = re.split(rb"\r?\n\r?\n", piece, maxsplit=1)
    content = rest[0] if rest else b""
    headers = {name.decode().lower(): value.decode("ascii", "replace") for name, value in HEADER.findall(head)}
    packed = headers.get("content-transfer-encoding", "").lower()
    try:
        if packed in ("base64", "quoted-printable"):
            content = b64decode(content) if packed == "base64" else decodestring(content)
    except NotBase64:
        raise NotMultipart("a part that is not in base64, as it says") from None
    return headers.get("content-id", "").strip("<> "), Part(headers.get("content-type", ""), content)
