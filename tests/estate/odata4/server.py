"""Customers and sales orders of an OData V4 service, as Business Central's: a token that soon ends, `@odata.nextLink`
with the service's own idea of its host, three rows at a time whatever is asked, and a limit that it tells."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.estate.world import CUSTOMERS, ORDERS
from tests.serving import serving

CAP = 3
OPEN = {"SHIPPED": "Shipped", "PENDING": "Open", "CANCELLED": "Canceled"}
SETS: dict[str, list[dict[str, Any]]] = {
    "customers": [
        {"number": n, "givenName": given, "surname": last, "email": email or "", "blocked": "_x0020_"}
        for n, (given, last, email) in CUSTOMERS.items()
    ],
    "salesOrders": [
        {"number": n, "customerNumber": owner, "status": OPEN[status], "orderDateTime": placed.replace("Z", ".000Z")}
        for n, (owner, status, placed) in ORDERS.items()
    ],
}
TERM = re.compile(r"(\w+) eq '((?:[^']|'')*)'")


class Service:
    def __init__(self) -> None:
        self.tokens: dict[str, float] = {}

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        if form.get("client_secret") != "s3" or not form.get("scope", "").endswith("/.default"):
            return JSONResponse({"error": "invalid_client"}, 401)
        token = f"eyJ{len(self.tokens)}"
        self.tokens[token] = time.monotonic() + 2
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": 3599})

    def rows(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, 0) < time.monotonic():
            error = {"code": "Authentication_InvalidCredentials", "message": "The server has rejected the client."}
            return JSONResponse({"error": error}, 401)
        rows, given = SETS[request.path_params["set"]], request.query_params
        if text := given.get("$filter"):
            if TERM.sub("", text).replace(" or ", "").replace(" and ", "").strip():
                return JSONResponse({"error": {"code": "BadRequest", "message": f"Syntax error in {text}"}}, 400)
            wanted = [(name, value.replace("''", "'")) for name, value in TERM.findall(text)]
            rows = [row for row in rows if any(row[name] == value for name, value in wanted)]
        if given.get("$orderby") == "number desc":
            rows = rows[::-1]
        skip = int(given.get("$skiptoken", 0))
        content: dict[str, Any] = {"@odata.context": "…/$metadata#x", "value": rows[skip : skip + CAP]}
        if skip + CAP < len(rows):
            query = {**given, "$skiptoken": str(skip + CAP)}
            url = request.url.include_query_params(**query)
            content["@odata.nextLink"] = (
                f"https://bc.internal:7048/BC/api/v2.0{url.path.removeprefix('/v2.0')}?{url.query}"
            )
        return JSONResponse(content)


@contextmanager
def running() -> Iterator[dict[str, str]]:
    service = Service()
    routes = [Route("/token", service.token, methods=["POST"]), Route("/v2.0/{set}", service.rows)]
    with serving(Starlette(routes=routes)) as address:
        yield {"BC_URL": f"{address}/v2.0", "BC_TOKEN_URL": f"{address}/token", "BC_SECRET": "s3"}
