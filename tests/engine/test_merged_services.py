"""Web orders of a service and till receipts of a database as one list, however the service keeps its order."""

from __future__ import annotations

import json
import random
import sqlite3
from bisect import insort
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, graphql_sync
from lxml import etree

from adapters.conformance import SearchSample, conform
from gateway.config.load import load
from gateway.engine.request import OperationRequest
from gateway.runtime import Gateway
from tests.adapters.rest_system import Answer, Asked, system

BEGIN = 1_793_000_000
COUNT = 60
MOST = 20
"""Records that the service gives in one reply."""

Row = tuple[int, int]
"""Seconds and number, each negative: in the order of the list."""

SCHEMA = build_schema("""
type Query { orders(first: Int!, after: String, until: String): Orders list(until: String, limit: Int!): [Order!]! }
type Orders { edges: [Edge!]! pageInfo: Info! totalCount: Int! }
type Edge { cursor: String! node: Order! }
type Info { hasNextPage: Boolean! }
type Order { no: Int! at: String! }
""")


@dataclass
class Service:
    """Orders, the latest first, and of one instant the largest number first."""

    rows: list[Row] = field(default_factory=list)
    down: bool = False

    def add(self, seconds: int) -> Row:
        row = (-seconds, -(len(self.rows) + 1))
        insort(self.rows, row)
        return row

    def cut(self, until: int | None, behind: Row | None, most: int) -> list[Row]:
        found = [row for row in self.rows if until is None or row[0] >= -until]
        found = [row for row in found if behind is None or row > behind]
        assert most <= MOST
        return found[:most]

    def __call__(self, asked: Asked) -> Any:
        if self.down:
            return Answer({}, status=503)
        if asked.path != "/orders" and not asked.body:
            return {}
        answers = {"/orders": self.by_address, "/graphql": self.in_graphql, "/soap": self.in_soap}
        return answers[asked.path](asked)

    def by_address(self, asked: Asked) -> Any:
        given = {name: int(text) for name, text in asked.given.items()}
        behind = (-given["before"], -given["number"]) if "number" in given else None
        rows = self.cut(given.get("until"), behind, given["limit"])
        return {"items": [{"no": -number, "at": -at} for at, number in rows], "count": len(self.rows)}

    def in_graphql(self, asked: Asked) -> Any:
        given = asked.json
        root = {"orders": self.connection, "list": lambda _, **words: list(map(order, self.listed(**words)))}
        done = graphql_sync(SCHEMA, given["query"], root, variable_values=given["variables"])
        assert done.errors is None, done.errors
        return {"data": done.data}

    def connection(self, _: Any, first: int, after: str | None = None, until: str | None = None) -> Any:
        behind = None if after is None else tuple(json.loads(after))
        rows = self.cut(seconds(until), behind, first)
        edges = [{"cursor": json.dumps(row), "node": order(row)} for row in rows]
        more = bool(rows) and rows[-1] != self.rows[-1]
        return {"edges": edges, "pageInfo": {"hasNextPage": more}, "totalCount": len(self.rows)}

    def listed(self, limit: int, until: str | None = None) -> list[Row]:
        return self.cut(seconds(until), None, limit)

    def in_soap(self, asked: Asked) -> Answer:
        body = etree.fromstring(asked.body)
        at, number, until = (body.findtext(f".//{name}") for name in ("At", "No", "Until"))
        behind = None if number is None else (-(seconds(at) or 0), -int(number))
        rows = self.cut(seconds(until), behind, int(body.findtext(".//Most") or ""))
        found = "".join(f"<Order><No>{-row[1]}</No><At>{instant(row)}</At></Order>" for row in rows)
        envelope = f"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><R>{found}</R></e:Body></e:Envelope>"
        return Answer(envelope.encode(), headers={"Content-Type": "text/xml"})


def seconds(instant: str | None) -> int | None:
    return None if instant is None else int(datetime.fromisoformat(instant).timestamp())


