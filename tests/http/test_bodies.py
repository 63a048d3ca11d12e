"""Bodies as clients, and those who are none, send them: what is read of them, and what is refused how."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.config.settings import OperationLimits, Settings
from gateway.http.app import application
from tests.http.edge import error
from tests.http.small_gateway import SmallGateway

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Expected a JSON object with the member query, found no body."),
        (b"null", "Expected a JSON object with the member query, found nothing."),
        (b'"abc"', "Expected a JSON object with the member query, found a text."),
        (b"1", "Expected a JSON object with the member query, found a number."),
        (b"true", "Expected a JSON object with the member query, found true or false."),
        (b"[]", "Expected one JSON object, found a list: operations are not batched."),
        (b'[{"query":"{hello}"}]', "Expected one JSON object, found a list: operations are not batched."),
        (b"{}", "Expected the text of a GraphQL document in query, found nothing."),
        (b'{"query":null}', "Expected the text of a GraphQL document in query, found nothing."),
        (b'{"query":{"a":1}}', "Expected the text of a GraphQL document in query, found an object."),
        (b'{"query":"{hello}","operationName":1.5}', "Expected a text in operationName, found a number."),
        (b'{"query":"{hello}","variables":[1]}', "Expected a JSON object in variables, found a list."),
        (b'{"query":"{hello}","extensions":"x"}', "Expected a JSON object in extensions, found a text."),
    ],
)
async def test_bodies_of_the_wrong_shape(client: httpx.AsyncClient, body: bytes, message: str) -> None:
    answer = await client.post("/graphql", content=body, headers=JSON)
    assert error(answer) == (400, "BAD_REQUEST", message)


BIG = b"Expected integers of at most 64 bits; longer ones are given as text."


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'query': 1}",
        b'{"query":"{hello}"} x',
        b'\xef\xbb\xbf{"query":"{hello}"}',
        b'{"query":"\xff\xfe"}',
        b'{"query":"\\ud800"}',
        b'{"query":"{hello}","variables":{"a":NaN}}',
        '{"query":"{hello}"}'.encode("utf-16"),
        b"\x00" * 100,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"query":"{hello}","variables":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        b'{"query":"{hello}","variables":{"a":' + b"1" * 5_000 + b"}}",
        b'{"query":"{hello}","variables":{"a":1e999}}',
        b'{"query":"{hello}","variables":{"a":-9223372036854775809}}',
        b'{"query":"{hello}","variables":{"a":[{"b":"\\"1"}, 18446744073709551616]}}',
        b'{"query":"{hello}","variables":{"a":123456789012345678901}}',
        b'{"query":"{hello}","variables":{"a":' + b"[" * 1000 + b"123456789012345678901" + b"]" * 1000 + b"}}",
    ],
)
async def test_bodies_that_are_no_json_or_not_exact(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/graphql", content=body, headers=JSON)
    status, code, message = error(answer)
    assert (status, code) == (400, "BAD_REQUEST")
    assert message.startswith(("Expected JSON in the body: ", BIG.decode(), "Expected one JSON object"))


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (b"18446744073709551615", "18446744073709551615"),
        (b"-9223372036854775808", "-9223372036854775808"),
        (b'"123456789012345678901234567890"', "123456789012345678901234567890"),
        (b'"a \\" 123456789012345678901234567890"', 'a " 123456789012345678901234567890'),
    ],
)
async def test_long_keys_arrive_as_they_were_sent(client: httpx.AsyncClient, key: bytes, found: str) -> None:
    body = b'{"query":"query($id: ID!) {key(id: $id)}","variables":{"id":' + key + b"}}"
    answer = await client.post("/graphql", content=body, headers=JSON)
    assert answer.json() == {"data": {"key": found}}


async def test_long_fractions_are_floats_and_no_long_integers(client: httpx.AsyncClient) -> None:
    body = b'{"query":"{hello}","variables":{"a":0.12345678901234567890123, "b": 1.0e0000000000000000000001}}'
    answer = await client.post("/graphql", content=body, headers=JSON)
    assert answer.status_code == 200


async def chunks(count: int, size: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * size


async def test_a_declared_body_that_is_too_large_is_not_read(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", content=b" " * 1_048_577, headers=JSON)
    assert error(answer) == (413, "BODY_TOO_LARGE", "Expected a body of at most 1048576 bytes.")
    assert answer.headers["connection"] == "close"


async def test_a_body_is_counted_while_it_arrives(client: httpx.AsyncClient, gateway: SmallGateway) -> None:
    gateway.settings = Settings(limits=OperationLimits(body=1000))
    too_large = await client.post("/graphql", content=chunks(1_000_000, 100), headers=JSON)
    assert error(too_large)[:2] == (413, "BODY_TOO_LARGE")
    just_right = await client.post("/graphql", content=chunks(10, 100), headers=JSON)
    assert just_right.status_code == 400


@pytest.mark.parametrize("length", ["1" * 5000, "-1", "x", ""])
async def test_a_declared_length_that_is_none(client: httpx.AsyncClient, length: str) -> None:
    answer = await client.post("/graphql", content=b'{"query":"{hello}"}', headers={**JSON, "content-length": length})
    assert answer.status_code == (413 if length.startswith("1") else 200)


async def test_a_body_in_pieces_is_one_body(client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for byte in '{"query":"{hello(name: \\"Zoë\\")}"}'.encode():
            yield bytes([byte])

    answer = await client.post("/graphql", content=pieces(), headers=JSON)
    assert answer.json() == {"data": {"hello": "hello Zoë"}}


async def test_a_body_that_does_not_come_in_time(client: httpx.AsyncClient, gateway: SmallGateway) -> None:
    gateway.settings = Settings(limits=OperationLimits.model_validate({"deadline": "50ms"}))

    async def slowly() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)
        yield b"}"

    answer = await client.post("/graphql", content=slowly(), headers=JSON)
    assert error(answer) == (408, "REQUEST_TIMEOUT", "Expected the whole body within 0.05 s.")


async def test_a_client_that_goes_away_is_not_answered(gateway: SmallGateway) -> None:
    messages = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        raise AssertionError(f"nobody is there for {message}")

    await application(gateway)(scope, receive, send)
    assert gateway.requests == []
