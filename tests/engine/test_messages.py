"""Messages of refused requests: what was expected and where, and never what was sent."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import build_schema, get_variable_values, parse, validate
from graphql.language import OperationDefinitionNode

from gateway.engine.messages import named, without_values

SCHEMA = build_schema("""
  scalar Day
  enum Kind { NEW USED }
  input Filter { kind: Kind, size: Int!, day: Day }
  type Query { list(filter: Filter, first: Int, name: String, id: ID, real: Float, on: Boolean, day: Day): Int }
""")


def refuse(value: object) -> None:
    raise ValueError("no day")


SCHEMA.type_map["Day"].coerce_input_value = refuse  # type: ignore[attr-defined]  # as the graph's own scalars do
SCHEMA.type_map["Day"].coerce_input_literal = refuse  # type: ignore[attr-defined]

SAID = "Anna's \"mail\" value: a@b.test, found: Unexpected 'X'"
VALUES: list[tuple[str, Any, str]] = [
    ("Int", SAID, "Int cannot represent non-integer value."),
    ("Int", 49151123456789, "Int cannot represent non 32-bit signed integer value."),
    ("Float", SAID, "Float cannot represent non numeric value."),
    ("Boolean", SAID, "Boolean cannot represent a non boolean value."),
    ("String", [[SAID]], "String cannot represent a non string value."),
    ("ID", {"a": SAID}, "ID cannot represent value."),
    ("Day", SAID, "Expected value of type 'Day', but encountered error 'no day'."),
    ("Kind", SAID, "The value does not exist in 'Kind' enum."),
    ("Kind", "NEWS", "The value does not exist in 'Kind' enum. Did you mean the enum value 'NEW'?"),
    ("Kind", 3, "Enum 'Kind' cannot represent non-string value."),
    ("Filter", SAID, "Expected value of type 'Filter' to be an object."),
    ("Filter", {"kind": SAID}, "Expected value of type 'Filter' to include required field 'size'."),
    ("Filter", {"size": 1, SAID: 1}, "Expected value of type 'Filter' not to include unknown field of another name."),
    (
        "Filter",
        {"size": 1, "kinds": SAID},
        "Expected value of type 'Filter' not to include unknown field 'kinds'. Did you mean 'kind'?",
    ),
]


@pytest.mark.parametrize(("type_", "value", "message"), VALUES)
def test_variables(type_: str, value: Any, message: str) -> None:
    document = parse(f"query ($v: {type_}) {{ list }}")
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    errors = get_variable_values(SCHEMA, operation.variable_definitions or (), {"v": value})
    assert isinstance(errors, list)
    said = [without_values(error.message) for error in errors]
    assert any(each.startswith("Variable '$v' has invalid value") and each.endswith(f": {message}") for each in said), (
        said
    )
    assert not any("Anna" in each or "4915" in each for each in said)


@pytest.mark.parametrize(
    "arguments",
    [
        'first: "Anna"',
        "name: {a: Anna}",
        "id: Anna",
        'real: "Anna"',
        'on: "Anna"',
        'day: "Anna"',
        'filter: {size: 1, kind: "Anna"}',
        "filter: {size: 1, kind: Anna}",
        'filter: {kind: NEW, day: "Anna"}',
        'filter: "Anna"',
        'filter: {size: "Anna"}',
        'filter: {size: 1, sizes: "Anna"}',
    ],
)
def test_literals(arguments: str) -> None:
    errors = validate(SCHEMA, parse(f"{{ list({arguments}) }}"))
    assert errors
    for error in errors:
        assert "Anna" in error.message or "day" in arguments  # else it proves nothing
        assert "Anna" not in without_values(error.message)


@pytest.mark.parametrize(
    ("message", "without"),
    [
        ('Syntax Error: Unexpected String "Anna".', "Syntax Error: Unexpected String."),
        ('Syntax Error: Expected Name, found String "Anna".', "Syntax Error: Expected Name, found String."),
        ("Syntax Error: Expected '{', found Name 'Anna'.", "Syntax Error: Expected '{', found Name 'Anna'."),
        ("Syntax Error: Unexpected '}'.", "Syntax Error: Unexpected '}'."),
        ("Syntax Error: Expected Name, found '}'.", "Syntax Error: Expected Name, found '}'."),
        ("Cannot query field 'nope' on type 'Query'.", "Cannot query field 'nope' on type 'Query'."),
        ("Unknown argument 'a' on field 'Query.list'.", "Unknown argument 'a' on field 'Query.list'."),
    ],
)
def test_others(message: str, without: str) -> None:
    assert without_values(message) == without


def test_names() -> None:
    assert (named("Anna", "else"), named("anna@mail.test", "else")) == ("'Anna'", "else")
