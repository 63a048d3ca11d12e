"""``kind: graphql`` against a service of another maker, over HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from adapters.conformance import LookupSample, SearchSample, conform
from adapters.graphql.build import build
from adapters.graphql.registration import GraphQLSource
from adapters.problems import MappingProblems
from adapters.spi import Adapter, BadData, Lookup, Rejected, Search, Sort, SourceError, Unavailable, Unsupported
from gateway.graph import declared_graph
from tests.serving import serving
from tests.upstream.shop import Shop

REGISTRATION = """
source: shop
role: PIM
kind: graphql
url: {url}/graphql
errors: {{types: {{Blocked: rejected}}}}
entities:
  Product:
    key: code
    fields:
      code: code
      name: label.text
      brand: maker
    lookup:
      code: {{query: "query ($keys: [String!]!) {{ items(codes: $keys) }}", batch: 50}}
    search:
      products:
        query: >-
          query ($first: Int, $after: String, $last: Int, $before: String, $maker: [String!], $order: Order) {{
            every(first: $first, after: $after, last: $last, before: $before, maker: $maker, order: $order)
          }}
        filters: {{brand: maker}}
        sorts:
          CODE: [{{order: {{by: code}}}}, {{order: {{by: code, descending: true}}}}]
          POPULARITY: {{order: {{by: weight, descending: true}}}}
        total: count
  Category:
    key: code
    type: Item
    fields:
      code: code
      name: label.text
    lookup:
      code: {{query: "query ($key: String!) {{ item(code: $key) }}", batch: 10}}
    search:
      categories:
        query: "query ($skip: Int!, $take: Int!) {{ catalogue(skip: $skip, take: $take) {{ items total }} }}"
        rows: catalogue.items
        total: catalogue.total
        page: {{offset: skip, limit: take}}
  Variant:
    key: sku
    fields:
      sku: code
      name: label.text
    keys:
      productCode: maker
    search:
      productCode:
        query: >-
          query ($first: Int!, $after: String, $maker: String!) {{
            maker(name: $maker) {{ items(first: $first, after: $after) }}
          }}
        parents: maker
