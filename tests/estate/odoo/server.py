"""Odoo's JSON-RPC: user and password in every call, `false` for what is not there, references as `[7, "Azure"]`,
eighty rows at most unless more are asked for, an error in a reply of status 200."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.estate.world import CUSTOMERS, ORDERS, PRICES, VARIANTS
from tests.serving import serving

STATES = {"SHIPPED": "done", "PENDING": "sale", "CANCELLED": "cancel"}
MODELS: dict[str, list[dict[str, Any]]] = {
    "product.product": [
        {"id": n, "default_code": sku, "name": name, "list_price": float(PRICES.get(sku, 0)), "sale_ok": sku in PRICES}
        for n, (sku, name) in enumerate(VARIANTS.items(), 1)
    ],
    "res.partner": [
        {"id": int(n), "ref": n, "firstname": given, "lastname": last, "email": email or False, "parent_id": False}
        for n, (given, last, email) in CUSTOMERS.items()
    ],
    "sale.order": [
        {
            "id": int(n),
            "name": n,
            "partner_id": [int(owner), "A name"],
            "state": STATES[status],
            "date_order": placed.replace("T", " ")[:19],
        }
        for n, (owner, status, placed) in ORDERS.items()
    ],
}


def fits(row: dict[str, Any], term: list[Any]) -> bool:
    name, operator, value = term
    have = row[name][0] if isinstance(row[name], list) else row[name]
    return have in value if operator == "in" else have == value


async def rpc(request: Request) -> Response:
    call = await request.json()
    params = call["params"]
    if (call["jsonrpc"], params["service"]) == ("2.0", "common"):
        return JSONResponse({"jsonrpc": "2.0", "id": call["id"], "result": 2 if params["args"][2] == "pw" else False})
    database, user, password, model, method, [domain], options = params["args"]
    if (database, user, password, method) != ("shop", 2, "pw", "search_read"):
        error = {"code": 200, "message": "Odoo Server Error", "data": {"name": "odoo.exceptions.AccessDenied"}}
        return JSONResponse({"jsonrpc": "2.0", "id": call["id"], "error": error})
    rows = [row for row in MODELS[model] if all(fits(row, term) for term in domain)]
    if options.get("order") == "name desc":
        rows = rows[::-1]
    start = options.get("offset", 0)
    rows = [{name: row[name] for name in ["id", *options["fields"]]} for row in rows]
    return JSONResponse({"jsonrpc": "2.0", "id": call["id"], "result": rows[start : start + options.get("limit", 80)]})


@contextmanager
def running() -> Iterator[dict[str, str]]:
    with serving(Starlette(routes=[Route("/jsonrpc", rpc, methods=["POST"])])) as address:
        yield {"ODOO_URL": address, "ODOO_PASSWORD": "pw"}
