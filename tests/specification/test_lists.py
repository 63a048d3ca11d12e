"""Lists: nulls and errors among their items."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.memory import UNREADABLE
from tests.specification.small_graph import BAD, SmallGraph

ITEMS: list[tuple[object, Any, list[Any], Any, list[Any]]] = [
    ([1, 2], [1, 2], [], [1, 2], []),
    ([], [], [], [], []),
    ([1, None], [1, None], [], None, [1]),
    ([1, UNREADABLE], [1, None], [1], None, [1]),
    ([None, None], [None, None], [], None, [0]),
]
"""What the source gives; the list where an item may be null, and where not, each with the index of the error."""


@pytest.mark.parametrize(("given", "loose", "loose_error", "strict", "strict_error"), ITEMS)
async def test_items(given: object, loose: Any, loose_error: list[Any], strict: Any, strict_error: list[Any]) -> None:
    for name, value, at in (("list", loose, loose_error), ("listOfNeeded", strict, strict_error)):
        response = await SmallGraph(**{name: given}).ask(f"{{ thing {{ size {name} }} }}")
        assert response["data"] == {"thing": {"size": 1, name: value}}
        assert response.get("errors", []) == [(["thing", name, index], BAD) for index in at]
    for name, value, at in (("neededList", loose, loose_error), ("neededListOfNeeded", strict, strict_error)):
        response = await SmallGraph(**{name: given}).ask(f"{{ thing {{ size {name} }} }}")
        assert response["data"] == {"thing": {"size": 1, name: value} if value is not None else None}
        assert response.get("errors", []) == [(["thing", name, index], BAD) for index in at]


@pytest.mark.parametrize("given", [None, UNREADABLE])
@pytest.mark.parametrize("name", ["list", "listOfNeeded", "parts", "partsNeeded"])
async def test_a_list_that_may_be_null(name: str, given: object) -> None:
    below = " { value }" if "arts" in name else ""
    response = await SmallGraph(**{name: given}).ask(f"{{ thing {{ size {name}{below} }} }}")
    assert response["data"] == {"thing": {"size": 1, name: None}}
    assert response.get("errors", []) == ([(["thing", name], BAD)] if given is UNREADABLE else [])


@pytest.mark.parametrize("given", [None, UNREADABLE])
@pytest.mark.parametrize("name", ["neededList", "neededListOfNeeded", "neededParts", "neededPartsNeeded"])
async def test_a_list_that_is_never_null(name: str, given: object) -> None:
    below = " { value }" if "arts" in name else ""
    response = await SmallGraph(**{name: given}).ask(f"{{ thing {{ size {name}{below} }} }}")
    assert response == {"data": {"thing": None}, "errors": [(["thing", name], BAD)]}


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("parts", {"parts": [{"needed": "n"}, None]}),
        ("partsNeeded", {"partsNeeded": None}),
        ("neededParts", {"neededParts": [{"needed": "n"}, None]}),
        ("neededPartsNeeded", None),
    ],
)
@pytest.mark.parametrize("item", [{"needed": None}, None, UNREADABLE])
async def test_an_object_in_a_list(name: str, thing: Any, item: Any) -> None:
    response = await SmallGraph(**{name: [{"needed": "n"}, item]}).ask(f"{{ thing {{ {name} {{ needed }} }} }}")
    assert response["data"] == {"thing": thing}
    path = ["thing", name, 1, *(["needed"] if isinstance(item, dict) else [])]
    silent = item is None and name in ("parts", "neededParts")
    assert response.get("errors", []) == ([] if silent else [(path, BAD)])
