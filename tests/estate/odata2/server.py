"""An OData V2 catalogue, as of an SAP Gateway: ``d.results``, everything a string, ``/Date(…)/``.

``$filter`` is read as the standard says: a quote ends a text, two quotes are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.estate.world import CUSTOMERS, ORDERS, PRICES, STOCK, VARIANTS
from tests.serving import serving

STATES = {"SHIPPED": "C", "PENDING": "A", "CANCELLED": "X"}


def padded(sku: str) -> str:
    return sku.rjust(18, "0")


def millis(instant: str) -> str:
    return f"/Date({int(datetime.fromisoformat(instant).timestamp() * 1000)}+0000)/"


def deferred(name: str) -> dict[str, Any]:
    return {"__deferred": {"uri": f"http://sap.internal:8000/{name}"}}


SETS: dict[str, list[dict[str, Any]]] = {
    "MaterialSet": [
        {"Matnr": padded(sku), "Maktx": name, "ToTexts": deferred("ToTexts")} for sku, name in VARIANTS.items()
    ],
    "PriceSet": [
        {"Matnr": padded(sku), "Kbetr": f"{price:f}0", "Waers": "EUR", "Kpein": "1", "Tax": False}
        for sku, price in PRICES.items()
    ],
    "StockSet": [
        {"Matnr": padded(sku), "Werks": place, "Labst": f"{quantity:.3f}"} for (sku, place), quantity in STOCK.items()
    ],
    "PartnerSet": [
        {"Partner": number.zfill(10), "NameFirst": first, "NameLast": last, "Email": email or ""}
        for number, (first, last, email) in CUSTOMERS.items()
    ],
    "SalesOrderSet": [
        {
            "Vbeln": number.zfill(10),
            "Kunnr": owner.zfill(10),
            "Status": STATES[status],
            "Erdat": millis(placed),
            "ToItems": deferred("ToItems"),
        }
        for number, (owner, status, placed) in ORDERS.items()
    ],
}

TERM = re.compile(r"\(?(\w+) eq '((?:[^']|'')*)'\)?")


def entity_set(request: Request) -> Response:
    rows = SETS[request.path_params["name"]]
    text = request.query_params.get("$filter", "")
    if request.headers.get("accept") != "application/json":
        return Response("<feed/>", media_type="application/atom+xml")
    if text and not passes(text, {}):
        return JSONResponse({"error": {"code": "005056A509B1", "message": {"lang": "en", "value": text}}}, 400)
    rows = [row for row in rows if not text or any(matches(term, row) for term in terms(text))]
    if order := request.query_params.get("$orderby"):
        rows = sorted(rows, key=lambda row: str(row[order.split()[0]]), reverse=order.endswith("desc"))
    skip, top = int(request.query_params.get("$skip", 0)), int(request.query_params.get("$top", 1000))
    content: dict[str, Any] = {"results": rows[skip : skip + top]}
    if request.query_params.get("$inlinecount") == "allpages":
        content["__count"] = str(len(rows))
    return JSONResponse({"d": content})


def terms(text: str) -> list[list[tuple[str, str]]]:
    return [
        [(name, value.replace("''", "'")) for name, value in TERM.findall(part)] for part in re.split(r" or ", text)
    ]


def passes(text: str, row: Any) -> bool:
    return re.sub(r" (and|or) ", "", TERM.sub("", text)).strip() == ""


def matches(term: list[tuple[str, str]], row: dict[str, Any]) -> bool:
    return all(row[name] == value for name, value in term)


@contextmanager
def running() -> Iterator[dict[str, str]]:
    app = Starlette(routes=[Route("/sap/opu/odata/sap/ZSHOP_SRV/{name}", entity_set)])
    with serving(app) as address:
        yield {"SAP_URL": f"{address}/sap/opu/odata/sap/ZSHOP_SRV"}
