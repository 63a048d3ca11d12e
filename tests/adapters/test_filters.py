"""Filters of requests: values as the system has them, in REST, GraphQL and SOAP alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from lxml import etree
from ruamel.yaml import YAML
from starlette.requests import Request
from starlette.responses import JSONResponse

from adapters.graphql import KIND as GRAPHQL
from adapters.graphql.build import build as build_graphql
from adapters.problems import MappingProblems
from adapters.rest import KIND as REST
from adapters.rest.build import build as build_rest
from adapters.spi import Adapter, Page, Rejected, Search, Unsupported
from gateway.graph import declared_graph
from tests.adapters.soap_shop import SHOP, Heard, Shop, answering, items, source, write

REGISTRATION = """
source: pim
role: PIM
kind: rest
url: http://pim.test
time_zone: Europe/Berlin
entities:
  Product:
    key: code
    fields:
      code: {from: no, form: {graph: "P{}", source: int}}
      name: title
      lifecycle: {from: state, map: {A: ACTIVE, B: ACTIVE, C: CLEARANCE}}
      updatedAt: {from: changed, as: "instant(yyyyMMddHHmmss)"}
    lookup: {code: {get: "/products{?no*}", variable: "no", rows: "@"}}
    search:
      products:
        get: "/products{?no*,state*,least,most,changed,promo,shops,colour*,weightFrom,weightTo,q}"
        rows: "@"
        filters: FILTERS
"""
FILTERS = """
          search: q
          codes: {variable: "no", field: code}
          lifecycle: {variable: state, field: lifecycle}
          price: {min: least, max: most, as: scale(2)}
          updatedSince: {variable: changed, field: updatedAt}
          onPromotion: {variable: promo, map: {"1": true}}
          inStockAt: shops
          attributes: {codes: {colour: colour, weight: {min: weightFrom, max: weightTo}}}
"""


class Recorder:
    """Answers everything with nothing; ``asked`` are the queries and bodies of the requests so far."""

    def __init__(self, reply: Any = ()) -> None:
        self.reply = reply
        self.asked: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.asked.append(json.loads(body) if body else parse_qs(urlsplit(str(request.url)).query))
        await JSONResponse(self.reply)(scope, receive, send)


def over_rest(app: Recorder, filters: str = FILTERS) -> Adapter:
    registration = YAML(typ="safe").load(REGISTRATION.replace("FILTERS", filters))
    made = REST.registration.model_validate(registration)
    return build_rest(made, declared_graph().types, httpx.ASGITransport(app))


async def ask(adapter: Adapter, filters: Mapping[str, Any]) -> Page:
    request = Search("Product", "products", 5, frozenset({"name"}), filters=filters)
    return (await adapter.search(request)).pages[None]


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        ({"search": "a&b", "codes": ["P7", "P08"]}, {"q": ["a&b"], "no": ["7"]}),
        ({"lifecycle": ["CLEARANCE", "ACTIVE"]}, {"state": ["C", "A", "B"]}),
        ({"lifecycle": ["PLANNED", "CLEARANCE"]}, {"state": ["C"]}),
        ({"price": {"gte": "12.5", "lte": "20"}}, {"least": ["1250"], "most": ["2000"]}),
        ({"price": {"gte": None, "lte": "0.005"}}, {"most": ["0.5"]}),
        ({"price": {}}, {}),
        ({"updatedSince": "2026-06-30T22:00:00Z"}, {"changed": ["20260701000000"]}),
        ({"onPromotion": True, "inStockAt": ["S1", "S2"]}, {"promo": ["1"], "shops": ["S1,S2"]}),
        (
            {"attributes": [{"code": "colour", "in": ["red"]}, {"code": "weight", "range": {"lte": "3"}}]},
            {"colour": ["red"], "weightTo": ["3"]},
        ),
    ],
    ids=str,
)
async def test_values_are_written_as_the_system_has_them(filters: dict[str, Any], query: dict[str, Any]) -> None:
    app = Recorder([])
    await ask(over_rest(app), filters)
    assert app.asked == [query]


@pytest.mark.parametrize(
    "filters",
    [
        {"lifecycle": ["PLANNED"]},
        {"lifecycle": []},
        {"codes": ["X7"]},
        {"onPromotion": False},
        {"attributes": [{"code": "colour", "in": ["red"]}, {"code": "taste", "in": ["sweet"]}]},
        {"attributes": [{"code": "colour", "in": []}]},
    ],
    ids=str,
)
async def test_what_the_system_has_no_word_for_is_met_by_nothing(filters: dict[str, Any]) -> None:
    app = Recorder([{"no": 1, "title": "One"}])
    page = await ask(over_rest(app), filters)
    assert (page.records, page.has_next, page.total, app.asked) == ((), False, 0, [])


async def test_what_an_attribute_cannot_be_compared_by_is_refused() -> None:
    app = Recorder()
    with pytest.raises(Rejected) as error:
        await ask(over_rest(app), {"attributes": [{"code": "colour", "range": {"gte": "1"}}]})
    assert error.value.message == "The attribute colour cannot be compared by a range."
    with pytest.raises(Rejected) as error:
        await ask(over_rest(app), {"attributes": [{"code": "colour", "in": [name]} for name in ("red", "blue")]})
    assert error.value.message == "Each attribute may be named once in a filter."
    assert app.asked == []


@pytest.mark.parametrize(
    ("filters", "word", "expected"),
    [
        ("{lifecycle: stat}", "lifecycle", "a variable of the request, found `stat`"),
        ("{lifecycle: {variable: state, field: livecycle}}", "lifecycle", "did you mean `lifecycle`"),
        (
            "{lifecycle: {variable: state, field: name, map: {A: ACTIVE}}}",
            "lifecycle",
            "expected field or map, not both",
        ),
        ("{price: least}", "price", "`min` and `max`, the variables of its ends, found one variable"),
        ("{price: {min: least, map: {A: '1'}}}", "price", "values in an order, found `map`"),
        ("{inStockAt: {min: least}}", "inStockAt", "it is no range"),
        ("{attributes: colour}", "attributes", "`codes`: how the system takes each attribute, found none"),
        ("{codes: {codes: {a: b}}}", "codes", "it is no list of attributes"),
        ("{search: {variable: q, as: upper}}", "search", "can be compared as it is"),
    ],
)
def test_words_that_do_not_fit_a_filter_are_told(filters: str, word: str, expected: str) -> None:
    with pytest.raises((MappingProblems, ValueError)) as error:
        over_rest(Recorder(), filters)
    assert expected in str(error.value)
    assert word in str(error.value)


@pytest.mark.parametrize(
    ("declared", "price", "sent"),
    [
        ("$least: String, $most: String", "{min: least, max: most}", {"least": "1"}),
        ("$price: DecimalRange", "price", {"price": {"gte": "1"}}),
    ],
)
async def test_variables_of_a_graphql_operation(declared: str, price: str, sent: dict[str, Any]) -> None:
    registration = f"""
