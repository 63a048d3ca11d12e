"""What the audit of graphql-http checks of a server, by the ids it gives its 61 checks.

https://github.com/graphql/graphql-http/blob/main/src/audits/server.ts
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
import pytest

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
TYPENAME = "{ __typename }"
NAMED_TYPE = "query Type($name: String!) { __type(name: $name) { name } }"
NO_SUCH_FIELD = "{ f8f31403dfe404bccbb0e835f2629c6a7 }"
COERCION = {"query": "query Coerce($id: ID!) { __typename }", "variables": {"id": None}}


@dataclass(frozen=True)
class Check:
    """One request, and what its answer must be. ``body`` is sent by POST as JSON, ``parameters`` by GET."""

    id: str
    body: Any = None
    parameters: dict[str, str] | None = None
    accept: str | None = None
    content: bytes | None = None
    content_type: str | None = JSON
    status: int = 200
    media: str = JSON
    errors: bool | None = None
    data: bool | None = None

    async def answer(self, client: httpx.AsyncClient) -> httpx.Response:
        headers = {"accept": self.accept} if self.accept else {}
        if self.parameters is not None:
            return await client.get(f"/graphql?{urlencode(self.parameters)}", headers=headers)
        if self.content_type:
            headers["content-type"] = self.content_type
        content = orjson.dumps(self.body) if self.content is None else self.content
        return await client.post("/graphql", content=content, headers=headers)


def both(ids: tuple[str, str], errors: bool | None = None, **body: Any) -> list[Check]:
    """A good request under either media type."""
    return [
        Check(ids[0], body, accept=GRAPHQL, media=GRAPHQL, errors=errors),
        Check(ids[1], body, accept=JSON, errors=False),
    ]


MEDIA_TYPES = [
    Check("22EB", {"query": TYPENAME}, accept=GRAPHQL, media=GRAPHQL),
    Check("4655", {"query": TYPENAME}, accept=JSON),
    Check("47DE", {"query": TYPENAME}, accept="*/*"),
    Check("80D8", {"query": TYPENAME}),
    Check("82A3", {"query": TYPENAME}),
    Check("BF61", {"query": '{ __type(name: "Run🏃Swim🏊") { name } }'}, content_type=f"{JSON}; charset=utf-8"),
    Check("78D5", {"query": TYPENAME}),
]
METHODS = [
    Check("2C94", {"query": TYPENAME}),
    Check("5A70", parameters={"query": TYPENAME}),
    Check("9C48", parameters={"query": "mutation { __typename }"}, accept=GRAPHQL, status=405, media=GRAPHQL),
    Check("9ABE", {"query": TYPENAME}, content_type=None, status=415),
    Check("03D4", {"query": TYPENAME}),
    Check("A5BF", content=b"", status=400),
    Check(
        "D6D5",
        parameters={"query": NAMED_TYPE, "variables": '{"name": "sometype"}'},
        accept=GRAPHQL,
        media=GRAPHQL,
        errors=False,
    ),
    Check("6A70", parameters={"query": NAMED_TYPE, "variables": '{"name": "sometype"}'}, accept=JSON, errors=False),
]
PARAMETERS = [
    Check("423L", {"notquery": TYPENAME}, accept=GRAPHQL, media=GRAPHQL, status=400),
    *(Check(f"LKJ{i}", {"query": wrong}, status=400) for i, wrong in enumerate([{"obj": "ect"}, 0, False, ["array"]])),
    *both(("34A2", "13EE"), query=TYPENAME),
    *(
        Check(f"6C0{i}", {"operationName": wrong, "query": TYPENAME}, status=400)
        for i, wrong in enumerate([{"obj": "ect"}, 0, False, ["array"]])
    ),
    *both(("8161", "B8B3"), query="query Query { __typename }", operationName="Query"),
    *both(("94B0", "0220"), errors=False, query=TYPENAME, variables=None),
    *both(("94B1", "0221"), errors=False, query=TYPENAME, operationName=None),
    *both(("94B2", "0222"), errors=False, query=TYPENAME, extensions=None),
    *(
        Check(f"476{i}", {"query": TYPENAME, "variables": wrong}, status=400)
        for i, wrong in enumerate(["string", 0, False, ["array"]])
    ),
    *both(("2EA1", "28B9"), query=NAMED_TYPE, variables={"name": "sometype"}),
    *(
        Check(f"58B{i}", {"query": TYPENAME, "extensions": wrong}, status=400)
        for i, wrong in enumerate(["string", 0, False, ["array"]])
    ),
    *both(("428F", "1B7A"), query=TYPENAME, extensions={"some": "value"}),
    Check("8764", {"qeury": TYPENAME}, status=400),
    Check("3E3A", {"qeury": TYPENAME}, status=400),
]
FAILURES = [
    Check("B6DC", content=b'{ "not a JSON', accept=JSON, status=400),
    Check("BCF8", content=b'{ "not a JSON', accept=JSON, status=400),
    Check("B7N8", content=b'{ "not a JSON', accept=GRAPHQL, media=GRAPHQL, status=400),
    Check("572B", {"query": "{"}, accept=JSON, errors=True),
    Check("FDE2", {"query": NO_SUCH_FIELD}, accept=JSON, errors=True),
    Check("7B9B", COERCION, accept=JSON, errors=True),
    Check("865D", {"query": "{"}, accept=GRAPHQL, media=GRAPHQL, status=400),
    Check("556A", {"query": "{"}, accept=GRAPHQL, media=GRAPHQL, status=400),
    Check("D586", {"query": "{"}, accept=GRAPHQL, media=GRAPHQL, status=400, data=False),
    Check("51FE", {"query": NO_SUCH_FIELD}, accept=GRAPHQL, media=GRAPHQL, status=400),
    Check("74FF", {"query": NO_SUCH_FIELD}, accept=GRAPHQL, media=GRAPHQL, status=400),
    Check("5E5B", {"query": NO_SUCH_FIELD}, accept=GRAPHQL, media=GRAPHQL, status=400, data=False),
    Check("86EE", COERCION, accept=GRAPHQL, media=GRAPHQL, status=400),
]
CHECKS = [*MEDIA_TYPES, *METHODS, *PARAMETERS, *FAILURES]


def test_no_check_is_missing() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS) == 61


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
async def test_audit(check: Check, client: httpx.AsyncClient) -> None:
    answer = await check.answer(client)
    assert (answer.status_code, answer.headers["content-type"]) == (check.status, f"{check.media}; charset=utf-8")
    result = orjson.loads(answer.content.decode("utf-8"))
    assert check.errors is None or check.errors == ("errors" in result)
    assert check.data is None or check.data == ("data" in result)
    assert "errors" in result or "data" in result
