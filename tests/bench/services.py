"""The REST and SOAP systems of the bench, in one process: they answer at once from memory, and count.

``python -m tests.bench.services PORT``. ``/counts`` tells the calls of each.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

import orjson
import uvicorn
from lxml import etree
from starlette.types import Receive, Scope, Send

from tests.bench.data import CUSTOMERS, VARIANTS, customer, customer_number, price, sku, variant

CRM = "urn:bench:crm"
ENVELOPE = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body></s:Envelope>'
CUSTOMERS_FOUND = b'<c:GetCustomersResponse xmlns:c="urn:bench:crm">%s</c:GetCustomersResponse>'

Answer = tuple[bytes, bytes]
"""Media type and body."""


class Services:
    def __init__(self) -> None:
        self.variants = {sku(number): orjson.dumps(variant(number)) for number in range(VARIANTS)}
        self.prices = {sku(number): orjson.dumps(price(number)) for number in range(VARIANTS)}
        self.customers = {customer_number(number): customer(number).encode() for number in range(CUSTOMERS)}
        self.counts: Counter[str] = Counter({"pim": 0, "pricing": 0, "crm": 0})
        self.paths: Mapping[str, Callable[[bytes, bytes], Answer]] = {
            "/pim/variants": self.pim,
            "/pricing/prices": self.pricing,
            "/crm": self.crm,
            "/counts": self.told,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        media, answer = self.paths[scope["path"]](scope["query_string"], body)
        headers = [(b"content-type", media), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def pim(self, query: bytes, body: bytes) -> Answer:
        self.counts["pim"] += 1
        return items(self.variants, orjson.loads(body)["skus"])

    def pricing(self, query: bytes, body: bytes) -> Answer:
        self.counts["pricing"] += 1
        return items(self.prices, [value for _, value in parse_qsl(query.decode())])

    def crm(self, query: bytes, body: bytes) -> Answer:
        self.counts["crm"] += 1
        asked = [element.text or "" for element in etree.fromstring(body).iter(f"{{{CRM}}}CustNo")]
        found = b"".join(self.customers[number] for number in asked if number in self.customers)
        return b"text/xml; charset=utf-8", ENVELOPE % (CUSTOMERS_FOUND % found)

    def told(self, query: bytes, body: bytes) -> Answer:
        return b"application/json", orjson.dumps(self.counts)


def items(table: Mapping[str, bytes], keys: list[str]) -> Answer:
    return b"application/json", b'{"items":[%s]}' % b",".join(table[key] for key in keys if key in table)


if __name__ == "__main__":
    uvicorn.run(
        Services(), port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off", timeout_keep_alive=120
    )
