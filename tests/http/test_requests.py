"""Requests as clients, and those who are none, send them: what is executed, and what is refused how."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import orjson
import pytest

from gateway.config.settings import OperationLimits, Settings
from gateway.http.app import application
from tests.http.edge import client_of
from tests.http.small_gateway import DefectiveGateway, SmallGateway

JSON = {"content-type": "application/json"}


def error(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and message of an answer that has one error and nothing else."""
    body = answer.json()
    [entry] = body.pop("errors")
    assert body == {}
    assert entry.keys() == {"message", "extensions"}
    assert entry["extensions"]["requestId"] == answer.headers["x-request-id"]
    return answer.status_code, entry["extensions"]["code"], entry["message"]


async def test_post(client: httpx.AsyncClient, gateway: SmallGateway) -> None:
    body = {"query": "query Q($n: String) { hello(name: $n) }", "operationName": "Q", "variables": {"n": "Ann"}}
    answer = await client.post("/graphql", json=body)
    assert (answer.status_code, answer.json()) == (200, {"data": {"hello": "hello Ann"}})
    [request] = gateway.requests
    assert (request.query, request.operation_name, request.variables) == (body["query"], "Q", {"n": "Ann"})


async def test_get(client: httpx.AsyncClient, gateway: SmallGateway) -> None:
    parameters = {"query": "query Q($n: String) { hello(name: $n) }", "variables": '{"n": "Zoë"}', "extensions": "{}"}
    answer = await client.get(f"/graphql?{urlencode(parameters)}")
    assert (answer.status_code, answer.json()) == (200, {"data": {"hello": "hello Zoë"}})
    assert gateway.requests[0].operation_name is None


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_extensions_reach_the_engine(client: httpx.AsyncClient, gateway: SmallGateway, method: str) -> None:
    if method == "GET":
        parameters = {"query": "{hello}", "extensions": '{"trace": true}'}
        await client.get(f"/graphql?{urlencode(parameters)}")
    else:
        await client.post("/graphql", json={"query": "{hello}", "extensions": {"trace": True}})
    assert gateway.requests[0].extensions == {"trace": True}


async def test_empty_parameters_of_a_get_are_absent_ones(client: httpx.AsyncClient, gateway: SmallGateway) -> None:
    answer = await client.get("/graphql?query={hello}&operationName=&variables=&extensions=")
    assert answer.status_code == 200
    assert (gateway.requests[0].operation_name, gateway.requests[0].variables) == (None, {})


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
@pytest.mark.parametrize(
    "parameters",
    [
        {"query": "mutation { hello }"},
        {"query": "query A { hello } mutation B { hello }", "operationName": "B"},
    ],
)
async def test_a_get_never_mutates(
    client: httpx.AsyncClient, gateway: SmallGateway, parameters: dict[str, str], accept: str
) -> None:
    answer = await client.get(f"/graphql?{urlencode(parameters)}", headers={"accept": accept})
    assert error(answer) == (405, "METHOD_NOT_ALLOWED", "Expected a query: mutations are sent by POST.")
    assert answer.headers["allow"] == "POST"
    assert gateway.requests == []


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"query": "query A { hello } mutation B { hello }", "operationName": "A"}, 200),
        ({"query": '{ hello(name: "mutation") }'}, 200),
        ({"query": "mutation {"}, 400),
        ({"query": "mutation A { hello } mutation B { hello }"}, 400),
        ({"query": "mutation" + "{a" * 3000}, 400),
    ],
)
async def test_what_only_looks_like_a_mutation_is_for_the_engine(
    client: httpx.AsyncClient, gateway: SmallGateway, parameters: dict[str, str], status: int
) -> None:
    gateway.settings = Settings(limits=OperationLimits(tokens=500))
    headers = {"accept": "application/graphql-response+json"}
    answer = await client.get(f"/graphql?{urlencode(parameters)}", headers=headers)
    assert answer.status_code == status
    assert len(gateway.requests) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "QUERY"])
async def test_other_methods(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/graphql")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


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


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "BAD_REQUEST"),
        ("query=", "BAD_REQUEST"),
        ("variables={}", "BAD_REQUEST"),
        ("query={hello}&variables=[1]", "BAD_REQUEST"),
        ("query={hello}&variables={", "BAD_REQUEST"),
        ("query={hello}&extensions=1", "BAD_REQUEST"),
        ("query=%ff", "BAD_REQUEST"),
        ("&".join(["a=1"] * 101), "BAD_REQUEST"),
        (f"query={quote('{hello}')}&x={'y' * 1_100_000}", "ADDRESS_TOO_LONG"),
    ],
)
async def test_addresses_that_are_no_request(gateway: SmallGateway, query: str, code: str) -> None:
    """Sent below the client, which would mend the address or refuse it itself."""
    scope = {"type": "http", "method": "GET", "path": "/graphql", "query_string": query.encode(), "headers": []}
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("a GET has no body")

    await application(gateway)(scope, receive, send)
    assert sent[0]["status"] == (414 if code == "ADDRESS_TOO_LONG" else 400)
    assert orjson.loads(sent[1]["body"])["errors"][0]["extensions"]["code"] == code
    assert gateway.requests == []


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


async def test_headers_beyond_measure(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "{hello}"}, headers={"x-junk": "x" * 40_000})
    assert error(answer) == (431, "HEADERS_TOO_LARGE", "Expected headers of at most 32768 bytes.")


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


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abc-123", True),
        ("!~" * 64, True),
        ("x" * 129, False),
        ("a b", False),
        ("a\tb", False),
        ("é", False),
        ("", False),
    ],
)
async def test_request_ids(client: httpx.AsyncClient, gateway: SmallGateway, given: str, kept: bool) -> None:
    headers = {b"x-request-id": given.encode("latin-1")}
    answer = await client.post("/graphql", json={"query": "{hello}"}, headers=headers)
    identity = answer.headers["x-request-id"]
    assert identity == gateway.requests[0].request_id
    assert (identity == given) is kept
    assert kept or (len(identity) == 32 and int(identity, 16))


async def test_without_a_request_id_each_request_gets_its_own(client: httpx.AsyncClient) -> None:
    answers = [await client.post("/graphql", json={"query": "{hello}"}) for _ in range(10)]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 10


async def test_headers_reach_the_engine_in_lower_case(client: httpx.AsyncClient, gateway: SmallGateway) -> None:
    headers = [("X-Channel", "STORE"), ("Accept-Language", "de"), ("Accept-Language", "en")]
    await client.post("/graphql", json={"query": "{hello}"}, headers=headers)
    found = gateway.requests[0].headers
    assert (found["x-channel"], found["accept-language"]) == ("STORE", "de, en")


async def test_answers_are_kept_by_nobody(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql?query={hello}")
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")


async def test_an_executed_operation_with_errors_is_200(client: httpx.AsyncClient) -> None:
    headers = {"accept": "application/graphql-response+json"}
    answer = await client.post("/graphql", json={"query": "{broken}"}, headers=headers)
    assert (answer.status_code, answer.json()["data"]) == (200, None)


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_defect_is_told_by_its_request_id_only(caplog: pytest.LogCaptureFixture, accept: str) -> None:
    async with client_of(application(DefectiveGateway())) as client:
        headers = {"accept": accept, "x-request-id": "r-1"}
        answer = await client.post("/graphql", json={"query": "{hello}"}, headers=headers)
    assert error(answer) == (500, "INTERNAL", "Internal error.")
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"
    [record] = [record for record in caplog.records if record.name == "crossdock.http"]
    assert record.getMessage() == "request r-1 failed"
    assert record.exc_info
