"""Requests that are signed one by one: OAuth 1 (RFC 5849), and whatever else is an HMAC over parts of a request."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from hashlib import new as hashed
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from adapters.http import Reply
from adapters.web.auth.authorisation import Authorisation, Clock
from adapters.web.auth.words import Hmac, OAuth1

PLACES = frozenset(
    {"method", "path", "host", "timestamp", "instant", "date", "nonce", "content", "content_hash", "signature"}
)


class Signed(Authorisation):
    """A refused request is signed once more if the reply shows that our clocks differ."""

    def __init__(self) -> None:
        self.clock = Clock()

    async def renew(self, token: Any, reply: Reply | None) -> bool:
        return self.clock.corrected(reply)


class OAuth1Signed(Signed):
    def __init__(self, spec: OAuth1) -> None:
        super().__init__()
        self._spec = spec
        self._key = f"{escaped(spec.consumer_secret)}&{escaped(spec.token_secret)}".encode()

    def headers(self, token: Any, method: str, url: str, content: bytes, form: bool) -> Mapping[str, str]:
        own = {
            "oauth_consumer_key": self._spec.consumer_key,
            "oauth_nonce": token_hex(16),
            "oauth_signature_method": self._spec.signature,
            "oauth_timestamp": str(int(self.clock.now())),
            "oauth_token": self._spec.token,
            "oauth_version": "1.0",
        }
        base = base_string(method, url, content if form else b"", own)
        digest = self._spec.signature.removeprefix("HMAC-").lower()
        own["oauth_signature"] = b64encode(hmac.digest(self._key, base.encode(), digest)).decode()
        realm = {} if self._spec.realm is None else {"realm": self._spec.realm}
        return {"Authorization": "OAuth " + ", ".join(f'{k}="{escaped(v)}"' for k, v in (realm | own).items())}


def base_string(method: str, url: str, form: bytes, own: Mapping[str, str]) -> str:
    """RFC 5849, 3.4.1."""
    parts = urlsplit(url)
    given = [pair for text in (parts.query, form.decode()) for pair in parse_qsl(text, keep_blank_values=True)]
    pairs = sorted((escaped(name), escaped(value)) for name, value in [*given, *own.items()])
    default = {"http": 80, "https": 443}[parts.scheme]
    host = (parts.hostname or "") + ("" if parts.port in (None, default) else f":{parts.port}")
    bare = f"{parts.scheme}://{host}{parts.path}"
    return "&".join(map(escaped, (method, bare, "&".join(f"{name}={value}" for name, value in pairs))))


def escaped(text: str) -> str:
    return quote(text, safe="~")


class HmacSigned(Signed):
    def __init__(self, spec: Hmac) -> None:
        super().__init__()
        self._spec = spec

    def headers(self, token: Any, method: str, url: str, content: bytes, form: bool) -> Mapping[str, str]:
        spec, now, parts = self._spec, self.clock.now(), urlsplit(url)
        known = {
            "method": method,
            "path": parts.path + (f"?{parts.query}" if parts.query else ""),
            "host": parts.netloc,
            "timestamp": str(int(now)),
            "instant": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "date": formatdate(now, usegmt=True),
            "nonce": token_hex(16),
            "content": content.decode(),
            "content_hash": hashed(spec.digest, content).hexdigest(),
        }
        digest = hmac.digest(spec.secret.encode(), placed(spec.message, known).encode(), spec.digest)
        known["signature"] = b64encode(digest).decode() if spec.encode == "base64" else digest.hex()
        return {name: placed(text, known) for name, text in spec.headers.items()}


def placed(text: str, known: Mapping[str, str]) -> str:
    """The text with its ``{places}`` filled."""
    return re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], match[0]), text)
