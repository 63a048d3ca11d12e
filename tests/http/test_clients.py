"""Who may come in: keys of clients, and what is open without one."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import httpx
import pytest

from adapters.spi import ANONYMOUS, Principal
from gateway.config.settings import Client, Settings
from gateway.http.app import application
from gateway.http.clients import Clients, hash_of, new_key
from gateway.http.refusal import Refusal
from tests.http.edge import client_of, error, started
from tests.http.small_gateway import SDL, DefectiveGateway, SmallGateway

SHOP, KIOSK = "crossdock_shop-key", "crossdock_kiosk-key"
CLIENTS = {"shop": Client(key=hash_of(SHOP)), "kiosk": Client(key=hash_of(KIOSK))}
HELLO = {"query": "{hello}"}


@pytest.fixture
def gateway() -> SmallGateway:
    return SmallGateway(Settings(clients=CLIENTS))


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"X-Api-Key": SHOP}, "shop"),
        ({"x-api-key": KIOSK}, "kiosk"),
        ({"Authorization": f"Bearer {SHOP}"}, "shop"),
        ({"Authorization": f"bearer  {KIOSK}"}, "kiosk"),
        ({"X-Api-Key": SHOP, "Authorization": "Basic eDp5"}, "shop"),
    ],
)
async def test_a_key_tells_who_asks(
    client: httpx.AsyncClient, gateway: SmallGateway, headers: dict[str, str], name: str
) -> None:
    answer = await client.post("/graphql", json=HELLO, headers=headers)
    assert answer.json() == {"data": {"hello": "hello world"}}
    assert (await client.get("/graphql?query={hello}", headers=headers)).status_code == 200
    assert [request.principal for request in gateway.requests] == [Principal(name)] * 2
    assert "www-authenticate" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, "none"),
        ({"X-Api-Key": ""}, "none"),
        ({"Authorization": "Bearer"}, "none"),
        ({"Authorization": f"Basic {SHOP}"}, "none"),
        ({"Authorization": SHOP}, "none"),
        ({"X-Api-Key": "canary-7"}, "another one"),
        ({"X-Api-Key": SHOP[:-1]}, "another one"),
        ({"X-Api-Key": SHOP.upper()}, "another one"),
        ({"X-Api-Key": hash_of(SHOP)}, "another one"),
        ({"X-Api-Key": "canary-7", "Authorization": f"Bearer {SHOP}"}, "another one"),
        ({"Authorization": "Bearer clé"}, "another one"),
    ],
)
async def test_without_a_client_s_key(client: httpx.AsyncClient, headers: dict[str, str], found: str) -> None:
    encoded = {name.encode(): value.encode() for name, value in headers.items()}
    answer = await client.post("/graphql", json=HELLO, headers=encoded)
    message = f"Expected a client's key in X-Api-Key or as Authorization: Bearer, found {found}."
    assert error(answer) == (401, "UNAUTHENTICATED", message)
    assert answer.headers["www-authenticate"] == 'Bearer realm="crossdock"'


async def test_two_keys_are_none(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json=HELLO, headers=[("X-Api-Key", SHOP), ("X-Api-Key", KIOSK)])
    assert answer.status_code == 401


async def test_the_body_of_a_stranger_is_not_read(gateway: SmallGateway) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("the body was read")

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"x-api-key", b"wrong")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await application(gateway)(scope, receive, send)
    assert sent[0]["status"] == 401
    assert gateway.requests == []


@pytest.mark.parametrize("path", ["/graphql?query={hello}", "/graphql", "/schema.graphql"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_is_for_clients(client: httpx.AsyncClient, path: str, method: str) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="crossdock"')


async def test_the_schema_for_a_client(client: httpx.AsyncClient) -> None:
    answer = await client.get("/schema.graphql", headers={"X-Api-Key": SHOP})
    assert (answer.status_code, answer.text) == (200, SDL)


async def test_what_is_open(gateway: SmallGateway) -> None:
    async with started(gateway) as client:
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).json()["sources"].keys() == {"crm", "wms"}
        page = await client.get("/graphql", headers={"accept": "text/html"})
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


async def test_nothing_behind_the_door_sees_a_key(gateway: SmallGateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    defective = DefectiveGateway(gateway.settings)
    for behind in (gateway, defective):
        async with client_of(application(behind)) as client:
            for headers in ({"X-Api-Key": SHOP, "Authorization": "Bearer canary-8"}, {"X-Api-Key": "canary-8"}):
                await client.post("/graphql", json=HELLO, headers=headers)
    [request] = gateway.requests
    assert {"x-api-key", "authorization"}.isdisjoint(request.headers)
    shown = f"{caplog.text} {gateway!r} {Clients(CLIENTS)!r}"
    assert "failed" in shown, "the defect is in the log"
    for secret in ("canary-8", SHOP, hash_of(SHOP)):
        assert secret not in shown


async def test_without_clients_everybody_is_anonymous() -> None:
    gateway = SmallGateway()
    async with client_of(application(gateway)) as client:
        await client.post("/graphql", json=HELLO, headers={"X-Api-Key": SHOP})
    [request] = gateway.requests
    assert request.principal == ANONYMOUS
    assert "x-api-key" not in request.headers


def test_one_of_many_clients_is_found() -> None:
    keys = {f"c{number}": new_key() for number in range(100)}
    clients = Clients({name: Client(key=hash_of(key)) for name, key in keys.items()})
    for name, key in keys.items():
        assert clients.caller({"x-api-key": key}).principal.name == name
    with pytest.raises(Refusal):
        clients.caller({"x-api-key": new_key()})


def test_a_key_is_long_and_hashed_as_any_tool_would() -> None:
    key = new_key()
    assert len(key) == len("crossdock_") + 43
    assert hash_of(key) == f"sha256:{hashlib.new('sha256', key.encode()).hexdigest()}"
