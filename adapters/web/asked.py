"""One registered request with all that reading its reply takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx

from adapters.http import Reply
from adapters.web.formats.reading import Reader
from adapters.web.paths import Search
from adapters.web.request import RequestTemplate


class Poll(NamedTuple):
    """The compiled ``poll:`` of a request. ``every`` in seconds."""

    when: Search
    link: Search
    every: float
    result: Search | None


class Asked(NamedTuple):
    """``missing``: the statuses that mean that there is nothing."""

    request: RequestTemplate
    reader: Reader
    missing: frozenset[int]
    poll: Poll | None = None


class Via(NamedTuple):
    """What is asked first; ``variables``: path in its reply by variable."""

    asked: Asked
    variables: Mapping[str, Search]


class Answered(NamedTuple):
    """What was read of a reply that is no error, and the reply where there is one of its own."""

    body: Any
    reply: Reply | None = None

    @property
    def headers(self) -> httpx.Headers:
        return httpx.Headers() if self.reply is None else self.reply.headers
