"""What customers are told of the stock."""

from dataclasses import replace
from typing import Any

import pytest

from resolvers.availability import availability_of
from resolvers.links import Context, Values

Level = dict[str, Any]


def level(available: str | None, kind: str = "WAREHOUSE", *incoming: tuple[str, str, bool], **more: object) -> Level:
    """``incoming``: quantity, day, whether confirmed."""
    return {
        "available": available,
        "location": {"kind": kind},
        "incoming": [{"quantity": q, "expectedOn": day, "confirmed": sure} for q, day, sure in incoming],
        "provenance": {"asOf": "2026-11-22T11:00:00Z", "stale": False},
        **more,
    }


def told(context: Context, *stock: Level, **asked: object) -> Values:
    answer = availability_of({"stock": list(stock)}, {"context": asked}, context)
    assert answer is not None
    return answer


def status(context: Context, *stock: Level, **asked: object) -> str:
    return str(told(context, *stock, **asked)["status"])


def test_the_sum_of_all_places(context: Context) -> None:
    answer = told(context, level("3"), level("2.5", "STORE"))
    assert answer == {
        "status": "IN_STOCK",
        "quantity": "5.5",
        "expectedOn": None,
        "provenance": {"source": "gateway", "role": "GATEWAY", "asOf": "2026-11-22T11:00:00Z", "stale": False},
    }


def test_few_are_left(context: Context) -> None:
    assert status(context, level("3")) == "LOW_STOCK"
    assert status(context, level("4")) == "IN_STOCK"
    assert status(replace(context, settings={"low_stock": "10"}), level("10")) == "LOW_STOCK"


def test_more_is_wanted_than_there_is(context: Context) -> None:
    answer = told(context, level("3"), quantity="5")
    assert (answer["status"], answer["quantity"]) == ("OUT_OF_STOCK", "3")
    assert status(context, level("0")) == "OUT_OF_STOCK"


def test_nothing_is_never_in_stock(context: Context) -> None:
    assert status(context, level("0"), quantity="0") == "OUT_OF_STOCK"


def test_nobody_counts_it(context: Context) -> None:
    for answer in (told(context), told(context, level(None))):
        assert (answer["status"], answer["quantity"], answer["expectedOn"]) == ("UNKNOWN", None, None)
    assert told(context)["provenance"]["asOf"] == "2026-11-22T12:00:00+00:00"


def test_a_place_that_is_not_counted_does_not_count(context: Context) -> None:
    assert told(context, level(None), level("7"))["quantity"] == "7"


def test_stock_that_did_not_answer_is_no_answer(context: Context) -> None:
    assert availability_of({"stock": None}, {}, context) is None
    assert availability_of({}, {}, context) is None


WEB_FROM_WAREHOUSES = {"location_kinds.WEB": "WAREHOUSE, DARK_STORE"}


def test_only_places_that_serve_the_channel(context: Context) -> None:
    context = replace(context, channel="WEB", settings=WEB_FROM_WAREHOUSES)
    stock = level("5"), level("20", "STORE"), level("1", "DARK_STORE"), level("9", location=None)
    assert told(context, *stock)["quantity"] == "6"
    assert told(context, *stock, channel="STORE")["quantity"] == "35"
    assert status(context, level("20", "STORE")) == "OUT_OF_STOCK"


def test_where_nobody_tells_places_apart_all_serve(context: Context) -> None:
    context = replace(context, channel="WEB", settings=WEB_FROM_WAREHOUSES)
    placeless = level("5")
    del placeless["location"]
    assert told(context, placeless)["quantity"] == "5"


def test_the_public_sees_no_more_than_the_cap(context: Context) -> None:
    context = replace(context, settings={"quantity_cap": "10"})
    assert told(context, level("250"))["quantity"] == "10"
    assert told(context, level("7"))["quantity"] == "7"
    assert status(context, level("250"), quantity="100") == "IN_STOCK"


@pytest.mark.parametrize(
    ("incoming", "expected"),
    [
        ([("1", "2026-12-01", True)], None),
        ([("4", "2026-12-01", True)], "2026-12-01"),
        ([("2", "2026-12-09", True), ("2", "2026-12-01", True)], "2026-12-09"),
        ([("9", "2026-12-01", False), ("4", "2026-12-24", True)], "2026-12-24"),
        ([("9", "2026-11-21", True)], None),
        ([("9", "2026-11-22", True)], "2026-11-22"),
        ([("9", "2026-12-01", False)], None),
    ],
    ids=["too little", "enough", "added up", "not confirmed", "gone by", "today", "never confirmed"],
)
def test_when_confirmed_supplies_cover_it(
    context: Context, incoming: list[tuple[str, str, bool]], expected: str | None
) -> None:
    answer = told(context, level("1", "WAREHOUSE", *incoming), quantity="5")
    assert answer["expectedOn"] == expected
    assert answer["status"] == ("BACKORDER" if expected else "OUT_OF_STOCK")


def test_supplies_do_not_matter_where_there_is_enough(context: Context) -> None:
    assert told(context, level("9", "WAREHOUSE", ("9", "2026-12-01", True)))["expectedOn"] is None


def test_supplies_that_are_not_known_are_none(context: Context) -> None:
    broken = level("0", incoming=[{"quantity": None, "expectedOn": "2026-12-01", "confirmed": True}, {}])
    assert status(context, level("0", incoming=None), broken) == "OUT_OF_STOCK"


def test_as_old_as_the_oldest_count_and_stale_where_any_is(context: Context) -> None:
    old = level("1", provenance={"asOf": "2026-11-22T11:30:00+01:00", "stale": True})
    origin = told(context, level("1"), old)["provenance"]
    assert (origin["asOf"], origin["stale"]) == ("2026-11-22T11:30:00+01:00", True)


def test_a_place_that_was_not_used_does_not_make_it_old(context: Context) -> None:
    context = replace(context, channel="WEB", settings=WEB_FROM_WAREHOUSES)
    old = level("1", "STORE", provenance={"asOf": "2020-01-01T00:00:00Z", "stale": True})
    assert told(context, level("5"), old)["provenance"]["asOf"] == "2026-11-22T11:00:00Z"
