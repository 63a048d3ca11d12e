"""Objects of a reply that an answer takes as they are: the same to read as those that are made, and nothing made."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import to_builtins
from msgspec.json import encode

from adapters.http import reply_of
from adapters.mapping import EntityMapping, TypedRows
from adapters.mapping.taken import Taken
from adapters.matching import match
from adapters.outline import Outline, Outlined, outline
from adapters.rest.typed import TypedReplies
from adapters.spi import Lookup, Record
from adapters.web.formats.reading import reader
from tests.adapters.mapped import READ_AT, mapping_of

PART = {"number": "no"}
FIELDS: dict[str, Any] = {
    "code": "code",
    "text": "order-no",
    "active": "flag",
    "parts": {"each": "parts", "fields": {**PART, "parts": {"each": "of", "fields": PART}}},
}
FIELDS["text"] = '"order-no"'
MAPPING = mapping_of({"key": "code", "fields": FIELDS})
NUMBER = outline((Outlined("number", True),))
CODE, TEXT = Outlined("code", True), Outlined("text")
PARTS = Outlined(
    "parts", True, True, below=outline((Outlined("parts", items_required=True, below=NUMBER), *NUMBER.fields))
)
WHOLE = outline((Outlined("active"), PARTS, TEXT, CODE))
ROW = {
    "code": "A",
    "order-no": "é",
    "flag": True,
    "parts": [{"no": "1", "of": [{"no": "2"}]}, {"no": "3"}],
    "unread": {"much": [1, 2]},
}


def records(body: bytes, asked: Outline, mapping: EntityMapping = MAPPING) -> list[Record]:
    fields = frozenset(each.name for each in asked.fields)
    found = TypedReplies(mapping, "items", reader("json")).reader(fields, asked).read(reply_of(200, (), body))
    return mapping.records(found if isinstance(found, TypedRows) else found["items"], fields, READ_AT, asked)


def one(asked: Outline, mapping: EntityMapping = MAPPING, **others: Any) -> Record:
    (record,) = records(orjson.dumps({"items": [{**ROW, **others}]}), asked, mapping)
    return record


def test_a_row_is_the_answers_object() -> None:
    record = one(WHOLE)
    assert isinstance(record.values, Taken)
    assert record.outline is WHOLE
    written = b'{"active":true,"parts":[{"parts":[{"number":"2"}],"number":"1"},{"parts":null,"number":"3"}],'
    assert encode(record.values) == written + '"text":"é","code":"A"}'.encode()
    assert (record.as_of, record.errors, record.origins, record.stale) == (READ_AT, None, None, False)


def test_it_reads_like_a_mapping() -> None:
    row = one(WHOLE).values
    assert [*row] == [*row.keys()] == ["active", "parts", "text", "code"]
    assert (len(row), row["code"], row.get("text"), row.get("other"), row.get("other", 1)) == (4, "A", "é", None, 1)
    assert {**row}["parts"][1]["number"] == "3"


def test_it_goes_to_its_key() -> None:
    record = one(WHOLE)
    request = Lookup("Thing", "code", ["A", "B"], frozenset(record.values))
    assert match([record], request, many=False, source="s").found == {"A": record}
    assert match([record], request, many=True, source="s").found == {"A": [record], "B": []}


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        pytest.param(outline((CODE, PARTS)), True, id="all that is asked"),
        pytest.param(outline((TEXT, PARTS)), False, id="beside it the key is read"),
    ],
)
def test_objects_in_a_row_that_is_made_are_taken(asked: Outline, taken: bool) -> None:
    record = one(asked)
    assert isinstance(record.values, Taken) == taken
    assert all(isinstance(part, Taken) for part in record.values["parts"])
    assert to_builtins(record.values["parts"][0]) == {"parts": [{"number": "2"}], "number": "1"}
    assert record.outline is asked


@pytest.mark.parametrize(
    ("asked", "spec"),
    [
        pytest.param(outline((CODE, Outlined("amount"))), {"amount": "amount"}, id="a value that is tested"),
        pytest.param(outline((CODE, TEXT)), {"text": {"from": "a", "default": "-"}}, id="a value that may be added"),
        pytest.param(outline((CODE, TEXT)), {"text": {"const": "-"}}, id="a value that is not there"),
        pytest.param(outline((CODE, TEXT)), {"text": "a.b"}, id="a value that is further down"),
        pytest.param(outline((CODE, TEXT)), {"text": "code"}, id="a member that is read twice"),
        pytest.param(outline((CODE, Outlined("text", only=bool))), {"text": "a"}, id="of another class"),
    ],
)
def test_others_are_made(asked: Outline, spec: dict[str, Any]) -> None:
    mapping = mapping_of({"key": "code", "fields": {"code": "code", **spec}})
    assert not isinstance(one(asked, mapping).values, Taken)


def test_an_object_that_may_be_absent_is_made() -> None:
    money = {"amount": {"const": "1"}, "currency": {"const": "EUR"}, "note": "n"}
    spec = {"code": "code", "oldPrice": {"from": "old", "fields": money}}
    asked = outline((CODE, Outlined("oldPrice", below=outline((Outlined("note"),)))))
    mapping = mapping_of({"key": "code", "fields": spec})
    assert one(asked, mapping, old={"n": None}).values["oldPrice"] is None
    assert one(asked, mapping, old={"n": "x"}).values["oldPrice"] == {"note": "x"}


SIMPLE = st.sampled_from([None, True, 5, 2**63, 1.5, "", " x", "A", "é", [], {}])
LEAVES = st.fixed_dictionaries({"no": st.sampled_from(["1", "2"]) | SIMPLE})
INNER = st.lists(LEAVES | SIMPLE, max_size=2)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"code": st.sampled_from(["A", "B"]) | SIMPLE},
        optional={
            "order-no": st.text(max_size=3) | SIMPLE,
            "flag": st.booleans() | SIMPLE,
            "parts": st.lists(st.fixed_dictionaries({"no": st.just("1")}, optional={"of": INNER}) | LEAVES, max_size=2)
            | SIMPLE,
        },
    ),
    max_size=3,
)


@given(ROWS, st.sampled_from([WHOLE, outline((CODE, PARTS)), outline((TEXT, PARTS)), outline((CODE, TEXT))]))
def test_the_records_are_those_that_are_made(rows: list[Any], asked: Outline) -> None:
    found = records(orjson.dumps({"items": rows}), asked)
    usual = MAPPING.records(rows, frozenset(each.name for each in asked.fields), READ_AT, asked)
    assert [told(record) for record in found] == [told(record) for record in usual]


def told(record: Record) -> Any:
    bad = {place: error.message for place, error in (record.errors or {}).items()}
    return to_builtins(record.values), [*record.values], bad, record.outline, record.as_of
