"""A typed JSON-RPC ERP, as Tryton: a session from a login, decimals and dates as objects, and a context without which
stock is silently 0."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.estate.world import CUSTOMERS, ORDERS, PRICES, STOCK, VARIANTS
from tests.serving import serving

PLACES = {3: "BER1", 4: "HAM2"}


def typed(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": format(value, "f")}
    if isinstance(value, datetime):
        parts = {part: getattr(value, part) for part in ("year", "month", "day", "hour", "minute", "second")}
        return {"__class__": "datetime", **parts, "microsecond": 0}
    return value


def products(domain: Any, context: Any) -> list[dict[str, Any]]:
    return [
        {"code": sku, "name": name, "list_price": typed(PRICES[sku]) if sku in PRICES else None}
        for sku, name in VARIANTS.items()
        if context["company"] == 1 and sku in asked(domain, "code")
    ]


def stock(domain: Any, context: Any) -> list[dict[str, Any]]:
    """Without ``locations`` in the context there is a row for every product, of nothing."""
    if "locations" not in context:
        return [{"product.code": sku, "location": "", "quantity": 0.0} for sku in asked(domain, "product.code")]
    places = [PLACES[number] for number in context["locations"]]
    return [
        {"product.code": sku, "location": place, "quantity": float(quantity)}
        for (sku, place), quantity in STOCK.items()
        if place in places and sku in asked(domain, "product.code")
    ]


def parties(domain: Any, context: Any) -> list[dict[str, Any]]:
    return [
        {
            "code": number,
            "first": first,
            "last": last,
            "contact_mechanisms": [{"type": "email", "value": email}] * bool(email),
        }
        for number, (first, last, email) in CUSTOMERS.items()
        if number in asked(domain, "code")
    ]


def sales(domain: Any, context: Any) -> list[dict[str, Any]]:
    states = {"SHIPPED": "done", "PENDING": "draft", "CANCELLED": "cancelled"}
    return [
        {
            "number": number,
            "state": states[status],
            "sale_date": typed(datetime.fromisoformat(placed)),
            "party.code": owner,
        }
        for number, (owner, status, placed) in ORDERS.items()
        if number in asked(domain, "number")
    ]


MODELS = {
    "model.product.product.search_read": products,
    "model.stock.quantity.search_read": stock,
    "model.party.party.search_read": parties,
    "model.sale.sale.search_read": sales,
}


def asked(domain: list[list[Any]], name: str) -> list[str]:
    [(field, operator, values)] = domain
    assert (field, operator) == (name, "in")
    return list(values)


class Erp:
    """Sessions end after some calls: the next one is told so."""

    def __init__(self) -> None:
        self.sessions: dict[str, int] = {}

    async def rpc(self, request: Request) -> Response:
        call = await request.json()
        if call["method"] == "common.db.login":
            if call["params"] != ["admin", {"password": "pw"}]:
                return self.reply(call, error=["LoginException", ["password"]])
            token = f"k{len(self.sessions)}"
            self.sessions[token] = 20
            return self.reply(call, [7, token])
        user, number, token = b64decode(request.headers["authorization"].removeprefix("Session ")).decode().split(":")
        if (user, number) != ("admin", "7") or not self.sessions.get(token):
            return PlainTextResponse("Unauthorized", 401)
        self.sessions[token] -= 1
        domain, context = call["params"][0], call["params"][-1]
        if call["method"] not in MODELS:
            return self.reply(call, error=["UserError", ["unknown method"]])
        return self.reply(call, MODELS[call["method"]](domain, context))

    def reply(self, call: Any, result: Any = None, error: Any = None) -> Response:
        body = {"id": call["id"], "result": result} if error is None else {"id": call["id"], "error": error}
        return JSONResponse(body)


@contextmanager
def running() -> Iterator[dict[str, str]]:
    app = Starlette(routes=[Route("/tryton/", Erp().rpc, methods=["POST"])])
    with serving(app) as address:
        yield {"TRYTON_URL": f"{address}/tryton", "TRYTON_PASSWORD": "pw"}
