"""A request that goes no further than the edge, and the one shape of its answer."""

from __future__ import annotations

import orjson

CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    408: "REQUEST_TIMEOUT",
    413: "BODY_TOO_LARGE",
    414: "ADDRESS_TOO_LONG",
    415: "UNSUPPORTED_MEDIA_TYPE",
    431: "HEADERS_TOO_LARGE",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}

Headers = tuple[tuple[bytes, bytes], ...]

CLOSE: Headers = ((b"connection", b"close"),)
"""For answers given while a part of the request is still on its way."""


class Refusal(Exception):
    """``message`` is for the client: what was expected, and what was found where that is no secret."""

    def __init__(self, status: int, message: str, headers: Headers = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


class Disconnected(Exception):
    """The client went away before it had sent all of its request: there is nobody to answer."""


def error_body(status: int, message: str, request_id: str | None = None) -> bytes:
    """A GraphQL response without ``data``: ``{"errors": [{"message", "extensions": {"code", "requestId"}}]}``."""
    extensions = {"code": CODES.get(status, f"HTTP_{status}")}
    if request_id:
        extensions["requestId"] = request_id
    return orjson.dumps({"errors": [{"message": message, "extensions": extensions}]})
