"""The systems as hand-written code calls them: batches in, rows out. Two HTTP clients; all else is the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import aiohttp
import asyncpg
import httpx
import orjson
from lxml import etree

CRM = "{urn:bench:crm}"
MESSAGE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:bench:crm"><s:Body>'
    "<c:GetCustomers>{}</c:GetCustomers></s:Body></s:Envelope>"
)
SOAP = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"urn:bench:crm#GetCustomers"'}
JSON = {"Content-Type": "application/json"}

STOCK = "select item, whse, qty, rsv from stock where item = any($1) order by whse"
ORDERS = """
select cust_no, ord_no, chan, sts, placed from (
    select *, row_number() over (partition by cust_no order by placed desc, ord_no desc) as at
    from ord_hdr where cust_no = any($1)
) numbered where at <= $2 order by at
"""
LINES = "select ord_no, line_no, item, qty, price from ord_line where ord_no = any($1) order by line_no"


class StockRow(NamedTuple):
    item: str
    whse: str
    qty: int
    rsv: int


class OrderRow(NamedTuple):
    cust_no: str
    ord_no: str
    chan: str
    sts: str
    placed: datetime


class LineRow(NamedTuple):
    ord_no: str
    line_no: int
    item: str
    qty: int
    price: Any


class Client(Protocol):
    async def send(self, method: str, url: str, headers: dict[str, str], content: bytes | None) -> bytes: ...


class Httpx:
    """What most people would take."""

    def __init__(self) -> None:
        self.client = httpx.AsyncClient(limits=httpx.Limits(max_connections=32), timeout=10)

    async def send(self, method: str, url: str, headers: dict[str, str], content: bytes | None) -> bytes:
        response = await self.client.request(method, url, headers=headers, content=content)
        response.raise_for_status()
        return response.content


class Aiohttp:
    """What somebody takes who has measured."""

    def __init__(self) -> None:
        connector = aiohttp.TCPConnector(limit=32)
        self.session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=10))

    async def send(self, method: str, url: str, headers: dict[str, str], content: bytes | None) -> bytes:
        async with self.session.request(method, url, headers=headers, data=content) as response:
            response.raise_for_status()
            return await response.read()


class Systems:
    def __init__(self, address: str, client: Client, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self.address = address
        self.client = client
        self.pool = pool

    async def variants(self, skus: Sequence[str]) -> list[dict[str, Any]]:
        body = orjson.dumps({"skus": skus})
        answer = await self.client.send("POST", f"{self.address}/pim/variants", JSON, body)
        rows: list[dict[str, Any]] = orjson.loads(answer)["items"]
        return rows

    async def prices(self, skus: Sequence[str]) -> list[dict[str, Any]]:
        query = urlencode([("sku", sku) for sku in skus])
        answer = await self.client.send("GET", f"{self.address}/pricing/prices?{query}", {}, None)
        rows: list[dict[str, Any]] = orjson.loads(answer)["items"]
        return rows

    async def customers(self, numbers: Sequence[str]) -> list[etree._Element]:
        asked = "".join(f"<c:CustNo>{escape(number)}</c:CustNo>" for number in numbers)
        answer = await self.client.send("POST", f"{self.address}/crm", SOAP, MESSAGE.format(asked).encode())
        return list(etree.fromstring(answer).iter(f"{CRM}Customer"))

    async def stock(self, skus: Sequence[str]) -> list[StockRow]:
        return [StockRow(*row) for row in await self.pool.fetch(STOCK, skus)]

    async def orders(self, customers: Sequence[str], first: int) -> list[OrderRow]:
        return [OrderRow(*row) for row in await self.pool.fetch(ORDERS, customers, first)]

    async def lines(self, orders: Sequence[str]) -> list[LineRow]:
        return [LineRow(*row) for row in await self.pool.fetch(LINES, orders)]