def instant(row: Row) -> str:
    return datetime.fromtimestamp(-row[0], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def order(row: Row) -> dict[str, Any]:
    return {"no": -row[1], "at": instant(row)}


REST = """
kind: rest
url: URL
entities:
  Order:
    key: number
    fields: {number: {from: no, form: {graph: "O-{:06}", source: int}}, placedAt: {from: at, as: instant(epoch)}}
    search: {orders: {get: "/orders{?PARAMS}", rows: items, total: count, order: placedAt desc, WORDS, limit: 20}}
    cache: {fresh: 0s}
"""
GRAPHQL = """
kind: graphql
url: URL/graphql
entities:
  Order:
    key: number
    fields: {number: {from: no, form: {graph: "O-{:06}", source: int}}, placedAt: at}
    search: {orders: {query: "QUERY", order: placedAt desc, WORDS, limit: 20}}
    cache: {fresh: 0s}
"""
SOAP = """
kind: soap
endpoint: URL/soap
entities:
  Order:
    key: number
    fields: {number: {from: No, form: {graph: "O-{:06}", source: int}}, placedAt: At}
    search: {orders: {message: "<L><Most>$first</Most>PLACE</L>", rows: Order, order: placedAt desc, limit: 20}}
    cache: {fresh: 0s}
"""


def rest(params: str, words: str) -> str:
    return REST.replace("PARAMS", params).replace("WORDS", words)


def graphql(query: str, words: str) -> str:
    return GRAPHQL.replace("QUERY", query).replace("WORDS", words)


STYLES = {
    "rest by key": rest(
        "until,before,number,limit", "start: until, page: {keyset: {placedAt: before, number: number}, size: limit}"
    ),
    "rest by instant": rest("until,limit", "page: {keyset: {placedAt: until}, size: limit}"),
    "relay": graphql(
        "query ($first: Int!, $after: String, $until: String) { orders(first: $first, after: $after, until: $until) }",
        "start: until, total: totalCount",
    ),
    "graphql by instant": graphql(
        "query ($until: String, $limit: Int!) { list(until: $until, limit: $limit) }",
        "page: {keyset: {placedAt: until}, size: limit}",
    ),
    "soap by key": SOAP.replace("PLACE", "<At>$after.placedAt</At><No>$after.number</No><Until>$start</Until>"),
    "soap by instant": SOAP.replace("PLACE", "<Until>$start</Until>"),
}
COUNTED = {"rest by key", "rest by instant", "relay"}

POS = """
version: 1
source: pos
role: POS
kind: sql
url: sqlite:///FILE
entities:
  Order:
    key: number
    table: RECEIPT
    fields: {number: RCPT_ID, placedAt: {from: TRX_TS, as: instant(epoch)}}
    search: {orders: {page: {keyset: [TRX_TS desc, RCPT_ID desc]}, total: true}}
    cache: {fresh: 0s}
"""

PAGE = """query ($first: Int!, $after: String) {
  orders(first: $first, after: $after) { nodes { number placedAt } missingSources COUNT
    pageInfo { hasNextPage endCursor } } }"""

Place = tuple[int, int, str]
"""Of a record in the whole list: seconds (negative), rank of its source, and what its source orders by."""


@dataclass
class Office:
    service: Service
    tills: Path
    gateway: Gateway
    draw: random.Random = field(default_factory=lambda: random.Random(6))
    places: dict[str, Place] = field(default_factory=dict)

    def order(self, at: int) -> str:
        row = self.service.add(at)
        number = f"O-{-row[1]:06}"
        self.places[number] = (-at, 0, f"{999_999 + row[1]:06}")
        return number

    def receipts(self, instants: Iterable[int]) -> list[str]:
        made = {f"S1-{len(self.places) + index:06}": at for index, at in enumerate(instants)}
        with closing(sqlite3.connect(self.tills)) as held:
            held.execute("create table if not exists RECEIPT (RCPT_ID text primary key, TRX_TS integer)")
            held.executemany("insert into RECEIPT values (?, ?)", made.items())
            held.commit()
        for number, at in made.items():
            self.places[number] = (-at, 1, "".join(chr(0x7F - ord(letter)) for letter in number))
        return list(made)

    def listed(self) -> list[str]:
        return sorted(self.places, key=lambda number: self.places[number])

    async def page(self, first: int, after: str | None, counted: bool = False) -> dict[str, Any]:
        query = PAGE.replace("COUNT", "totalCount" if counted else "")
        answer = await self.gateway.execute(OperationRequest(query, variables={"first": first, "after": after}))
        response = json.loads(answer.body)
        assert "errors" not in response, response["errors"]
        orders: dict[str, Any] = response["data"]["orders"]
        return orders


@asynccontextmanager
async def opened(words: str, folder: Path) -> AsyncIterator[Office]:
    service = Service()
    async with system(service) as running:
        (folder / "sources").mkdir()
        header = "version: 1\nsource: oms\nrole: OMS\n"
        (folder / "sources" / "oms.yaml").write_text(header + words.replace("URL", running.url))
        (folder / "sources" / "pos.yaml").write_text(POS.replace("FILE", str(folder / "pos.sqlite")))
        (folder / "gateway.yaml").write_text("routes: {Order: {merge: [oms, pos], order: placedAt desc}}\n")
        office = Office(service, folder / "pos.sqlite", Gateway.build(load(folder, environ={})))
        for index in range(COUNT):
            office.order(BEGIN + index // 4)
        office.receipts(BEGIN + index // 4 for index in range(COUNT))
        try:
            yield office
        finally:
            await office.gateway.aclose()


@pytest.fixture(params=STYLES)
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(STYLES[request.param], tmp_path) as office:
        yield office


async def test_pages_show_everything_once_whatever_is_added_between(office: Office) -> None:
    expected, shown, after = set(office.places), list[str](), None
    while True:
        found = await office.page(7, after)
        shown += [node["number"] for node in found["nodes"]]
        assert found["missingSources"] == []
        if not found["pageInfo"]["hasNextPage"]:
            break
        assert len(found["nodes"]) == 7
        after = found["pageInfo"]["endCursor"]
        last = office.places[shown[-1]]
        at = -last[0] + office.draw.randint(-2, 2)
        expected |= {
            number for number in (office.order(at), *office.receipts([at])) if office.places[number][0] > last[0]
        }
        # of the instant itself, a new one may still come or not; none may be shown twice, and no other one lost
    assert len(set(shown)) == len(shown)
    assert expected <= set(shown) <= set(office.places)
    ranked = [office.places[number][:2] for number in shown]
    assert ranked == sorted(ranked)


async def test_it_goes_on_without_the_service_and_takes_it_in_again(office: Office) -> None:
    begun = await office.page(10, None)
    office.service.down = True
    without = await office.page(10, begun["pageInfo"]["endCursor"])
    office.service.down = False
    assert without["missingSources"] == ["oms"]
    assert {node["number"][:2] for node in without["nodes"]} == {"S1"}
    again = await office.page(20, without["pageInfo"]["endCursor"])
    assert again["missingSources"] == []
    places = office.listed()
    behind = places.index(without["nodes"][-1]["number"]) + 1
    assert [node["number"] for node in again["nodes"]] == places[behind : behind + 20]


async def test_the_service_keeps_its_order(office: Office) -> None:
    adapter = office.gateway.composition.adapters["oms"]
    await conform(adapter, [], [SearchSample("Order", "orders", page=6, most=60)])


@pytest.mark.parametrize("style", sorted(COUNTED))
async def test_every_page_counts_all(style: str, tmp_path: Path) -> None:
    async with opened(STYLES[style], tmp_path) as office:
        after = None
        for _ in range(3):
            found = await office.page(10, after, counted=True)
            assert found["totalCount"] == 2 * COUNT
            after = found["pageInfo"]["endCursor"]
