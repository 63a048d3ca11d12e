"""A null goes up to the nearest position that may be null, and is told once, where it began."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from adapters.memory import UNREADABLE
from tests.proof.holes import put
from tests.specification.small_graph import BAD, WHOLE, SmallGraph


@pytest.mark.parametrize("value", [None, UNREADABLE])
@pytest.mark.parametrize(
    ("path", "selection", "thing"),
    [
        ("part.needed", "size part { value needed }", {"size": 1, "part": None}),
        ("part.part.needed", "part { value part { needed } }", {"part": {"value": "v", "part": None}}),
        ("part.neededPart.needed", "size part { neededPart { needed } }", {"size": 1, "part": None}),
        ("neededPart.needed", "size neededPart { needed }", None),
        ("neededPart.neededPart.needed", "size neededPart { neededPart { needed } }", None),
        ("neededPart", "size neededPart { value }", None),
    ],
)
async def test_up_to_what_may_be_null(path: str, value: object, selection: str, thing: Any) -> None:
    response = await SmallGraph(**torn(path, value)).ask(f'{{ things(codes: ["T1"]) {{ {selection} }} }}')
    assert response == {"data": {"things": [thing]}, "errors": [(["things", 0, *path.split(".")], BAD)]}


@pytest.mark.parametrize(("value", "errors"), [(None, None), (UNREADABLE, [(["thing", "part", "value"], BAD)])])
async def test_what_may_be_null_stays(value: object, errors: Any) -> None:
    response = await SmallGraph(**torn("part.value", value)).ask("{ thing { part { value needed } } }")
    assert response["data"] == {"thing": {"part": {"value": None, "needed": "n"}}}
    assert response.get("errors") == errors


async def test_each_position_has_its_own_error() -> None:
    response = await SmallGraph(**torn("part.needed", None)).ask(
        "{ a: thing { part { needed } } b: thing { p: part { needed } } }"
    )
    assert response["data"] == {"a": {"part": None}, "b": {"p": None}}
    assert response["errors"] == [(["a", "part", "needed"], BAD), (["b", "p", "needed"], BAD)]


async def test_one_error_for_one_null() -> None:
    response = await SmallGraph(**torn("part.needed", None)).ask("{ thing { part { a: needed b: needed } } }")
    assert response == {"data": {"thing": {"part": None}}, "errors": [(["thing", "part", "a"], BAD)]}


def torn(path: str, value: object) -> dict[str, Any]:
    """The changed value of ``WHOLE``: at ``part.needed`` there is ``value``."""
    name, *steps = path.split(".")
    whole = deepcopy({name: WHOLE[name]})
    put(whole, (name, *steps), value)
    return whole
