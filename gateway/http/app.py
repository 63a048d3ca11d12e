"""The application: every path that the gateway serves.

``/graphql`` the graph, and for browsers GraphiQL; ``/schema.graphql`` what of it is served; ``/livez`` 200 while the
process answers; ``/readyz`` 200 while it takes requests, with the state of each source: one that is down blanks its own
fields and does not take the gateway out of service; ``/admin/invalidate`` see ``gateway.http.admin``;
``/metrics`` see ``gateway.http.metrics``.

Where ``gateway.yaml`` names clients, the graph, its schema, ``/metrics`` and ``/admin/`` are for them. Open to
everybody are the page, which has no data in it, and what orchestrators ask, which have no keys: ``/livez``, and
``/readyz``, which tells the names, roles, kinds and states of the sources, but never an address or a text of theirs.
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

from gateway.config.settings import Settings
from gateway.graphiql.examples import read_examples
from gateway.graphiql.page import PageSettings, page
from gateway.http.admin import invalidate_route
from gateway.http.clients import Clients
from gateway.http.contract import Gateway, SourceHealth
from gateway.http.graphiql import PageOrEndpoint, asset_route
from gateway.http.graphql_over_http import GraphQLOverHTTP
from gateway.http.metrics import metrics_routes
from gateway.http.readiness import Readiness
from gateway.http.refusal import Refusal, error_body
from gateway.telemetry.telemetry import OFF, Telemetry


class Edge(Starlette):
    """Sends ``/graphql`` straight to its endpoint, which needs no middleware to catch its errors.

    Starlette's middlewares and router would cost more than the endpoint itself. ``operations``: of it, what answers all
    but browsers.
    """

    graphql: ASGIApp
    operations: GraphQLOverHTTP

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/graphql":
            await self.graphql(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def application(gateway: Gateway, readiness: Readiness | None = None, telemetry: Telemetry = OFF) -> Edge:
    """Serves ``gateway`` and closes it when the server stops."""
    ready = readiness or Readiness()
    clients = Clients(gateway.settings.clients)

    async def schema(request: Request) -> Response:
        clients.caller(dict(request.headers))
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

    operations = GraphQLOverHTTP(gateway, clients, telemetry)
    graphql = PageOrEndpoint(operations, page(page_settings(gateway.settings)))
    app = Edge(
        routes=[
            Route("/graphql", graphql),
            asset_route(),
            Route("/schema.graphql", schema),
            Route("/livez", livez),
            Route("/readyz", readyz),
            invalidate_route(gateway, clients),
            *metrics_routes(telemetry, clients),
        ],
        exception_handlers={HTTPException: not_served, Refusal: refused, Exception: failed},
        lifespan=lifespan,
    )
    app.graphql, app.operations = graphql, operations
    app.router.redirect_slashes = False  # a redirect would be built from the request's Host header
    return app


def page_settings(settings: Settings) -> PageSettings:
    shown = settings.graphiql
    return PageSettings(settings.title, shown.headers, read_examples(shown.examples) if shown.examples else ())


def health_json(health: SourceHealth) -> dict[str, str | bool | None]:
    return {"role": health.role, "kind": health.kind, "up": health.up, "code": health.code}


async def refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    answer = Response(error_body(error.status, error.message), error.status, media_type="application/json")
    answer.raw_headers.extend(error.headers)
    return answer


async def not_served(request: Request, error: Exception) -> Response:
    """Starlette's own refusals, 404 and 405, in the one shape of errors."""
    assert isinstance(error, HTTPException)
    body = error_body(error.status_code, f"{error.detail}.")
    return Response(body, error.status_code, error.headers, "application/json")


async def failed(request: Request, error: Exception) -> Response:
    """The error itself goes to the server's log."""
    return Response(error_body(500, "Internal error."), 500, media_type="application/json")
