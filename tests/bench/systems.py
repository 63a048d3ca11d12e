"""Systems that answer at once, and a collector that listens, in a process of their own.

``python -m tests.bench.systems PORT``
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.types import Receive, Scope, Send

COUNT = 200
SKUS = [f"S{number:05}" for number in range(COUNT)]
PLACES = ("L1", "L2", "L3")

REGISTRATIONS = {
    "pim": """
source: pim
role: PIM
kind: rest
url: ${SYSTEMS_URL}
entities:
  Variant:
    key: sku
    fields: {sku: sku, name: title, taxClass: tax, salesUnit: unit}
    keys: {productCode: style}
    lookup: {sku: {get: "/variants{?sku*}", rows: items, batch: 100}}
    cache: {fresh: 0s}
""",
    "pricing": """
source: pricing
role: PRICING
kind: rest
url: ${SYSTEMS_URL}
entities:
  Price:
    fields:
      value: {fields: {amount: amount, currency: cur}}
      kind: {from: kind, map: {R: REGULAR}}
      taxIncluded: gross
    keys: {sku: sku}
    lookup: {sku: {get: "/prices{?sku*}", rows: items, many: true, batch: 100}}
""",
    "wms": """
source: wms
role: WMS
kind: sql
url: ${WMS_URL}
entities:
  StockLevel:
    key: [sku, locationCode]
    table: STOCK
    fields: {sku: ITEM, locationCode: PLACE, onHand: QTY, reserved: RSV}
    lookup: {sku: {many: true, order: [locationCode]}}
    cache: {fresh: 0s}
""",
}

VARIANTS: dict[str, Any] = {
    sku: {"sku": sku, "title": f"Thing {sku}", "tax": "STANDARD", "unit": "EA", "style": f"P{sku}"} for sku in SKUS
}
PRICES: dict[str, Any] = {
    sku: {"sku": sku, "amount": "19.90", "cur": "EUR", "kind": "R", "gross": True} for sku in SKUS
}
TABLES = {"/variants": VARIANTS, "/prices": PRICES}


def write_database(file: Path) -> None:
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("create table STOCK (ITEM text, PLACE text, QTY, RSV, primary key (ITEM, PLACE))")
        rows = [(sku, place, 5, 1) for sku in SKUS for place in PLACES]
        connection.executemany("insert into STOCK values (?, ?, ?, ?)", rows)
    connection.close()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] in TABLES:
        table = TABLES[scope["path"]]
        keys = parse_qs(scope["query_string"].decode()).get("sku", [])
        body = json.dumps({"items": [table[key] for key in keys if key in table]}).encode()
    else:
        while (await receive()).get("more_body"):
            pass
        body = b""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off")
