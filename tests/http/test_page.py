"""GraphiQL where it belongs: at the address of the graph, with what ``gateway.yaml`` says of it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from gateway.config.settings import Settings
from gateway.graphiql.assets import built_assets
from gateway.http.app import application
from gateway.http.graphiql import CONTENT_SECURITY_POLICY
from tests.http.edge import client_of
from tests.http.small_gateway import SmallGateway

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def page(settings: Settings) -> httpx.Response:
    async with client_of(application(SmallGateway(settings))) as client:
        return await client.get("/graphql", headers=BROWSER)


async def test_browsers_get_it_and_programs_do_not(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql", headers=BROWSER)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    for accept in ("application/json", "*/*", "application/graphql-response+json"):
        answer = await client.get("/graphql", headers={"accept": accept})
        assert (answer.status_code, answer.json().keys()) == (400, {"errors"})
    operation = await client.get("/graphql?query={hello}", headers=BROWSER)
    assert operation.json() == {"data": {"hello": "hello world"}}


async def test_what_the_settings_put_into_it(tmp_path: Path) -> None:
    if not built_assets():
        pytest.skip("GraphiQL is not built: make assets")
    (tmp_path / "ask.graphql").write_text("# Shop: a first question\n{ hello }\n")
    words = {"title": "Corner shop", "graphiql": {"headers": {"X-Api-Key": "k-1"}, "examples": str(tmp_path)}}
    text = (await page(Settings.model_validate(words))).text
    for part in ('"title":"Corner shop"', '"headers":{"X-Api-Key":"k-1"}', '"title":"a first question"'):
        assert part in text


async def test_its_assets(client: httpx.AsyncClient) -> None:
    for name in list(built_assets())[:3]:
        answer = await client.get(f"/graphql/assets/{name}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert (await client.get("/graphql/assets/none.js")).json()["errors"][0]["extensions"] == {"code": "NOT_FOUND"}
