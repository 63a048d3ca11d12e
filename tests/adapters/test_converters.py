"""The converters that `as:` names, one by one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.converters import CONVERTERS, checksum, converter
from adapters.problems import Mistake
from adapters.scalars import Unreadable

ZONE = ZoneInfo("Europe/Berlin")


def convert(call: str, value: Any) -> Any:
    return converter(call, ZONE).convert(value)


@pytest.mark.parametrize(
    ("call", "raw", "wanted"),
    [
        ("trim", " a b ", "a b"),
        ("trim", 45, "45"),
        ("upper", "straße", "STRASSE"),
        ("lower", "ABC", "abc"),
        ("unpad", "000450", "450"),
        ("unpad", "0000", "0"),
        ("int", " 42 ", 42),
        ("decimal", "12.50-", Decimal("-12.50")),
        ("decimal", 19.9, Decimal("19.9")),
        ("decimal(comma)", "1.234,56", Decimal("1234.56")),
        ("decimal(comma)", "1 234 567,5", Decimal("1234567.5")),
        ("decimal(comma)", "-0,5", Decimal("-0.5")),
        ("decimal(comma)", "12,5-", Decimal("-12.5")),
        ("decimal(comma)", 3, Decimal(3)),
        ("scale(2)", 1299, Decimal("12.99")),
        ("scale(2)", "-5", Decimal("-0.05")),
        ("scale(0)", 7, Decimal(7)),
        ("packed(0)", bytes.fromhex("12345C"), Decimal(12345)),
        ("packed(2)", bytes.fromhex("00129D"), Decimal("-1.29")),
        ("packed(2)", bytes.fromhex("129F"), Decimal("1.29")),
        ("date(yyyyMMdd)", "20261121", date(2026, 11, 21)),
        ("date(yyyyMMdd)", 20261121, date(2026, 11, 21)),
        ("date(ddMMyy)", 10726, date(2026, 7, 1)),
        ("date(dd.MM.yy)", "21.11.69", date(1969, 11, 21)),
        ("date(d.M.yyyy)", "1.2.2026", date(2026, 2, 1)),
        ("date(dd-MMM-yy)", "21-NOV-26", date(2026, 11, 21)),
        ("date(CyyDDD)", 126325, date(2026, 11, 21)),
        ("date(CyyDDD)", 99365, date(1999, 12, 31)),
        ("date(yyyy'T'MM'.'dd)", "2026T11.21", date(2026, 11, 21)),
        ("instant", "2026-07-01 10:00", datetime(2026, 7, 1, 10, tzinfo=ZONE)),
        ("instant(zone=UTC)", "2026-07-01 10:00", datetime(2026, 7, 1, 10, tzinfo=ZoneInfo("UTC"))),
        ("instant(yyyyMMddHHmmss)", "20260701103005", datetime(2026, 7, 1, 10, 30, 5, tzinfo=ZONE)),
        ("instant(dd/MM/yyyy H:mm, zone=Asia/Tokyo)", "01/07/2026 9:30", "2026-07-01T09:30:00+09:00"),
        ("instant(yyyyMMdd HHmmss.SSS)", "20260701 103005.250", "2026-07-01T10:30:05.250000+02:00"),
        ("instant(yyyyMMddHHmmXXX)", "202607011030-0500", "2026-07-01T10:30:00-05:00"),
        ("instant(yyyyMMddHHmmXXX)", "202607011030Z", "2026-07-01T10:30:00+00:00"),
        ("instant(yyyyMMdd)", 20260701, "2026-07-01T00:00:00+02:00"),
        ("instant(yyyyMMdd, HHmmss)", [20260701, 93005], "2026-07-01T09:30:05+02:00"),
        ("instant(epoch)", 1548806400, "2019-01-30T00:00:00+00:00"),
        ("instant(epoch_ms)", "1548806400250", "2019-01-30T00:00:00.250000+00:00"),
        ("instant(odata)", "/Date(1548806400000+0000)/", "2019-01-30T00:00:00+00:00"),
        ("flag(J, N)", "J", True),
        ("flag(J, N)", "N ", False),
        ("flag(1, 2)", 2, False),
        ("flag(X, )", " ", False),
        ("flag('a,b', c)", "a,b", True),
        ("lines", "a\r\n\n b ", ["a", "b"]),
        ("html", "a < b & c\nd", "a &lt; b &amp; c<br>d"),
        ("localized", {"en": "a", "de": None}, {"en": "a"}),
        ("localized", {}, None),
        ("gtin", "12345670", "00000012345670"),
        ("gtin", 4006381333931, "04006381333931"),
        ("zoned(0)", "12C", Decimal(123)),
        ("zoned(2)", "0129L", Decimal("-12.93")),
        ("zoned(2)", "}", Decimal("-0.00")),
        ("zoned(1)", 125, Decimal("12.5")),
        ("minor", [1299, "EUR"], Decimal("12.99")),
        ("minor", ["1299", "JPY "], Decimal(1299)),
        ("minor", [1299, "kwd"], Decimal("1.299")),
        ("minor(2)", [Decimal("12.99"), "JPY"], Decimal(1299)),
        ("minor(2)", ["12.99", "EUR"], Decimal("12.99")),
        ("round(2)", 19.989999999, Decimal("19.99")),
        ("round(2)", "-0.125", Decimal("-0.13")),
        ("round(0)", 10**40, Decimal(10**40)),
        ("round(currency)", [1299.4999, "JPY"], Decimal(1299)),
        ("round(currency)", [12.3456, "KWD"], Decimal("12.346")),
        ("round(PCE=0, KG=3)", [2.0000000001, "PCE"], Decimal(2)),
        ("round(PCE=0, KG=3)", [0.1 + 0.2, "KG "], Decimal("0.300")),
        ("units(PCE=1, CTN=12)", [3, "CTN"], Decimal(36)),
        ("units(G=0.001, KG=1)", ["250", "G"], Decimal("0.250")),
        ("product", [3, "2.5", 2], Decimal("15.0")),
        ("first", [None, "own", "all"], "own"),
        ("checksum", ["a", None, 1], checksum(["a", None, 1])),
        ("instant(fold=later)", "2026-10-25 02:30", "2026-10-25T02:30:00+01:00"),
        ("instant(fold=earlier)", "2026-10-25 02:30", "2026-10-25T02:30:00+02:00"),
        ("instant(yyyyMMddHHmm, zone=Europe/Paris, fold=later)", 202610250230, "2026-10-25T02:30:00+01:00"),
        ("instant(zone)", ["2026-07-01 10:00", "America/New_York"], "2026-07-01T10:00:00-04:00"),
        ("instant(yyyyMMdd, HHmm, zone)", [20260701, 930, "Asia/Tokyo "], "2026-07-01T09:30:00+09:00"),
        ("instant(yyyyMMdd, HHmm, day=04:00)", [20260701, 130], "2026-07-02T01:30:00+02:00"),
        ("instant(yyyyMMdd, HHmm, day=04:00)", [20260701, 400], "2026-07-01T04:00:00+02:00"),
        ("instant(zone=UTC)", date(2026, 7, 1), datetime(2026, 7, 1, tzinfo=ZoneInfo("UTC"))),
        ("business_day(04:00)", "2026-07-02T01:59:00Z", date(2026, 7, 1)),
        ("business_day(04:00)", "2026-07-02 04:00", date(2026, 7, 2)),
        ("business_day(04:00, zone=America/New_York)", "2026-07-02T07:59:00Z", date(2026, 7, 1)),
        ("repair", "MÃ¼ller", "Müller"),
        ("repair", "20 \u00e2\u201a\u00ac \u00c3\x81gnes", "20 € Ágnes"),
        ("repair", "Müller", "Müller"),
        ("repair", "plain", "plain"),
        ("repair", "日本", "日本"),
        ("encoding(cp1252)", b"M\xfcller \x80", "Müller €"),
        ("encoding(cp037)", bytes.fromhex("5cc1c4c4"), "*ADD"),
        ("encoding(cp1252)", "read by the driver", "read by the driver"),
        ("adapters.scalars:gtin", "12345670", "00000012345670"),
    ],
)  # fmt: skip
def test_what_a_converter_makes(call: str, raw: Any, wanted: Any) -> None:
    made = convert(call, raw)
    if isinstance(made, datetime) and isinstance(wanted, str):
        made = made.isoformat()
    assert made == wanted
    assert type(made) is type(wanted)


@pytest.mark.parametrize(
    ("call", "raw"),
    [
        ("int", "4.5"),
        ("decimal", "12,50"),
        ("decimal", "--1"),
        ("decimal(comma)", "1.5"),
        ("decimal(comma)", "1,234.56"),
        ("scale(2)", "x"),
        ("packed(2)", "12345C"),
        ("packed(2)", b""),
        ("packed(2)", bytes.fromhex("1A345C")),
        ("packed(2)", bytes.fromhex("123456")),
        ("zoned(0)", "12x"),
        ("zoned(0)", ""),
        ("zoned(0)", "1\u0663C"),
        ("minor", ["x", "EUR"]),
        ("round(2)", "1e399"),
        ("round(PCE=0)", [1, "KG"]),
        ("units(PCE=1, CTN=12)", [1, "PAL"]),
        ("units(PCE=1, CTN=12)", [1, None]),
        ("instant(zone)", ["2026-07-01 10:00", "Nowhere/City"]),
        ("business_day(04:00)", "today"),
        ("date(yyyyMMdd)", "20260230"),
        ("date(yyyyMMdd)", "2026-11-21"),
        ("date(dd-MMM-yy)", "21-XXX-26"),
        ("date(CyyDDD)", "126366"),
        ("instant", "tomorrow"),
        ("instant(yyyyMMddHHmmss)", "20260701250000"),
        ("instant(yyyyMMdd, HHmmss)", [20260701, 250000]),
        ("instant(epoch)", "1e300"),
        ("instant(odata)", 1548806400000),
        ("flag(J, N)", "j"),
        ("flag(J, N)", None),
        ("localized", "a"),
        ("gtin", "12345671"),
        ("gtin", "1234567"),
        ("encoding(utf-8)", b"\xff"),
        ("trim", ["a"]),
    ],
)
def test_what_a_converter_cannot_read(call: str, raw: Any) -> None:
    with pytest.raises(Unreadable):
        convert(call, raw)


@pytest.mark.parametrize(
    ("call", "expected", "hint"),
    [
        ("trimm", "a converter", "`trim`"),
        ("xyzzy", "a converter", "there are trim, upper"),
        ("Date(yyyy)", "a converter such as", ""),
        ("trim(1)", "`trim` without arguments", ""),
        ("decimal(point)", "`decimal` or `decimal(comma)`", ""),
        ("scale", "`scale(2)`", ""),
        ("scale(x)", "a number of decimal places", ""),
        ("packed(1, 2)", "`packed(2)`", ""),
        ("date", "`date(yyyyMMdd)`", ""),
        ("date(yyyyMM)", "year, month and day", ""),
        ("date(MMdd)", "year, month and day", ""),
        ("date(yyyyMMddMM)", "every part of a date once", ""),
        ("date(yyyyQQ)", "a date pattern", ""),
        ("date(yyyy'MMdd)", "a date pattern", ""),
        ("instant(epoch, HHmm)", "`instant(epoch)`", ""),
        ("instant(zone=Mars/Base)", "an IANA time zone", ""),
        ("instant(zone=UTC, zone=UTC, fold=never)", "`fold=earlier` or `fold=later`", ""),
        ("instant(yyyyMMdd, day=25:00)", "a time of day", ""),
        ("business_day", "`business_day(04:00)`", ""),
        ("round", "`round(2)`", ""),
        ("round(PCE=0.5)", "a number of decimal places for each unit", ""),
        ("round(PCE=x)", "units with their numbers", ""),
        ("units", "units with their sizes", ""),
        ("units(PCE)", "units with their numbers", ""),
        ("minor(x)", "a number of decimal places", ""),
        ("first(1)", "`first` without arguments", ""),
        ("flag(J)", "`flag(J, N)`", ""),
        ("flag(J, J)", "one code for true", ""),
        ("encoding(cp9999)", "a text encoding", ""),
        ("encoding(base64)", "a text encoding", ""),
        ("adapters.scalars:colour", "a function that can be imported", ""),
        ("no_such_module:colour", "a function that can be imported", ""),
        ("adapters.scalars:TEXTS", "a function", ""),
    ],
)  # fmt: skip
def test_a_converter_that_cannot_be(call: str, expected: str, hint: str) -> None:
    with pytest.raises(Mistake) as caught:
        converter(call, ZONE)
    assert expected in caught.value.expected
    assert hint in caught.value.hint


def test_every_converter_is_tried_above() -> None:
    tried = {
        mark.args[1][index][0] for mark in test_what_a_converter_makes.pytestmark for index in range(len(mark.args[1]))
    }
    assert set(CONVERTERS) <= {call.partition("(")[0] for call in tried}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_numerals_keep_their_value(number: Decimal) -> None:
    grouped = f"{number:,.3f}"
    assert convert("decimal", str(number)) == number
    assert convert("decimal(comma)", grouped.translate(str.maketrans(",.", ".,"))) == number
    assert convert("scale(3)", int(number * 1000)) == number


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_packed_digits_keep_their_value(number: int) -> None:
    digits = f"{abs(number)}{'D' if number < 0 else 'C'}"
    raw = bytes.fromhex(digits if len(digits) % 2 == 0 else f"0{digits}")
    assert convert("packed(0)", raw) == number


@given(st.dates(min_value=date(1969, 1, 1), max_value=date(2068, 12, 31)))
def test_dates_are_read_as_they_are_written(day: date) -> None:
    for call, written in {
        "date(yyyyMMdd)": f"{day:%Y%m%d}",
        "date(dd.MM.yy)": f"{day:%d.%m.%y}",
        "date(dd-MMM-yyyy)": f"{day:%d-%b-%Y}",
        "date(yyyyDDD)": f"{day:%Y%j}",
    }.items():
        assert convert(call, written) == day
    assert convert("date(CyyDDD)", (day.year - 1900) * 1000 + day.timetuple().tm_yday) == day
