"""The application: every path that the gateway serves.

``/graphql`` the graph; ``/schema.graphql`` what of it is served; ``/livez`` 200 while the process answers;
``/readyz`` 200 while it takes requests, with the state of each source: one that is down blanks its own fields and does
not take the gateway out of service.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.http.contract import Gateway, SourceHealth
from gateway.http.graphql_over_http import GraphQLOverHTTP
from gateway.http.readiness import Readiness
from gateway.http.refusal import error_body


class Edge(Starlette):
    """Sends ``/graphql`` straight to its endpoint, which needs no middleware to catch its errors.

    Starlette's middlewares and router would cost more than the endpoint itself.
    """

    graphql: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/graphql":
            await self.graphql(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def application(gateway: Gateway, readiness: Readiness | None = None) -> Starlette:
    """Serves ``gateway`` and closes it when the server stops."""
    ready = readiness or Readiness()

    async def schema(request: Request) -> Response:
        return PlainTextResponse(gateway.served_sdl)

    async def livez(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> Response:
        if ready.state != "ready":
            return JSONResponse({"status": ready.state, "sources": {}}, 503)
        sources = {name: health_json(health) for name, health in (await gateway.health()).items()}
        return JSONResponse({"status": "ready", "sources": sources})

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        ready.state = "ready"
        yield
        ready.state = "draining"
        await gateway.aclose()

    graphql = GraphQLOverHTTP(gateway)
    app = Edge(
        routes=[
            Route("/graphql", graphql),
            Route("/schema.graphql", schema),
            Route("/livez", livez),
            Route("/readyz", readyz),
        ],
        exception_handlers={HTTPException: refused, Exception: failed},
        lifespan=lifespan,
    )
    app.graphql = graphql
    app.router.redirect_slashes = False  # a redirect would be built from the request's Host header
    return app


def health_json(health: SourceHealth) -> dict[str, str | bool | None]:
    return {"role": health.role, "kind": health.kind, "up": health.up, "code": health.code}


async def refused(request: Request, error: Exception) -> Response:
    """Starlette's own refusals, 404 and 405, in the one shape of errors."""
    assert isinstance(error, HTTPException)
    body = error_body(error.status_code, f"{error.detail}.")
    return Response(body, error.status_code, error.headers, "application/json")


async def failed(request: Request, error: Exception) -> Response:
    """The error itself goes to the server's log."""
    return Response(error_body(500, "Internal error."), 500, media_type="application/json")