"""
NAME = frozenset({"name"})


def registered(text: str) -> GraphQLSource:
    return GraphQLSource.model_validate(YAML(typ="safe").load(text))


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[Shop, str]]:
    shop = Shop()
    with serving(shop.application()) as url:
        yield shop, url


@pytest.fixture
def shop(service: tuple[Shop, str]) -> Shop:
    shop, _ = service
    shop.asked.clear()
    shop.broken = None
    return shop


@pytest.fixture
async def adapter(shop: Shop, service: tuple[Shop, str]) -> AsyncIterator[Adapter]:
    adapter = build(registered(REGISTRATION.format(url=service[1])), declared_graph().types)
    yield adapter
    await adapter.aclose()


async def test_a_list_argument_takes_all_keys_in_one_operation(adapter: Adapter, shop: Shop) -> None:
    keys = ["P3", "P1", "NONE", "P2"]
    result = await adapter.lookup(Lookup("Product", "code", keys, NAME))
    assert {key: record.values["name"] for key, record in result.found.items()} == {
        "P1": "Thing 1",
        "P2": "Thing 2",
        "P3": "Thing 3",
    }
    assert shop.asked == [["items"]]


async def test_a_service_that_takes_one_key_is_asked_by_aliases_in_one_operation(adapter: Adapter, shop: Shop) -> None:
    result = await adapter.lookup(Lookup("Category", "code", ["P3", "P1", "NONE", "P2"], NAME))
    assert {key: record.values["name"] for key, record in result.found.items()} == {
        "P1": "Thing 1",
        "P2": "Thing 2",
        "P3": "Thing 3",
    }
    assert shop.asked == [["item"] * 4]


@pytest.mark.quirk("R22")
async def test_an_error_that_is_a_member_of_a_union_is_the_key_s_own(adapter: Adapter) -> None:
    result = await adapter.lookup(Lookup("Category", "code", ["P1", "P13"], NAME))
    assert [*result.found] == ["P1"]
    assert isinstance(result.failed["P13"], Rejected)


async def test_a_field_that_failed_there_is_an_error_of_the_record(adapter: Adapter) -> None:
    result = await adapter.lookup(Lookup("Product", "code", ["P7", "P8"], frozenset({"name", "brand"})))
    seven, eight = result.found["P7"], result.found["P8"]
    assert (seven.values["name"], seven.values["brand"]) == ("Thing 7", None)
    assert {*seven.errors} == {("brand",)}
    assert "ORA-00942" not in seven.errors["brand",].message
    assert (eight.values["brand"], eight.errors) == ("Acme", None)


async def test_only_what_is_wanted_is_selected(adapter: Adapter) -> None:
    result = await adapter.lookup(Lookup("Product", "code", ["P7"], NAME))
    assert result.found["P7"].errors is None  # its maker was not asked for


async def test_a_connection_in_pages(adapter: Adapter) -> None:
    names: list[str] = []
    after = None
    while True:
        request = Search("Product", "products", 7, NAME, after, want_total=True)
        page = (await adapter.search(request)).pages[None]
        names += [record.values["name"] for record in page.records]
        assert page.total == 30
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert names == [f"Thing {number}" for number in range(1, 31)]


async def test_an_order_is_a_variable_and_the_end_has_pages_too(adapter: Adapter) -> None:
    async def names(**words: Any) -> list[str]:
        page = (await adapter.search(Search("Product", "products", 2, NAME, **words))).pages[None]
        assert page.has_next
        return [record.values["name"] for record in page.records]

    assert await names() == ["Thing 1", "Thing 2"]
    assert await names(backwards=True) == ["Thing 29", "Thing 30"]
    assert await names(sort=Sort("CODE")) == ["Thing 1", "Thing 10"]
    assert await names(sort=Sort("CODE", reverse=True)) == ["Thing 9", "Thing 8"]
    assert await names(sort=Sort("POPULARITY")) == ["Thing 30", "Thing 29"]
    assert await names(sort=Sort("POPULARITY"), backwards=True, after="10") == ["Thing 22", "Thing 21"]
    with pytest.raises(Unsupported, match="shop does not declare sort POPULARITY DESC of search products of Product"):
        await names(sort=Sort("POPULARITY", reverse=True))


async def test_pages_by_offset(adapter: Adapter) -> None:
    first = (await adapter.search(Search("Category", "categories", 20, NAME, want_total=True))).pages[None]
    rest = (await adapter.search(Search("Category", "categories", 20, NAME, first.cursors[-1]))).pages[None]
    assert (len(first.records), first.total, first.has_next) == (20, 30, True)
    assert (len(rest.records), rest.has_next) == (10, False)


async def test_pages_below_many_parents_are_one_operation(adapter: Adapter, shop: Shop) -> None:
    result = await adapter.search(Search("Variant", "productCode", 2, NAME, parents=["Acme", "Nobody"]))
    assert [record.values["name"] for record in result.pages["Acme"].records] == ["Thing 1", "Thing 2"]
    assert list(result.pages["Nobody"].records) == []
    assert shop.asked == [["maker", "maker"]]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, {"errors": [{"message": "no", "extensions": {"code": "UNAVAILABLE"}}]}, Unavailable),
        (400, {"errors": [{"message": "Cannot query field"}]}, Rejected),
        (200, {"data": None}, BadData),
        (200, ["what"], BadData),
        (503, {"message": "maintenance"}, Unavailable),
        (200, {"data": {"items": "text"}}, BadData),
    ],
)
async def test_failures(adapter: Adapter, shop: Shop, status: int, body: Any, error: type[SourceError]) -> None:
    shop.broken = status, body
    with pytest.raises(error) as raised:
        await adapter.lookup(Lookup("Product", "code", ["P1"], NAME))
    assert type(raised.value) is error


async def test_it_conforms(adapter: Adapter) -> None:
    samples = [
        LookupSample("Product", "code", known=["P1", "P2", "P3"], unknown="NONE"),
        LookupSample("Category", "code", known=["P1", "P2", "P3"], unknown="NONE"),
        SearchSample("Product", "products", count=30, ordered_by={"CODE": "code"}),
        SearchSample("Category", "categories", count=30),
    ]
    await conform(adapter, samples)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("$keys: [String!]!) { items(codes: $keys)", "$codes: [String!]!) { items(codes: $codes)", r"\$keys"),
        ("brand: maker\n    lookup", 'brand: "maker | [0]"\n    lookup', "a path of names and dots"),
        ("query ($keys", "mutation ($keys", "one query"),
        ("items(codes: $keys) }", "items(codes: $keys) other }", "one field without a selection"),
        ("rows: catalogue.items", "rows: catalogue.item", "one of the fields without a selection"),
        ("{ items(codes: $keys) }", "{ items(codes: $keys }", "an operation in GraphQL"),
        ("filters: {brand: maker}", "filters: {brand: makers}", "a variable of the query"),
        ("parents: maker", "parents: name", "a variable of the query"),
        ("CODE: [{order:", "CODE: [{ordr:", "a variable of the query"),
        (
            "($first: Int, $after: String, $last",
            "($first: Int!, $after: String, $last",
            r"`\$first: Int`, as it",
        ),
        ("$last: Int, $before: String, $maker", "$last: Int, $maker", r"a query with `\$before`, for its pages"),
    ],
)
def test_mistakes_are_told_when_it_is_registered(old: str, new: str, problem: str) -> None:
    text = REGISTRATION.format(url="http://127.0.0.1:1")
    assert old in text
    with pytest.raises(MappingProblems) as raised:
        build(registered(text.replace(old, new)), declared_graph().types)
    assert any(re.search(problem, str(each)) for each in raised.value.problems), raised.value.problems
