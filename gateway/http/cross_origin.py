"""Which web pages of other origins may read answers of ``/graphql``: CORS, https://fetch.spec.whatwg.org/#http-cors-protocol

Never with credentials of the browser: a key is sent by the page itself, in a header.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gateway.config.settings import CrossOrigin
from gateway.http.refusal import Headers, Refusal

OWN_HEADERS = ("content-type", "x-api-key", "authorization", "x-request-id", "traceparent", "tracestate")
VARY: Headers = ((b"vary", b"origin"),)


class Origins:
    """What is answered to whom, written once at the start. Without settings nothing is said of origins at all."""

    def __init__(self, settings: CrossOrigin | None, request_headers: Iterable[str]) -> None:
        self._any = settings is not None and "*" in settings.origins
        self._others: Headers = VARY if settings else ()
        self._allowed: Mapping[str, Headers] = {
            origin: (
                *VARY,
                (b"access-control-allow-origin", origin.encode("ascii")),
                (b"access-control-expose-headers", b"x-request-id"),
            )
            for origin in (settings.origins if settings else ())
        }
        names = dict.fromkeys((*OWN_HEADERS, *map(str.lower, request_headers)))
        self._preflight: Headers = (
            (b"access-control-allow-methods", b"GET, POST"),
            (b"access-control-allow-headers", ", ".join(names).encode("ascii")),
            (b"access-control-max-age", b"%d" % (settings.max_age if settings else 0)),
        )

    def headers(self, origin: str | None) -> Headers:
        """For every answer to a request with this ``Origin``."""
        if origin is None:
            return self._others
        return self._allowed.get("*" if self._any else origin, self._others)

    def preflight(self, method: str, headers: Mapping[str, str]) -> Headers | None:
        """What a browser's question whether it may ask is answered with, beside ``headers``; ``None``: it is none.

        Raises ``Refusal`` 403 for an origin that may not.
        """
        if method != "OPTIONS" or not self._allowed or "access-control-request-method" not in headers:
            return None
        if not self._any and headers.get("origin") not in self._allowed:
            raise Refusal(403, "Expected an Origin that cors: of gateway.yaml names.")
        return self._preflight
