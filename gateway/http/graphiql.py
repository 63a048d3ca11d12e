"""GraphiQL over HTTP: the page for browsers at the endpoint's own address, and its assets below it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.graphiql.assets import DIST, Asset, built_assets
from gateway.http.media_types import MediaRange

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; worker-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
SECURITY = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
FOR_EVER = "public, max-age=31536000, immutable"
API_TYPES = ("application/json", "application/graphql-response+json")
LONGEST_LIST = 1000
"""Characters of an ``Accept`` or ``Accept-Encoding`` header that are read; no browser sends nearly as many."""


class PageOrEndpoint:
    """An ASGI application for ``/graphql``: browsers get ``document``, everybody else is answered by ``endpoint``.

    The page needs no key, and an operation never gets it for an answer.
    """

    def __init__(self, endpoint: ASGIApp, document: bytes) -> None:
        self.endpoint = endpoint
        self.document = document
        self.tag = f'"{sha256(document).hexdigest()[:32]}"'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.page_response(Headers(scope=scope)) if wants_page(scope) else self.endpoint
        await answer(scope, receive, send)

    def page_response(self, headers: Headers) -> Response:
        told = {**SECURITY, "cache-control": "no-cache", "etag": self.tag, "vary": "accept"}
        if self.tag in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=told)
        return Response(self.document, media_type="text/html", headers=told)


def asset_route(dist: Path = DIST) -> Route:
    """``/graphql/assets/``: what is built now. Names are looked up among these, never on the disk."""
    assets = built_assets(dist)

    async def serve(request: Request) -> Response:
        found = assets.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return asset_response(found, request.headers)

    return Route("/graphql/assets/{name}", serve, methods=["GET"])


def wants_page(scope: Scope) -> bool:
    """A GET without an operation by somebody who would rather have ``text/html`` than any answer of the API."""
    if scope["method"] not in ("GET", "HEAD") or asks_operation(scope["query_string"]):
        return False
    qualities = read_list(Headers(scope=scope).get("accept"))
    anything = qualities.get("application/*", qualities.get("*/*", 0.0))
    return qualities.get("text/html", 0.0) > max(qualities.get(name, anything) for name in API_TYPES)


def asks_operation(query: bytes) -> bool:
    return query.startswith(b"query=") or b"&query=" in query


def asset_response(asset: Asset, headers: Headers) -> FileResponse:
    """The smallest form that the client takes."""
    told = {**SECURITY, "cache-control": FOR_EVER, "vary": "accept-encoding"}
    coding = accepted_coding(headers.get("accept-encoding"), asset.copies)
    if coding is None:
        return FileResponse(asset.path, media_type=asset.media_type, headers=told)
    return FileResponse(asset.copies[coding], media_type=asset.media_type, headers={**told, "content-encoding": coding})


def accepted_coding(accept: str | None, copies: Mapping[str, object]) -> str | None:
    """The first of the copies that ``Accept-Encoding`` allows (RFC 9110, 12.5.3); none for the plain file."""
    qualities = read_list(accept)
    anything = qualities.get("*", 0.0)
    return next((coding for coding in copies if qualities.get(coding, anything) > 0), None)


def read_list(header: str | None) -> dict[str, float]:
    """Name -> quality; nothing of a header that is absent or too long to be meant."""
    if header is None or len(header) > LONGEST_LIST:
        return {}
    return {part.name: part.quality for part in map(MediaRange.parsed, header.split(","))}
