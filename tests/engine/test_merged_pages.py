"""Ten thousand web orders and till receipts in two databases, as one list."""

from __future__ import annotations

import json
import random
import sqlite3
from bisect import bisect
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.conformance import SearchSample, conform
from gateway.config.load import load
from gateway.engine.request import OperationRequest
from gateway.runtime import Gateway

COUNT = 5_000
"""Records of each system."""

PAGE = """query ($first: Int!, $after: String) {
  orders(first: $first, after: $after) { nodes { number placedAt provenance { source } } missingSources totalCount
    pageInfo { hasNextPage endCursor } } }"""
UNCOUNTED = PAGE.replace("totalCount", "")

ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 11, 1, 8, tzinfo=ZONE)

OMS = """\
version: 1
source: oms
role: OMS
kind: sql
url: sqlite:///{file}
time_zone: Europe/Berlin
entities:
  Order:
    key: number
    table: ORD_HDR
    fields:
      number: {{from: ORD_NO, form: {{graph: "O-{{:08}}", source: int}}}}
      placedAt: {{from: [ODATE, OTIME], as: "instant(yyyyMMdd, HHmmss)"}}
    lookup: {{number: {{}}}}
    search: {{orders: {{page: {{keyset: [ODATE desc, OTIME desc, ORD_NO desc]}}, total: true}}}}
    cache: {{fresh: 0s}}
"""
POS = """\
version: 1
source: pos
role: POS
kind: sql
url: sqlite:///{file}
limits: {{timeout: 800ms}}
entities:
  Order:
    key: number
    table: RECEIPT
    where: TRAINING = 0 AND VOIDED = 0
    fields:
      number: RCPT_ID
      placedAt: {{from: TRX_TS, as: "instant(yyyyMMddHHmmss)"}}
    lookup: {{number: {{}}}}
    search: {{orders: {{page: {{keyset: [TRX_TS desc, RCPT_ID desc]}}, total: true}}}}
    cache: {{fresh: 0s}}
"""

Key = tuple[float, int, str]
"""A record's place: newest first, of one instant the orders first, of one source the largest number first."""


