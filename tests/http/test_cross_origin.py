"""CORS: which pages of other origins may ask, and read the answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gateway.config.settings import Client, Settings
from gateway.http.app import application
from gateway.http.clients import hash_of
from tests.http.edge import client_of, error
from tests.http.small_gateway import SmallGateway

SHOP, OTHER = "https://shop.example", "https://shop.example.evil.example"
EXACT = {"origins": [SHOP, "http://localhost:5173"], "max_age": "10m"}
ANY = {"origins": ["*"]}
ALLOW = "access-control-allow-origin"


def gateway(cors: dict[str, Any] | None, **others: Any) -> SmallGateway:
    return SmallGateway(Settings.model_validate({"cors": cors, **others}))


def preflight(origin: str, method: str = "POST") -> dict[str, str]:
    return {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "content-type,x-api-key",
    }


@pytest.mark.parametrize(
    ("cors", "origin", "allowed", "vary"),
    [
        (None, None, None, None),
        (None, SHOP, None, None),
        (EXACT, None, None, "origin"),
        (EXACT, SHOP, SHOP, "origin"),
        (EXACT, "http://localhost:5173", "http://localhost:5173", "origin"),
        (EXACT, "http://localhost:5174", None, "origin"),
        (EXACT, "http://shop.example", None, "origin"),
        (EXACT, OTHER, None, "origin"),
        (EXACT, "null", None, "origin"),
        (EXACT, "*", None, "origin"),
        (EXACT, f"{SHOP}, {OTHER}", None, "origin"),
        (ANY, None, None, "origin"),
        (ANY, OTHER, "*", "origin"),
        (ANY, "null", "*", "origin"),
    ],
)
async def test_who_may_read_an_answer(
    cors: dict[str, Any] | None, origin: str | None, allowed: str | None, vary: str | None
) -> None:
    headers = {"origin": origin} if origin else {}
    async with client_of(application(gateway(cors))) as client:
        answers = [
            await client.post("/graphql", json={"query": "{hello}"}, headers=headers),
            await client.get("/graphql?query={hello}", headers=headers),
            await client.post("/graphql", content=b"{", headers={**headers, "content-type": "application/json"}),
            await client.put("/graphql", headers=headers),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 400, 405]
    for answer in answers:
        assert (answer.headers.get(ALLOW), answer.headers.get("vary")) == (allowed, vary)
        assert ("access-control-expose-headers" in answer.headers) is (allowed is not None)
        assert "access-control-allow-credentials" not in answer.headers


async def test_a_preflight_is_answered() -> None:
    answered = gateway(EXACT, headers={"X-Channel": "channel", "Accept-Language": "locale"})
    async with client_of(application(answered)) as client:
        answer = await client.options("/graphql", headers=preflight(SHOP))
    assert (answer.status_code, answer.content) == (204, b"")
    found = {name: value for name, value in answer.headers.items() if name.startswith(("access-control", "content"))}
    assert found == {
        "access-control-allow-origin": SHOP,
        "access-control-expose-headers": "x-request-id",
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": (
            "content-type, x-api-key, authorization, x-request-id, traceparent, tracestate, x-channel, accept-language"
        ),
        "access-control-max-age": "600",
    }
    assert answer.headers["vary"] == "origin"
    assert answered.requests == []


@pytest.mark.parametrize(
    ("cors", "headers", "status"),
    [
        (EXACT, preflight(SHOP), 204),
        (ANY, preflight(OTHER), 204),
        (EXACT, preflight(OTHER), 403),
        (EXACT, {"access-control-request-method": "POST"}, 403),
        (EXACT, {"origin": SHOP}, 405),  # no preflight: it does not say what it will ask
        (None, preflight(SHOP), 405),
    ],
)
async def test_preflights(cors: dict[str, Any] | None, headers: dict[str, str], status: int) -> None:
    async with client_of(application(gateway(cors))) as client:
        assert (await client.options("/graphql", headers=headers)).status_code == status


async def test_a_refused_preflight_says_why() -> None:
    async with client_of(application(gateway(EXACT))) as client:
        answer = await client.options("/graphql", headers=preflight(OTHER))
    assert error(answer) == (403, "FORBIDDEN", "Expected an Origin that cors: of gateway.yaml names.")


async def test_a_preflight_has_no_key_and_a_page_may_read_why_it_needs_one() -> None:
    clients = {"shop": Client(key=hash_of("k-1"))}
    async with client_of(application(gateway(EXACT, clients=clients))) as client:
        assert (await client.options("/graphql", headers=preflight(SHOP))).status_code == 204
        refused = await client.post("/graphql", json={"query": "{hello}"}, headers={"origin": SHOP})
        assert (refused.status_code, refused.headers[ALLOW]) == (401, SHOP)
        headers = {"origin": SHOP, "x-api-key": "k-1"}
        assert (await client.post("/graphql", json={"query": "{hello}"}, headers=headers)).status_code == 200


@pytest.mark.parametrize("path", ["/schema.graphql", "/livez", "/readyz", "/admin/invalidate", "/nowhere"])
async def test_other_paths_are_for_no_other_origin(path: str) -> None:
    async with client_of(application(gateway(ANY))) as client:
        for answer in (await client.get(path, headers={"origin": SHOP}), await client.options(path)):
            assert ALLOW not in answer.headers


async def test_the_page_is_not_for_other_origins() -> None:
    async with client_of(application(gateway(ANY))) as client:
        answer: httpx.Response = await client.get("/graphql", headers={"accept": "text/html", "origin": SHOP})
    assert (answer.headers["content-type"], ALLOW in answer.headers) == ("text/html; charset=utf-8", False)
