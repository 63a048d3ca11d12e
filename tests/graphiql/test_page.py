from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from gateway.graphiql.examples import Example
from gateway.graphiql.page import PLACE, PageSettings, page
from gateway.http.graphiql import CONTENT_SECURITY_POLICY, PageOrEndpoint, asset_route
from tests.graphiql.fake_gateway import DATA, FakeGateway

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
FORMS = {None: b"the script", "gzip": b"the script, zipped", "br": b"the script, smallest"}
"""What is in the files does not matter to who serves them."""
EXAMPLE = Example("shelf", "Kiosk", "what a shelf holds", "</script><b>", "{ a }")
SETTINGS = PageSettings("Shop & Co", {"X-Api-Key": "demo"}, [EXAMPLE])


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """What a build leaves, in small: a script in three forms, a font in one."""
    assets = tmp_path / "dist" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "secret.js").write_text("secret")
    (assets.parent / "index.html").write_text(f'<!doctype html><title>GraphiQL</title>{PLACE}<script src="x.js">')
    (assets / "main-Ab12.js").write_bytes(FORMS[None])
    (assets / "main-Ab12.js.br").write_bytes(FORMS["br"])
    (assets / "main-Ab12.js.gz").write_bytes(FORMS["gzip"])
    (assets / "icons-Cd34.ttf").write_bytes(b"font")
    return assets.parent


@pytest.fixture
async def client(dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(dist) as client:
        yield client


def client_of(dist: Path) -> httpx.AsyncClient:
    """Sends no header but those that a test names."""
    endpoint = PageOrEndpoint(FakeGateway(), page(SETTINGS, dist))
    app = Starlette(routes=[Route("/graphql", endpoint), asset_route(dist)])
    app.router.redirect_slashes = False  # as in the gateway
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway.test")
    for header in ("accept", "accept-encoding"):
        del client.headers[header]
    return client


def settings_in(document: str) -> object:
    start, _, end = PLACE.partition("{}")
    return json.loads(document.partition(start)[2].partition(end)[0])


async def test_a_browser_gets_the_page_with_the_settings_in_it(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql", headers={"accept": BROWSER})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert settings_in(answer.text) == {
        "title": "Shop & Co",
        "headers": {"X-Api-Key": "demo"},
        "examples": [
            {
                "name": "shelf",
                "audience": "Kiosk",
                "title": "what a shelf holds",
                "description": "</script><b>",
                "query": "{ a }",
            }
        ],
    }
    assert answer.text.count("</script>") == 1, "a text of the settings must not end their element"


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        "application/json",
        "application/graphql-response+json, application/json;q=0.9",
        "text/html;q=0.5, application/json",
        "text/html, application/json",
        "text/html;q=0.5, */*",
        "text/html;q=0",
        "text/html," + "a/b," * 1000,
    ],
)
async def test_who_does_not_prefer_html_gets_the_endpoint(client: httpx.AsyncClient, accept: str | None) -> None:
    answer = await client.get("/graphql", headers={"accept": accept} if accept else {})
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("accept", [BROWSER, "text/html", "text/html, application/json;q=0.9", "text/html, */*;q=0.1"])
async def test_who_prefers_html_gets_the_page(client: httpx.AsyncClient, accept: str) -> None:
    answer = await client.get("/graphql", headers={"accept": accept})
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("address", ["/graphql?query={a}", "/graphql?operationName=A&query={a}", "/graphql?query="])
async def test_an_operation_never_gets_the_page(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address, headers={"accept": BROWSER})
    assert answer.headers["content-type"] == "application/json"


async def test_a_post_never_gets_the_page(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "{ a }"}, headers={"accept": BROWSER})
    assert answer.json()["data"] == DATA


async def test_the_page_is_checked_again_each_time(client: httpx.AsyncClient) -> None:
    first = await client.get("/graphql", headers={"accept": BROWSER})
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["vary"] == "accept"
    again = await client.get("/graphql", headers={"accept": BROWSER, "if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    changed = await client.get("/graphql", headers={"accept": BROWSER, "if-none-match": '"other"'})
    assert changed.status_code == 200


@pytest.mark.parametrize("address", ["/graphql", "/graphql/assets/main-Ab12.js"])
async def test_page_and_assets_are_locked_up(client: httpx.AsyncClient, address: str) -> None:
    """Assets too: a worker goes by the policy that its own script came with."""
    answer = await client.get(address, headers={"accept": BROWSER})
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_the_policy_trusts_nobody_else() -> None:
    rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["script-src"] == rules["connect-src"] == rules["worker-src"] == rules["font-src"] == "'self'"
    assert not any("http" in rule or "*" in rule or "unsafe-eval" in rule for rule in rules.values())


async def test_assets_are_kept_for_ever(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql/assets/main-Ab12.js")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    font = await client.get("/graphql/assets/icons-Cd34.ttf")
    assert (font.headers["content-type"], font.content) == ("font/ttf", b"font")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("identity", None),
        ("deflate", None),
        (None, None),
    ],
)
async def test_the_smallest_form_that_the_client_takes(
    client: httpx.AsyncClient, accepted: str | None, coding: str | None
) -> None:
    headers = {"accept-encoding": accepted} if accepted else {}
    async with client.stream("GET", "/graphql/assets/main-Ab12.js", headers=headers) as answer:
        sent = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["content-length"] == str(len(sent))
    assert sent == FORMS[coding]


async def test_an_asset_without_copies_is_sent_as_it_is(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql/assets/icons-Cd34.ttf", headers={"accept-encoding": "br, gzip"})
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    "name",
    [
        "../index.html",
        "%2e%2e%2findex.html",
        "..%2f..%2fsecret.js",
        "%2e%2e/%2e%2e/secret.js",
        "..%5c..%5csecret.js",
        "%00main-Ab12.js",
        "main-Ab12.js.br",
        "main-Ab12.js/",
        "",
        ".",
        "none.js",
    ],
)
async def test_nothing_but_assets_is_served(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/graphql/assets/{name}")
    assert answer.status_code == 404, name


async def test_where_nothing_is_built_the_page_says_so(tmp_path: Path) -> None:
    async with client_of(tmp_path / "dist") as client:
        answer = await client.get("/graphql", headers={"accept": BROWSER})
        asset = await client.get("/graphql/assets/main-Ab12.js")
    assert answer.status_code == 200
    assert "python -m gateway.graphiql.build" in answer.text
    assert "Shop &amp; Co answers here all the same" in answer.text
    assert "<script" not in answer.text
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert asset.status_code == 404


def test_a_build_without_a_place_for_settings_is_refused(dist: Path) -> None:
    (dist / "index.html").write_text("<!doctype html><title>GraphiQL</title>")
    with pytest.raises(RuntimeError, match=r"index\.html: expected <script id=.* found none; remove .* build it again"):
        page(SETTINGS, dist)
