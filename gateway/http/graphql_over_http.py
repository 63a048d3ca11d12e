"""The ``/graphql`` endpoint: GraphQL over HTTP, bytes in and bytes out.

It follows the draft at https://graphql.github.io/graphql-over-http/draft/ as the graphql-http audit checks it: a
request that is no GraphQL request is refused with 4xx; one that was not executed (syntax, validation, variables) is
400 as ``application/graphql-response+json`` and 200 as ``application/json``; one that was executed is 200.

A GET needs no extra header against cross-site requests: it can only read, and only pages of the origins that
``gateway.yaml`` names may see the answer. A POST must be ``application/json``, which no HTML form can send.
"""

from __future__ import annotations

import logging

from starlette.types import Receive, Scope, Send

from gateway.engine.request import OperationRequest
from gateway.http import media_types
from gateway.http.body import read_body
from gateway.http.clients import Clients
from gateway.http.contract import Gateway
from gateway.http.cross_origin import Origins
from gateway.http.parameters import Parameters, check_is_safe, from_body, from_query
from gateway.http.refusal import Disconnected, Headers, Refusal, error_body
from gateway.http.request_id import request_id
from gateway.telemetry.request import WatchedRequest
from gateway.telemetry.telemetry import OFF, Telemetry

log = logging.getLogger("crossdock.http")

MOST_HEADER_BYTES = 32 * 1024
FIXED_HEADERS: Headers = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


class GraphQLOverHTTP:
    """An ASGI application for one path."""

    def __init__(self, gateway: Gateway, clients: Clients, telemetry: Telemetry = OFF) -> None:
        self.gateway = gateway
        self.clients = clients
        self.telemetry = telemetry
        self.origins = Origins(gateway.settings.cors, gateway.settings.headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = header_texts(scope)
        identity = request_id(headers.get("x-request-id"))
        with self.telemetry.request(scope["method"], identity, headers) as watched:
            await self.answer(scope, receive, send, headers, identity, watched)

    async def answer(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        headers: dict[str, str],
        identity: str,
        watched: WatchedRequest,
    ) -> None:
        extra = cross_origin = self.origins.headers(headers.get("origin"))
        media, status = media_types.JSON, 200
        try:
            check_size(headers)
            preflight = self.origins.preflight(scope["method"], headers)
            if preflight is not None:
                watched.status = 204
                return await respond_empty(send, identity, (*extra, *preflight))
            media = media_types.answer_type(headers.get("accept"))
            caller = self.clients.caller(headers)
            watched.client = caller.principal.name if caller.known else ""
            asked = await self.parameters(scope, receive, headers)
            request = OperationRequest(
                asked.query,
                asked.operation_name,
                asked.variables,
                identity,
                headers,
                asked.extensions,
                caller.principal,
            )
            answer = await self.gateway.execute(request)
            body, watched.account = answer.body, answer.account
            if not answer.executed and media is media_types.GRAPHQL:
                status = 400
        except Refusal as refusal:
            status, extra = refusal.status, (*cross_origin, *refusal.headers)
            body = error_body(status, refusal.message, identity)
        except Disconnected:
            return
        except Exception:
            log.exception("request %s failed", identity)
            status, body = 500, error_body(500, "Internal error.", identity)
        watched.status, watched.size = status, len(body)
        await respond(send, status, media, identity, extra, body)

    async def parameters(self, scope: Scope, receive: Receive, headers: dict[str, str]) -> Parameters:
        limits = self.gateway.settings.limits
        if scope["method"] == "POST":
            media_types.check_request_type(headers.get("content-type"), headers.get("content-encoding"))
            return from_body(await read_body(receive, headers.get("content-length"), limits.body, limits.deadline))
        if scope["method"] != "GET":
            raise Refusal(405, "Expected POST or GET.", ((b"allow", b"GET, POST"),))
        if len(scope["query_string"]) > limits.body:
            raise Refusal(414, f"Expected an address of at most {limits.body} bytes.")
        asked = from_query(scope["query_string"])
        check_is_safe(asked, limits.tokens)
        return asked


def header_texts(scope: Scope) -> dict[str, str]:
    """Lower-case names; what is given several times is one list (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def check_size(headers: dict[str, str]) -> None:
    """uvicorn's fast parser takes headers of any length."""
    if sum(map(len, headers.values())) > MOST_HEADER_BYTES:
        raise Refusal(431, f"Expected headers of at most {MOST_HEADER_BYTES} bytes.")


async def respond_empty(send: Send, identity: str, extra: Headers) -> None:
    headers = [(b"x-request-id", identity.encode("ascii")), *FIXED_HEADERS, *extra]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def respond(send: Send, status: int, media: bytes, identity: str, extra: Headers, body: bytes) -> None:
    headers = [
        (b"content-type", media),
        (b"content-length", b"%d" % len(body)),
        (b"x-request-id", identity.encode("ascii")),
        *FIXED_HEADERS,
        *extra,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
