"""The stock system as a REST service with an API key."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.failures.stock import INTERNAL, PASSWORD, ROWS
from tests.failures.system import System


class RestStock(System):
    kind = "rest"
    registration = """
        source: stock
        role: WMS
        kind: rest
        url: ${STOCK}
        auth: {api_key: {header: X-Api-Key, value: "${PASSWORD}"}}
        errors: {when: "body.state == 'ERR'", code: body.code, message: body.text, codes: {DOWN: unavailable}}
        limits: {timeout: 500ms, concurrency: 2}
        entities:
          StockLevel:
            key: [sku, locationCode]
            cache: {fresh: 0s}
            fields: {sku: sku, locationCode: whse, onHand: qty, lastCountedAt: counted}
            lookup:
              sku: {get: "/stock{?sku*}", rows: rows, many: true}
    """

    def __init__(self) -> None:
        self.app = Starlette(routes=[Route("/stock", self.stock)])
        self.password_is_good = True

    def serve_at(self, url: str) -> None:
        self.port = urlsplit(url).port or 0

    async def stock(self, request: Request) -> Response:
        if not self.password_is_good or request.headers.get("x-api-key") != PASSWORD:
            return PlainTextResponse(f"{INTERNAL}: key {request.headers.get('x-api-key')} is not valid", 401)
        asked = request.query_params.getlist("sku")
        rows = [
            {"sku": row.sku, "whse": row.location, "qty": row.on_hand, "counted": row.counted}
            for row in ROWS
            if row.sku in asked
        ]
        return JSONResponse({"state": "OK", "rows": rows})

    def environment(self, port: int) -> dict[str, str]:
        return {"STOCK": f"http://127.0.0.1:{port}", "PASSWORD": PASSWORD}

    def end_sessions(self) -> None:
        raise AssertionError("a key opens no session")

    def take_password(self, known: bool) -> None:
        self.password_is_good = known
