"""Requests as clients, and those who are none, send them: what is executed, and what is refused how."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import httpx
import orjson
import pytest

from gateway.config.settings import OperationLimits, Settings
from gateway.http.app import application
from tests.http.edge import client_of, error
from tests.http.small_gateway import DefectiveGateway, SmallGateway


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


async def test_headers_beyond_measure(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "{hello}"}, headers={"x-junk": "x" * 40_000})
    assert error(answer) == (431, "HEADERS_TOO_LARGE", "Expected headers of at most 32768 bytes.")


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
