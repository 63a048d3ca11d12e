"""The ``/graphql`` endpoint: GraphQL over HTTP, bytes in and bytes out.

It follows the draft at https://graphql.github.io/graphql-over-http/draft/ as the graphql-http audit checks it: a
request that is no GraphQL request is refused with 4xx; one that was not executed (syntax, validation, variables) is
400 as ``application/graphql-response+json`` and 200 as ``application/json``; one that was executed is 200.

A GET needs no extra header against cross-site requests: it can only read, and only pages of the origins that
``gateway.yaml`` names may see the answer. A POST must be ``application/json``, which no HTML form can send.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from gateway.config.settings import OperationLimits
from gateway.engine.request import OperationRequest
from gateway.http import media_types
from gateway.http.body import read_body
from gateway.http.clients import Clients
from gateway.http.contract import Gateway
from gateway.http.cross_origin import Origins
from gateway.http.parameters import check_is_safe, from_body, from_query
from gateway.http.refusal import Disconnected, Headers, Refusal, error_body
from gateway.http.request_id import request_id
from gateway.telemetry.telemetry import OFF, Telemetry

log = logging.getLogger("crossdock.http")

MOST_HEADER_BYTES = 32 * 1024
FIXED_HEADERS: Headers = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
OF_ITS_TYPE: Mapping[bytes, Headers] = {
    media: ((b"content-type", media), *FIXED_HEADERS) for media in (media_types.JSON, media_types.GRAPHQL)
}

ReadBody = Callable[[str | None], Awaitable[bytes]]
RawHeaders = Sequence[tuple[bytes, bytes]]


@dataclass(slots=True)
class Response:
    """``shared``: the headers that other answers have as well, with names in lower case; ``identity``: of the
    request."""

    status: int
    shared: Headers
    identity: str
    body: bytes

    @property
    def headers(self) -> RawHeaders:
        """All of them; 204 has no length."""
        length = () if self.status == 204 else ((b"content-length", b"%d" % len(self.body)),)
        return [*self.shared, *length, (b"x-request-id", self.identity.encode("ascii"))]


class GraphQLOverHTTP:
    """What one path answers: ``answer`` from bytes to bytes, and an ASGI application around it."""

    def __init__(self, gateway: Gateway, clients: Clients, telemetry: Telemetry = OFF) -> None:
        self.gateway = gateway
        self.clients = clients
        self.telemetry = telemetry
        self.origins = Origins(gateway.settings.cors, gateway.settings.headers)

    @property
    def limits(self) -> OperationLimits:
        return self.gateway.settings.limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def read(declared: str | None) -> bytes:
            return await read_body(receive, declared, self.limits.body, self.limits.deadline)

        response = await self.answer(scope["method"], scope["headers"], read, scope["query_string"])
        if response is not None:
            await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
            await send({"type": "http.response.body", "body": response.body})

    async def answer(self, method: str, raw: RawHeaders, body: bytes | ReadBody, query: bytes = b"") -> Response | None:
        """``raw``: the headers, with names in lower case. ``body``: of at most ``limits.body`` bytes, or what gives one
        for the ``Content-Length``. ``None``: nobody is there any more."""
        headers = header_texts(raw)
        identity = request_id(headers.get("x-request-id"))
        with self.telemetry.request(method, identity, headers) as watched:
            extra = cross_origin = self.origins.headers(headers.get("origin"))
            media, status = media_types.JSON, 200
            try:
                check_size(headers)
                preflight = self.origins.preflight(method, headers)
                if preflight is not None:
                    watched.status = 204
                    return Response(204, (*FIXED_HEADERS, *extra, *preflight), identity, b"")
                media = media_types.answer_type(headers.get("accept"))
                caller = self.clients.caller(headers)
                watched.client = caller.principal.name if caller.known else ""
                if method == "POST":
                    media_types.check_request_type(headers.get("content-type"), headers.get("content-encoding"))
                    given = body if isinstance(body, bytes) else await body(headers.get("content-length"))
                    asked = from_body(given)
                else:
                    asked = self.from_address(method, query)
                asked.request_id, asked.headers, asked.principal = identity, headers, caller.principal
                answer = await self.gateway.execute(asked)
                said, watched.account = answer.body, answer.account
                if not answer.executed and media is media_types.GRAPHQL:
                    status = 400
            except Refusal as refusal:
                status, extra = refusal.status, (*cross_origin, *refusal.headers)
                said = error_body(status, refusal.message, identity)
            except Disconnected:
                return None
            except Exception:
                log.exception("request %s failed", identity)
                status, said = 500, error_body(500, "Internal error.", identity)
            watched.status, watched.size = status, len(said)
        return Response(status, OF_ITS_TYPE[media] + extra, identity, said)

    def from_address(self, method: str, query: bytes) -> OperationRequest:
        if method != "GET":
            raise Refusal(405, "Expected POST or GET.", ((b"allow", b"GET, POST"),))
        if len(query) > self.limits.body:
            raise Refusal(414, f"Expected an address of at most {self.limits.body} bytes.")
        asked = from_query(query)
        check_is_safe(asked, self.limits.tokens)
        return asked


def header_texts(raw: RawHeaders) -> dict[str, str]:
    """Lower-case names; what is given several times is one list (RFC 9110, 5.3)."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}
    return headers if len(headers) == len(raw) else joined(raw)


def joined(raw: RawHeaders) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def check_size(headers: dict[str, str]) -> None:
    """uvicorn's fast parser takes headers of any length."""
    if sum(map(len, headers.values())) > MOST_HEADER_BYTES:
        raise Refusal(431, f"Expected headers of at most {MOST_HEADER_BYTES} bytes.")
