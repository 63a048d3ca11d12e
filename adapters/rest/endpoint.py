"""The system's address: values in, the JSON of a reply that is no error out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from adapters.http import Http, headers, peer
from adapters.rest.reply import ReplyReader
from adapters.rest.request import RequestTemplate

JSON = {"Accept": "application/json"}


class Endpoint:
    """Where all requests of one source go. ``own``: the headers that its registration gives them."""

    def __init__(self, url: str, own: Mapping[str, str], http: Http, replies: ReplyReader) -> None:
        self.peer = peer(url)
        self._url = url
        self._http = http
        self._replies = replies
        self._headers = headers(JSON, own)
        self._with_body = headers(JSON, {"Content-Type": "application/json"}, own)

    async def ask(
        self, request: RequestTemplate, values: Mapping[str, Any], missing: frozenset[int], deadline: float
    ) -> Any:
        """One call. Raises ``Unaskable`` or ``Missing`` where nothing can be there, else a ``SourceError``."""
        path, content = request.fill(values)
        sent: httpx.Headers = self._with_body if content else self._headers
        reply = await self._http.send(request.method, self._url + path, sent, content, deadline=deadline)
        return self._replies.body(reply, missing)

    async def reach(self, path: str | None) -> None:
        """Return when the system answers anything at all, else raise ``Unavailable``."""
        await self._http.send("GET" if path else "HEAD", self._url + (path or "/"), self._headers)

    async def aclose(self) -> None:
        await self._http.aclose()
