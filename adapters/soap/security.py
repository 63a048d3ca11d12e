"""What is new in every message: a WS-Security UsernameToken, a signature of nonce and time."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from secrets import token_bytes, token_hex
from time import time

from adapters.soap.registration import Auth, Hmac, UsernameToken
from adapters.soap.segments import written

Stamp = Callable[[], Mapping[str, str]]
"""Gives values for one message, by name."""

SECURITY = "security"
"""The name of the whole WS-Security header, as markup."""

OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
PROFILE = f"{OASIS}-username-token-profile-1.0"
BASE64 = f"{OASIS}-soap-message-security-1.0#Base64Binary"
SECURITY_SPACE = f"{OASIS}-wssecurity-secext-1.0.xsd"
UTILITY_SPACE = f"{OASIS}-wssecurity-utility-1.0.xsd"
OPENING = f'<wsse:Security xmlns:wsse="{SECURITY_SPACE}" xmlns:wsu="{UTILITY_SPACE}">'


def stamps(auth: Auth | None) -> list[Stamp]:
    """Those that a registration asks for."""
    made: list[Stamp] = []
    if auth is not None and auth.wsse is not None:
        made.append(SecurityHeader(auth.wsse))
    if auth is not None and auth.hmac is not None:
        made.append(Signature(auth.hmac))
    return made


class Signature:
    """``$nonce``, ``$timestamp`` and ``$signature``."""

    def __init__(self, spec: Hmac) -> None:
        self._spec = spec
        self._secret = spec.secret.encode()

    def __call__(self) -> Mapping[str, str]:
        nonce, timestamp = token_hex(16), str(int(time()))
        message = self._spec.message.replace("{nonce}", nonce).replace("{timestamp}", timestamp)
        digest = hmac.digest(self._secret, message.encode(), self._spec.digest)
        signature = b64encode(digest).decode() if self._spec.encode == "base64" else digest.hex()
        return {"nonce": nonce, "timestamp": timestamp, "signature": signature}


class SecurityHeader:
    """Writes the header of one message."""

    def __init__(self, token: UsernameToken) -> None:
        self._token = token
        self._username = f"<wsse:Username>{written(token.username)}</wsse:Username>"
        self._plain = f'<wsse:Password Type="{PROFILE}#PasswordText">{written(token.password)}</wsse:Password>'

    def __call__(self) -> Mapping[str, str]:
        now = datetime.now(UTC)
        password = self._digest(now) if self._token.digest else self._plain
        token = f"<wsse:UsernameToken>{self._username}{password}</wsse:UsernameToken>"
        return {SECURITY: f"{OPENING}{self._timestamp(now)}{token}</wsse:Security>"}

    def _digest(self, now: datetime) -> str:
        """Base64 of SHA-1 over nonce, creation time and password, as the profile wants it."""
        nonce, created = token_bytes(16), instant(now)
        digest = sha1(nonce + created.encode() + self._token.password.encode(), usedforsecurity=False).digest()
        return (
            f'<wsse:Password Type="{PROFILE}#PasswordDigest">{b64encode(digest).decode()}</wsse:Password>'
            f'<wsse:Nonce EncodingType="{BASE64}">{b64encode(nonce).decode()}</wsse:Nonce>'
            f"<wsu:Created>{created}</wsu:Created>"
        )

    def _timestamp(self, now: datetime) -> str:
        if self._token.timestamp_ttl is None:
            return ""
        expires = now + timedelta(seconds=self._token.timestamp_ttl)
        return (
            f"<wsu:Timestamp><wsu:Created>{instant(now)}</wsu:Created>"
            f"<wsu:Expires>{instant(expires)}</wsu:Expires></wsu:Timestamp>"
        )


def instant(moment: datetime) -> str:
    """With milliseconds: two messages of one second differ."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
