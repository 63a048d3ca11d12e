"""From raw rows to records: values by type, the words of a value, and one bad value that costs one value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from adapters.mapping import Node, Unmapped
from adapters.spi import BadData
from tests.adapters.mapped import READ_AT, bad, compiled, mapping_of, record, value


@pytest.mark.parametrize(
    ("field", "raw", "wanted"),
    [
        ("text", "ä", "ä"),
        ("text", "", ""),
        ("text", 45, "45"),
        ("text", Decimal("45"), "45"),
        ("id", UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("country", "", None),
        ("count", 7, 7),
        ("count", "-7", -7),
        ("count", Decimal("7.00"), 7),
        ("count", 7.0, 7),
        ("count", "", None),
        ("share", "0.5", 0.5),
        ("share", 1, 1.0),
        ("active", True, True),
        ("active", "false", False),
        ("active", " ", None),
        ("amount", "12.50", "12.50"),
        ("amount", "+012.50", "12.50"),
        ("amount", ".5", "0.5"),
        ("amount", "-0.00", "0.00"),
        ("amount", "1E3", "1000"),
        ("amount", 19.9, "19.9"),
        ("amount", 1e22, "10000000000000000000000"),
        ("amount", 1e-7, "0.0000001"),
        ("amount", 12, "12"),
        ("amount", Decimal("1E+2"), "100"),
        ("amount", Decimal("0.10"), "0.10"),
        ("at", "2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z"),
        ("at", "2026-11-21T12:00:00.250+01:00", "2026-11-21T11:00:00.25Z"),
        ("at", "2026-07-01 12:00:00", "2026-07-01T10:00:00Z"),
        ("at", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
        ("at", datetime(2026, 1, 1, 12, 0), "2026-01-01T11:00:00Z"),
        ("at", datetime(2026, 1, 1, 12, 0, tzinfo=UTC), "2026-01-01T12:00:00Z"),
        ("at", date(2026, 1, 1), "2025-12-31T23:00:00Z"),
        ("day", "2026-11-21", "2026-11-21"),
        ("day", "2026-11-21T00:00:00", "2026-11-21"),
        ("day", date(2026, 11, 21), "2026-11-21"),
        ("day", datetime(2026, 11, 21, 23, 59), "2026-11-21"),
        ("day", "", None),
        ("gtin", "4006381333931", "04006381333931"),
        ("colour", "RED", "RED"),
        ("extra", {"a": [Decimal("1.50"), None]}, {"a": ["1.50", None]}),
        ("tags", ["a", 1], ["a", "1"]),
        ("counts", [], []),
        ("matrix", [[1, "2"], None], [[1, 2], None]),
        ("name", "plain", "plain"),
        ("text", None, None),
    ],
)
def test_the_type_decides_what_a_raw_value_becomes(field: str, raw: Any, wanted: Any) -> None:
    found = value(field, "x", {"x": raw})
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("text", True),
        ("text", 1.5),
        ("text", {}),
        ("text", b"bytes"),
        ("count", 2**31),
        ("count", "1.5"),
        ("count", True),
        pytest.param("count", 10**5000, id="count-huge"),
        pytest.param("amount", 10**5000, id="amount-huge"),
        pytest.param("text", 10**5000, id="text-huge"),
        ("share", "NaN"),
        ("share", float("inf")),
        ("active", 1),
        ("active", "J"),
        ("amount", "NaN"),
        ("amount", float("nan")),
        ("amount", Decimal("Infinity")),
        ("amount", "1_000"),
        ("amount", "1e999999999"),
        ("amount", "12,50"),
        ("amount", True),
        ("amount", Decimal("1E+999999")),
        ("at", 1548806400),
        ("at", "20261121"),
        ("at", "2026-13-01T00:00:00"),
        ("at", "0001-01-01T00:00:00+01:00"),
        ("day", "2026-02-30"),
        ("day", 20261121),
        ("gtin", "4006381333932"),
        ("colour", "BLUE"),
        ("tags", "a"),
        ("counts", {"a": 1}),
        ("matrix", [1]),
        ("extra", float("nan")),
        ("name", {"en": "a"}),
    ],
)
def test_what_its_type_cannot_read_is_bad(field: str, raw: Any) -> None:
    found = record({field: "x"}, {"x": raw})
    assert found.errors is not None
    assert {path[0] for path in found.errors} == {field}


def test_what_is_bad_is_told_without_the_value() -> None:
    detail = bad("amount", "x", {"x": "secret 12"})
    assert (
        detail
        == "Thing.amount: expected Decimal (a decimal number), found text of 9 characters (letters, digits, blanks)"
    )


def test_an_enum_names_the_values_that_it_knows() -> None:
    assert "one of GREEN, RED" in bad("colour", "x", {"x": "BLUE"})


@pytest.mark.parametrize(
    ("path", "row", "wanted"),
    [
        ("a.b", {"a": {"b": "x"}}, "x"),
        ("a.b", {"a": {}}, None),
        ("a.b", {}, None),
        ("a.b", {"a": None}, None),
        ("a.b", {"a": "text"}, None),
        ("a.b", {"a": []}, None),
        ('"order-no".b', {"order-no": {"b": "x"}}, "x"),
        (r'"a\"b"', {'a"b': "x"}, "x"),
        ("ids[?type=='LOY'].value | [0]", {"ids": [{"type": "LOY", "value": "x"}]}, "x"),
        ("ids[0]", {}, None),
    ],
)
def test_a_path_is_jmespath_in_nested_rows(path: str, row: Any, wanted: Any) -> None:
    assert value("text", path, row) == wanted


def test_a_path_is_one_key_in_flat_rows() -> None:
    row = {"Name.First": "Ann", "Ids[?x]": "L1", "#QTY": "3"}
    found = record({"text": "Name.First", "loyaltyCard": "Ids[?x]", "amount": "#QTY"}, row, "flat")
    assert found.values == {"text": "Ann", "loyaltyCard": "L1", "amount": "3"}


def test_the_item_of_a_list_may_itself_be_the_value() -> None:
    assert value("parts", {"each": "eans", "fields": {"number": "@"}}, {"eans": ["1", "2"]}) == [
        {"number": "1"},
        {"number": "2"},
    ]


def test_several_paths_are_joined() -> None:
    words = {"from": ["first", "last"]}
    assert value("text", words, {"first": "Ann", "last": "Lee"}) == "Ann Lee"
    assert value("text", words, {"last": "Lee"}) == "Lee"
    assert value("text", words, {}) is None
    assert value("text", {**words, "join": "-"}, {"first": 1, "last": 2}) == "1-2"


def test_several_paths_of_a_list_are_its_items_without_the_blank_ones() -> None:
    words = {"from": ["STR1", "STR2", "STR3"]}
    assert value("tags", words, {"STR1": "Main St 1", "STR2": "  ", "STR3": None}) == ["Main St 1"]
    assert value("tags", words, {"STR2": ""}) is None
    assert value("tags", {**words, "split": ";"}, {"STR1": "a;b", "STR3": "c"}) == ["a", "b", "c"]


def test_a_converter_may_take_several_paths() -> None:
    words = {"from": ["ODATE", "OTIME"], "as": "instant(yyyyMMdd, HHmmss)"}
    assert value("at", words, {"ODATE": 20261121, "OTIME": 93005}) == "2026-11-21T08:30:05Z"
    assert value("at", words, {"ODATE": 20261121, "OTIME": None}) is None
    assert value("at", {**words, "null_if": [0]}, {"ODATE": 0, "OTIME": 0}) is None


def test_a_constant_is_the_same_for_every_row() -> None:
    assert value("amount", {"const": 1}, {}) == "1"
    assert value("tags", {"const": ["a"]}, {}) == ["a"]


@pytest.mark.parametrize("raw", ["00000000", 0, "0", None])
def test_null_if_looks_at_the_value_and_at_its_text(raw: Any) -> None:
    assert value("day", {"from": "x", "as": "date(yyyyMMdd)", "null_if": ["00000000", "0"]}, {"x": raw}) is None


def test_null_if_false_is_not_zero() -> None:
    assert value("count", {"from": "x", "null_if": [False]}, {"x": 0}) == 0
    assert value("count", {"from": "x", "null_if": [False]}, {"x": False}) is None
    assert value("amount", {"from": "x", "null_if": [0]}, {"x": Decimal("0.00")}) is None


def test_blank_text_means_what_its_field_says() -> None:
    assert value("text", {"from": "x", "empty": "null"}, {"x": "  "}) is None
    assert value("text", {"from": "x", "as": "trim"}, {"x": "  "}) == ""
    assert value("active", {"from": "x", "map": {"X": True, "": False}}, {"x": ""}) is False
    assert value("active", {"from": "x", "as": "flag(X, )"}, {"x": " "}) is False
    assert value("colour", {"from": "x", "map": {"r": "RED"}, "otherwise": "GREEN"}, {"x": " "}) is None
    assert bad("amount", {"from": "x", "empty": "keep"}, {"x": ""})


def test_split_makes_a_list_and_the_rest_looks_at_its_items() -> None:
    words = {"from": "x", "split": ";", "as": "lower", "map": {"r": "RED", "g": "GREEN"}}
    assert value("colours", words, {"x": "R; G;"}) == ["RED", "GREEN"]
    assert value("tags", {"from": "x", "as": ["trim", "lines", "upper"]}, {"x": "a 1\r\n\nb "}) == ["A 1", "B"]
    assert value("tags", {"from": "x", "null_if": ["-"]}, {"x": ["a", "-"]}) == ["a"]


def test_codes_are_compared_as_text() -> None:
    words = {"from": "x", "map": {"1": True, "2": False}}
    assert [value("active", words, {"x": raw}) for raw in (1, "1", 1.0, "2")] == [True, True, True, False]


def test_an_unmapped_code_is_bad_unless_otherwise_says_what_it_is() -> None:
    words = {"from": "x", "map": {"r": "RED", "g": "GREEN"}}
    assert "one of the 2 codes" in bad("colour", words, {"x": "b"})
    assert value("colour", {**words, "otherwise": "RED"}, {"x": "b"}) == "RED"
    assert value("colour", {**words, "otherwise": None}, {"x": "b"}) is None
    assert value("colour", {**words, "otherwise": "RED"}, {}) is None


def test_a_default_stands_for_null_and_absent_values() -> None:
    assert value("count", {"from": "x", "default": 0}, {}) == 0
    assert value("count", {"from": "x", "default": 0, "null_if": ["-"]}, {"x": "-"}) == 0
    assert value("tags", {"from": "x", "default": []}, {}) == []
    assert value("parts", {"each": "x", "fields": {"number": "n"}, "default": []}, {}) == []


def test_a_text_in_several_languages() -> None:
    locales = {"locales": {"en": "NAME_EN", "de": "NAME_DE"}, "as": "trim"}
    assert value("name", locales, {"NAME_EN": "Chair ", "NAME_DE": None}) == {"en": "Chair"}
    assert value("name", locales, {}) is None
    assert value("name", {"from": "n", "as": "localized"}, {"n": {"en": "Chair", "fr": None}}) == {"en": "Chair"}


MONEY = {"amount": "a", "currency": "c"}


def test_an_object_is_read_from_the_row_or_from_a_place_in_it() -> None:
    row = {"a": 1, "c": "EUR", "p": {"q": {"a": 2, "c": "CHF"}}}
    assert value("price", {"fields": MONEY}, row) == {"amount": "1", "currency": "EUR"}
    assert value("price", {"from": "p.q", "fields": MONEY}, row) == {"amount": "2", "currency": "CHF"}
    assert value("price", {"from": "p.q", "fields": MONEY}, {"p.q.a": 2, "p.q.c": "CHF"}, "flat") == {
        "amount": "2",
        "currency": "CHF",
    }


def test_an_object_that_is_not_there_is_null() -> None:
    words = {"from": "old", "fields": MONEY}
    assert value("oldPrice", words, {}) is None
    assert value("oldPrice", words, {"old": {"a": None, "c": "EUR"}}) is None
    assert value("oldPrice", {"fields": MONEY}, {"c": "EUR"}) is None
    assert value("price", {"fields": MONEY}, {"c": "EUR"}) == {"amount": None, "currency": "EUR"}


def test_a_list_of_objects() -> None:
    parts = {"each": "ps.p", "fields": {"number": "n", "parts": {"each": "sub", "fields": {"number": "n"}}}}
    row = {"ps": {"p": [{"n": 1, "sub": [{"n": 2}]}, {"n": 3}]}}
    wanted = [{"number": "1", "parts": [{"number": "2"}]}, {"number": "3", "parts": None}]
    assert value("parts", parts, row) == wanted
    assert value("parts", parts, {"ps": {"p": {"n": 1}}}) == [{"number": "1", "parts": None}]
    assert value("parts", parts, {"ps.p": [{"n": 1, "sub": []}]}, "flat") == [{"number": "1", "parts": []}]
    assert value("parts", parts, {}) is None


def test_a_list_from_repeated_columns_without_the_items_that_are_empty() -> None:
    parts = {"items": [{"number": "A1", "cost": {"fields": {**MONEY, "amount": "C1"}}}, {"number": "A2"}]}
    row = {"A1": None, "C1": None, "c": "EUR", "A2": 7}
    for rows in (mapping_of({"fields": {"parts": parts}}), mapping_of({"fields": {"parts": parts}}, "flat")):
        (found,) = rows.records([row], frozenset({"parts"}), READ_AT)
        assert found.values == {"parts": [{"number": "7"}]}
        assert rows.node(frozenset({"parts"})) == Node(frozenset({"A1", "C1", "c", "A2"}))
    assert value("parts", parts, {}) == []


def test_each_without_fields_is_a_list_even_of_one() -> None:
    assert value("tags", {"each": "g.x"}, {"g": {"x": "a"}}) == ["a"]
    assert value("tags", {"each": "g.x"}, {"g": {"x": ["a", "b"]}}) == ["a", "b"]


def test_one_bad_value_costs_one_value() -> None:
    parts = {"each": "ps", "fields": {"number": "n", "cost": {"from": "cost", "fields": MONEY}}}
    cost = {"a": "1", "c": "EUR"}
    row = {"t": "kept", "ps": [{"n": 1, "cost": cost}, {"n": 2, "cost": {**cost, "a": "?"}}, 5], "l": ["a", {}]}
    found = record({"text": "t", "parts": parts, "tags": "l"}, row)
    assert found.values == {
        "text": "kept",
        "parts": [
            {"number": "1", "cost": {"amount": "1", "currency": "EUR"}},
            {"number": "2", "cost": {"amount": None, "currency": "EUR"}},
            None,
        ],
        "tags": ["a", None],
    }
    assert found.errors is not None
    assert set(found.errors) == {("parts", 1, "cost", "amount"), ("parts", 2), ("tags", 1)}
    assert all(isinstance(error, BadData) and error.source == "erp" for error in found.errors.values())


def test_a_row_that_is_no_object_is_bad_in_every_field() -> None:
    found = record({"text": "t", "count": "c"}, "row")
    assert found.values == {"text": None, "count": None}
    assert found.errors is not None
    assert set(found.errors) == {("text",), ("count",)}


def test_one_bad_row_leaves_the_others_as_they_are() -> None:
    mapping = mapping_of({"fields": {"count": "c"}})
    records = mapping.records([{"c": 1}, {"c": "x"}, {"c": 3}], frozenset({"count"}), READ_AT)
    assert [found.values["count"] for found in records] == [1, None, 3]
    assert [bool(found.errors) for found in records] == [False, True, False]


def test_asked_fields_and_keys_are_there_even_where_nothing_maps_them() -> None:
    mapping = mapping_of({"key": "code", "fields": {"code": "c", "text": "t"}})
    (found,) = mapping.records([{"c": "C1", "t": "x"}], frozenset({"count"}), READ_AT)
    assert found.values == {"code": "C1", "count": None}


def test_a_record_is_as_old_as_its_own_timestamp() -> None:
    mapping = mapping_of({"fields": {"text": "t"}, "as_of": {"from": "ts", "as": "instant(yyyyMMddHHmm)"}})
    rows = [{"ts": "202611210930"}, {"ts": None}, {"ts": "?"}]
    records = mapping.records(rows, frozenset({"text"}), READ_AT)
    assert [found.as_of for found in records] == ["2026-11-21T08:30:00Z", READ_AT, READ_AT]
    assert all(found.errors is None for found in records)


def test_what_is_to_be_read() -> None:
    mapping = mapping_of(
        {
            "key": "code",
            "fields": {
                "code": "ITEM",
                "text": {"from": ["A", "B"]},
                "price": {"from": "P", "fields": MONEY},
                "oldPrice": {"fields": {"amount": "OLD", "currency": {"const": "EUR"}}},
                "parts": {"each": "Ps.P", "fields": {"number": "N"}},
                "tags": {"each": "G.Code"},
                "name": {"locales": {"en": "EN"}},
            },
            "keys": {"loyaltyCard": "CARD"},
            "as_of": "TS",
        }
    )
    assert mapping.node(frozenset({"text"})) == Node(frozenset({"ITEM", "A", "B", "TS"}))
    assert mapping.node(frozenset({"price", "oldPrice"})).paths == {"ITEM", "P.a", "P.c", "OLD", "TS"}
    assert mapping.node(frozenset({"parts"})).each == {"Ps.P": Node(frozenset({"N"}))}
    assert mapping.node(frozenset({"tags"})).lists == {"G.Code"}
    assert mapping.node(frozenset({"name", "loyaltyCard"})).paths == {"EN", "CARD", "ITEM", "TS"}
    assert mapping.fields == {
        *("code", "text", "price", "price.amount", "price.currency", "oldPrice", "oldPrice.amount"),
        *("oldPrice.currency", "parts", "parts.number", "tags", "name", "loyaltyCard"),
    }
    paths = {name: mapping.reference_path(name) for name in ("code", "text", "oldPrice.amount", "loyaltyCard", "nope")}
    assert paths == {"code": "ITEM", "text": None, "oldPrice.amount": "OLD", "loyaltyCard": "CARD", "nope": None}


def test_keys_in_the_form_of_the_source() -> None:
    mapping = mapping_of(
        {
            "key": ["code", "text"],
            "fields": {"code": {"from": "c", "form": {"graph": "C{:06}", "source": "int"}}, "text": "t"},
            "keys": {"loyaltyCard": {"from": "l", "form": {"pad": 6}}},
        }
    )
    assert mapping.to_source("code", ["C000045", "45", "C1", ""]) == {45: "C000045"}
    assert mapping.to_source("text", ["", "0", "x"]) == {"": "", "0": "0", "x": "x"}
    assert mapping.to_source("loyaltyCard", ["L1", "L1 ", "toolong"]) == {"L1    ": "L1"}
    assert mapping.to_source("code text", [("C000045", "x"), ("45", "x"), ("C000046",)]) == {
        (45, "x"): ("C000045", "x")
    }


def test_codes_without_a_meaning_are_counted() -> None:
    unmapped = Unmapped()
    fields = {"colour": {"from": "C", "map": {"r": "RED"}, "otherwise": "GREEN"}}
    mapping, problems = compiled({"fields": fields}, unmapped=unmapped)
    assert not problems
    records = mapping.records([{"C": code} for code in ["r", "x", None, 7]], frozenset(fields), READ_AT)
    assert [record.values["colour"] for record in records] == ["RED", "GREEN", None, "GREEN"]
    assert unmapped.taken() == {"Thing.colour": 2}
    assert unmapped.taken() == {}


@pytest.mark.parametrize(
    ("row", "wanted"),
    [({"own": "a", "all": "b"}, "a"), ({"own": None, "all": "b"}, "b"), ({"own": " ", "all": "b"}, "b"), ({}, None)],
)
def test_the_first_value_that_is_there(row: dict[str, Any], wanted: str | None) -> None:
    assert value("text", {"from": ["own", "all"], "as": "first", "empty": "null"}, row) == wanted
    assert value("text", {"from": ["own", "all"], "as": ["first", "upper"], "empty": "null"}, row) == (
        wanted and wanted.upper()
    )


def test_what_is_empty_when_it_is_converted_is_null_too() -> None:
    words = {"from": "a", "as": ["encoding(cp037)", "trim"], "empty": "null"}
    assert value("text", words, {"a": b"@@@"}) is None
    assert value("text", words, {"a": b"@\xc1@"}) == "A"


def test_a_checksum_changes_with_each_value() -> None:
    words = {"from": ["a", "b"], "as": "checksum"}
    rows = [{"a": 1, "b": None}, {"a": None, "b": 1}, {"a": "1", "b": None}, {"a": 1, "b": ""}]
    seen = [value("code", words, row) for row in rows]
    assert seen[0] == seen[2]
    assert len(set(seen)) == 3
