"""Filters and facets on three databases, against the same conditions on the rows in memory."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML
from sqlalchemy import create_engine

from adapters.conformance import SearchSample, conform
from adapters.problems import MappingProblems
from adapters.spi import Adapter, Page, Rejected, Search
from adapters.sql import KIND
from gateway.graph import declared_graph
from tests.mariadb import running_mariadb
from tests.postgres import running_postgres

BERLIN = ZoneInfo("Europe/Berlin")

TABLES = [
    'create table "STYLE" ("CODE" varchar(8) primary key, "NAME" varchar(40), "BRAND" varchar(20), "STATE" char(1),'
    ' "PRICE" decimal(9, 2), "CENTS" integer, "CHANGED" timestamp, "DAY" integer, "TIME" varchar(6), "FIT" varchar(8),'
    ' "WEIGHT" integer)',
    'create table "SHELF" ("STYLE" varchar(8), "CAT" varchar(8), "CAT_NAME" varchar(20))',
    'create table "STOCK" ("STYLE" varchar(8), "SKU" varchar(8), "WHSE" varchar(8), "QTY" integer)',
    'create table "ATTR" ("STYLE" varchar(8), "CODE" varchar(16), "VAL" varchar(16), "NUM" decimal(9, 3))',
    'create table "PROMO" ("STYLE" varchar(8), "STARTS" integer, "ENDS" integer)',
]

REGISTRATION = """
source: pim
role: PIM
kind: sql
url: URL
time_zone: Europe/Berlin
limits: {timeout: 5s, concurrency: 2}
entities:
  Product:
    key: code
    table: STYLE
    fields:
      code: CODE
      name: NAME
      brand: BRAND
      lifecycle: {from: STATE, map: {A: ACTIVE, B: ACTIVE, C: CLEARANCE}}
      updatedAt: CHANGED
    search:
      products:
        order: [code]
        total: true
        limit: 50
        filters:
          codes: code
          brand: brand
          lifecycle: lifecycle
          category: {from: CAT, rows: {table: SHELF, on: {CODE: STYLE}}}
          skus: {from: SKU, rows: {table: STOCK, on: {CODE: STYLE}}}
          inStockAt: {from: WHSE, rows: {table: STOCK, on: {CODE: STYLE}, where: '"QTY" > 0'}}
          onPromotion:
            rows: {table: PROMO, on: {CODE: STYLE}, effective: {from: STARTS, to: ENDS, as: date(yyyyMMdd), open: [0]}}
          price: {from: PRICE}
          updatedSince: updatedAt
          attributes: {code: CODE, from: VAL, number: NUM, rows: {table: ATTR, on: {CODE: STYLE}}}
        facets:
          brand: {field: brand, label: Brand}
          lifecycle: lifecycle
          category: {from: CAT, text: CAT_NAME, rows: {table: SHELF, on: {CODE: STYLE}}}
      categoryCode:
        parents: brand
        order: [code]
        total: true
        facets: {lifecycle: lifecycle, category: {from: CAT, most: 2, rows: {table: SHELF, on: {CODE: STYLE}}}}
"""
OTHER_WORDS = """
          price: {from: CENTS, as: scale(2)}
          updatedSince: {from: DAY, as: "instant(yyyyMMdd)"}
          onPromotion: {from: STATE, map: {A: true, C: false}}
          attributes: {codes: {fit: FIT, weight: {number: WEIGHT}}}
