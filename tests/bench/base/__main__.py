"""``python -m tests.bench.base {strong|httpx} PORT``, with ``SERVICES_URL`` and ``SQL_URL``.

``strong``: aiohttp, and Strawberry's caches of parsed and validated documents. ``httpx``: neither.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from tests.bench.base.loaders import Loaders
from tests.bench.base.schema import Query
from tests.bench.base.systems import Aiohttp, Httpx, Systems


class Endpoint(GraphQL[Loaders, None]):
    systems: Systems

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Loaders:
        return Loaders(self.systems)

    async def get_root_value(self, request: Request | WebSocket) -> None:
        return None

    def encode_json(self, data: object) -> str | bytes:
        return orjson.dumps(data)


def application(kind: str, environ: dict[str, Any]) -> Starlette:
    strong = kind == "strong"
    schema = strawberry.Schema(Query, extensions=[ParserCache(), ValidationCache()] if strong else [])
    endpoint = Endpoint(schema, graphql_ide=None)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        url = environ["SQL_URL"].replace("+psycopg", "")
        async with asyncpg.create_pool(url, min_size=8, max_size=8) as pool:
            endpoint.systems = Systems(environ["SERVICES_URL"], Aiohttp() if strong else Httpx(), pool)
            yield

    return Starlette(routes=[Route("/graphql", endpoint)], lifespan=lifespan)


if __name__ == "__main__":
    app = application(sys.argv[1], dict(os.environ))
    uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", access_log=False, timeout_keep_alive=60)
