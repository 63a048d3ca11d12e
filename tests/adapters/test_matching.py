"""A record goes to the key that it holds itself, or nowhere."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.matching import match
from adapters.spi import Key, Lookup, LookupResult, Record

LETTERS = st.sampled_from("ABCDE")


def records(*values: dict[str, Any]) -> list[Record]:
    return [Record(each, "erp", "2026-01-01T00:00:00Z") for each in values]


def matched(rows: list[Record], by: str, keys: list[Key], *, many: bool = False) -> LookupResult:
    fields = frozenset(by.split())
    return match(rows, Lookup("Thing", by, keys, fields), many=many, source="erp")


def test_order_and_strangers_do_not_matter() -> None:
    b, c, x = records({"code": "B"}, {"code": "C"}, {"code": "X"})
    result = matched([c, x, b], "code", ["A", "B", "C"])
    assert result.found == {"B": b, "C": c}
    assert result.failed == {}


def test_a_composite_key_is_matched_by_all_its_parts() -> None:
    one, other = records({"sku": "A", "place": "1"}, {"sku": "A", "place": "2"})
    assert matched([other, one], "sku place", [("A", "1"), ("B", "2")]).found == {("A", "1"): one}


def test_a_record_without_a_readable_key_goes_nowhere() -> None:
    rows = records({"code": None}, {}, {"code": {}}, {"code": [{}]})
    assert matched(rows, "code", ["A", ""]).found == {}
    assert matched(records({"sku": [], "place": "1"}), "sku place", [("A", "1")]).found == {}


def test_of_children_a_key_that_was_not_asked_for_goes() -> None:
    rows = records({"n": 1, "order": "A"}, {"n": 2, "order": "A"})
    request = Lookup("Line", "order", ["A", "B"], frozenset({"n"}))
    assert match(rows, request, many=True, source="erp").found == {"A": rows, "B": []}
    assert [row.values for row in rows] == [{"n": 1}, {"n": 2}]


def test_zero_and_the_empty_text_are_keys() -> None:
    zero, empty = records({"code": 0}, {"code": ""})
    assert matched([zero, empty], "code", [0, ""]).found == {0: zero, "": empty}


def test_a_record_with_several_values_is_found_by_each() -> None:
    (one,) = records({"barcode": ["1", "2", "1"]})
    assert matched([one], "barcode", ["2", "1", "3"]).found == {"1": one, "2": one}
    assert matched([one], "barcode", ["1"], many=True).found == {"1": [one]}


def test_of_two_records_the_first_counts_and_one_line_says_so(caplog: pytest.LogCaptureFixture) -> None:
    rows = records({"code": "secret", "n": 1}, {"code": "secret", "n": 2}, {"code": "secret", "n": 3})
    with caplog.at_level(logging.WARNING, "crossdock.source"):
        assert matched(rows, "code", ["secret"]).found == {"secret": rows[0]}
    assert caplog.messages == ["erp: Thing.code gave 2 rows more than one for a key; the first counts"]


def test_many_gives_every_asked_key_its_rows() -> None:
    rows = records({"sku": "A", "n": 1}, {"sku": "B", "n": 2}, {"sku": "A", "n": 3})
    assert matched(rows, "sku", ["A", "C"], many=True).found == {"A": [rows[0], rows[2]], "C": []}


@given(st.lists(LETTERS), st.lists(LETTERS, unique=True), st.booleans())
def test_no_record_is_under_a_key_that_it_does_not_hold(codes: list[str], keys: list[Key], many: bool) -> None:
    rows = records(*({"code": code, "n": index} for index, code in enumerate(codes)))
    found = matched(rows, "code", keys, many=many).found
    for key in keys:
        own = [row for row in rows if row.values["code"] == key]
        assert found.get(key) == (own if many else own[0] if own else None)
