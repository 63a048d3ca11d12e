"""Function modules of an SAP system as a web service: tables in and out, ``RETURN`` messages, padded numbers.

A number that is unknown is an error message in a reply with status 200; so is a table that is too long.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from tests.estate.soap import Asked, Fault, elements, soap_system
from tests.estate.world import CUSTOMERS, ORDERS, PRICES, STOCK, VARIANTS

STATES = {"SHIPPED": "C", "PENDING": "A", "CANCELLED": "X"}
MOST = 10


def matnr(sku: str) -> str:
    return sku.rjust(18, "0")


def when(instant: str) -> dict[str, object]:
    at = datetime.fromisoformat(instant)
    return {"ERDAT": f"{at:%Y-%m-%d}", "ERZET": f"{at:%H:%M:%S}"}


MATERIALS = [{"MATNR": matnr(sku), "MAKTX": name, "MEINS": "ST"} for sku, name in VARIANTS.items()]
PRICING = [{"MATNR": matnr(s), "KBETR": f"{p * 100:.0f}", "WAERS": "EUR", "KPEIN": 1} for s, p in PRICES.items()]
STOCKS = [{"MATNR": matnr(s), "WERKS": place, "LABST": f"{quantity:.3f}"} for (s, place), quantity in STOCK.items()]
PARTNERS = [
    {"KUNNR": number.zfill(10), "VORNA": given, "NACHN": family, "SMTP": email or ""}
    for number, (given, family, email) in CUSTOMERS.items()
]
SALES = [
    {"VBELN": number.zfill(10), "KUNNR": owner.zfill(10), "GBSTK": STATES[status], **when(placed)}
    for number, (owner, status, placed) in sorted(ORDERS.items(), reverse=True)
]
TABLES = {
    "ZBAPI_MATERIAL_GETLIST": (MATERIALS, "MATNR"),
    "ZBAPI_PRICE_GETLIST": (PRICING, "MATNR"),
    "ZBAPI_STOCK_GETLIST": (STOCKS, "MATNR"),
    "ZBAPI_PARTNER_GETLIST": (PARTNERS, "KUNNR"),
    "ZBAPI_ORDER_GETLIST": (SALES, "VBELN"),
    "ZBAPI_ORDER_OFPARTNER": (SALES, "KUNNR"),
}


def answer(asked: Asked) -> str:
    if asked.header is None or "dock" not in "".join(asked.header.itertext()):
        raise Fault("wsse:FailedAuthentication", "Logon failed for DOCK in client 100")
    table, key = TABLES[asked.operation]
    keys = asked.texts("KEYS.item.LOW")
    if len(keys) > MOST:
        return reply(asked, [], ("E", "017", f"Table of {len(keys)} rows exceeds {MOST}"))
    found = [row for row in table if row[key] in keys]
    message = ("S", "000", "") if found else ("E", "404", f"No entry for {keys}")
    if asked.operation == "ZBAPI_ORDER_OFPARTNER":
        skip, most = int(asked.text("SKIP") or 0), int(asked.text("MAXROWS") or 0)
        return reply(asked, found[skip : skip + most], message)
    return reply(asked, found, message)


def reply(asked: Asked, rows: list[dict[str, object]], message: tuple[str, str, str]) -> str:
    kind, number, text = message
    told = elements({"TYPE": kind, "NUMBER": number, "MESSAGE": text})
    items = "".join(f"<item>{elements(row)}</item>" for row in rows)
    content = f"<ROWS>{items}</ROWS><RETURN><item>{told}</item></RETURN>"
    name = f"n0:{asked.operation}.Response"
    return f'<{name} xmlns:n0="urn:sap-com:document:sap:rfc:functions">{content}</{name}>'


@contextmanager
def running() -> Iterator[dict[str, str]]:
    with soap_system(answer) as address:
        yield {"SAP_URL": f"{address}/sap/bc/srt/rfc", "SAP_USER": "dock", "SAP_PASSWORD": "sesame"}
