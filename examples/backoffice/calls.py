"""A wrapper that counts the calls a system gets, by method and path, and can make it slow.

``GET /_calls`` tells the counts and ``DELETE /_calls`` starts them again; neither is counted itself. An app
with many calls on one path can name the one it got with ``scope[Calls.NAME](name)``.
"""

import asyncio
from collections import Counter
from functools import partial

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/_calls"


class Calls:
    """The app behind it answers ``latency`` seconds later than it could."""

    NAME = "calls.name"

    def __init__(self, app: ASGIApp, latency: float = 0.0) -> None:
        self.app = app
        self.latency = latency
        self.by: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"] == PATH:
            await self.answer(scope["method"])(scope, receive, send)
        else:
            call = f"{scope['method']} {scope['path']}"
            self.by[call] += 1
            scope[self.NAME] = partial(self.rename, call)
            await asyncio.sleep(self.latency)
            await self.app(scope, receive, send)

    def rename(self, call: str, name: str) -> None:
        self.by[call] -= 1
        self.by[name] += 1

    def answer(self, method: str) -> Response:
        if method == "GET":
            by = +self.by
            return JSONResponse({"total": by.total(), "by": dict(by)})
        if method == "DELETE":
            self.by.clear()
            return Response(status_code=204)
        return Response(status_code=405, headers={"Allow": "GET, DELETE"})
