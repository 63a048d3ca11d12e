"""Media types of GraphQL over HTTP: which one a request has, and which one an answer gets.

``application/json`` is also the answer to ``*/*`` and to no ``Accept`` at all: who asks like that is an older client,
which takes every status but 200 for a broken server.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from gateway.http.refusal import Refusal

JSON = b"application/json; charset=utf-8"
GRAPHQL = b"application/graphql-response+json; charset=utf-8"


class MediaRange(NamedTuple):
    name: str
    charset: str
    quality: float

    @classmethod
    def parsed(cls, text: str) -> MediaRange:
        name, *parameters = (part.strip() for part in text.split(";"))
        values = dict(parameter.lower().partition("=")[::2] for parameter in parameters)
        return cls(name.lower(), values.get("charset", "utf-8").strip('"'), quality(values.get("q", "1")))


def quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


@lru_cache(maxsize=256)
def answer_type(accept: str | None) -> bytes:
    """The answer's content type by the ``Accept`` header (RFC 9110, 12.5.1); ``Refusal`` 406 where there is none."""
    if not accept:
        return JSON
    ranges = [part for part in map(MediaRange.parsed, accept.split(",")) if part.charset in ("utf-8", "utf8")]
    graphql = preference("application/graphql-response+json", ranges)
    json = preference("application/json", ranges)
    best = max(graphql, json)
    if best.quality == 0:
        raise Refusal(406, "Expected application/graphql-response+json or application/json in Accept.")
    return GRAPHQL if graphql == best and (json < best or best.exact) else JSON


class Preference(NamedTuple):
    quality: float
    exact: bool


def preference(name: str, ranges: list[MediaRange]) -> Preference:
    """Of the ranges that match, the most specific one counts."""
    for pattern in (name, "application/*", "*/*"):
        for part in ranges:
            if part.name == pattern:
                return Preference(part.quality, pattern == name and part.quality > 0)
    return Preference(0.0, False)


@lru_cache(maxsize=256)
def check_request_type(content_type: str | None, encoding: str | None) -> None:
    """``Refusal`` 415 for a body that is not plain JSON in UTF-8."""
    found = MediaRange.parsed(content_type or "")
    if found.name != "application/json":
        raise Refusal(415, "Expected Content-Type: application/json.")
    if found.charset not in ("utf-8", "utf8"):
        raise Refusal(415, "Expected a body in UTF-8.")
    if encoding and encoding.lower() != "identity":
        raise Refusal(415, "Expected a body without Content-Encoding.", ((b"accept-encoding", b"identity"),))
