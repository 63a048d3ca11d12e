"""OAuth 2 client credentials (RFC 6749, 4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import orjson

from adapters.http import Http, Reply, headers
from adapters.session import Granted, Session
from adapters.spi import BadData, Unavailable
from adapters.web.auth.authorisation import Authorisation
from adapters.web.auth.words import Basic, OAuth2


class ClientCredentials(Authorisation):
    """``timeout`` in seconds: of a request for a token, which waits for nobody's deadline."""

    def __init__(self, source: str, spec: OAuth2, http: Http, timeout: float) -> None:
        self._source = source
        self._spec = spec
        self._http = http
        self._timeout = timeout
        self._session = Session(source, self._granted)

    async def token(self) -> str:
        return await self._session.token()

    def headers(self, token: str, method: str, url: str, content: bytes, form: bool) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {token}"}

    async def renew(self, token: str, reply: Reply | None) -> bool:
        return await self._session.renew(token) != token

    async def aclose(self) -> None:
        await self._session.aclose()

    async def _granted(self) -> Granted[str]:
        sent, content = self._request()
        reply = await self._http.send(
            "POST", self._spec.token_url, headers(sent), content, deadline=monotonic() + self._timeout
        )
        if reply.status != 200:
            raise Unavailable(self._source, f"no token: {reply.described()}; check `auth.oauth2`")
        try:
            found: Any = orjson.loads(reply.body)
            token, seconds = found["access_token"], float(found.get("expires_in") or inf)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise BadData(self._source, f"expected a token, found {reply.described()}") from None
        if not isinstance(token, str) or not token.isprintable() or not token:
            raise BadData(self._source, "expected `access_token` as text, found something else")
        return Granted(token, seconds)

    def _request(self) -> tuple[dict[str, str], bytes]:
        spec = self._spec
        form = {"grant_type": "client_credentials", **({"scope": spec.scope} if spec.scope else {}), **spec.parameters}
        sent = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        if spec.client_in == "body":
            form |= {"client_id": spec.client_id, "client_secret": spec.client_secret}
        else:
            sent["Authorization"] = Basic(username=spec.client_id, password=spec.client_secret).header()
        return sent, urlencode(form).encode()
