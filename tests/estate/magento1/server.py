"""An old Magento shop over SOAP, version 2 of its API: rpc, the SOAP encoding, a session that ends every few calls.

Lists answer in ascending order and without pages; a fault comes with status 200; everything is a text.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count

from lxml import etree

from tests.estate.soap import XSI, Asked, Fault, elements, soap_system
from tests.estate.world import CUSTOMERS, ORDERS, PRICES, VARIANTS

ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
STATES = {"SHIPPED": "complete", "PENDING": "pending", "CANCELLED": "canceled"}
PRODUCTS = [{"product_id": number, "sku": sku, "name": name} for number, (sku, name) in enumerate(VARIANTS.items(), 1)]
PRICED = [{"sku": sku, "price": f"{price:.4f}"} for sku, price in PRICES.items()]
PEOPLE = [
    {"customer_id": number, "firstname": given, "lastname": family, "email": email, "password_hash": "e9b930:x"}
    for number, (given, family, email) in CUSTOMERS.items()
]
SALES = [
    {"increment_id": number, "customer_id": owner, "status": STATES[status], "created_at": utc(placed)}
    for utc in [lambda instant: f"{datetime.fromisoformat(instant):%Y-%m-%d %H:%M:%S}"]
    for number, (owner, status, placed) in ORDERS.items()
]
LISTS = {
    "catalogProductList": (PRODUCTS, "storeView", "catalogProductEntity"),
    "catalogProductPriceList": (PRICED, "result", "catalogProductPrice"),
    "customerCustomerList": (PEOPLE, "storeView", "customerCustomerEntity"),
    "salesOrderList": (SALES, "result", "salesOrderListEntity"),
}


class Magento:
    """Its sessions last for five calls."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.left: dict[str, int] = {}

    def answer(self, asked: Asked) -> str:
        if asked.operation == "login":
            if asked.text("apiKey") != "se<same":
                raise Fault("2", "Access denied.", 200)
            session = f"c1b8{next(self.numbers)}"
            self.left[session] = 5
            return reply(asked, f'<loginReturn xsi:type="xsd:string">{session}</loginReturn>')
        session = asked.text("sessionId")
        self.left[session] = self.left.get(session, 0) - 1
        if self.left[session] < 0:
            raise Fault("5", "Session expired. Try to relogin.", 200)
        rows, part, kind = LISTS[asked.operation]
        for key, operator, value in filters(asked.call):
            wanted = value.split(",") if operator == "in" else [value]
            rows = [row for row in rows if str(row[key]) in wanted]
        items = "".join(f'<item xsi:type="ns1:{kind}">{elements(row)}</item>' for row in rows)
        array = f'enc:arrayType="ns1:{kind}[{len(rows)}]" xsi:type="ns1:{kind}Array"'
        return reply(asked, f"<{part} {array}>{items}</{part}>")


def filters(call: etree._Element) -> Iterator[tuple[str, str, str]]:
    """Key, operator and value; PHP needs the types to see them."""
    array = call.find("filters/complex_filter")
    if array is None or not array.get(f"{{{ENCODING}}}arrayType", "").endswith(f"[{len(array)}]"):
        raise Fault("SOAP-ENV:Client", "looks like we got no XML document")
    for item in array:
        if not item.get(f"{{{XSI}}}type", "").endswith(":complexFilter"):
            raise Fault("SOAP-ENV:Client", "Encoding: object hasn't 'key' property")
        yield item.findtext("key"), item.findtext("value/key"), item.findtext("value/value")


def reply(asked: Asked, content: str) -> str:
    names = f'xmlns:ns1="urn:Magento" xmlns:enc="{ENCODING}" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    return f"<ns1:{asked.operation}Response {names}>{content}</ns1:{asked.operation}Response>"


@contextmanager
def running() -> Iterator[dict[str, str]]:
    with soap_system(Magento().answer) as address:
        yield {"SHOP_URL": f"{address}/api/v2_soap", "SHOP_USER": "dock", "SHOP_KEY": "se<same"}
