"""Who asks: clients of ``gateway.yaml``, known by their API keys.

A key comes as ``X-Api-Key: KEY`` or ``Authorization: Bearer KEY``. Only its SHA-256 is ever kept. That is enough for
keys as ``crossdock key`` makes them, of 256 random bits: nobody can try likely ones, so no slow hash is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe

from adapters.spi import ANONYMOUS, Principal
from gateway.config.settings import Client
from gateway.http.refusal import Headers, Refusal

CHALLENGE: Headers = ((b"www-authenticate", b'Bearer realm="crossdock"'),)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request. ``known``: by a key."""

    principal: Principal
    known: bool
    admin: bool


NOBODY = Caller(ANONYMOUS, known=False, admin=False)


class Clients:
    """Those that ``gateway.yaml`` names; where it names none, everybody may come in, as nobody in particular."""

    def __init__(self, clients: Mapping[str, Client]) -> None:
        self._known = tuple(
            (client.key.encode("ascii"), Caller(Principal(name), known=True, admin=client.admin))
            for name, client in clients.items()
        )

    def caller(self, headers: MutableMapping[str, str]) -> Caller:
        """Takes the key out of ``headers``, which have lower-case names: nothing behind the door gets to see it.

        Raises ``Refusal`` 401 where a key is needed and none, or none of a client, is there.
        """
        key = presented(headers)
        if not self._known:
            return NOBODY
        found = self._client_of(key) if key else None
        if found is None:
            what = "another one" if key else "none"
            message = f"Expected a client's key in X-Api-Key or as Authorization: Bearer, found {what}."
            raise Refusal(401, message, CHALLENGE)
        return found

    def _client_of(self, key: str) -> Caller | None:
        """Always compares with all of them: how long it takes says nothing."""
        hashed = hash_of(key).encode("ascii")
        found = None
        for known, caller in self._known:
            if compare_digest(known, hashed):
                found = caller
        return found


def presented(headers: MutableMapping[str, str]) -> str | None:
    bearer = headers.pop("authorization", "")
    key = headers.pop("x-api-key", None)
    if key is not None:
        return key
    scheme, _, token = bearer.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def hash_of(key: str) -> str:
    """As it stands in ``gateway.yaml``. Header texts are Latin-1, and so are the bytes that are hashed."""
    return f"sha256:{sha256(key.encode('latin-1')).hexdigest()}"


def new_key() -> str:
    """256 random bits, and a word by which those who search for lost keys can tell what it is."""
    return f"crossdock_{token_urlsafe(32)}"