source: shop
role: PIM
kind: graphql
url: http://shop.test/graphql
entities:
  Product:
    key: code
    fields: {{code: code, name: title, lifecycle: {{from: state, map: {{A: ACTIVE, C: CLEARANCE}}}}}}
    search:
      products:
        query: "query ($first: Int!, $after: String, $state: [String!], {declared}) {{ items }}"
        filters: {{lifecycle: {{variable: state, field: lifecycle}}, price: {price}}}
"""
    app = Recorder({"data": {"items": {"edges": [], "pageInfo": {"hasNextPage": False}}}})
    made = GRAPHQL.registration.model_validate(YAML(typ="safe").load(registration))
    adapter = build_graphql(made, declared_graph().types, httpx.ASGITransport(app))
    await ask(adapter, {"lifecycle": ["ACTIVE"], "price": {"gte": "1"}})
    [body] = app.asked
    given = {name: value for name, value in body["variables"].items() if value is not None}
    assert given == {"first": 5, "state": ["A"], **sent}
    assert (await ask(adapter, {"lifecycle": ["PLANNED"]})).records == ()
    assert len(app.asked) == 1


async def test_values_of_a_soap_message(tmp_path: Path) -> None:
    search = {
        "operation": "GetItems",
        "arguments": {"Active": "$filter.active", "Range": {"From": "$filter.price.gte", "To": "$filter.price.lte"}},
        "filters": {"active": {"map": {"true": "YES", "false": "NO"}}},
        "rows": "Items.Item",
    }
    shop = Shop(answering(items()))
    made = shop.adapter(source(write(tmp_path), {"search": {"all": search}}))
    assert made.capabilities["Item"].searches["all"].filters == {"active", "price"}
    for filters, sent in (
        ({"active": "YES", "price": {"gte": "1.50"}}, ["true", "1.50"]),
        ({"active": "NO", "price": {"gte": "1", "lte": "2"}}, ["false", "1", "2"]),
        ({"price": {}}, []),
    ):
        await made.search(Search("Item", "all", 5, frozenset({"sku"}), filters=filters))
        assert texts(shop.heard[-1]) == sent
    page = (await made.search(Search("Item", "all", 5, frozenset({"sku"}), filters={"active": "?"}))).pages[None]
    assert (page.records, len(shop.heard)) == ((), 3)
    with pytest.raises(Unsupported):
        await made.search(Search("Item", "all", 5, frozenset({"sku"}), filters={"size": "1"}))
    with pytest.raises(MappingProblems, match=r"expected `\$filter.activ` in the message, found none; did you mean"):
        shop.adapter(source(write(tmp_path), {"search": {"all": {**search, "filters": {"activ": {"field": "name"}}}}}))


def texts(heard: Heard) -> list[str | None]:
    asked = etree.fromstring(heard.body).find(f".//{{{SHOP}}}GetItems")
    assert asked is not None
    return [element.text for element in asked.iter() if len(element) == 0 and element is not asked]
