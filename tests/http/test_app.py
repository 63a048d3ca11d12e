"""The other paths, and the life of the application."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from gateway.http.app import application
from gateway.http.readiness import Readiness
from tests.http.edge import client_of, started
from tests.http.small_gateway import SDL, Health, SmallGateway


async def test_the_served_schema(client: httpx.AsyncClient) -> None:
    answer = await client.get("/schema.graphql")
    assert (answer.status_code, answer.text) == (200, SDL)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_alive(client: httpx.AsyncClient) -> None:
    answer = await client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_before_the_start_it_is_not_ready(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "starting", "sources": {}})


async def test_a_dead_source_is_named_and_leaves_the_gateway_ready(gateway: SmallGateway) -> None:
    async with started(gateway) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "status": "ready",
            "sources": {
                "crm": {"role": "CRM", "kind": "soap", "up": True, "code": None},
                "wms": {"role": "WMS", "kind": "sql", "up": False, "code": "UNAVAILABLE"},
            },
        },
    )


async def test_a_draining_gateway_still_serves(gateway: SmallGateway) -> None:
    readiness = Readiness()
    async with started(gateway, readiness) as client:
        readiness.state = "draining"
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (503, "draining")
        assert (await client.get("/livez")).status_code == 200
        assert (await client.post("/graphql", json={"query": "{hello}"})).json() == {"data": {"hello": "hello world"}}
        assert not gateway.closed
    assert gateway.closed


async def test_mounted_in_another_application(gateway: SmallGateway) -> None:
    outer = Starlette(routes=[Mount("/shop", application(gateway))])
    async with client_of(outer) as client:
        answer = await client.post("/shop/graphql", json={"query": "{hello}"})
        assert answer.json() == {"data": {"hello": "hello world"}}
        assert (await client.get("/shop/schema.graphql")).text == SDL
        assert (await client.put("/shop/graphql")).headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "NOT_FOUND"),
        ("GET", "/graphql/", 404, "NOT_FOUND"),
        ("POST", "/graphql/x", 404, "NOT_FOUND"),
        ("POST", "/livez", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/schema.graphql", 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_other_paths_and_methods(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    [error] = answer.json()["errors"]
    assert error["extensions"] == {"code": code}
    assert status != 405 or set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_a_failed_health_check_says_nothing_of_why() -> None:
    class Unwell(SmallGateway):
        async def health(self) -> Mapping[str, Health]:
            raise RuntimeError("canary-7")

    async with started(Unwell()) as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 500
    assert answer.json() == {"errors": [{"message": "Internal error.", "extensions": {"code": "INTERNAL"}}]}
