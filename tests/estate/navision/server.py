"""Pages of a Navision ERP as web services: one service per page, filters in its own language, lists by bookmark.

Every page has the same operation, ``ReadMultiple``, in a namespace and at an address of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from tests.estate.soap import Asked, Fault, elements, soap_system
from tests.estate.world import CUSTOMERS, ORDERS, PRICES, STOCK, VARIANTS

NAV = "Microsoft.Dynamics.Nav"
STATES = {"SHIPPED": "Released", "PENDING": "Open", "CANCELLED": "Canceled"}
PAGES: dict[str, list[dict[str, object]]] = {
    "Item": [
        {"No": sku, "Description": name, "Unit_Price": PRICES.get(sku, 0), "Currency": "EUR" if sku in PRICES else None}
        for sku, name in VARIANTS.items()
    ],
    "ItemLocation": [
        {"Item_No": sku, "Location_Code": place, "Inventory": f"{quantity:f}"}
        for (sku, place), quantity in STOCK.items()
    ],
    "Customer": [
        {"No": number, "Name": given, "Name_2": family, "E_Mail": email}
        for number, (given, family, email) in CUSTOMERS.items()
    ],
    "SalesOrder": [
        {"No": number, "Sell_to_Customer_No": owner, "Status": STATES[status], "Created_At": placed}
        for number, (owner, status, placed) in sorted(ORDERS.items(), reverse=True)
    ],
}
PART = re.compile(r"'((?:[^']|'')*)'(?:\||$)")


def answer(asked: Asked) -> str:
    page = asked.path.rpartition("/")[2]
    space = f"urn:microsoft-dynamics-schemas/page/{page.lower()}"
    if asked.operation != "ReadMultiple" or asked.call.tag != f"{{{space}}}ReadMultiple":
        raise Fault(
            "a:Microsoft.Dynamics.Nav.Service.WebServices.ServiceBrokerException", f"No service {asked.call.tag}"
        )
    rows = PAGES[page]
    for each in asked.call.iterfind("{*}filter"):
        field, criteria = each.findtext("{*}Field"), each.findtext("{*}Criteria") or ""
        if PART.sub("", criteria):
            raise Fault(
                "a:Microsoft.Dynamics.Nav.Types.Exceptions.NavFilterException", f"The filter {criteria} is not valid"
            )
        wanted = [text.replace("''", "'") for text in PART.findall(criteria)]
        rows = [row for row in rows if row[field] in wanted]
    mark, size = asked.text("bookmarkKey"), int(asked.text("setSize"))
    keys = [f"28;EgAAAAJ7/{number}" for number in range(len(rows))]
    start = keys.index(mark) + 1 if mark else 0
    end = start + size if size else len(rows)
    marked = list(zip(keys, rows, strict=True))[start:end]
    found = "".join(f"<{page}>{elements({'Key': key, **row})}</{page}>" for key, row in marked)
    content = f"<ReadMultiple_Result>{found}</ReadMultiple_Result>"
    return f'<ReadMultiple_Result xmlns="{space}">{content}</ReadMultiple_Result>'


@contextmanager
def running() -> Iterator[dict[str, str]]:
    with soap_system(answer) as address:
        yield {"NAV_URL": f"{address}/NAV/WS/CRONUS%20AG/Page"}
