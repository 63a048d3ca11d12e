"""What a REST reply means: status, then JSON, then the registered rule for errors, then the rows."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from starlette.responses import PlainTextResponse, Response

from adapters.rest.adapter import RestAdapter
from adapters.spi import BadData, Lookup, LookupResult, Overloaded, Rejected, Search, SourceError, Unavailable
from tests.adapters.rest_shop import adapter

REGISTRATION = """
source: shop
role: PIM
kind: rest
url: http://shop.test
entities:
  Variant:
    key: sku
    fields: {sku: "no", name: title, weight: kg}
    lookup:
      sku: {get: "/x{?sku*}", rows: ROWS}
    search:
      all: {get: "/x{?from,size}", rows: items, total: count, page: {offset: from, limit: size}}
"""

ERRORS = """
errors:
  when: "body.status == 'ERR' || status == `409`"
  code: body.code
  message: body.msg
  codes: {PRC-404: missing, LOCKED: overloaded, 17: unavailable}
"""

ROW = {"no": "1", "title": "One", "kg": 1.5}


def answering(reply: Response | Any, rows: str = "items", more: str = "", keyed: str | None = None) -> RestAdapter:
    response = reply if isinstance(reply, Response) else json(reply)
    words = orjson.dumps(rows).decode() + (f", keyed: '{keyed}'" if keyed else "")
    return adapter(response, REGISTRATION.replace("ROWS", words) + more)


def json(body: Any, status: int = 200, **head: str) -> Response:
    return Response(orjson.dumps(body), status, head, "application/json")


async def lookup(reply: Response | Any, rows: str = "items", **other: Any) -> LookupResult:
    source = answering(reply, rows, **other)
    return await source.lookup(Lookup("Variant", "sku", ["1", "2"], frozenset({"name", "weight"})))


async def names(reply: Response | Any, rows: str = "items", **other: Any) -> dict[Any, Any]:
    result = await lookup(reply, rows, **other)
    return {key: record.values["name"] for key, record in result.found.items()}


async def failure(reply: Response | Any, rows: str = "items", **other: Any) -> SourceError:
    with pytest.raises(SourceError) as raised:
        await lookup(reply, rows, **other)
    error = raised.value
    assert error.source == "shop"
    assert error.message == type(error).default_message
    return error


# Rows


@pytest.mark.parametrize(
    ("rows", "body"),
    [
        ("items", {"items": [ROW]}),
        ("@", [ROW]),
        ("@", ROW),
        ("d.results", {"d": {"results": [None, ROW, None]}}),
        ("values(@)", {"1": ROW}),
        ("values(list)", {"list": {"a": ROW, "b": {"no": "3"}}}),
        ("groups[].rows[]", {"groups": [{"rows": []}, {"rows": [ROW]}]}),
        ("items || `[]`", {"items": [ROW]}),
    ],
)
async def test_rows(rows: str, body: Any) -> None:
    assert await names(body, rows) == {"1": "One"}


@pytest.mark.parametrize(
    ("rows", "body"),
    [
        ("items", {"items": []}),
        ("values(accounts)", {"accounts": []}),
        ("values(accounts)", {"accounts": {}}),
        ("items || `[]`", {"items": None}),
    ],
)
async def test_no_rows(rows: str, body: Any) -> None:
    assert await names(body, rows) == {}


@pytest.mark.parametrize(
    ("rows", "body", "found"),
    [
        ("items", {"itmes": [ROW], "count": 1}, "null in an object of 2"),
        ("items", {"items": None}, "null in an object of 1"),
        ("items", {"items": "Ann"}, "a text in an object of 1"),
        ("items", {"items": 0}, "a number in an object of 1"),
        ("items", [ROW], "null in a list of 1"),
        ("values(accounts)", {"accounts": "Ann"}, "null in an object of 1"),
    ],
)
async def test_what_is_no_rows_is_never_taken_for_an_empty_list(rows: str, body: Any, found: str) -> None:
    error = await failure(body, rows)
    assert (type(error), error.detail) == (BadData, f"expected rows at `{rows}`, found {found}")


@pytest.mark.parametrize(
    ("accounts", "found"),
    [({"1": {"title": "One"}, "2": {"title": "Two"}, "3": None}, {"1": "One", "2": "Two"}), ({}, {}), ([], {})],
)
async def test_rows_by_the_names_of_members(accounts: Any, found: dict[str, str]) -> None:
    assert await names({"accounts": accounts}, "accounts", keyed="no") == found


async def test_members_that_are_no_rows() -> None:
    error = await failure({"accounts": {"29": {"title": "One"}, "30": "Ann"}}, "accounts", keyed="no")
    assert (type(error), error.detail) == (BadData, "expected objects at `accounts`, found a text among them")


# Numbers


@pytest.mark.parametrize(
    ("text", "weight"), [("19.90", "19.9"), ("0.1", "0.1"), ("123456789012.345", "123456789012.345"), ("7", "7")]
)
async def test_numbers_of_up_to_15_digits_are_what_was_sent(text: str, weight: str) -> None:
    result = await lookup(Response(b'{"items": [{"no": "1", "kg": %s}]}' % text.encode()))
    assert result.found["1"].values["weight"] == weight


@pytest.mark.parametrize("text", ["19.90", "12345678901234567890.123456789", "123456789012345678901234567890"])
async def test_exact_numbers_are_what_was_sent_digit_by_digit(text: str) -> None:
    body = Response(b'{"items": [{"no": "1", "kg": %s}]}' % text.encode())
    result = await lookup(body, more="exact_numbers: true")
    assert result.found["1"].values["weight"] == text


@pytest.mark.parametrize("body", [b'{"items": [NaN]}', b"[" * 100_000, b"{", b"\xff"])
@pytest.mark.parametrize("more", ["", "exact_numbers: true"])
async def test_what_is_no_json_is_bad_data(body: bytes, more: str) -> None:
    assert type(await failure(Response(body), more=more)) is BadData


# Other content


async def test_html_instead_of_json() -> None:
    error = await failure(Response("<html>Welcome Ann Smith", media_type="text/html"))
    assert type(error) is BadData
    outline = "'<aaaa>aaaaaaa aaa aaaaa'"
    assert error.detail == f"expected JSON, found HTTP 200, 23 bytes, text/html, starts like {outline}"


async def test_an_empty_body() -> None:
    error = await failure(Response(b"", media_type="application/json"))
    assert type(error) is BadData
    assert error.detail.startswith("expected JSON, found an empty body: HTTP 200, 0 bytes, application/json")


async def test_json_that_says_it_is_html_is_json_all_the_same() -> None:
    assert await names(Response(b'\xef\xbb\xbf{"items": []}', media_type="text/html")) == {}


# Status


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (PlainTextResponse("", 401), Unavailable),
        (PlainTextResponse("nope", 405), Rejected),
        (json({"items": [ROW]}, 404), Rejected),
        (json({"items": [ROW]}, 500), Unavailable),
        (Response("<html>", 502, media_type="text/html"), Unavailable),
        (Response(b"", 429), Overloaded),
        (Response(b"", 503, {"Retry-After": "7"}), Overloaded),
        (Response(b"", 302, {"Location": "/login"}), Unavailable),
    ],
)
@pytest.mark.parametrize("more", ["", ERRORS])
async def test_the_status_comes_first(reply: Response, kind: type[SourceError], more: str) -> None:
    error = await failure(reply, more=more)
    assert type(error) is kind
    assert error.detail.startswith(f"HTTP {reply.status_code}")


# The registered rule


@pytest.mark.parametrize(
    ("reply", "kind", "detail"),
    [
        ({"status": "ERR"}, Rejected, "HTTP 200, error with a code like 'aaaa'"),
        ({"status": "ERR", "code": "Ann 1"}, Rejected, "HTTP 200, error with a code like 'aaa 9'"),
        ({"status": "ERR", "code": "LOCKED"}, Overloaded, "HTTP 200, error with code LOCKED"),
        ({"status": "ERR", "code": 17}, Unavailable, "HTTP 200, error with code 17"),
        (json({}, 409), Rejected, "HTTP 409, error with a code like 'aaaa'"),
        (json({"code": "LOCKED"}, 409), Overloaded, "HTTP 409, error with code LOCKED"),
        (json({"status": "ERR", "code": 17}, 404), Unavailable, "HTTP 404, error with code 17"),
        (
            {"status": "ERR", "code": 17, "msg": "customer 4711 <ann@x.test> 'Ann Smith' is locked"},
            Unavailable,
            "HTTP 200, error with code 17: customer … … … is locked",
        ),
    ],
)
async def test_an_error_in_a_reply(reply: Any, kind: type[SourceError], detail: str) -> None:
    error = await failure(reply, more=ERRORS)
    assert (type(error), error.detail) == (kind, detail)


@pytest.mark.parametrize("status", [200, 400, 500])
async def test_an_error_that_means_missing(status: int) -> None:
    assert await names(json({"status": "ERR", "code": "PRC-404"}, status), more=ERRORS) == {}


async def test_a_reply_that_is_no_error() -> None:
    assert await names({"status": "OK", "items": [ROW]}, more=ERRORS) == {"1": "One"}


async def test_a_rule_that_cannot_be_applied_finds_no_success() -> None:
    rule = """errors: {when: "starts_with(body.status, 'E')"}"""
    error = await failure({"items": [ROW]}, more=rule)
    assert (type(error), error.detail) == (
        BadData,
        "`errors` cannot be applied to the reply: JMESPathTypeError",
    )
    assert type(await failure(json({}, 500), more=rule)) is Unavailable


# Counts


@pytest.mark.parametrize(("count", "total"), [(7, 7), ("7", 7), (0, 0), (None, None)])
async def test_a_count(count: Any, total: int | None) -> None:
    source = answering({"items": [ROW], "count": count})
    assert (await source.search(Search("Variant", "all", 1, frozenset()))).pages[None].total == total


@pytest.mark.parametrize("count", [-1, "many", True, 1.5, [1]])
async def test_what_is_no_count(count: Any) -> None:
    with pytest.raises(BadData, match="expected a count at `total`"):
        await answering({"items": [ROW], "count": count}).search(Search("Variant", "all", 1, frozenset()))
