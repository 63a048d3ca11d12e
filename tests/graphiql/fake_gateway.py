"""What stands behind the page in these tests: introspection of the whole graph, and one answer to everything else."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import orjson
from graphql import build_schema, graphql_sync
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

CHECKOUT = Path(__file__).parents[2]
EXAMPLES = CHECKOUT / "examples" / "queries"
SCHEMA = build_schema((CHECKOUT / "schema.graphql").read_text(encoding="utf-8"), assume_valid_sdl=True)

PATIENCE = 20.0
"""Seconds."""

DATA = {"product": {"name": "Hazel Cotton Shirt", "brand": "Studio Okkel"}}
ERROR = {
    "message": "The source did not answer.",
    "path": ["product", "variants"],
    "extensions": {"code": "UNAVAILABLE"},
}
TRACE: dict[str, Any] = {
    "milliseconds": 41.2,
    "calls": 5,
    "worstCase": 9,
    "steps": [
        {
            "index": 0,
            "source": "pim",
            "role": "PIM",
            "entity": "Product",
            "kind": "lookup",
            "name": "code",
            "after": [],
            "start": 0.4,
            "milliseconds": 12.3,
            "keys": 1,
            "calls": 0,
            "worstCase": 1,
            "cache": {"hit": 1, "miss": 0, "stale": 0},
            "errors": {},
        },
        {
            "index": 1,
            "source": "pim",
            "role": "PIM",
            "entity": "Variant",
            "kind": "lookup",
            "name": "productCode",
            "after": [0],
            "start": 12.8,
            "milliseconds": 9.1,
            "keys": 50,
            "calls": 2,
            "worstCase": 2,
            "cache": {"hit": 47, "miss": 3, "stale": 0},
            "errors": {},
        },
        {
            "index": 2,
            "source": "pricing",
            "role": "PRICING",
            "entity": "Price",
            "kind": "lookup",
            "name": "sku",
            "after": [1],
            "start": 22.0,
            "milliseconds": 18.9,
            "keys": 20,
            "calls": 1,
            "worstCase": 3,
            "cache": None,
            "errors": {"UNAVAILABLE": 20},
        },
        {
            "index": 3,
            "source": "wms",
            "role": "WMS",
            "entity": "StockLevel",
            "kind": "lookup",
            "name": "sku",
            "after": [1],
            "start": 22.1,
            "milliseconds": 5.5,
            "keys": 50,
            "calls": 1,
            "worstCase": 1,
            "cache": None,
            "errors": {},
        },
        {
            "index": 4,
            "source": "erp",
            "role": "ERP",
            "entity": "StockLevel",
            "kind": "lookup",
            "name": "sku locationCode",
            "after": [0, 3],
            "start": 27.7,
            "milliseconds": 13.1,
            "keys": 120,
            "calls": 1,
            "worstCase": 2,
            "cache": None,
            "errors": {},
        },
    ],
    "errors": {"pricing": {"UNAVAILABLE": 20}},
}


class FakeGateway:
    """An ASGI application for ``/graphql`` that keeps the bodies and API keys that it got.

    ``trace`` is what it sends as ``extensions.trace`` to those who ask; nothing where it is None.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.trace: object = TRACE
        self.operations: list[dict[str, Any]] = []
        self.keys: list[str | None] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method != "POST":
            answer: dict[str, Any] = {"errors": [{"message": "Expected a JSON object with the member query."}]}
        else:
            answer = self.answer(orjson.loads(await request.body()), request.headers.get("x-api-key"))
        await JSONResponse(answer)(scope, receive, send)

    def answer(self, asked: dict[str, Any], key: str | None) -> dict[str, Any]:
        self.keys.append(key)
        if asked.get("operationName") == "IntrospectionQuery":
            return dict(graphql_sync(SCHEMA, asked["query"]).formatted)
        self.operations.append(asked)
        answer: dict[str, Any] = {"data": DATA, "errors": [ERROR], "extensions": {"moreErrors": 19}}
        if self.trace is not None and asked.get("extensions") == {"trace": True}:
            answer["extensions"] = answer["extensions"] | {"trace": self.trace}
        return answer

    def wait_for(self, count: int) -> dict[str, Any]:
        """The latest operation, once so many have come."""
        until = time.monotonic() + PATIENCE
        while len(self.operations) < count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.operations) == count
        return self.operations[-1]
