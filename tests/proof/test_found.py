"""The smallest operations of which the engine once answered something else than the truth."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.engine.estate import estate
from tests.proof.case import Case, compare
from tests.proof.data import Shape
from tests.proof.holes import Hole, Holes


def case(shape: Shape, query: str, *holes: Hole) -> Case:
    return Case(shape, 1, query, holes=Holes(holes))


FOUND = {
    "an absent `first` is the graph's own, which is made to fit": case(
        "nested", 'query ($first: Int) { product(code: "P1") { variants(first: $first) { nodes { sku } } } }'
    ),
    "a record whose key cannot be read has no id": case(
        "rows", "{ categories { id name } }", Hole(("pim", "Category"), 1, ("code",), unreadable=True)
    ),
    "a record whose key is null has no id": case(
        "rows", "{ products { nodes { id name } } }", Hole(("pim", "Product"), 1, ("code",))
    ),
    "a list of references of which one key cannot be read is null": case(
        "rows",
        "{ products { nodes { categories { name } } } }",
        Hole(("pim", "Product"), None, ("categoryCodes", 0), unreadable=True),
    ),
    "a null among the keys of trusted references is left out": case(
        "rows",
        "{ products { nodes { categories { code } } } }",
        Hole(("pim", "Product"), None, ("categoryCodes", 0)),
    ),
    "what another source adds by a key that cannot be read": case(
        "rows",
        '{ variants(skus: ["A11", "A12", "A21", "A22"]) { stock { safetyStock } } }',
        Hole(("wms", "StockLevel"), None, ("locationCode",), unreadable=True),
    ),
    "a way over another source that ends at a key that cannot be read": case(
        "nested", '{ location(code: "S1") { name } }', Hole(("wms", "Location"), None, ("gln",), unreadable=True)
    ),
    "a null among values that a function of the graph finishes": case(
        "rows", '{ product(code: "P1") { attributes { code } } }', Hole(("pim", "Product"), None, ("attributes", 0))
    ),
    "the error of a value moves along with it where others are left out": case(
        "rows",
        '{ products { nodes { attributes(codes: ["fit"]) { code unit } } } }',
        Hole(("pim", "Product"), None, ("attributes", 0, "unit"), unreadable=True),
    ),
    "room for errors does not change computed values": case(
        "rows",
        '{ variants(skus: ["A11", "A12", "A21", "A22", "A31"]) { stock { available } } }',
        Hole(("erp", "StockLevel"), None, ("safetyStock",), unreadable=True),
    ),
    "a value that one of several sources lacks is that source's error": case(
        "routed", "{ orders { nodes { channel } } }", Hole(("oms", "Order"), None, ("channel",))
    ),
    "rows of several sources whose key cannot be read are not the same row": case(
        "routed",
        '{ variants(skus: ["A33", "A12", "A42", "A32"]) { stock { onHand } availability { quantity } } }',
        Hole(("wms", "StockLevel"), None, ("locationCode",), unreadable=True),
    ),
    "a null among relations": case(
        "rows", "{ products { nodes { related { name } } } }", Hole(("pim", "Product"), None, ("relations", 0))
    ),
    "a field that one source gives inside a value and another does not": case(
        "rows",
        """{ orders { nodes { billingAddress { region } } }
             customers(search: "Meier") { nodes { addresses { address { region } } } } }""",
    ),
    "a field that one source gives inside a value and that is computed elsewhere": case(
        "rows",
        """{ orders { nodes { totals { paid { minorUnits } } } }
             variants(skus: ["A11", "A12"]) { price { value { minorUnits } } } }""",
    ),
}


@pytest.mark.parametrize("case", FOUND.values(), ids=FOUND.keys())
async def test_the_engine_answers_like_the_truth(case: Case) -> None:
    difference = await compare(case, Counter())
    assert difference is None, difference


async def test_a_function_of_the_graph_that_fails_fails_its_field_only() -> None:
    graph = estate()
    graph["pricing"].entities["Price"].records[0]["validTo"] = "soon"  # type: ignore[index]
    graph["pim"].entities["Product"].records[0]["relations"] = ["P2"]  # type: ignore[index]
    graph["pim"].entities["Product"].records[1]["attributes"] = ["slim"]  # type: ignore[index]
    response = await graph.ask(
        """{ variant(sku: "A11") { sku price { kind } }
             a: product(code: "P1") { related { code } } b: product(code: "P2") { attributes { code } } }"""
    )
    assert response["data"] == {"variant": {"sku": "A11", "price": None}, "a": None, "b": None}
    assert [(error["path"], error["extensions"]["code"]) for error in response["errors"]] == [
        (["variant", "price"], "INTERNAL"),
        (["a", "related"], "INTERNAL"),
        (["b", "attributes"], "INTERNAL"),
    ]
