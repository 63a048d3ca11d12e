"""Opaque ids and cursors: unpadded URL-safe Base64 of a small JSON array.

An id holds the type and the canonical key, so it is stable for as long as the key is; a cursor holds a version, the
source's own cursor and the order that the client chose. Both are opaque by contract, not secret.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, NamedTuple

import orjson

from adapters.spi import Key

CURSOR_VERSION = 1


def _encode(value: list[Any]) -> str:
    return urlsafe_b64encode(orjson.dumps(value)).rstrip(b"=").decode()


def _decode(text: str) -> list[Any] | None:
    try:
        value = orjson.loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (ValueError, UnicodeEncodeError):
        return None
    return value if isinstance(value, list) else None


def id_of(entity: str, *key: str | int) -> str:
    """The opaque id of one record."""
    return _encode([entity, *key])


def typed_key(id_: object) -> tuple[str, Key] | None:
    """The type and key that an id names; ``None`` for what is no id of ours."""
    parts = _decode(id_) if isinstance(id_, str) else None
    if not parts or len(parts) < 2 or not all(isinstance(part, str | int) for part in parts):
        return None
    entity, *key = parts
    return str(entity), key[0] if len(key) == 1 else tuple(key)


def key_of(entity: str, id_: object) -> Key | None:
    """The key that an id names, if it is one of ``entity``."""
    typed = typed_key(id_)
    return typed[1] if typed and typed[0] == entity else None


class Place(NamedTuple):
    """``position``: the source's own cursor; ``order``: that of the list it is in, empty for the list's own."""

    position: str
    order: str = ""


def cursor_of(position: str, order: str = "") -> str:
    """The client's cursor for a source's own."""
    return _encode([CURSOR_VERSION, position, order] if order else [CURSOR_VERSION, position])


def place_of(cursor: str) -> Place | None:
    """``None`` for what is no cursor of this version."""
    version, *place = _decode(cursor) or [None]
    if version != CURSOR_VERSION or not 1 <= len(place) <= 2 or not all(isinstance(part, str) for part in place):
        return None
    return Place(*place)
