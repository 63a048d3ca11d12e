"""Interfaces, and the one union that a graph can have: ``_Entity``, where it is a subgraph (``federation: true``)."""

from __future__ import annotations

import json

import pytest

from gateway.engine import ids
from tests.engine.estate import Estate, estate
from tests.specification.small_graph import BAD, SmallGraph

THING, MAKER = ids.id_of("Thing", "T1"), ids.id_of("Maker", "M1")


async def test_fragments_apply_to_the_types_that_they_are_on() -> None:
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) {
        __typename id ... on Thing { size } ... on Maker { code }
        ... on Named { name } ... on Node { again: id } } }"""
    thing = {"__typename": "Thing", "id": THING, "size": 1, "name": "Thing", "again": THING}
    maker = {"__typename": "Maker", "id": MAKER, "code": "M1", "name": "Maker", "again": MAKER}
    data = (await SmallGraph().ask(query, ids=[MAKER, THING, MAKER]))["data"]
    assert json.dumps(data) == json.dumps({"nodes": [maker, thing, maker]})


async def test_named_fragments_and_selections_are_merged() -> None:
    query = """query ($id: ID!) { node(id: $id) { ... on Thing { part { value } } ...T ...N } }
        fragment T on Thing { part { needed } }  fragment N on Named { ... on Thing { part { n: needed } } name }"""
    assert (await SmallGraph().ask(query, id=THING))["data"] == {
        "node": {"part": {"value": "v", "needed": "n", "n": "n"}, "name": "Thing"}
    }


@pytest.mark.parametrize(
    "id_", ["nonsense", "", ids.id_of("Part", "1"), ids.id_of("Thing", "T9"), ids.id_of("Nope", "1")]
)
async def test_what_is_no_id_of_a_record_is_null(id_: str) -> None:
    query = "query ($id: ID!) { node(id: $id) { id ... on Thing { code } } nodes(ids: [$id]) { id } }"
    assert await SmallGraph().ask(query, id=id_) == {"data": {"node": None, "nodes": [None]}}


async def test_a_null_in_one_of_several_goes_up_to_its_own_position() -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Thing { neededPart { value } } } }"
    response = await SmallGraph(neededPart=None).ask(query, ids=[MAKER, THING])
    assert response == {
        "data": {"nodes": [{"id": MAKER}, None]},
        "errors": [(["nodes", 1, "neededPart"], BAD)],
    }


async def test_possible_types_are_known_to_introspection() -> None:
    data = (await SmallGraph().ask('{ __type(name: "Named") { kind possibleTypes { name } } }'))["data"]
    assert data["__type"]["kind"] == "INTERFACE"
    assert {each["name"] for each in data["__type"]["possibleTypes"]} == {"Thing", "Maker"}


@pytest.fixture(scope="module")
def subgraph() -> Estate:
    return estate(federation=True)


async def test_a_union_is_what_each_record_is(subgraph: Estate) -> None:
    """Fragments on members, on an interface that some of them have, and on the union itself."""
    query = """query ($sku: String!) {
        _entities(representations: [{__typename: "Variant", sku: $sku}, {__typename: "Product", code: "P1"}]) {
          kind: __typename ...V ... on Node { ... on Product { code } } ... on _Entity { ... on Product { brand } } } }
        fragment V on Variant { sku name product { name } }"""
    variant = {"kind": "Variant", "sku": "A11", "name": "Variant A11", "product": {"name": "Thing 1"}}
    data = await subgraph.data(query, sku="A11")
    assert json.dumps(data) == json.dumps({"_entities": [variant, {"kind": "Product", "code": "P1", "brand": "Acme"}]})


async def test_the_types_of_a_union_are_known_to_introspection(subgraph: Estate) -> None:
    data = await subgraph.data('{ __type(name: "_Entity") { kind possibleTypes { name } } }')
    assert data["__type"]["kind"] == "UNION"
    assert {"name": "Variant"} in data["__type"]["possibleTypes"]


@pytest.mark.parametrize("field", ["sku", "... on Money { amount }"])
async def test_a_union_has_no_fields_of_its_own(subgraph: Estate, field: str) -> None:
    query = f'{{ _entities(representations: [{{__typename: "Variant", sku: "A11"}}]) {{ {field} }} }}'
    response = await subgraph.ask(query)
    assert [error["extensions"]["code"] for error in response["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]
