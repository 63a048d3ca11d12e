"""Places in a merged list, seals of its cursors, and instants written as columns have them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.converters import converter
from adapters.merging import Order, chosen, placed
from adapters.seals import Seal
from adapters.spi import BadData, Page, Record

NEWEST = Order.read("placedAt desc")
BERLIN = ZoneInfo("Europe/Berlin")


def page(*minutes: int | None) -> Page:
    instants = [None if minute is None else f"2026-11-20T10:{minute:02}:00Z" for minute in minutes]
    records = [Record({"placedAt": instant}, "s", "") for instant in instants]
    return Page(records, [str(index) for index in range(len(records))], False)


def minutes(page: Page, not_before: str | None = None) -> list[int]:
    return [datetime.fromisoformat(it.instant).minute for it in placed(page, 0, NEWEST, "s", not_before)]


def test_the_sources_own_order_stands() -> None:
    assert minutes(page(9, 8, 7)) == [9, 8, 7]
    assert minutes(page(9, 7, 8)) == [9, 7, 7]  # out of order: beside the one ahead of it
    assert minutes(page(9, None, 7)) == [9, 9, 7]  # unreadable: likewise
    assert minutes(page(None, 8)) == [8, 8]
    assert minutes(page(9, 8), "2026-11-20T10:05:00Z") == [5, 5]  # never before the page


def test_nothing_to_order_by() -> None:
    with pytest.raises(BadData, match="no record with a placedAt"):
        placed(page(None, None), 0, NEWEST, "s", None)
    assert placed(page(), 0, NEWEST, "s", None) == []


def test_instants_are_compared_and_not_their_texts() -> None:
    early, late = (
        Record({"placedAt": "2026-11-20T10:30:00+01:00"}, "a", ""),
        Record({"placedAt": "2026-11-20T10:00:00Z"}, "b", ""),
    )
    lists = [
        placed(Page([record], ["c"], False), rank, NEWEST, record.source, None)
        for rank, record in enumerate((early, late))
    ]
    assert [it.record.source for it in chosen(lists, 5, [])] == ["b", "a"]
    assert [it.record.source for it in chosen(lists, 1, [])] == ["b"]


def test_behind_the_end_of_a_short_page_nothing_can_be_told_yet() -> None:
    short, whole = (placed(found, rank, NEWEST, "s", None) for rank, found in enumerate((page(9, 7), page(8, 6, 5))))
    assert [it.instant[14:16] for it in chosen([short, whole], 5, [short[-1]])] == ["09", "08", "07"]


def test_only_who_has_the_key_makes_seals() -> None:
    seal = Seal(b"k" * 32)
    sealed = seal.sealed("text", "list")
    assert seal.opened(sealed, "list") == "text"
    assert seal.opened(sealed, "another") is None
    assert Seal(b"l" * 32).opened(sealed, "list") is None
    assert all(
        seal.opened(sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :], "list") != "text"
        for at in range(20)
    )
    assert seal.opened("\u00e9", "list") is None


@pytest.mark.parametrize(
    ("call", "written"),
    [
        ("instant(yyyyMMdd, HHmmss)", ["20261120", "110000"]),
        ("instant(yyyyMMddHHmmss)", ["20261120110000"]),
        ("instant('yyyy-MM-dd HH:mm:ss.SSS', zone=UTC)", ["2026-11-20 10:00:00.250"]),
        ("instant(epoch_ms)", [1795168800250]),
        ("instant(epoch)", [1795168800]),
        ("instant(timestamp)", [datetime(2026, 11, 20, 11, 0, 0, 250_000)]),
        ("instant(timestamptz)", [datetime(2026, 11, 20, 10, 0, 0, 250_000, tzinfo=UTC)]),
        ("instant", ["2026-11-20T10:00:00.250000Z"]),
        ("instant(dd.MM.yyyy HH:mm)", ["20.11.2026 11:00"]),
    ],
)
def test_an_instant_as_columns_have_it(call: str, written: list[object]) -> None:
    write = converter(call, BERLIN).write
    assert write is not None
    assert write(datetime(2026, 11, 20, 10, 0, 0, 250_000, tzinfo=UTC)) == written


@pytest.mark.parametrize(
    "call", ["instant", "instant(dd.MM.yyyy)", "instant(yyMMdd)", "instant(yyyyMd)", "instant(odata)"]
)
def test_texts_that_are_not_in_the_order_of_time_are_known(call: str) -> None:
    assert not converter(call, BERLIN).in_order
    assert converter("instant(yyyyMMdd)", BERLIN).in_order
    assert converter("instant(timestamptz)", BERLIN).in_order


@pytest.mark.parametrize("call", ["instant(yyyyMMdd, zone)", "instant(yyyyMMdd, fold=later)", "instant(odata)"])
def test_what_an_instant_does_not_say_alone_is_not_written(call: str) -> None:
    assert converter(call, BERLIN).write is None
