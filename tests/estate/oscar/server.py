"""A hyperlinked shop API, as Oscar's: one product at a time, price and stock behind links of their own, which name a
host that nobody reaches; a login that takes long, and a cookie that does not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.estate.world import CUSTOMERS, ORDERS, PRICES, STOCK, VARIANTS
from tests.serving import serving

WRONG = "http://localhost:18030/api"
IDS = {sku: str(number) for number, sku in enumerate(VARIANTS, 1)}
SKUS = {number: sku for sku, number in IDS.items()}


def login(request: Request) -> Response:
    time.sleep(0.05)  # a thousand rounds of a hash
    reply = JSONResponse({"username": "api"})
    if request.headers.get("authorization") != "Basic YXBpOnB3":
        return Response(status_code=401)
    reply.set_cookie("sessionid", "abc123", httponly=True)
    return reply


def product(request: Request) -> Response:
    sku = request.path_params["sku"]
    if sku not in VARIANTS:
        return JSONResponse({"detail": "Not found."}, 404)
    number = IDS[sku]
    links = {name: f"{WRONG}/products/{number}/{name}/" for name in ("price", "stockrecords")}
    return JSONResponse({"id": int(number), "upc": sku, "title": VARIANTS[sku], **links})


def price(request: Request) -> Response:
    sku = SKUS[request.path_params["number"]]
    if sku not in PRICES:
        return JSONResponse({"currency": None, "incl_tax": None, "excl_tax": None})
    return JSONResponse({"currency": "EUR", "incl_tax": f"{PRICES[sku]}", "tax": "0.00"})


def stockrecords(request: Request) -> Response:
    sku = SKUS[request.path_params["number"]]
    rows = [
        {"partner": place, "partner_sku": sku, "num_in_stock": float(quantity), "num_allocated": None}
        for (each, place), quantity in STOCK.items()
        if each == sku
    ]
    return JSONResponse(rows)


def user(request: Request) -> Response:
    found = CUSTOMERS.get(request.path_params["number"])
    if found is None:
        return Response("<h1>Not Found</h1>", 404, media_type="text/html")
    return JSONResponse({"first_name": found[0], "last_name": found[1], "email": found[2] or ""})


def order(request: Request) -> Response:
    found = ORDERS.get(request.path_params["number"])
    if found is None:
        return JSONResponse({"detail": "Not found."}, 404)
    owner, status, placed = found
    content = {"number": request.path_params["number"], "status": status.title(), "date_placed": placed}
    return JSONResponse({**content, "owner": f"{WRONG}/users/{owner}/"})


@contextmanager
def running() -> Iterator[dict[str, str]]:
    answers = {
        "/products/by-upc/{sku}/": product,
        "/products/{number}/price/": price,
        "/products/{number}/stockrecords/": stockrecords,
        "/users/{number}/": user,
        "/orders/{number}/": order,
    }

    async def behind_login(request: Request) -> Response:
        if "sessionid=abc123" not in request.headers.get("cookie", ""):
            return Response(status_code=401)
        reply: Response = answers[request.scope["route"].path.removeprefix("/api")](request)
        return reply

    routes = [Route(f"/api{path}", behind_login) for path in answers]
    with serving(Starlette(routes=[Route("/api/login/", login), *routes])) as address:
        yield {"OSCAR_URL": f"{address}/api", "OSCAR_PASSWORD": "pw"}
