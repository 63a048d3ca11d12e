"""One source stands in for another: key by key, for what is not available, and never for what cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from adapters.conformance import LookupSample, SearchSample, conform
from adapters.fallback import Fallback
from adapters.memory import UNREADABLE, MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch, among
from adapters.spi import BadData, Lookup, Overloaded, Rejected, Search, Sort, SourceError, Unavailable, Unsupported

KEYS = ["A1", "A2", "A3"]


def source(name: str, skus: Sequence[str] = KEYS, **fields: Any) -> MemoryAdapter:
    rows = [{"sku": sku, "from": name, **fields} for sku in skus]
    return MemoryAdapter(
        name,
        {
            "Price": MemoryEntity(
                rows,
                {"sku": MemoryLookup(many=True, arguments={"of": among("from")})},
                {
                    "prices": MemorySearch(
                        {"sku": among("sku")},
                        limit=2,
                        sorts={"CODE": ("sku",), name: ("from", "sku")},
                        facets={name: "sku", "sku": "sku"},
                    )
                },
            ),
            "Variant": MemoryEntity(rows, {"sku": MemoryLookup()}),
        },
    )


def fallback(*sources: MemoryAdapter, missing: bool = False) -> Fallback:
    return Fallback("first else second", sources, {"Price", "Variant"}, missing=missing)


async def found(asked: Fallback, entity: str = "Variant", keys: Sequence[str] = KEYS) -> dict[Any, Any]:
    """Key -> who answered, or the code of the error."""
    result = await asked.lookup(Lookup(entity, "sku", keys, frozenset({"from"})))
    answers = {
        key: [record.source for record in answer] if isinstance(answer, list) else answer.source
        for key, answer in result.found.items()
    }
    return answers | {key: error.code for key, error in result.failed.items()}


@pytest.mark.parametrize("entity", ["Variant", "Price"])
async def test_the_first_answers_alone(entity: str) -> None:
    first, second = source("first"), source("second")
    answers = await found(fallback(first, second), entity)
    assert set(map(str, answers.values())) <= {"first", "['first']"}
    assert second.calls == []


async def test_what_is_not_available_is_asked_of_the_next_and_says_so() -> None:
    first, second = source("first"), source("second")
    first.broken["Variant", "A2"] = Overloaded("first")
    assert await found(fallback(first, second)) == {"A1": "first", "A2": "second", "A3": "first"}
    assert [list(call.keys) for call in second.calls if isinstance(call, Lookup)] == [["A2"]]


async def test_a_dead_source_is_replaced_whole() -> None:
    first, second = source("first"), source("second")
    first.down = Unavailable("first")
    assert await found(fallback(first, second), "Price") == {key: ["second"] for key in KEYS}


@pytest.mark.parametrize("error", [BadData("first"), Rejected("first")])
async def test_no_other_error_makes_another_system_right(error: SourceError) -> None:
    first, second = source("first"), source("second")
    first.broken["Variant", "A2"] = error
    assert (await found(fallback(first, second, missing=True)))["A2"] == error.code
    assert second.calls == []


async def test_an_unreadable_value_stands_too() -> None:
    first, second = source("first", price=UNREADABLE), source("second", price="1")
    result = await fallback(first, second, missing=True).lookup(Lookup("Variant", "sku", ["A1"], frozenset({"price"})))
    record = result.found["A1"]
    assert (record.source, record.values["price"]) == ("first", None)
    assert second.calls == []


@pytest.mark.parametrize("entity", ["Variant", "Price"])
async def test_what_does_not_exist_is_asked_of_the_next_only_where_that_is_said(entity: str) -> None:
    first, second = source("first", ["A1"]), source("second", ["A1", "A2"])
    assert str((await found(fallback(first, second), entity)).get("A2", [])) == "[]"
    answers = await found(fallback(first, second, missing=True), entity)
    assert {key: str(answer).strip("[]'") for key, answer in answers.items() if answer} == {
        "A1": "first",
        "A2": "second",
    }


async def test_a_next_source_without_the_key_proves_nothing() -> None:
    first, second = source("first"), source("second", ["A1"])
    first.down = Unavailable("first")
    result = await fallback(first, second).lookup(Lookup("Price", "sku", KEYS, frozenset({"from"})))
    assert list(result.found) == ["A1"]
    assert {key: error.source for key, error in result.failed.items()} == {"A2": "first", "A3": "first"}


async def test_all_down_is_the_first_ones_error() -> None:
    first, second = source("first"), source("second")
    first.down, second.down = Unavailable("first"), Overloaded("second")
    result = await fallback(first, second).lookup(Lookup("Variant", "sku", KEYS, frozenset()))
    assert {error.source for error in result.failed.values()} == {"first"}
    with pytest.raises(Overloaded):
        await fallback(first, second).ping()


async def test_a_field_that_the_next_does_not_give_is_null() -> None:
    first, second = source("first", kind="R"), source("second")
    first.down = Unavailable("first")
    result = await fallback(first, second).lookup(Lookup("Variant", "sku", ["A1"], frozenset({"kind", "from"})))
    assert result.found["A1"].values == {"kind": None, "from": "second", "sku": "A1"}
    assert second.calls[0].fields == frozenset({"from"})


async def test_pages_go_on_where_they_began() -> None:
    first, second = source("first"), source("second")
    asked = fallback(first, second)
    page = (await asked.search(Search("Price", "prices", 2, frozenset({"from"})))).pages[None]
    first.down = Unavailable("first")
    again = (await asked.search(Search("Price", "prices", 2, frozenset({"from"})))).pages[None]
    assert [page.records[0].source, again.records[0].source] == ["first", "second"]
    with pytest.raises(Unavailable, match="first"):
        await asked.search(Search("Price", "prices", 2, frozenset({"from"}), after=page.cursors[-1]))
    rest = await asked.search(Search("Price", "prices", 2, frozenset({"sku"}), after=again.cursors[-1]))
    assert [record.values["sku"] for record in rest.pages[None].records] == ["A3"]
    with pytest.raises(Rejected):
        await asked.search(Search("Price", "prices", 2, frozenset(), after='["third", "2"]'))


async def test_calls_are_counted_by_source() -> None:
    first, second = source("first"), source("second")
    asked = Lookup("Variant", "sku", KEYS, frozenset())
    asked.tally.part("first").calls += 2
    asked.tally.part("second").calls += 1
    assert asked.tally.total().calls == 3
    await fallback(first, second).lookup(asked)
    assert first.calls[0].tally is asked.tally.part("first")


async def test_it_keeps_the_contract_while_the_first_is_down() -> None:
    first = source("first")
    first.down = Unavailable("first")
    asked = fallback(source("first"), source("second"))
    assert asked.capabilities["Price"].searches["prices"].sorts == {Sort("CODE"), Sort("CODE", reverse=True)}
    lookups = [LookupSample("Variant", "sku", KEYS[:2], "A9"), LookupSample("Price", "sku", KEYS[:2], "A9")]
    await conform(asked, lookups, [SearchSample("Price", "prices")])
    await conform(fallback(first, source("second"), missing=True), lookups[:0], [SearchSample("Price", "prices")])
    with pytest.raises(Unsupported, match="first else second does not declare lookup code of Variant"):
        await fallback(first).lookup(Lookup("Variant", "code", KEYS, frozenset()))


async def test_facets_are_those_that_all_count() -> None:
    first, second = source("first"), source("second")
    asked = fallback(first, second)
    assert asked.capabilities["Price"].searches["prices"].facets == {"sku"}
    for down in (None, Unavailable("first")):
        first.down = down
        page = (await asked.search(Search("Price", "prices", 1, frozenset({"from"}), want_facets=True))).pages[None]
        assert [facet["code"] for facet in page.facets or ()] == ["sku"]
