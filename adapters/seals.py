"""Texts that go out and come back unchanged, or are refused."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from hashlib import sha256
from secrets import token_bytes

TAG = 16
"""Bytes of the HMAC that are kept: half of them, as RFC 2104 allows."""


class Seal:
    """Marks texts with a keyed HMAC. Who has not the key can read a text, but not change it or make another one."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sealed(self, text: str, context: str) -> str:
        """``text`` for use in this ``context`` only."""
        return urlsafe_b64encode(self._tag(text, context) + written(text)).rstrip(b"=").decode()

    def opened(self, sealed: str, context: str) -> str | None:
        """The text; ``None`` for what was not sealed so."""
        try:
            found = urlsafe_b64decode(sealed.encode("ascii") + b"=" * (-len(sealed) % 4))
            text = found[TAG:].decode("utf-8", "surrogatepass")
        except ValueError:
            return None
        return text if hmac.compare_digest(found[:TAG], self._tag(text, context)) else None

    def _tag(self, text: str, context: str) -> bytes:
        return hmac.digest(self._key, written(f"{len(context)}:{context}{text}"), sha256)[:TAG]


def written(text: str) -> bytes:
    """Half a character too: systems give such names to their pages."""
    return text.encode("utf-8", "surrogatepass")


@cache
def seal_of_process() -> Seal:
    """With a key that ends with this process, and that no other process has."""
    return Seal(token_bytes(32))
