"""The application as a server runs it, without a port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.types import ASGIApp

from gateway.http.app import application
from gateway.http.contract import Gateway
from gateway.http.readiness import Readiness


@asynccontextmanager
async def started(gateway: Gateway, readiness: Readiness | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application after its start; the application is stopped at the end."""
    app = application(gateway, readiness)
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


@asynccontextmanager
async def client_of(app: ASGIApp, host: str = "127.0.0.1") -> AsyncIterator[httpx.AsyncClient]:
    """A client at the address ``host`` that sends no header but those that a test names."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(host, 50123))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
        for header in ("accept", "accept-encoding", "user-agent"):
            del client.headers[header]
        yield client


def error(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and message of an answer that has one error and nothing else."""
    body = answer.json()
    [entry] = body.pop("errors")
    assert body == {}
    assert entry.keys() == {"message", "extensions"}
    assert entry["extensions"]["requestId"] == answer.headers["x-request-id"]
    return answer.status_code, entry["extensions"]["code"], entry["message"]