"""

CODES = [f"P{number:02}" for number in range(1, 25)]


def style(number: int) -> dict[str, Any]:
    changed = datetime(2026, 3, 1 + number % 7, number % 24, 30, tzinfo=BERLIN)
    return {
        "CODE": f"P{number:02}",
        "NAME": f"Style {number}",
        "BRAND": None if number % 11 == 0 else ["Acme", "Umbra", "Véga's"][number % 3],
        "STATE": "ABC"[number % 3] if number % 5 else "D",
        "PRICE": Decimal(number * 250) / 100,
        "CENTS": number * 250,
        "CHANGED": changed,
        "DAY": int(changed.strftime("%Y%m%d")),
        "TIME": changed.strftime("%H%M%S"),
        "FIT": ["slim", "wide"][number % 2],
        "WEIGHT": number * 10,
    }


STYLES = [style(number) for number in range(1, 25)]
SHELVES = [(each["CODE"], f"K{place}", f"Shelf {place}") for n, each in enumerate(STYLES) for place in (n % 4, n % 3)]
STOCK = [
    (each["CODE"], f"S{n}-{at}", f"W{at}", (n + at) % 3) for n, each in enumerate(STYLES) for at in range(3) if n % 4
]
ATTRIBUTES = [
    row
    for n, each in enumerate(STYLES)
    for row in (
        (each["CODE"], "fit", each["FIT"], None),
        (each["CODE"], "weight", str(n * 10), Decimal(n * 10)),
        (each["CODE"], "colour", ["red", "blue"][n % 2], None),
        (each["CODE"], "colour", "white", None),
    )
]
PROMOTIONS = [(code, (20200101, 29990101)[n % 2], (0, 20210101, 29991231)[n % 3]) for n, code in enumerate(CODES)]
ON_NOW = {code for code, starts, ends in PROMOTIONS if starts < 20260101 and ends != 20210101}


def create(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in TABLES:
            connection.exec_driver_sql(statement)
        place = "?" if engine.dialect.paramstyle == "qmark" else "%s"
        naive = [{**each, "CHANGED": each["CHANGED"].replace(tzinfo=None)} for each in STYLES]
        if engine.dialect.name == "sqlite":
            naive = [{**each, "CHANGED": str(each["CHANGED"]), "PRICE": float(each["PRICE"])} for each in naive]
        numbers = float if engine.dialect.name == "sqlite" else Decimal
        attributes = [(*row[:3], None if row[3] is None else numbers(row[3])) for row in ATTRIBUTES]
        tables: dict[str, Any] = {
            "STYLE": [tuple(each.values()) for each in naive],
            "SHELF": SHELVES,
            "STOCK": STOCK,
            "ATTR": attributes,
            "PROMO": PROMOTIONS,
        }
        for table, rows in tables.items():
            marks = ", ".join([place] * len(rows[0]))
            for row in rows:
                connection.exec_driver_sql(f'insert into "{table}" values ({marks})', row)
    engine.dispose()


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ExitStack() as running:
        if request.param == "sqlite":
            made = f"sqlite:///{tmp_path_factory.mktemp('filters')}/shop.sqlite"
        elif request.param == "postgresql":
            made = running.enter_context(running_postgres()).url
        else:
            made = running.enter_context(running_mariadb())
        create(made)
        yield made


@pytest.fixture
async def adapter(url: str) -> AsyncIterator[Adapter]:
    made = built(url)
    yield made
    await made.aclose()


def built(url: str, text: str = REGISTRATION) -> Adapter:
    registration = KIND.registration.model_validate(YAML(typ="safe").load(text) | {"url": url})
    return KIND.build(registration, declared_graph().types)


async def page(adapter: Adapter, filters: Mapping[str, Any], **other: Any) -> Page:
    request = Search(
        "Product",
        "products",
        50,
        frozenset({"code"}),
        None,
        filters,
        deadline=time.monotonic() + 5,
        want_total=True,
        **other,
    )
    return (await adapter.search(request)).pages[None]


def codes(page: Page) -> list[str]:
    return [record.values["code"] for record in page.records]


Met = Callable[[dict[str, Any]], bool]


def of(rows: list[Any], test: Callable[[Any], bool]) -> set[str]:
    return {row[0] for row in rows if test(row)}


def has(code: str, test: Callable[[Any], bool]) -> Met:
    return lambda style: style["CODE"] in of(ATTRIBUTES, lambda row: row[1] == code and test(row))


NOON = datetime(2026, 3, 4, 12, 30, tzinfo=BERLIN)
CASES: list[tuple[dict[str, Any], Met]] = [
    ({"brand": ["Acme", "Véga's"]}, lambda it: it["BRAND"] in ("Acme", "Véga's")),
    ({"lifecycle": ["ACTIVE"]}, lambda it: it["STATE"] in "AB"),
    ({"lifecycle": ["PLANNED"]}, lambda it: False),
    ({"category": "K2"}, lambda it: it["CODE"] in of(SHELVES, lambda row: row[1] == "K2")),
    ({"skus": ["S2-1", "S3-0", "S3-1"]}, lambda it: it["CODE"] in ("P03", "P04")),
    (
        {"inStockAt": ["W0", "W2"]},
        lambda it: it["CODE"] in of(STOCK, lambda row: row[2] in ("W0", "W2") and row[3] > 0),
    ),
    ({"inStockAt": []}, lambda it: False),
    ({"onPromotion": True}, lambda it: it["CODE"] in ON_NOW),
    ({"onPromotion": False}, lambda it: it["CODE"] not in ON_NOW),
    ({"price": {"gte": "10", "lte": "20.00"}}, lambda it: 10 <= it["PRICE"] <= 20),
    ({"price": {"gte": "12.500000001"}}, lambda it: it["PRICE"] > Decimal("12.5")),
    ({"price": {"gte": None, "lte": "12.5"}}, lambda it: it["PRICE"] <= Decimal("12.5")),
    ({"price": {}}, lambda it: True),
    ({"updatedSince": "2026-03-04T11:30:00Z"}, lambda it: it["CHANGED"] >= NOON),
    ({"updatedSince": "2026-03-04T11:30:00.000001Z"}, lambda it: it["CHANGED"] > NOON),
    ({"attributes": []}, lambda it: True),
    ({"attributes": [{"code": "fit", "in": ["slim"]}]}, lambda it: it["FIT"] == "slim"),
    (
        {"attributes": [{"code": "colour", "in": ["white"]}, {"code": "colour", "in": ["red", "green"]}]},
        has("colour", lambda row: row[2] == "red"),
    ),
    (
        {"attributes": [{"code": "weight", "range": {"gte": "50", "lte": "100.5"}}, {"code": "fit", "in": ["wide"]}]},
        lambda it: it["FIT"] == "wide" and has("weight", lambda row: 50 <= row[3] <= 100)(it),
    ),
    ({"attributes": [{"code": "weight", "in": ["50"], "range": {"lte": "49"}}]}, lambda it: False),
    ({"attributes": [{"code": "taste", "in": ["sweet"]}]}, lambda it: False),
    (
        {"brand": ["Acme"], "price": {"lte": "30"}, "inStockAt": ["W1"], "updatedSince": "2026-03-03T00:00:00+01:00"},
        lambda it: (
            it["BRAND"] == "Acme"
            and it["PRICE"] <= 30
            and it["CODE"] in of(STOCK, lambda row: row[2] == "W1" and row[3] > 0)
            and it["CHANGED"] >= datetime(2026, 3, 3, tzinfo=BERLIN)
        ),
    ),
]


async def test_filters_leave_what_meets_them(adapter: Adapter) -> None:
    for filters, met in CASES:
        found = await page(adapter, filters)
        wanted = [style["CODE"] for style in STYLES if met(style)]
        assert (codes(found), found.total) == (wanted, len(wanted)), filters


async def test_numbers_instants_and_codes_of_other_forms(url: str) -> None:
    start = REGISTRATION.index("          onPromotion:")
    end = REGISTRATION.index("        facets:")
    adapter = built(url, REGISTRATION[:start] + OTHER_WORDS.lstrip("\n") + REGISTRATION[end:])
    midnight = datetime(2026, 3, 4, tzinfo=BERLIN)
    cases: list[tuple[dict[str, Any], Met]] = [
        ({"price": {"gte": "10", "lte": "20"}}, lambda it: 10 <= it["PRICE"] <= 20),
        ({"updatedSince": "2026-03-03T23:00:00Z"}, lambda it: it["CHANGED"] >= midnight),
        ({"updatedSince": "2026-03-03T23:00:01Z"}, lambda it: it["DAY"] > 20260304),
        ({"onPromotion": False}, lambda it: it["STATE"] == "C"),
        (
            {"attributes": [{"code": "fit", "in": ["slim"]}, {"code": "weight", "range": {"lte": "90"}}]},
            lambda it: it["FIT"] == "slim" and it["WEIGHT"] <= 90,
        ),
        ({"attributes": [{"code": "taste", "in": ["sweet"]}]}, lambda it: False),
    ]
    for filters, met in cases:
        assert codes(await page(adapter, filters)) == [style["CODE"] for style in STYLES if met(style)], filters
    with pytest.raises(Rejected) as error:
        await page(adapter, {"attributes": [{"code": "fit", "range": {"gte": "1"}}]})
    assert error.value.message == "The attribute fit cannot be compared by a range."
    with pytest.raises(Rejected, match="nothing is asked"):
        await page(adapter, {"attributes": [{"code": "fit"}]})
    await adapter.aclose()


async def test_a_filter_takes_so_many_values(adapter: Adapter) -> None:
    for filters in ({"codes": CODES * 9}, {"attributes": [{"code": "fit", "in": ["x"] * 150}] * 2}):
        with pytest.raises(Rejected) as error:
            await page(adapter, filters)
        assert error.value.message == "A filter takes at most 200 values."


async def test_facets_count_what_the_filters_leave(adapter: Adapter) -> None:
    found = await page(adapter, {"price": {"lte": "25"}}, want_facets=True)
    left = STYLES[:10]
    brand, lifecycle, category = found.facets or ()
    assert (brand["code"], brand["label"]) == ("brand", "Brand")
    wanted = [(name, sum(it["BRAND"] == name for it in left)) for name in ("Umbra", "Acme", "Véga's")]
    assert [(it["value"], it["count"]) for it in brand["values"]] == sorted(
        wanted, key=lambda each: (-each[1], each[0])
    )
    states = {"ACTIVE": sum(it["STATE"] in "AB" for it in left), "CLEARANCE": sum(it["STATE"] == "C" for it in left)}
    assert lifecycle["values"] == [{"value": name, "label": name, "count": states[name]} for name in states]
    shelved = {(code, shelf) for code, shelf, _ in SHELVES if code in CODES[:10]}
    for value in category["values"]:
        assert value["label"] == value["value"].replace("K", "Shelf ")
        assert value["count"] == sum(shelf == value["value"] for _, shelf in shelved)
    assert [facet["values"] for facet in (await page(adapter, {"codes": ["P99"]}, want_facets=True)).facets or ()] == [
        []
    ] * 3
    assert (await page(adapter, {"lifecycle": []}, want_facets=True)).facets == [
        {"code": "brand", "label": "Brand", "values": []},
        {"code": "lifecycle", "label": "lifecycle", "values": []},
        {"code": "category", "label": "category", "values": []},
    ]


async def test_facets_below_parents(adapter: Adapter) -> None:
    parents = ["Acme", "Nobody", "Umbra"]
    request = Search(
        "Product", "categoryCode", 2, frozenset({"code"}), parents=parents, want_facets=True, want_total=True
    )
    pages = (await adapter.search(request)).pages
    for parent in parents:
        lifecycle, category = pages[parent].facets or ()
        own = [it for it in STYLES if it["BRAND"] == parent]
        counts = {"ACTIVE": sum(it["STATE"] in "AB" for it in own), "CLEARANCE": sum(it["STATE"] == "C" for it in own)}
        assert {it["value"]: it["count"] for it in lifecycle["values"]} == {k: n for k, n in counts.items() if n}
        shelved = {(code, shelf) for code, shelf, _ in SHELVES if code in {it["CODE"] for it in own}}
        most = sorted(
            ((sum(at == shelf for _, at in shelved), shelf) for shelf in ("K0", "K1", "K2", "K3")),
            key=lambda each: (-each[0], each[1]),
        )[:2]
        assert [(it["count"], it["value"]) for it in category["values"]] == [each for each in most if each[0]]
    tally = request.tally.calls
    assert tally == 3  # beside the page's: its count and two facets


async def test_it_keeps_the_contract(adapter: Adapter) -> None:
    samples = [SearchSample("Product", "products", filters, page=3) for filters in ({}, {"price": {"lte": "40"}})]
    await conform(adapter, searches=samples)


def test_a_column_can_be_searched_by_its_index(tmp_path: Any) -> None:
    """What is compared is the column itself, never something made of it."""
    adapter: Any = built(f"sqlite:///{tmp_path}/none.sqlite")
    search = adapter.entities["Product"].searches["products"]
    filters = {"price": {"gte": "1", "lte": "2"}, "updatedSince": "2026-03-04T11:30:00Z", "inStockAt": ["W1"]}
    request = Search("Product", "products", 5, frozenset({"code"}), None, filters, want_facets=True)
    text, *facets = (query.statement().text for query in search.queries(request))
    assert re.search(r'"PRICE" >= \? AND "STYLE"\."PRICE" <= \?', text), text
    assert '"CHANGED" >= ?' in text
    assert "EXISTS (SELECT 1" in text
    assert len(facets) == 3
    assert all("GROUP BY" in each and '"PRICE" >= ?' in each for each in facets)
    assert not re.search(r"W1|2026", text), "values are bound"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("price: brand", "a field that is a number, for a range, found `brand`, a String"),
        (
            "price: {from: PRICE, as: decimal(comma)}",
            "a column of numbers, for a range, found `price`, read by `decimal",
        ),
        ("updatedSince: {from: DAY, as: 'instant(ddMMyyyy)'}", "an instant whose columns are in the order of time"),
        ("onPromotion: {}", "`field`, `from` or `rows`, found none of them"),
        ("inStockAt: {from: WHSE, code: X}", "words for one value: it is no list of attributes, found `code`"),
        ("attributes: fit", "`codes`, or `rows` with `code` and `from`"),
        ("attributes: {codes: {fit: {as: trim}}}", "a column of the entity's own rows, found `fit`, which names none"),
        ("attributes: {codes: {fit: FIT}, code: X}", "`codes`, or rows that have a `code`, found `code` too"),
    ],
)
def test_words_that_do_not_fit_a_filter_are_told(words: str, expected: str) -> None:
    start, end = REGISTRATION.index("          codes: code"), REGISTRATION.index("        facets:")
    with pytest.raises(MappingProblems) as error:
        built("sqlite:///x.sqlite", f"{REGISTRATION[:start]}          {words}\n{REGISTRATION[end:]}")
    [problem] = error.value.problems
    assert problem.path == ("entities", "Product", "search", "products", "filters", words.partition(":")[0])
    assert expected in str(error.value)


def test_words_that_do_not_fit_a_facet_are_told() -> None:
    with pytest.raises(
        MappingProblems, match=r"facets.brand: expected a field or hidden key of the entity, found `brandd`"
    ):
        built("sqlite:///x.sqlite", REGISTRATION.replace("{field: brand, label: Brand}", "brandd"))
    for words in ("{field: brand, from: BRAND}", "{label: Brand}", "{field: brand, rows: {table: T, on: {A: B}}}"):
        with pytest.raises(ValueError, match="expected"):
            built("sqlite:///x.sqlite", REGISTRATION.replace("{field: brand, label: Brand}", words))


async def test_a_moment_with_a_zone_is_compared_as_a_moment(url: str) -> None:
    """And one without a zone on the source's clock, whatever the zone of the session."""
    if not url.startswith("postgresql"):
        pytest.skip("a type of PostgreSQL's")
    zoned = 'select s.*, s."CHANGED" at time zone \'Europe/Berlin\' as "AT" from "STYLE" s'
    text = REGISTRATION.replace("table: STYLE\n    fields:", f"view: {json.dumps(zoned)}\n    fields:", 1)
    session = "session: [set time zone 'Pacific/Auckland']\nentities:"
    for column in ("CHANGED", "AT"):
        changed = text.replace("updatedAt: CHANGED", f"updatedAt: {column}").replace("entities:", session, 1)
        adapter = built(url, changed)
        for moment in (NOON, NOON + timedelta(seconds=1)):
            found = await page(adapter, {"updatedSince": moment.astimezone(UTC).isoformat()})
            assert codes(found) == [style["CODE"] for style in STYLES if style["CHANGED"] >= moment]
        await adapter.aclose()
