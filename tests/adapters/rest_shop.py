"""A small shop behind HTTP with the habits of real ones, for the tests of the REST adapter, and its registration."""

from __future__ import annotations

import json
from base64 import b64encode
from operator import itemgetter
from typing import Any

import httpx
from ruamel.yaml import YAML
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from adapters.rest.adapter import RestAdapter
from adapters.rest.build import build
from adapters.rest.registration import RestSource
from adapters.types import FieldType, Types

TEXT = FieldType("String")
NEEDED = FieldType("String", required=True)
DECIMAL = FieldType("Decimal")

TYPES = Types(
    objects={
        "Variant": {"sku": NEEDED, "name": TEXT, "weight": DECIMAL, "seasonal": FieldType("Boolean")},
        "Price": {"amount": DECIMAL, "channel": FieldType("SalesChannel"), "sku": TEXT},
        "StockLevel": {"sku": NEEDED, "locationCode": NEEDED, "onHand": DECIMAL},
        "LoyaltyAccount": {"cardNumber": NEEDED, "points": FieldType("Int")},
        "Order": {"number": NEEDED, "status": TEXT, "customerNumber": TEXT, "placedAt": FieldType("DateTime")},
    },
    enums={"SalesChannel": frozenset({"WEB", "STORE"})},
)

REGISTRATION = """
source: shop
role: PIM
kind: rest
url: http://shop.test/api/
auth: {api_key: {header: X-Api-Key, value: secret}}
headers: {X-Tenant: eu}
ping: /health
limits: {timeout: 5s, concurrency: 4}
entities:
  Variant:
    key: sku
    fields:
      sku: {from: no, form: {pad: 6, fill: "0"}}
      name: title
      weight: {from: kg, as: decimal}
      seasonal: flag
    lookup:
      sku: {get: "/variants{?no*}", variable: "no", rows: items, batch: 20}
      name: {get: "/named/{name}", batch: 1}
    search:
      sorted:
        get: "/list{?skip,take,sort,by,dir}"
        rows: items
        total: count
        page: {offset: skip, limit: take}
        sorts:
          RELEVANCE: kg
          NAME: ["no", "-no"]
          PRICE: [{by: kg, dir: asc}, {by: kg, dir: desc}]
        limit: 7
      byOffset:
        get: "/list{?flag,skip,take,nos*}"
        rows: items
        total: count
        page: {offset: skip, limit: take}
        filters: {seasonal: flag, skus: {variable: nos, field: sku}}
        limit: 7
      uncounted: {get: "/list{?skip,take}", rows: items, page: {offset: skip, limit: take}, limit: 7}
      byNumber: {get: "/pages{?p,n}", rows: items, page: {number: p, size: n}, limit: 7}
      byNumberCounted:
        {get: "/pages{?p,n}", rows: items, page: {number: p, size: n, first: 1}, total: count, limit: 7}
      whole: {get: /all, rows: items}
      posted:
        post: /list
        body: {where: {flag: $filter.seasonal, label: $$flag}, from: $skip, size: $take}
        rows: items
        page: {offset: skip, limit: take}
        filters: {seasonal: flag}
  Price:
    fields:
      amount: {from: value, as: decimal}
      channel: {from: chan, map: {W: WEB, S: STORE}}
    keys: {sku: "no"}
    lookup:
      sku: {get: "/prices{?sku*,chan}", rows: items, many: true, arguments: {channel: chan}}
      channel: {get: "/prices/{channel}", rows: items, many: true, batch: 1, match: none}
  StockLevel:
    key: [sku, locationCode]
    fields: {sku: article, locationCode: plant, onHand: {from: qty, as: decimal}}
    lookup:
      sku locationCode:
        post: /stock
        body: {pairs: [{article: $key.0, plant: $key.1}], all: false}
        rows: "rows || `[]`"
        batch: 5
      locationCode sku: {get: "/stock/{locationCode}/{sku}", batch: 1}
  LoyaltyAccount:
    key: cardNumber
    fields: {cardNumber: card, points: pts}
    lookup:
      cardNumber: {post: /accounts, body: {cards: $keys}, rows: accounts, keyed: card, batch: 50}
  Order:
    key: number
    fields: {number: "no", status: state}
    keys: {customerNumber: {from: cust, form: {graph: "C{:04}", source: int}}}
    lookup:
      number: {get: "/orders/{number}", batch: 1, match: none}
    search:
      customer:
        get: "/customers/{customerNumber}/orders{?skip,take}"
        parents: customerNumber
        rows: items
        total: count
        page: {offset: skip, limit: take}
        missing: [404]
        limit: 7
"""

ITEMS = [
    {"no": f"{n:06}", "title": f"Item {n}", "kg": n + 0.1, "flag": n % 2 == 0, "secret": "s"} for n in range(1, 24)
]
PRICES = [
    {"no": str(sku), "value": sku * 10 + index + 0.99, "chan": chan}
    for index, chan in enumerate("WS")
    for sku in range(1, 6)
    if sku != 4 or chan == "W"
]
STOCK = {(f"A{n}", f"W{place}"): n * place / 4 for n in range(1, 5) for place in range(1, 4)}
ORDERS = {customer: [f"O{customer}{n}" for n in range(1, 12)] for customer in (1, 2)}


