"""Which content type an answer has, and which bodies are read."""

from __future__ import annotations

import httpx
import pytest

from gateway.http.media_types import GRAPHQL, JSON, answer_type
from gateway.http.refusal import Refusal


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("APPLICATION/JSON", JSON),
        ("application/graphql-response+json", GRAPHQL),
        ("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", GRAPHQL),
        ("application/json, application/graphql-response+json", GRAPHQL),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL),
        ("application/graphql-response+json;q=0.1, application/json;q=0.9", JSON),
        ("application/graphql-response+json;q=0.5, */*;q=0.1", GRAPHQL),
        ("application/graphql-response+json;q=0.5, */*", JSON),
        ("application/graphql-response+json;q=0, */*", JSON),
        ("application/json;q=0, */*", GRAPHQL),
        ("application/json;q=0, application/graphql-response+json", GRAPHQL),
        ("application/json, text/plain, */*", JSON),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
        ("application/graphql-response+json; charset=latin1, application/json", JSON),
        ('application/graphql-response+json; charset="UTF-8"', GRAPHQL),
        ("application/graphql-response+json;q=high, application/json;q=0.2", JSON),
        (",,;, application/json", JSON),
    ],
)
def test_the_answer_s_media_type(accept: str | None, media: bytes) -> None:
    assert answer_type(accept) == media


@pytest.mark.parametrize("accept", ["text/html", "image/*", "*/*;q=0", "application/json;charset=utf-16", "nonsense"])
def test_no_acceptable_media_type(accept: str) -> None:
    with pytest.raises(Refusal) as raised:
        answer_type(accept)
    assert raised.value.status == 406


async def test_a_406_says_what_there_is(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "{hello}"}, headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (406, "application/json; charset=utf-8")
    [error] = answer.json()["errors"]
    assert error["message"] == "Expected application/graphql-response+json or application/json in Accept."
    assert error["extensions"]["code"] == "NOT_ACCEPTABLE"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json;charset=UTF-8",
        'Application/JSON; charset="utf-8"',
        "application/json; x=y",
    ],
)
async def test_json_bodies_are_read(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await client.post("/graphql", content=b'{"query":"{hello}"}', headers={"content-type": content_type})
    assert answer.json() == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": ""},
        {"content-type": "text/plain"},
        {"content-type": "text/plain; application/json"},
        {"content-type": "application/json, application/json"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/graphql"},
        {"content-type": "application/json; charset=iso-8859-1"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {"content-type": "application/json", "content-encoding": "br"},
    ],
)
async def test_other_bodies_are_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.post("/graphql", content=b'{"query":"{hello}"}', headers=headers)
    assert answer.status_code == 415
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNSUPPORTED_MEDIA_TYPE"


async def test_a_compressed_body_is_told_how_to_come(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = await client.post("/graphql", content=b"\x1f\x8b", headers=headers)
    assert answer.headers["accept-encoding"] == "identity"
