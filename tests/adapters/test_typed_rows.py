"""Replies decoded into types give the records that they give as dictionaries, or are read as dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import to_builtins

from adapters.http import reply_of
from adapters.mapping import TypedRows
from adapters.outline import Outline, Outlined, outline
from adapters.rest.typed import PLAIN, TypedReplies
from adapters.spi import Record
from adapters.web.formats.reading import reader
from tests.adapters.mapped import READ_AT, mapping_of

FIELDS: dict[str, Any] = {
    "code": "code",
    "text": '"order-no"',
    "count": "n",
    "amount": {"from": "sums.gross", "default": "0"},
    "other": {"from": ["sums.net", "sums.gross"], "join": "/"},
    "extra": "any",
    "name": {"locales": {"en": "title.en", "de": "title.de"}},
    "tags": {"each": "tags"},
    "price": {"fields": {"amount": "price", "currency": {"const": "EUR"}}},
    "oldPrice": {"from": "old", "fields": {"amount": "sum", "currency": "cur"}},
    "parts": {
        "each": "parts",
        "fields": {"number": "no", "cost": {"fields": {"amount": "cost", "currency": "cur"}}},
    },
}
MAPPING = mapping_of({"key": "code", "fields": FIELDS, "as_of": "at"})
NAMES = frozenset(FIELDS)
MONEY = outline((Outlined("currency", True), Outlined("amount", True)))
ASKED = outline(
    (
        Outlined("code", True, only=str),
        Outlined("oldPrice", below=MONEY),
        Outlined("parts", True, True, below=outline((Outlined("number", True), Outlined("cost", below=MONEY)))),
    )
)

SIMPLE = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=4) | st.sampled_from(["1.5", "EUR"])
)
ANY = SIMPLE | st.lists(SIMPLE, max_size=2) | st.dictionaries(st.sampled_from("abc"), SIMPLE, max_size=2)


def objects(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of the members may be missing, null, or something else altogether; others are in between."""
    optional = {name: value | st.none() | SIMPLE for name, value in members.items()}
    return st.fixed_dictionaries({}, optional={**optional, "unread": ANY})


ROWS = st.lists(
    objects(
        code=SIMPLE,
        n=SIMPLE,
        sums=objects(gross=SIMPLE, net=SIMPLE),
        any=ANY,
        title=objects(en=SIMPLE, de=SIMPLE),
        tags=st.lists(SIMPLE, max_size=2),
        price=SIMPLE,
        old=objects(sum=SIMPLE, cur=SIMPLE),
        parts=st.lists(st.none() | objects(no=SIMPLE, cost=SIMPLE, cur=SIMPLE), max_size=3),
        at=st.sampled_from(["2026-01-01T00:00:00Z", "soon"]),
    ),
    max_size=3,
)


def read(body: bytes, path: str = "items", fields: frozenset[str] = NAMES, asked: Outline | None = ASKED) -> Any:
    usual = reader("json")
    return TypedReplies(MAPPING, path, usual).reader(fields, asked).read(reply_of(200, (), body))


def told(records: Sequence[Record]) -> list[Any]:
    return [
        (to_builtins(record.values), [*record.values], record.as_of, {*(record.errors or ())}, record.outline)
        for record in records
    ]


@given(ROWS, st.sampled_from([None, ASKED]))
def test_the_records_are_the_same(rows: list[Any], asked: Outline | None) -> None:
    found = read(orjson.dumps({"items": rows}), asked=asked)
    usual = MAPPING.records(rows, NAMES, READ_AT, asked)
    if isinstance(found, TypedRows):
        assert told(MAPPING.records(found, NAMES, READ_AT, asked)) == told(usual)
    else:
        assert found == {"items": rows}


def test_only_what_is_read_is_made() -> None:
    body = orjson.dumps({"total": 1, "items": [{"code": "A", "n": 5, "unread": {"much": [1, 2]}}]})
    found = read(body, fields=frozenset({"code"}), asked=None)
    assert isinstance(found, TypedRows)
    assert found[0].__struct_encode_fields__ == ("code", "at")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("@", [{"code": "A"}], id="the reply itself"),
        pytest.param("d.results", {"d": {"results": [{"code": "A"}]}}, id="a way to go"),
    ],
)
def test_rows_are_found_at_plain_paths(path: str, body: Any) -> None:
    found = read(orjson.dumps(body), path)
    assert isinstance(found, TypedRows)
    assert [record.values["code"] for record in MAPPING.records(found, NAMES, READ_AT)] == ["A"]
    assert PLAIN.fullmatch(path)
    assert not PLAIN.fullmatch("values(items)")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"items": {"code": "A"}}', id="one object for a list"),
        pytest.param(b'{"items": [null]}', id="no row"),
        pytest.param(b'{"other": []}', id="no rows"),
        pytest.param(b'\xef\xbb\xbf{"items": []}', id="a byte order mark"),
        pytest.param(b'{"items": [{"parts": {"no": "1"}}]}', id="one object for a list in a row"),
    ],
)
def test_what_does_not_fit_is_read_as_usual(body: bytes) -> None:
    assert read(body) == orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))


def test_no_type_says_what_an_expression_reads() -> None:
    mapping = mapping_of({"fields": {"code": "a", "text": "b[0]"}})
    assert not mapping.typed(frozenset({"code", "text"}), None)
    assert mapping.typed(frozenset({"code"}), None)
    twice = mapping_of({"fields": {"text": "a", "other": "a.b"}})
    assert not twice.typed(frozenset({"text", "other"}), None)


@pytest.mark.parametrize("number", [2**64, 10**30])
def test_large_numbers_stay_exact(number: int) -> None:
    found = read(b'{"items": [{"code": %d}]}' % number)
    assert MAPPING.records(found, NAMES, READ_AT)[0].values["code"] == str(number)
