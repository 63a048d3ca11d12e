"""Values of arguments and variables, seen where they arrive: at the sources."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.spi import Search
from tests.engine.estate import Estate, estate
from tests.specification.small_graph import SmallGraph


@pytest.fixture
def graph() -> Estate:
    return estate()


@pytest.mark.parametrize(
    ("head", "argument", "variables", "filters"),
    [
        ("", '{brand: ["A", "B"]}', {}, {"brand": ["A", "B"]}),
        ("", '{brand: "A"}', {}, {"brand": ["A"]}),
        ("", "{brand: null, codes: []}", {}, {"codes": []}),
        ("", "null", {}, {}),
        ("($f: ProductFilter)", "$f", {"f": {"brand": ["A"], "codes": None}}, {"brand": ["A"]}),
        ("($f: ProductFilter)", "$f", {"f": {"brand": "A"}}, {"brand": ["A"]}),
        ("($f: ProductFilter)", "$f", {"f": None}, {}),
        ("($f: ProductFilter)", "$f", {}, {}),
        ('($f: ProductFilter = {brand: "A"})', "$f", {}, {"brand": ["A"]}),
        ('($f: ProductFilter = {brand: "A"})', "$f", {"f": None}, {}),
        ('($f: ProductFilter = {brand: "A"})', "$f", {"f": {"codes": ["P1"]}}, {"codes": ["P1"]}),
        ("($b: [String!])", "{brand: $b}", {"b": ["A", "B"]}, {"brand": ["A", "B"]}),
        ("($b: [String!])", "{brand: $b}", {"b": "A"}, {"brand": ["A"]}),
        ("($b: [String!])", '{brand: $b, codes: "P1"}', {}, {"codes": ["P1"]}),
        ('($b: [String!] = ["A"])', "{brand: $b}", {}, {"brand": ["A"]}),
        ("($b: String!)", '{brand: ["A", $b]}', {"b": "B"}, {"brand": ["A", "B"]}),
        ('($b: String = "B")', "{brand: [$b]}", {}, {"brand": ["B"]}),
    ],
)
async def test_what_arrives_at_the_source(
    graph: Estate, head: str, argument: str, variables: dict[str, Any], filters: Any
) -> None:
    await graph.data(f"query Q{head} {{ products(filter: {argument}) {{ nodes {{ code }} }} }}", **variables)
    [call] = graph["pim"].calls
    assert isinstance(call, Search)
    assert call.filters == filters


@pytest.mark.parametrize(
    ("head", "argument", "variables"),
    [
        ("($f: ProductFilter)", "$f", {"f": "A"}),
        ("($f: ProductFilter)", "$f", {"f": {"brand": [None]}}),
        ("($f: ProductFilter)", "$f", {"f": {"brand": [["A"]]}}),
        ("($f: ProductFilter)", "$f", {"f": {"colour": "red"}}),
        ("($f: ProductFilter!)", "$f", {}),
        ("($f: ProductFilter!)", "$f", {"f": None}),
        ("($b: [String!])", "{brand: $b}", {"b": [1]}),
    ],
)
async def test_values_of_another_type_are_refused_before_anything_is_called(
    graph: Estate, head: str, argument: str, variables: dict[str, Any]
) -> None:
    response = await graph.ask(f"query Q{head} {{ products(filter: {argument}) {{ nodes {{ code }} }} }}", **variables)
    assert [error["extensions"]["code"] for error in response["errors"]] == ["BAD_USER_INPUT"]
    assert "data" not in response
    assert graph["pim"].calls == []


async def test_a_null_where_an_argument_takes_none_is_the_error_of_its_field() -> None:
    """Variables that may be null are allowed there where a default stands in for absent ones."""
    small = SmallGraph()
    query = 'query ($c: String = "T1") { thing { code } things(codes: [$c]) { code } }'
    assert await small.ask(query, c=None) == {"data": None, "errors": [(["things"], "BAD_USER_INPUT")]}
    assert await small.ask(query) == {"data": {"thing": {"code": "T1"}, "things": [{"code": "T1"}]}}
    assert (await small.ask('query ($n: String = "Part") { __type(name: $n) { name } }', n=None)) == {
        "data": {"__type": None},
        "errors": [(["__type"], "BAD_USER_INPUT")],
    }


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{ thing { code } }", {}, "T1"),
        ("query ($c: String) { thing(code: $c) { code } }", {}, "T1"),
        ('query ($c: String = "T2") { thing(code: $c) { code } }', {}, "T2"),
        ('query ($c: String = "T2") { thing(code: $c) { code } }', {"c": "T1"}, "T1"),
        ("query ($c: String!) { thing(code: $c) { code } }", {"c": "T2"}, "T2"),
    ],
)
async def test_defaults_of_arguments_and_variables(query: str, variables: Any, code: str) -> None:
    small = SmallGraph()
    await small.ask(query, **variables)
    assert [call.keys for call in small.source.calls] == [[code]]  # type: ignore[union-attr]  # only lookups


async def test_one_document_with_other_variables_each_time() -> None:
    small = SmallGraph()
    query = "query ($c: String, $more: Boolean = false) { thing(code: $c) { code size @include(if: $more) } }"
    assert (await small.ask(query, c="T1"))["data"] == {"thing": {"code": "T1"}}
    assert (await small.ask(query, c="T1", more=True))["data"] == {"thing": {"code": "T1", "size": 1}}
    assert (await small.ask(query, c=None))["errors"] == [(["thing"], "BAD_USER_INPUT")]
    assert (await small.ask(query))["data"] == {"thing": {"code": "T1"}}


PRICE = 'query Q%s { variant(sku: "A11") { price(context: {%s}) { kind } } }'


@pytest.mark.parametrize(
    ("head", "context", "variables"),
    [
        ("", 'at: "2026-01-01T00:00:00Z", quantity: "2.5", channel: WEB', {}),
        ("", 'quantity: 3, currency: "EUR", country: null', {}),
        ("($at: DateTime, $channel: SalesChannel)", "at: $at, channel: $channel", {"channel": "STORE"}),
        ("($at: DateTime!)", "at: $at", {"at": "2026-01-01T01:00:00+01:00"}),
        ("($quantity: Decimal = 2)", "quantity: $quantity", {}),
    ],
)
async def test_enums_and_scalars_of_the_graph(
    graph: Estate, head: str, context: str, variables: dict[str, Any]
) -> None:
    assert await graph.data(PRICE % (head, context), **variables) == {"variant": {"price": {"kind": "REGULAR"}}}


@pytest.mark.parametrize(
    ("head", "context", "variables", "code"),
    [
        ("", 'channel: "WEB"', {}, "GRAPHQL_VALIDATION_FAILED"),
        ("", "channel: MOON", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("", 'at: "yesterday"', {}, "GRAPHQL_VALIDATION_FAILED"),
        ("", "quantity: {much: true}", {}, "GRAPHQL_VALIDATION_FAILED"),
        ('($at: DateTime = "yesterday")', "at: $at", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("($at: String)", "at: $at", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("($at: DateTime)", "at: $at", {"at": "yesterday"}, "BAD_USER_INPUT"),
        ("($quantity: Decimal)", "quantity: $quantity", {"quantity": "much"}, "BAD_USER_INPUT"),
        ("($channel: SalesChannel)", "channel: $channel", {"channel": "MOON"}, "BAD_USER_INPUT"),
        ("($channel: SalesChannel)", "channel: $channel", {"channel": 1}, "BAD_USER_INPUT"),
    ],
)
async def test_what_is_no_value_of_an_enum_or_scalar_is_refused(
    graph: Estate, head: str, context: str, variables: dict[str, Any], code: str
) -> None:
    response = await graph.ask(PRICE % (head, context), **variables)
    assert [error["extensions"]["code"] for error in response["errors"]] == [code]
    assert graph["pim"].calls == []


async def test_every_wrong_value_is_told_up_to_a_bound(graph: Estate) -> None:
    query = "query ($f: ProductFilter) { products(filter: $f) { nodes { code } } }"
    response = await graph.ask(query, f={"brand": [1, 2, None], "colour": "red"})
    assert [error["extensions"]["code"] for error in response["errors"]] == ["BAD_USER_INPUT"] * 4
    response = await graph.ask(query, f={"brand": [*range(1000)]})
    assert len(response["errors"]) == 21  # the last one says that there are more
