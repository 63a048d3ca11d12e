"""What answers take of records as they are: the very same objects, where these are what is selected."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.memory import UNREADABLE
from adapters.spi import Lookup
from gateway.engine.errors import Errors
from gateway.engine.request import OperationRequest
from tests.engine.estate import Estate, estate

STOCK = '{ variant(sku: "A11") { stock { sku locationCode onHand } } }'


async def projected(graph: Estate, query: str) -> tuple[Any, list[Any]]:
    """The data of an answer, and the values of all records that it was made of."""
    prepared = graph.engine.prepare(OperationRequest(query))
    await prepared.run.finish()
    data = prepared.project(Errors(10))
    found = [found for taken in prepared.run.taken if taken for found in taken.found.values()]
    records = [record for each in found for record in (each if isinstance(each, list) else [each])]
    return data, [record.values for record in records]


def outline(graph: Estate, source: str) -> dict[str, list[str] | None]:
    """What was asked of a source last: the outlined fields, each with what suffices of it."""
    request = graph[source].calls[-1]
    assert isinstance(request, Lookup) and request.outline is not None
    return {
        each.name: None if each.cut is None else [below.name for below in each.cut.fields]
        for each in request.outline.fields
    }


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(STOCK, id="all that was read"),
        pytest.param(STOCK.replace("sku locationCode onHand", "locationCode onHand"), id="but the parent's key"),
    ],
)
async def test_whole_records_are_the_answer(query: str) -> None:
    data, records = await projected(estate(), query)
    shown = data["variant"]["stock"]
    assert len(shown) == 2
    assert all(any(each is values for values in records) for each in shown)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(STOCK.replace("sku locationCode onHand", "sku onHand"), id="a key that is not selected"),
        pytest.param(STOCK.replace("onHand", "there: onHand"), id="an alias"),
        pytest.param(STOCK.replace("onHand", "onHand __typename"), id="a type's name"),
        pytest.param(STOCK.replace("onHand", "onHand available"), id="a computed field"),
    ],
)
async def test_others_are_made(query: str) -> None:
    data, records = await projected(estate(), query)
    shown = data["variant"]["stock"]
    assert all(each is not values for each in shown for values in records)


async def test_a_part_of_a_record_is_part_of_the_answer() -> None:
    """The name has to be chosen out of languages: the record does not fit, and no part of it does."""
    query = '{ variant(sku: "A11") { sku options { code value } price { kind } } }'
    data, records = await projected(estate(), query)
    assert any(data["variant"]["options"] is values.get("options") for values in records)
    assert data["variant"]["options"] == [{"code": "size", "value": "M"}]
    data, records = await projected(estate(), query.replace("sku options", "name options"))
    assert data["variant"]["options"] == [{"code": "size", "value": "M"}]
    assert all(data["variant"]["options"] is not values.get("options") for values in records)


async def test_a_source_is_asked_for_the_parts_that_are_selected() -> None:
    graph = estate()
    await graph.data(
        '{ variants(skus: ["A11"]) { options { value } } other: variant(sku: "A11") { options { code } } }'
    )
    assert outline(graph, "pim") == {"options": ["value", "code"]}


async def test_what_more_than_the_answer_reads_is_whole() -> None:
    graph = estate()
    await graph.data('{ variant(sku: "A11") { price { value { amount } } } }')
    assert outline(graph, "pricing")["value"] is None  # a price is chosen by its currency


async def test_a_value_that_is_bad_is_told_of() -> None:
    graph = estate()
    graph["wms"].entities["StockLevel"].records[0]["onHand"] = UNREADABLE  # type: ignore[index]
    response = await graph.ask(STOCK)
    assert [error["path"] for error in response["errors"]] == [["variant", "stock", 0, "onHand"]]
