"""``GET /metrics``: what has been counted and timed since the start, as Prometheus reads it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.http.clients import Clients
from gateway.telemetry.telemetry import Telemetry


def metrics_routes(telemetry: Telemetry, clients: Clients) -> list[Route]:
    """None where nothing is measured. Who asks needs a client's key, where clients have keys."""
    measured = telemetry.prometheus
    if measured is None:
        return []

    def metrics(request: Request) -> Response:  # not async: thousands of lines are written, beside the loop
        clients.caller(dict(request.headers))
        text, media_type = measured()
        return Response(text, headers={"content-type": media_type, "cache-control": "no-store"})

    return [Route("/metrics", metrics)]
