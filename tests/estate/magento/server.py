"""A shop in the manner of Magento 2: OAuth 1, `searchCriteria`, pages of which the last comes again for ever, at most
twenty at a time, `true` in lists and `1` in details, an error as JSON or as text."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.estate.world import CUSTOMERS, ORDERS, PRICES, STOCK, VARIANTS
from tests.serving import serving

STATES = {"SHIPPED": "complete", "PENDING": "new", "CANCELLED": "canceled"}

PRODUCTS = [
    {"sku": sku, "name": name, "price": float(PRICES.get(sku, 0)), "status": 1 if sku in PRICES else 2}
    for sku, name in VARIANTS.items()
]
SOURCES = [
    {"sku": sku, "source_code": place, "quantity": float(quantity), "status": quantity > 0}
    for (sku, place), quantity in STOCK.items()
]
PEOPLE = [
    {"id": int(number), "firstname": first, "lastname": last, "email": email or f"{number}@none.invalid"}
    for number, (first, last, email) in CUSTOMERS.items()
]
SALES = [
    {
        "increment_id": number,
        "customer_id": int(owner),
        "state": STATES[status],
        "created_at": at.replace("T", " ")[:19],
    }
    for number, (owner, status, at) in ORDERS.items()
]
LISTS = {"products": PRODUCTS, "inventory/source-items": SOURCES, "orders": SALES}
ONE = {"customers": {str(row["id"]): row for row in PEOPLE}, "orders": {row["increment_id"]: row for row in SALES}}

CRITERION = re.compile(r"searchCriteria\[filter_groups\]\[(\d)\]\[filters\]\[0\]\[(field|value|condition_type)\]")


def answer(request: Request) -> Response:
    if not signed(request):
        return JSONResponse({"message": "The signature is invalid. Verify and try again."}, 401)
    name, _, key = request.path_params["list"].rpartition("/")
    if name in ONE:
        missing = JSONResponse({"message": "No such entity with %fieldName = %fieldValue", "parameters": {}}, 404)
        return JSONResponse(ONE[name][key]) if key in ONE[name] else missing
    if request.path_params["list"] not in LISTS:
        return JSONResponse({"message": "Request does not match any route."}, 404)
    given = dict(request.query_params)
    size, page = int(given.get("searchCriteria[pageSize]", 20)), int(given.get("searchCriteria[currentPage]", 1))
    if size > 20:
        return PlainTextResponse("Maximum allowed page size is 20", 400)
    groups: dict[str, dict[str, str]] = {}
    for name, value in given.items():
        if match := CRITERION.fullmatch(name):
            groups.setdefault(match[1], {})[match[2]] = value
    rows = [row for row in LISTS[request.path_params["list"]] if all(fits(row, each) for each in groups.values())]
    if given.get("searchCriteria[sortOrders][0][direction]") == "DESC":
        rows = sorted(rows, key=lambda row: str(row[given["searchCriteria[sortOrders][0][field]"]]), reverse=True)
    last = max(0, (len(rows) - 1) // size)
    start = min(page - 1, last) * size
    return JSONResponse({"items": rows[start : start + size] or None, "total_count": len(rows)})


def fits(row: dict[str, Any], group: dict[str, str]) -> bool:
    values = group["value"].split(",") if group["condition_type"] == "in" else [group["value"]]
    return str(row[group["field"]]) in values


def signed(request: Request) -> bool:
    found = re.findall(r'(\w+)="([^"]*)"', request.headers.get("authorization", ""))
    given = {name: unquote(value) for name, value in found}
    own = [(name, value) for name, value in given.items() if name != "oauth_signature"]
    query = parse_qsl(request.scope["query_string"].decode(), keep_blank_values=True)
    pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in [*query, *own])
    bare = f"http://{request.headers['host']}{request.scope['raw_path'].decode()}"
    base = "&".join(quote(text, safe="~") for text in ("GET", bare, "&".join("=".join(pair) for pair in pairs)))
    right = b64encode(hmac.digest(b"cs&ts", base.encode(), "sha256")).decode()
    return hmac.compare_digest(given.get("oauth_signature", ""), right)


@contextmanager
def running() -> Iterator[dict[str, str]]:
    with serving(Starlette(routes=[Route("/rest/V1/{list:path}", answer)])) as address:
        yield {"MAGENTO_URL": f"{address}/rest/V1", "MAGENTO_SECRET": "cs", "MAGENTO_TOKEN_SECRET": "ts"}