@dataclass
class Tills:
    """The two databases, and what is in them that counts: ``places`` in the order of the list."""

    oms: Path
    pos: Path
    draw: random.Random = field(default_factory=lambda: random.Random(7))
    places: list[Key] = field(default_factory=list)
    made: int = 0

    def fill(self) -> None:
        with closing(sqlite3.connect(self.oms)) as oms, closing(sqlite3.connect(self.pos)) as pos:
            oms.execute("create table ORD_HDR (ORD_NO integer primary key, ODATE integer, OTIME integer)")
            pos.execute(
                "create table RECEIPT (RCPT_ID text primary key, TRX_TS char(14), TRAINING integer, VOIDED integer)"
            )
            oms.execute("create index ORD_HDR_DATE on ORD_HDR (ODATE, OTIME, ORD_NO)")
            pos.execute("create index RECEIPT_DATE on RECEIPT (TRX_TS, RCPT_ID)")
            for index in range(COUNT):
                self.order(oms, BEGIN + timedelta(seconds=index // 3))
                self.receipt(pos, BEGIN + timedelta(seconds=index // 3))
                if index % 10 == 0:
                    self.receipt(pos, BEGIN + timedelta(seconds=index // 3), training=index % 20 == 0)
            oms.commit()
            pos.commit()

    def order(self, oms: sqlite3.Connection, at: datetime) -> Key:
        self.made += 1
        oms.execute("insert into ORD_HDR values (?, ?, ?)", (self.made, int(f"{at:%Y%m%d}"), int(f"{at:%H%M%S}")))
        return self.placed(at, 0, f"O-{self.made:08}")

    def receipt(self, pos: sqlite3.Connection, at: datetime, training: bool | None = None) -> Key | None:
        """``training`` or, if it is false, void: then it must never be seen."""
        self.made += 1
        number = f"S001-{self.made:06}"
        stamp = f"{at.astimezone(ZoneInfo('UTC')):%Y%m%d%H%M%S}"
        pos.execute("insert into RECEIPT values (?, ?, ?, ?)", (number, stamp, training is True, training is False))
        return self.placed(at, 1, number) if training is None else None

    def placed(self, at: datetime, rank: int, number: str) -> Key:
        # the largest number comes first: compared by the complement of its characters
        place = (-at.timestamp(), rank, "".join(chr(0x7F - ord(letter)) for letter in number))
        self.places.insert(bisect(self.places, place), place)
        return place

    def insert(self, around: float) -> list[Key | None]:
        """One more of each, near the place where the list has come to, and one that does not count."""
        at = datetime.fromtimestamp(-around + self.draw.randint(-2, 2), ZONE)
        with closing(sqlite3.connect(self.oms)) as oms, closing(sqlite3.connect(self.pos)) as pos:
            new = [self.order(oms, at), self.receipt(pos, at), self.receipt(pos, at, training=True)]
            oms.commit()
            pos.commit()
        return new


def number(place: Key) -> str:
    return "".join(chr(0x7F - ord(letter)) for letter in place[2])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Tills:
    folder = tmp_path_factory.mktemp("merged")
    tills = Tills(folder / "oms.sqlite", folder / "pos.sqlite")
    tills.fill()
    (folder / "sources").mkdir()
    (folder / "sources" / "oms.yaml").write_text(OMS.format(file=tills.oms))
    (folder / "sources" / "pos.yaml").write_text(POS.format(file=tills.pos))
    (folder / "gateway.yaml").write_text("routes: {Order: {merge: [oms, pos], order: placedAt desc}}\n")
    return tills


@pytest.fixture
async def gateway(filled: Tills) -> AsyncIterator[Gateway]:
    gateway = Gateway.build(load(filled.oms.parent, environ={}))
    yield gateway
    await gateway.aclose()


async def page(gateway: Gateway, first: int, after: str | None, query: str = UNCOUNTED) -> dict[str, Any]:
    answer = await gateway.execute(OperationRequest(query, variables={"first": first, "after": after}))
    response = json.loads(answer.body)
    assert "errors" not in response, response["errors"]
    orders: dict[str, Any] = response["data"]["orders"]
    return orders


async def test_pages_of_seven_show_everything_once_whatever_is_added(gateway: Gateway, filled: Tills) -> None:
    expected, shown, after, pages = set(filled.places), [], None, 0
    assert len(expected) == 2 * COUNT
    while True:
        found = await page(gateway, 7, after)
        assert found["missingSources"] == []
        shown += [node["number"] for node in found["nodes"]]
        pages += 1
        if not found["pageInfo"]["hasNextPage"]:
            break
        assert len(found["nodes"]) == 7
        after = found["pageInfo"]["endCursor"]
        if pages % 20 == 0:
            [last] = [place for place in filled.places if number(place) == shown[-1]]
            expected |= {place for place in filled.insert(last[0]) if place and place > last}
    assert shown == [number(place) for place in sorted(expected)]


async def test_pages_from_the_end_show_everything_once_too(gateway: Gateway, filled: Tills) -> None:
    """With ties between the systems, and records that are added around the place where the list has come to."""
    query = UNCOUNTED.replace("first: $first, after: $after", "last: $first, before: $after")
    query = query.replace("hasNextPage endCursor", "hasPreviousPage startCursor")
    expected, shown, before, pages = set(filled.places), [], None, 0
    while True:
        found = await page(gateway, 49, before, query)
        shown = [node["number"] for node in found["nodes"]] + shown
        pages += 1
        if not found["pageInfo"]["hasPreviousPage"]:
            break
        before = found["pageInfo"]["startCursor"]
        if pages % 20 == 0:
            [first] = [place for place in filled.places if number(place) == shown[0]]
            expected |= {place for place in filled.insert(first[0]) if place and place < first}
    assert shown == [number(place) for place in sorted(expected)]
    assert pages > 200


async def test_without_the_tills_it_goes_on_says_so_and_takes_them_in_again(gateway: Gateway, filled: Tills) -> None:
    first = await page(gateway, 50, None, PAGE)
    assert first["totalCount"] == len(filled.places)
    with closing(sqlite3.connect(filled.pos, isolation_level=None)) as held:
        held.execute("begin exclusive")
        without = await page(gateway, 50, first["pageInfo"]["endCursor"], PAGE)
        further = await page(gateway, 50, without["pageInfo"]["endCursor"], PAGE)
        held.execute("rollback")
    for each in (without, further):
        assert each["missingSources"] == ["pos"]
        assert each["totalCount"] is None
        assert each["pageInfo"]["hasNextPage"]
        assert {node["provenance"]["source"] for node in each["nodes"]} == {"oms"}
    again = await page(gateway, 100, further["pageInfo"]["endCursor"], PAGE)
    assert again["missingSources"] == []
    last = further["nodes"][-1]["number"]
    [watermark] = [place for place in filled.places if number(place) == last]
    rest = [number(place) for place in filled.places if place > watermark]
    assert [node["number"] for node in again["nodes"]] == rest[:100]


async def test_a_list_that_began_without_the_tills_takes_them_in_too(gateway: Gateway, filled: Tills) -> None:
    with closing(sqlite3.connect(filled.pos, isolation_level=None)) as held:
        held.execute("begin exclusive")
        begun = await page(gateway, 10, None)
        held.execute("rollback")
    assert begun["missingSources"] == ["pos"]
    [watermark] = [place for place in filled.places if number(place) == begun["nodes"][-1]["number"]]
    rest = [number(place) for place in filled.places if place > watermark]
    again = await page(gateway, 100, begun["pageInfo"]["endCursor"])
    assert [node["number"] for node in again["nodes"]] == rest[:100]


@pytest.mark.parametrize("source", ["oms", "pos"])
async def test_each_of_them_keeps_its_order(gateway: Gateway, source: str) -> None:
    await conform(gateway.composition.adapters[source], [], [SearchSample("Order", "orders", page=30, most=40)])


async def test_either_system_is_found_by_number(gateway: Gateway, filled: Tills) -> None:
    orders = {place[1]: number(place) for place in filled.places[:200]}
    for rank, source in enumerate(("oms", "pos")):
        query = f'{{ order(number: "{orders[rank]}") {{ id number provenance {{ source role }} }} }}'
        answer = json.loads((await gateway.execute(OperationRequest(query))).body)
        found = answer["data"]["order"]
        assert found["provenance"] == {"source": source, "role": source.upper()}
        node = await gateway.execute(OperationRequest(f'{{ node(id: "{found["id"]}") {{ id }} }}'))
        assert json.loads(node.body) == {"data": {"node": {"id": found["id"]}}}
