"""Lists in an order that the client chooses, and from their end."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLObjectType

from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch
from gateway.engine.explain import as_text, explained
from gateway.engine.request import OperationRequest
from tests.engine.estate import Estate, estate, product

SORTS = {"CODE": ("code",), "POPULARITY": ("brand", "code"), "NEWEST": ("updatedAt desc", "code")}
CHANGED = {1: "2026-03-01T00:00:00Z", 3: "2026-05-01T00:00:00Z", 4: "2026-03-01T00:00:00Z"}
PAGE = """
fragment Page on ProductConnection { nodes { code } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
"""


def shop(**searches: MemorySearch) -> Estate:
    """Five products, of which two were never changed, all in one category."""
    sources = dict(estate().sources)
    pim = sources["pim"][0].entities
    products = [product(number) | {"updatedAt": CHANGED.get(number), "categoryCode": "K1"} for number in range(1, 6)]
    rows = MemoryEntity(products, {"code": MemoryLookup(), "categoryCode": MemoryLookup(many=True)}, searches)
    return Estate({**sources, "pim": (MemoryAdapter("pim", {**pim, "Product": rows}), "PIM")})


@pytest.fixture
def graph() -> Estate:
    below = MemorySearch(parent="categoryCode", sorts={"CODE": ("code",)})
    return shop(products=MemorySearch(sorts=SORTS, limit=4), categoryCode=below)


def listed(page: dict[str, Any]) -> str:
    return "".join(node["code"][1:] for node in page["nodes"])


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("{by: CODE}", "12345"),
        ("{by: CODE, direction: DESC}", "54321"),
        ("{by: CODE, direction: null}", "12345"),
        ("{by: POPULARITY}", "13524"),
        ("{by: POPULARITY, direction: DESC}", "24135"),
        ("{by: NEWEST}", "31425"),
        ("{by: NEWEST, direction: DESC}", "14325"),
        ("null", "12345"),
    ],
)
async def test_pages_go_through_the_list_in_both_directions(graph: Estate, sort: str, order: str) -> None:
    """What has no value comes last, both ways."""
    query = "query ($at: String) { products(sort: SORT, first: 2, after: $at) { totalCount ...Page } }"
    query = query.replace("SORT", sort) + PAGE
    seen, at, more = "", None, True
    while more:
        page = (await graph.data(query, at=at))["products"]
        seen += listed(page)
        info = page["pageInfo"]
        assert (info["hasPreviousPage"], page["totalCount"]) == (at is not None, 5)
        at, more = info["endCursor"], info["hasNextPage"]
    assert seen == order
    query = query.replace("first: 2, after", "last: 2, before")
    seen, at, more = "", None, True
    while more:
        page = (await graph.data(query, at=at))["products"]
        seen = listed(page) + seen
        info = page["pageInfo"]
        assert (info["hasNextPage"], page["totalCount"]) == (at is not None, 5)
        at, more = info["startCursor"], info["hasPreviousPage"]
    assert seen == order


async def test_an_order_in_a_variable_is_one_plan_and_other_pages(graph: Estate) -> None:
    query = "query ($sort: ProductSort) { products(sort: $sort, first: 3) { nodes { code } } }"
    for sort, order in (({"by": "NEWEST"}, "314"), ({"by": "CODE", "direction": "DESC"}, "543"), (None, "123")):
        assert listed((await graph.data(query, sort=sort))["products"]) == order


async def test_two_orders_of_one_list_are_two_steps(graph: Estate) -> None:
    data = await graph.data(
        """{ products(sort: {by: CODE, direction: DESC}, first: 1) { nodes { code } }
             again: products(sort: {by: CODE, direction: DESC}, first: 1) { nodes { code } }
             newest: products(sort: {by: NEWEST}, first: 1) { nodes { code } } }"""
    )
    assert [listed(data[name]) for name in ("products", "again", "newest")] == ["5", "5", "3"]
    assert len(graph["pim"].calls) == 2


async def test_pages_below_a_parent(graph: Estate) -> None:
    query = '{ category(code: "K1") { products(sort: {by: CODE, direction: DESC}, last: 2) { ...Page } } }' + PAGE
    page = (await graph.data(query))["category"]["products"]
    assert (listed(page), page["pageInfo"]["hasPreviousPage"]) == ("21", True)


async def test_pages_that_the_gateway_cuts_are_counted_from_the_end_too() -> None:
    graph = shop(products=MemorySearch())
    query = 'query ($at: String) { category(code: "K1") { products(last: 2, before: $at) { ...Page } } }' + PAGE
    at, seen = None, []
    for _ in range(3):
        page = (await graph.data(query, at=at))["category"]["products"]
        seen.append((listed(page), page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]))
        at = page["pageInfo"]["startCursor"]
    assert seen == [("45", False, True), ("23", True, True), ("1", True, False)]


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        ("first: 1, last: 1", "BAD_USER_INPUT", "`first` and `last` of products are both given"),
        ('last: 1, after: "WzEsIjEiXQ"', "BAD_USER_INPUT", "`last` goes with `before`"),
        ('before: "WzEsIjEiXQ"', "BAD_USER_INPUT", "is given without `last`"),
        ("last: -1", "BAD_USER_INPUT", "`last` of products is -1; it cannot be negative"),
        ("last: 5", "LIMIT_EXCEEDED", "`last` of products is 5; at most 4"),
        ('last: 1, before: "x"', "BAD_USER_INPUT", "`before` of products is not a cursor"),
        ("sort: {by: NAME}", "GRAPHQL_VALIDATION_FAILED", "does not exist in 'ProductSortKey' enum"),
    ],
)
async def test_what_cannot_be_asked_is_refused_before_a_call(
    graph: Estate, arguments: str, code: str, part: str
) -> None:
    response = await graph.ask(f"{{ products({arguments}) {{ nodes {{ code }} }} }}")
    [error] = response["errors"]
    assert error["extensions"]["code"] == code
    assert part in error["message"]
    assert graph["pim"].calls == []


async def test_a_default_first_gives_way_to_last(graph: Estate) -> None:
    query = "query ($first: Int, $last: Int) { products(first: $first, last: $last) { nodes { code } } }"
    assert listed((await graph.data(query, last=2))["products"]) == "45"
    assert listed((await graph.data(query, first=None, last=2))["products"]) == "45"
    assert listed((await graph.data(query, first=2))["products"]) == "12"


async def test_a_page_of_none_from_the_end(graph: Estate) -> None:
    page = (await graph.data("{ products(last: 0) { ...Page } }" + PAGE))["products"]
    assert page == {
        "nodes": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None},
    }


async def test_a_cursor_of_one_order_is_refused_in_another(graph: Estate) -> None:
    query = "query ($sort: ProductSort, $at: String) { products(sort: $sort, first: 1, after: $at) { ...Page } }" + PAGE
    newest, code, none = {"by": "NEWEST"}, {"by": "CODE", "direction": "DESC"}, None
    for sort, other, order in ((newest, code, "CODE DESC"), (newest, none, "its own order"), (none, code, "CODE DESC")):
        at = (await graph.data(query, sort=sort))["products"]["pageInfo"]["endCursor"]
        asked = len(graph["pim"].calls)
        [error] = (await graph.ask(query, sort=other, at=at))["errors"]
        assert error["message"] == f"`after` of products is a cursor of another order; the list is asked in {order}."
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert len(graph["pim"].calls) == asked


async def test_a_list_refuses_an_order_that_only_another_list_has(graph: Estate) -> None:
    response = await graph.ask('{ category(code: "K1") { products(sort: {by: NEWEST}) { nodes { code } } } }')
    [error] = response["errors"]
    assert error["message"] == "`sort` of products is NEWEST ASC; its source orders by CODE ASC, CODE DESC."
    assert graph["pim"].calls == []


def test_the_served_graph_has_the_orders_that_a_source_can_answer(graph: Estate) -> None:
    keys = graph.composition.schema.type_map["ProductSortKey"]
    assert isinstance(keys, GraphQLEnumType)
    assert list(keys.values) == ["NEWEST", "POPULARITY", "CODE"]


def test_without_any_order_there_is_no_argument_and_no_type() -> None:
    schema = shop(products=MemorySearch()).composition.schema
    query = schema.type_map["Query"]
    assert isinstance(query, GraphQLObjectType)
    assert list(query.fields["products"].args) == ["first", "after", "last", "before"]
    assert {"ProductSort", "ProductSortKey", "SortDirection"}.isdisjoint(schema.type_map)


def test_explain_names_the_order(graph: Estate) -> None:
    query = "query ($by: ProductSortKey!) { products(sort: {by: $by, direction: DESC}, last: 2) { nodes { code } } }"
    prepared = graph.engine.prepare(OperationRequest(query, variables={"by": "CODE"}))
    explanation = explained(prepared, graph.composition)
    assert explanation["steps"][0]["sort"] == "CODE DESC"
    assert "sorted by CODE DESC; from the end; fields code" in as_text(explanation)
