"""Which operation of a document is executed, and how what it selects is put together."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.specification.small_graph import SmallGraph


async def test_fields_stand_in_the_order_in_which_they_are_asked_first() -> None:
    query = """{ b: thing { size name } thing { name code } ...F a: thing { code } }
        fragment F on Query { thing { size } }"""
    data = (await SmallGraph().ask(query))["data"]
    assert json.dumps(data) == json.dumps(
        {
            "b": {"size": 1, "name": "Thing"},
            "thing": {"name": "Thing", "code": "T1", "size": 1},
            "a": {"code": "T1"},
        }
    )


async def test_selections_of_one_response_name_are_merged_at_every_depth() -> None:
    query = """{ thing { part { part { value } } ...A ... on Thing { part { value } } } }
        fragment A on Thing { part { needed ...B } }  fragment B on Part { part { needed } }"""
    assert (await SmallGraph().ask(query))["data"] == {
        "thing": {"part": {"part": {"value": "v", "needed": "n"}, "needed": "n", "value": "v"}}
    }


async def test_a_field_of_which_nothing_is_left_is_an_empty_object() -> None:
    assert (await SmallGraph().ask("{ thing { size @skip(if: true) } }"))["data"] == {"thing": {}}


@pytest.mark.parametrize(
    ("query", "name", "response"),
    [
        ("{ thing { size } }", None, {"data": {"thing": {"size": 1}}}),
        ("query A { thing { size } }", None, {"data": {"thing": {"size": 1}}}),
        ("query A { thing { size } } query B { thing { code } }", "B", {"data": {"thing": {"code": "T1"}}}),
        ("query A { thing { size } } query B { thing { code } }", None, {"errors": [(None, "OPERATION_UNKNOWN")]}),
        ("query A { thing { size } } query B { thing { code } }", "C", {"errors": [(None, "OPERATION_UNKNOWN")]}),
        ("query A { thing { size } }", "", {"errors": [(None, "OPERATION_UNKNOWN")]}),
        ("fragment F on Thing { code }", None, {"errors": [(None, "GRAPHQL_PARSE_FAILED")]}),
        ("{ thing { size { x } } }", None, {"errors": [(None, "GRAPHQL_VALIDATION_FAILED")]}),
        ("mutation { thing { size } }", None, {"errors": [(None, "GRAPHQL_VALIDATION_FAILED")]}),
        ("subscription { thing { size } }", None, {"errors": [(None, "GRAPHQL_VALIDATION_FAILED")]}),
        ("{ thing { size } } type T { a: Int }", None, {"errors": [(None, "GRAPHQL_VALIDATION_FAILED")]}),
        ("{ thing { ...F } } fragment F on Thing { ...F }", None, {"errors": [(None, "GRAPHQL_VALIDATION_FAILED")]}),
        ("{ ... @defer { thing { size } } }", None, {"errors": [(None, "GRAPHQL_VALIDATION_FAILED")]}),
    ],
)
async def test_the_operation_that_is_asked(query: str, name: str | None, response: Any) -> None:
    assert await SmallGraph().ask(query, name) == response


async def test_typename_and_introspection_beside_data() -> None:
    query = '{ __typename thing { t: __typename } __type(name: "Part") { kind } s: __schema { queryType { name } } }'
    assert (await SmallGraph().ask(query))["data"] == {
        "__typename": "Query",
        "thing": {"t": "Thing"},
        "__type": {"kind": "OBJECT"},
        "s": {"queryType": {"name": "Query"}},
    }
