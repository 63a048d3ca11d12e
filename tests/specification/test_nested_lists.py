"""Lists in lists: every combination of lists and non-null, answered as graphql-core's executor answers it.

The declared graph has none; one that has is answered like any other.
"""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLError, build_schema, execute_sync, parse

from adapters.memory import UNREADABLE
from tests.specification.small_graph import BAD, NESTED, SDL, SmallGraph

SCHEMA = build_schema(SDL)
NEEDED: dict[str, Any] = {"needed": "n"}

LEAVES: list[Any] = [
    [[1, 2], [3]],
    [],
    [[], [1]],
    None,
    UNREADABLE,
    [None, [1]],
    [UNREADABLE, [1]],
    [[1, None], [2, 3]],
    [[1], [2, UNREADABLE]],
]
OBJECTS: list[Any] = [
    [[NEEDED, NEEDED], []],
    None,
    [[NEEDED], None],
    [[NEEDED], UNREADABLE],
    [[NEEDED, None], [NEEDED]],
    [[NEEDED], [UNREADABLE, NEEDED]],
    [[NEEDED, {"needed": None}]],
    [[NEEDED], [{"needed": UNREADABLE}, NEEDED]],
]


@pytest.mark.parametrize("name", NESTED)
async def test_answers_like_the_reference(name: str) -> None:
    below = " { needed }" if name.startswith("part") else ""
    query = f"{{ thing {{ size {name}{below} }} }}"
    for value in OBJECTS if below else LEAVES:
        true = execute_sync(SCHEMA, parse(query), {"thing": {"size": 1, name: raising(value)}})
        response = await SmallGraph(**{name: value}).ask(query)
        assert response["data"] == true.data, (NESTED[name], value)
        assert response.get("errors", []) == [(error.path, BAD) for error in true.errors or ()], (NESTED[name], value)


def raising(value: Any) -> Any:
    """The value with an exception wherever something cannot be read: the executor takes that for a field's error."""
    if value is UNREADABLE:
        return GraphQLError("unreadable")
    if isinstance(value, dict):
        return {name: raising(inner) for name, inner in value.items()}
    return [raising(item) for item in value] if isinstance(value, list) else value
