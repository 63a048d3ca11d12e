"""The declared graph as others read it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_introspection_type,
    is_specified_directive,
    is_specified_scalar_type,
    parse,
    validate_schema,
)

from resolvers import graph

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(graph.declared_sdl())


def test_the_sdl_stands_alone(schema: GraphQLSchema) -> None:
    assert validate_schema(schema) == []


def test_the_checked_in_schema_is_the_declared_one() -> None:
    written = (ROOT / "schema.graphql").read_text(encoding="utf-8")
    assert written == graph.declared_sdl(), "write it anew: python -m resolvers.graph > schema.graphql"


def test_the_federation_machinery_stays_out(schema: GraphQLSchema) -> None:
    names = {name for name in schema.type_map if name.startswith("_") and not name.startswith("__")}
    assert names == set()
    assert not [name for name in schema.type_map["Query"].fields if name.startswith("_")]  # type: ignore[attr-defined]
    assert "@link" not in graph.declared_sdl()


def test_it_is_a_federation_2_9_schema() -> None:
    assert "https://specs.apollo.dev/federation/v2.9" in graph.declared().as_str()


def described_parts(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    for directive in schema.directives:
        if not is_specified_directive(directive):
            yield f"@{directive.name}", directive.description
            yield from ((f"@{directive.name}({name}:)", arg.description) for name, arg in directive.args.items())
    for name, declared in schema.type_map.items():
        if is_introspection_type(declared) or is_specified_scalar_type(declared):
            continue
        yield name, declared.description
        if isinstance(declared, GraphQLEnumType):
            yield from ((f"{name}.{value}", one.description) for value, one in declared.values.items())
        if isinstance(declared, GraphQLInputObjectType):
            yield from ((f"{name}.{field}", one.description) for field, one in declared.fields.items())
        if isinstance(declared, GraphQLObjectType | GraphQLInterfaceType):
            for field, one in declared.fields.items():
                yield f"{name}.{field}", one.description
                yield from ((f"{name}.{field}({arg}:)", given.description) for arg, given in one.args.items())


def test_everything_has_a_description(schema: GraphQLSchema) -> None:
    parts = dict(described_parts(schema))
    assert {"@owner(also:)", "SalesChannel.WEB", "PriceContext.at", "Variant.price(context:)"} <= parts.keys()
    assert [name for name, text in parts.items() if not text or not text.strip()] == []


def test_descriptions_are_sentences(schema: GraphQLSchema) -> None:
    assert [name for name, text in described_parts(schema) if text and not text.endswith(".")] == []


def test_the_keys_of_entities_name_their_fields(schema: GraphQLSchema) -> None:
    assert graph.keys() == {
        "Category": ("code",),
        "Customer": ("number",),
        "Location": ("code",),
        "LoyaltyAccount": ("cardNumber",),
        "Order": ("number",),
        "Product": ("code",),
        "Receipt": ("storeCode workstation sequence businessDay",),
        "StockLevel": ("sku locationCode",),
        "Variant": ("sku",),
    }
    for entity, sets in graph.keys().items():
        declared = schema.type_map[entity]
        assert isinstance(declared, GraphQLObjectType)
        for key in sets:
            assert set(key.split()) <= declared.fields.keys()


def test_every_node_has_a_key_beside_its_id(schema: GraphQLSchema) -> None:
    node = schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    without_id = {"Receipt"}  # found by its own key, through its order
    assert {declared.name for declared in schema.get_possible_types(node)} == graph.keys().keys() - without_id


def test_the_texts_that_may_come_in_several_languages() -> None:
    assert graph.localized() == {
        "Attribute.label",
        "Attribute.text",
        "Category.name",
        "Media.alt",
        "Product.description",
        "Product.name",
        "SelectedOption.label",
        "SelectedOption.value",
        "Variant.name",
    }


def test_personal_data_is_marked_and_kept_from_the_public() -> None:
    lines = graph.declared_sdl().splitlines()
    for name, mark in {
        "givenName": "@pii(class: IDENTITY)",
        "email": "@pii(class: CONTACT)",
        "birthDate": "@pii(class: BIRTH)",
        "maskedReference": "@pii(class: FINANCIAL)",
    }.items():
        assert any(line.strip().startswith(f"{name}:") and mark in line for line in lines), name
    assert any(line.startswith("type Customer ") and '@access(scope: "customer:read")' in line for line in lines)
    assert any(line.startswith("type Order ") and '@access(scope: "order:read")' in line for line in lines)


def test_the_sdl_is_the_same_every_time() -> None:
    first = graph.declared_sdl()
    graph.declared_sdl.cache_clear()
    graph.declared.cache_clear()
    assert graph.declared_sdl() == first
    assert parse(first).definitions
