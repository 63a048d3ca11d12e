"""Rows by position: they give the records that the same rows give by name, and what is read in line is what is read
with care."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.outline import Outlined, outline
from adapters.result_set import ResultSet
from adapters.spi import BadData
from tests.adapters.mapped import READ_AT, mapping_of

FIELDS: dict[str, Any] = {
    "code": "A",
    "text": {"from": ["A", "B"]},
    "country": "B",
    "count": "C",
    "active": "B",
    "amount": {"from": "C", "as": "decimal"},
    "at": "D",
    "day": "D",
    "colour": {"from": "A", "map": {"r": "RED", "1": "GREEN"}},
    "extra": "B",
    "price": {"fields": {"amount": "C", "currency": {"const": "EUR"}}},
    "oldPrice": {"from": "OLD", "fields": {"amount": "SUM", "currency": "CUR"}},
    "gtin": "MISSING",
}
COLUMNS = ("A", "B", "C", "D", "OLD.SUM", "OLD.CUR", "SPARE")
MAPPING = mapping_of({"key": "code", "fields": FIELDS}, "flat")
NAMES = frozenset(FIELDS)
ASKED = outline((Outlined("code", True, only=str), Outlined("amount", True), Outlined("colour"), Outlined("at", True)))

DECIMALS = st.decimals() | st.sampled_from([Decimal("19.90"), Decimal("-0.00"), Decimal("1E+3"), Decimal("0E-9")])
RAW = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**31, 2**63, 2**64, -(10**20), 10**401, float("inf"), 0.1])
    | st.sampled_from(["", " ", "r", "1", "12.50", "-3", "1e3", "DE", "2026-01-31", "2026-01-31T10:00:00+02:00"])
    | DECIMALS
    | st.datetimes()
    | st.datetimes(timezones=st.timezones())
    | st.just(datetime(2026, 1, 31, 10, 0, 0, 120000, tzinfo=UTC))
    | st.dates(date(1900, 1, 1))
    | st.binary(max_size=2)
)
ROWS = st.lists(st.tuples(*[RAW] * len(COLUMNS)), max_size=4)


@given(ROWS)
def test_rows_by_position_give_the_records_of_rows_by_name(rows: list[tuple[Any, ...]]) -> None:
    result = ResultSet(COLUMNS, rows)
    for asked in (None, ASKED):
        by_position = MAPPING.records(result, NAMES, READ_AT, asked)
        by_name = MAPPING.records(result.named(), NAMES, READ_AT, asked)
        for one, other in zip(by_position, by_name, strict=True):
            assert one.values == other.values
            assert one.outline is other.outline
            assert (one.errors or {}).keys() == (other.errors or {}).keys()


SPOILED = mapping_of({"key": "code", "fields": {**FIELDS, "share": "SPARE"}}, "flat")


@given(ROWS)
def test_what_is_read_in_line_is_what_is_read_with_care(rows: list[tuple[Any, ...]]) -> None:
    """A value that nobody can read makes its row one that is read with care."""
    result = ResultSet(COLUMNS, [(*row[:-1], object()) for row in rows])
    with_care = SPOILED.records(result, NAMES | {"share"}, READ_AT)
    for record, careful in zip(SPOILED.records(result, NAMES, READ_AT), with_care, strict=True):
        errors = dict(careful.errors or {})
        assert isinstance(errors.pop(("share",)), BadData)
        assert record.values == {name: value for name, value in careful.values.items() if name != "share"}
        assert (record.errors or {}).keys() == errors.keys()


def test_what_databases_give_fits_an_answer() -> None:
    row = (1, "DE", Decimal("19.90"), datetime(2026, 1, 31, 10, tzinfo=UTC), 5, "EUR", None)
    [record] = MAPPING.records(ResultSet(COLUMNS, [row]), NAMES - {"count", "active"}, READ_AT, ASKED)
    assert record.outline is ASKED
    assert record.values == {
        "code": "1",
        "amount": "19.90",
        "colour": "GREEN",
        "at": "2026-01-31T10:00:00Z",
        "text": "1 DE",
        "country": "DE",
        "day": "2026-01-31",
        "extra": "DE",
        "price": {"amount": "19.90", "currency": "EUR"},
        "oldPrice": {"amount": "5", "currency": "EUR"},
        "gtin": None,
    }


def test_result_sets_are_put_together() -> None:
    one, two = ResultSet(("A", "B"), [(1, 2)]), ResultSet(("A", "B"), [(3, 4)])
    assert ResultSet.together([one]) is one
    assert ResultSet.together([one, two]) == (("A", "B"), [(1, 2), (3, 4)])
    assert ResultSet.together([one, ResultSet(("B",), [(5,)])]).named() == [{"A": 1, "B": 2}, {"A": None, "B": 5}]
    assert ResultSet.together([]) == ((), [])
    assert ResultSet.of(one.named()) == one
    assert (one.column("B"), ResultSet((), []).column("B")) == ([2], [])
