"""``POST /admin/invalidate``: who may, and what is understood."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gateway.config.settings import Client, Settings
from gateway.http.app import application
from gateway.http.clients import hash_of
from tests.http.edge import client_of
from tests.http.small_gateway import ForgetfulGateway, SmallGateway

PATH = "/admin/invalidate"
PRODUCTS = {"entity": "Product"}
ADMIN = {"X-Api-Key": "operations-key"}
SETTINGS = Settings(
    clients={
        "shop": Client(key=hash_of("shop-key")),
        "operations": Client(key=hash_of("operations-key"), admin=True),
    }
)


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    [entry] = answer.json()["errors"]
    return answer.status_code, entry["extensions"]["code"], entry["message"]


@pytest.mark.parametrize(
    ("body", "invalidated"),
    [
        (PRODUCTS, ("Product", None, ())),
        ({"entity": "Brand"}, ("Brand", None, ())),
        ({"entity": "Product", "by": "code"}, ("Product", None, ())),
        ({"entity": "Product", "by": None, "keys": None}, ("Product", None, ())),
        ({"entity": "Product", "by": "code", "keys": ["P1", "P2"]}, ("Product", "code", ("P1", "P2"))),
        ({"entity": "Product", "by": "id", "keys": [7, "7"]}, ("Product", "id", (7, "7"))),
        (
            {"entity": "StockLevel", "by": "sku locationCode", "keys": [["S1", "W1"], ["S1", 2]]},
            ("StockLevel", "sku locationCode", (("S1", "W1"), ("S1", 2))),
        ),
    ],
)
async def test_what_is_made_invalid(
    client: httpx.AsyncClient, gateway: SmallGateway, body: Any, invalidated: Any
) -> None:
    answer = await client.post(PATH, json=body)
    assert (answer.status_code, answer.content) == (204, b"")
    assert gateway.invalidated == [invalidated]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "Expected a JSON object with the member entity, found a list."),
        ({}, "Expected in entity one of Brand, Product, StockLevel; found nothing."),
        ({"entity": 7}, "Expected in entity one of Brand, Product, StockLevel; found a number."),
        (
            {"entity": "Produkt"},
            "Expected in entity one of Brand, Product, StockLevel; found Produkt, did you mean `Product`?",
        ),
        ({"entity": "Product", "key": "P1"}, "Expected the members entity, by, keys, found key."),
        ({"entity": "Product", "by": "sku"}, "Expected in by one of code, id; found sku."),
        ({"entity": "Brand", "by": "code"}, "Expected in by nothing, as there are none; found code."),
        ({"entity": "Product", "keys": ["P1"]}, "Expected in by the lookup that the keys are of, one of code, id."),
        (
            {"entity": "Product", "by": "code", "keys": "P1"},
            "Expected in keys a list of keys, found a text; without keys all of the entity is meant.",
        ),
        (
            {"entity": "Product", "by": "code", "keys": []},
            "Expected in keys a list of keys, found an empty one; without keys all of the entity is meant.",
        ),
        ({"entity": "Product", "by": "code", "keys": [None]}, "Expected as key a text or a number, found nothing."),
        (
            {"entity": "Product", "by": "code", "keys": [True]},
            "Expected as key a text or a number, found true or false.",
        ),
        ({"entity": "Product", "by": "code", "keys": [["P1"]]}, "Expected as key a text or a number, found a list."),
        (
            {"entity": "StockLevel", "by": "sku locationCode", "keys": ["S1"]},
            "Expected as key a list of sku, locationCode, found a text.",
        ),
        (
            {"entity": "StockLevel", "by": "sku locationCode", "keys": [["S1"]]},
            "Expected as key a list of sku, locationCode, found a list.",
        ),
    ],
)
async def test_what_is_not_understood(
    client: httpx.AsyncClient, gateway: SmallGateway, body: Any, message: str
) -> None:
    assert refusal(await client.post(PATH, json=body)) == (400, "BAD_REQUEST", message)
    assert gateway.invalidated == []


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        (ADMIN, 204, None),
        ({"Authorization": "Bearer operations-key"}, 204, None),
        ({"X-Api-Key": "shop-key"}, 403, "FORBIDDEN"),
        ({"X-Api-Key": "wrong"}, 401, "UNAUTHENTICATED"),
        ({}, 401, "UNAUTHENTICATED"),
    ],
)
async def test_clients_need_the_word_admin(headers: dict[str, str], status: int, code: str | None) -> None:
    gateway = SmallGateway(SETTINGS)
    async with client_of(application(gateway)) as client:
        answer = await client.post(PATH, json=PRODUCTS, headers=headers)
    assert answer.status_code == status
    assert ("www-authenticate" in answer.headers) is (status == 401)
    assert code is None or refusal(answer)[1] == code
    assert len(gateway.invalidated) == (status == 204)


@pytest.mark.parametrize(
    ("host", "headers", "status"),
    [
        ("127.0.0.1", {}, 204),
        ("127.8.8.8", {}, 204),
        ("::1", {}, 204),
        ("192.0.2.1", {}, 403),
        ("2001:db8::1", {}, 403),
        ("testclient", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 403),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.1"}, 403),
        ("192.0.2.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
    ],
)
async def test_without_clients_only_this_machine_may(host: str, headers: dict[str, str], status: int) -> None:
    async with client_of(application(SmallGateway()), host) as client:
        assert (await client.post(PATH, json=PRODUCTS, headers=headers)).status_code == status


async def test_an_administrator_may_be_anywhere() -> None:
    async with client_of(application(SmallGateway(SETTINGS)), "192.0.2.1") as client:
        assert (await client.post(PATH, json=PRODUCTS, headers=ADMIN)).status_code == 204


async def test_a_store_that_did_not_hear_of_it() -> None:
    async with client_of(application(ForgetfulGateway())) as client:
        answer = await client.post(PATH, json=PRODUCTS)
    message = "Expected every cache store to hear of it; one did not. Send it again."
    assert refusal(answer) == (503, "UNAVAILABLE", message)


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"entity=Product", {"content-type": "application/x-www-form-urlencoded"}, 415),
        (b'{"entity":"Product"}', {"content-type": "text/plain"}, 415),
        (b"{", {"content-type": "application/json"}, 400),
        (b" " * 1_100_000, {"content-type": "application/json"}, 413),
    ],
)
async def test_other_bodies(client: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int) -> None:
    assert (await client.post(PATH, content=content, headers=headers)).status_code == status


async def test_other_methods(client: httpx.AsyncClient) -> None:
    answer = await client.get(PATH)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
