"""From the words that all kinds on the web share to the endpoint that their requests go to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from adapters.http import Http
from adapters.web.auth.authorisation import Authorisation
from adapters.web.auth.login import LoginSession
from adapters.web.auth.oauth2 import ClientCredentials
from adapters.web.auth.signatures import HmacSigned, OAuth1Signed
from adapters.web.endpoint import Endpoint
from adapters.web.links import Links
from adapters.web.pace import Pace, PaceWords
from adapters.web.paths import Search
from adapters.web.registration import WebSource
from adapters.web.reply import ReplyReader


def endpoint(
    registration: WebSource,
    replies: ReplyReader,
    links: Links,
    token: Search | None,
    transport: httpx.AsyncBaseTransport | None,
    *,
    pace: PaceWords | None = None,
    constants: Mapping[str, Any] | None = None,
) -> Endpoint:
    """``token``: the path of `auth.login.token`. ``transport`` replaces the sockets."""
    source, auth = registration.source, registration.auth
    http = Http(source, connections=registration.limits.concurrency, way=registration.transport, transport=transport)
    own = {**registration.headers, **({} if auth is None else auth.headers())}
    signed = authorisation(registration, token, own, http)
    return Endpoint(source, registration.url, own, http, replies, Pace(source, pace), links, signed, constants)


def authorisation(
    registration: WebSource, token: Search | None, own: Mapping[str, str], http: Http
) -> Authorisation | None:
    """What requests carry that is not the same for all of them."""
    source, auth, timeout = registration.source, registration.auth, registration.limits.timeout
    if auth is None:
        return None
    if auth.oauth2 is not None:
        return ClientCredentials(source, auth.oauth2, http, timeout)
    if auth.oauth1 is not None:
        return OAuth1Signed(auth.oauth1)
    if auth.hmac is not None:
        return HmacSigned(auth.hmac)
    if auth.login is not None and token is not None:
        return LoginSession(source, auth.login, token, registration.url, own, http, timeout)
    return None
