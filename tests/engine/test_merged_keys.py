"""Keys of merged records: those that all sources look up by, and those that are only one's."""

from __future__ import annotations

from typing import Any

from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup
from adapters.spi import Unavailable
from tests.engine.estate import Estate

PRINTED = {"storeCode": "S1", "workstation": "01", "sequence": "0007", "businessDay": "2026-11-20"}
BY_RECEIPT = "storeCode workstation sequence businessDay"
QUERY = """{ order(receipt: {storeCode: "S1", workstation: "01", sequence: "0007", businessDay: "2026-11-20"}) {
  number provenance { source } } }"""


def source(name: str, number: str, *keys: str, **values: Any) -> MemoryAdapter:
    order = {"number": number, "placedAt": "2026-11-20T10:00:00Z", **values}
    lookups = {by: MemoryLookup() for by in ("number", *keys)}
    return MemoryAdapter(name, {"Order": MemoryEntity([order], lookups)})


def estate() -> Estate:
    sources: Any = {"oms": (source("oms", "O1"), "OMS"), "pos": (source("pos", "R7", BY_RECEIPT, **PRINTED), "POS")}
    return Estate(sources, {"routes": {"Order": {"merge": ["oms", "pos"]}}})


async def test_a_key_of_one_source_is_asked_of_that_one() -> None:
    graph = estate()
    assert await graph.data(QUERY) == {"order": {"number": "R7", "provenance": {"source": "pos"}}}
    assert graph.calls("oms") == []
    assert graph.calls("pos") == [("Order", BY_RECEIPT, 1)]
    assert (await graph.data(QUERY.replace("0007", "0008")))["order"] is None


async def test_and_fails_with_it() -> None:
    graph = estate()
    graph["pos"].down = Unavailable("pos", "no route")
    response = await graph.ask(QUERY)
    assert response["data"] == {"order": None}
    assert [error["extensions"]["source"] for error in response["errors"]] == ["pos"]


async def test_the_worst_case_counts_that_one() -> None:
    graph = estate()
    answer = await graph.answer(QUERY, extensions={"cost": True})
    assert b'"worstCase":{"calls":1,' in answer.body