class Shop:
    """The ASGI application; ``requests`` are those so far: method, path with query, headers and body."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        routes = {
            "/variants": variants,
            "/named/{name}": named,
            "/list": listed,
            "/pages": pages,
            "/all": lambda request: JSONResponse({"items": ITEMS}),
            "/prices": prices,
            "/prices/{channel}": channel_prices,
            "/stock": stock,
            "/stock/{place}/{sku}": stock_of,
            "/accounts": accounts,
            "/orders/{number}": order,
            "/customers/{customer}/orders": orders,
        }
        self._app = Starlette(
            routes=[Route(f"/api{path}", seen(answer), methods=["GET", "POST"]) for path, answer in routes.items()]
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        body = await request.body()
        path = scope["raw_path"].decode() + (f"?{query}" if (query := scope["query_string"].decode()) else "")
        self.requests.append((request.method, path, dict(request.headers), body))

        async def again() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        if request.headers.get("x-api-key") != "secret":
            await PlainTextResponse("", 401)(scope, again, send)
        else:
            await self._app(scope, again, send)

    def adapter(self, text: str = REGISTRATION) -> RestAdapter:
        return adapter(self, text)


def seen(answer: Any) -> Any:
    async def route(request: Request) -> Response:
        body = await request.body()
        request.state.json = json.loads(body) if body else {}
        response: Response = answer(request)
        return response

    return route


def adapter(app: Any, text: str = REGISTRATION) -> RestAdapter:
    return build(registration(text), TYPES, httpx.ASGITransport(app))


def registration(text: str = REGISTRATION, **words: Any) -> RestSource:
    return RestSource.model_validate(YAML(typ="safe").load(text) | words)


def variants(request: Request) -> Response:
    """Out of order, one twice with other values, one that nobody asked for, unknown ones left out."""
    asked = set(request.query_params.getlist("no"))
    if len(asked) > 20:
        return PlainTextResponse("at most 20", 400)
    rows = [row for row in reversed(ITEMS) if row["no"] in asked]
    return JSONResponse({"items": [None, *rows, *[{**row, "title": "again"} for row in rows[:1]], ITEMS[-1]]})


def named(request: Request) -> Response:
    rows = [row for row in ITEMS if row["title"] == request.path_params["name"]]
    return JSONResponse(rows[0]) if rows else PlainTextResponse("<h1>no such item</h1>", 404)


def listed(request: Request) -> Response:
    asked = request.state.json or {
        "where": {"flag": {"true": True, "false": False}.get(request.query_params.get("flag", ""))},
        "from": int(request.query_params.get("skip", 0)),
        "size": int(request.query_params.get("take", 99)),
    }
    flag = asked["where"].get("flag")
    wanted = request.query_params.getlist("nos")
    rows = [row for row in ITEMS if flag in (None, row["flag"]) and (not wanted or row["no"] in wanted)]
    by = request.query_params.get("by") or request.query_params.get("sort", "no")
    descending = by.startswith("-") or request.query_params.get("dir") == "desc"
    rows.sort(key=itemgetter(by.removeprefix("-")), reverse=descending)
    if asked["size"] > 7 + 93 * bool(request.state.json):
        return PlainTextResponse("at most 7", 400)
    return JSONResponse({"items": rows[asked["from"] : asked["from"] + asked["size"]], "count": str(len(rows))})


def pages(request: Request) -> Response:
    """A page past the end is the last one again."""
    size = int(request.query_params["n"])
    last = (len(ITEMS) - 1) // size
    start = min(int(request.query_params["p"]) - 1, last) * size
    return JSONResponse({"items": ITEMS[start : start + size], "count": len(ITEMS)})


def prices(request: Request) -> Response:
    asked, chan = request.query_params.getlist("sku"), request.query_params.get("chan")
    return JSONResponse({"items": [row for row in PRICES if row["no"] in asked and chan in (None, row["chan"])]})


def channel_prices(request: Request) -> Response:
    code = {"WEB": "W", "STORE": "S"}.get(request.path_params["channel"])
    return JSONResponse({"items": [{"value": row["value"]} for row in PRICES if row["chan"] == code]})


def stock(request: Request) -> Response:
    rows = [
        {**pair, "qty": STOCK[pair["article"], pair["plant"]]}
        for pair in request.state.json["pairs"]
        if (pair["article"], pair["plant"]) in STOCK
    ]
    return JSONResponse({"rows": rows or None})


def stock_of(request: Request) -> Response:
    place, sku = request.path_params["place"], request.path_params["sku"]
    if (sku, place) not in STOCK:
        return Response(status_code=404)
    return JSONResponse({"article": sku, "plant": place, "qty": STOCK[sku, place]})


def accounts(request: Request) -> Response:
    """An object by card, which turns into a list when it is empty."""
    found = {card: {"pts": str(len(card))} for card in request.state.json["cards"] if card.startswith("29")}
    return JSONResponse({"accounts": found or []})


def order(request: Request) -> Response:
    number = request.path_params["number"]
    if not any(number in numbers for numbers in ORDERS.values()):
        return Response(status_code=404)
    return JSONResponse({"state": f"state of {number}"})


def orders(request: Request) -> Response:
    numbers = ORDERS.get(int(request.path_params["customer"]))
    if numbers is None:
        return Response(status_code=404)
    skip, take = int(request.query_params["skip"]), int(request.query_params["take"])
    rows = [{"no": number, "state": "open"} for number in numbers[skip : skip + take]]
    return JSONResponse({"items": rows, "count": len(numbers)})


def basic(username: str, password: str) -> str:
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()
