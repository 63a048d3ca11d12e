"""What can be wrong with a REST registration, and where it says so."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.mapping import MappingProblems
from adapters.problems import MappingProblem
from adapters.rest import KIND
from tests.adapters.rest_shop import REGISTRATION, TYPES, registration

SMALL: dict[str, Any] = {
    "source": "shop",
    "role": "PIM",
    "kind": "rest",
    "url": "http://shop.test",
    "entities": {"Variant": {"key": "sku", "fields": {"sku": "no", "name": "title"}}},
}


def problems(**words: Any) -> list[MappingProblem]:
    """Of a registration whose Variant has these words more, or (in ``source``) with these words of a source."""
    source = words.pop("source", {})
    entity = {**SMALL["entities"]["Variant"], **words}
    with pytest.raises(MappingProblems) as raised:
        KIND.build(KIND.registration.model_validate({**SMALL, **source, "entities": {"Variant": entity}}), TYPES)
    return raised.value.problems


def lookup(**words: Any) -> MappingProblem:
    (problem,) = problems(lookup={"sku": {"get": "/x{?sku*}", **words}})
    assert problem.path[:4] == ("entities", "Variant", "lookup", "sku")
    return problem._replace(path=problem.path[4:])


def search(**words: Any) -> MappingProblem:
    (problem,) = problems(search={"all": {"get": "/x", **words}})
    assert problem.path[:4] == ("entities", "Variant", "search", "all")
    return problem._replace(path=problem.path[4:])


def test_an_order_names_variables_of_the_request() -> None:
    pages: dict[str, Any] = {"page": {"offset": "o", "limit": "l"}, "rows": "items"}
    problem = search(get="/x{?o,l,sort}", sorts={"NAME": "name", "PRICE": [{"srt": "a"}, {"sort": "b"}]}, **pages)
    assert problem.path == ("sorts", "PRICE")
    assert (problem.expected, problem.found) == ("a variable of the request", "`srt`")
    assert "sort" in problem.hint
    with pytest.raises(ValidationError):
        registration(REGISTRATION.replace('["no", "-no"]', '["no", "-no", "more"]'))


def test_the_shop_is_right() -> None:
    adapter = KIND.build(registration(), TYPES)
    assert adapter.capabilities["Variant"].fields == {"sku", "name", "weight", "seasonal"}
    assert adapter.capabilities["Variant"].lookups["sku"].batch == 20


def test_all_problems_are_reported_at_once() -> None:
    text = (
        REGISTRATION.replace("title", "'x['").replace("rows: items, batch: 20", "rows: 'items['").replace("take", "t")
    )
    with pytest.raises(MappingProblems) as raised:
        KIND.build(registration(text.replace("limit: t", "limit: take")), TYPES)
    places = [problem.path[1:] for problem in raised.value.problems]
    assert ("Variant", "fields", "name") in [place[:3] for place in places]
    assert ("Variant", "lookup", "sku", "rows") in places
    assert ("Variant", "search", "byOffset", "page") in places
    assert ("Order", "search", "customer", "get") in places


@pytest.mark.parametrize(
    ("words", "path", "found"),
    [
        ({"get": "/x{?sku*"}, ("get",), "`/x{?sku*`"),
        ({"get": "x{?sku*}"}, ("get",), "`x{?sku*}`"),
        ({"get": "http://other.test/{sku}"}, ("get",), "`http://other.test/{sku}`"),
        ({"get": "/x/{+sku}"}, ("get",), "`{+sku}`"),
        ({"get": "/x{#sku}"}, ("get",), "`{#sku}`"),
        ({"get": "/x{?sku*,chanel}"}, ("get",), "`chanel`"),
        ({"get": "/x{?sku*}", "arguments": {"channel": "chan"}}, ("arguments", "channel"), "`chan`"),
        ({"get": "/x"}, (), "no place for the keys"),
        ({"get": None, "post": "/x", "body": {"skus": ["A"]}}, (), "no place for the keys"),
        ({"get": None, "post": "/x", "body": {"sku": "$key"}}, ("body", "sku"), "`$key`"),
        ({"get": None, "post": "/x", "body": {"skus": "$keys", "n": "$count"}}, ("body", "n"), "`count`"),
        ({"get": "/x/{key}"}, ("get",), "`key`"),
        ({"variable": "a b", "get": "/x{?a*,b*}"}, ("variable",), "`a b`"),
        ({"match": "none"}, ("match",), "`batch: 100`"),
        ({"rows": "items["}, ("rows",), "`items[`"),
    ],
)
def test_a_lookup(words: dict[str, Any], path: tuple[Any, ...], found: str) -> None:
    problem = lookup(**words)
    assert (problem.path, problem.found) == (path, found)


def test_rows_need_the_field_that_they_are_found_by() -> None:
    (problem,) = problems(lookup={"nmae": {"get": "/x{?nmae}"}})
    assert problem.path == ("entities", "Variant", "lookup", "nmae")
    assert problem.hint == "did you mean `name`?"


@pytest.mark.parametrize(
    ("words", "path", "found"),
    [
        ({"get": "/x{?a}"}, ("get",), "`a`"),
        ({"filters": {"skus": "sku"}}, ("filters", "skus"), "`sku`"),
        ({"parents": "customer"}, ("parents",), "`customer`"),
        ({"get": "/x{?o}", "page": {"offset": "o", "limit": "l"}}, ("page",), "`l`"),
        ({"get": "/x{?n}", "page": {"number": "n", "size": "s"}}, ("page",), "`s`"),
        ({"get": "/x{?o,l}", "page": {"offset": "o", "limit": "l"}, "total": "count("}, ("total",), "`count(`"),
        ({"total": "count"}, ("total",), "no `page`"),
        ({"rows": ""}, ("rows",), "``"),
    ],
)
def test_a_search(words: dict[str, Any], path: tuple[Any, ...], found: str) -> None:
    problem = search(**words)
    assert (problem.path, problem.found) == (path, found)


def test_a_misspelt_variable_gets_the_nearest_name() -> None:
    unknown, unused = problems(lookup={"sku": {"get": "/x{?sku*,chanel}", "arguments": {"channel": "channel"}}})
    assert (unknown.path[4:], unknown.hint) == (("get",), "did you mean `channel`?")
    assert (unused.path[4:], unused.hint) == (("arguments", "channel"), "did you mean `chanel`?")


@pytest.mark.parametrize("word", ["when", "code", "message"])
def test_the_rule_for_errors(word: str) -> None:
    rule = {"when": "body.error", word: "body."}
    (problem,) = problems(source={"errors": rule})
    assert (problem.path, problem.found) == (("errors", word), "`body.`")


@pytest.mark.parametrize(
    ("words", "place", "sentence"),
    [
        ({"url": "shop.test"}, ("url",), "an http:// or https:// address"),
        ({"url": "ftp://shop.test"}, ("url",), "an http:// or https:// address"),
        ({"url": "http://ann:secret@shop.test"}, ("url",), "they belong in `auth: {basic: ...}`"),
        ({"url": "http://shop.test/?key=1"}, ("url",), "without a query"),
        ({"url": "http://shöp.test"}, ("url",), "in ASCII"),
        ({"url": "http://shop.test/a b"}, ("url",), "in ASCII"),
        ({"url": "http://shop.test:port"}, ("url",), "an http:// or https:// address"),
        ({"auth": {}}, ("auth",), "exactly one of api_key, basic, bearer"),
        ({"auth": {"bearer": "t", "basic": {"username": "a", "password": "b"}}}, ("auth",), "exactly one of"),
        ({"auth": {"bearer": "token\n"}}, ("auth", "bearer"), "printable characters only"),
        ({"headers": {"X Tenant": "eu"}}, ("headers", "X Tenant", "[key]"), "match pattern"),
        ({"ping": "health"}, ("ping",), "match pattern"),
        ({"colour": "red"}, ("colour",), "not permitted"),
    ],
)
def test_words_of_the_source(words: dict[str, Any], place: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(ValidationError) as raised:
        KIND.registration.model_validate({**SMALL, **words})
    (error,) = raised.value.errors()
    assert error["loc"] == place
    assert sentence in error["msg"]


@pytest.mark.parametrize(
    ("words", "place", "sentence"),
    [
        ({}, (), "exactly one of get, post"),
        ({"get": "/x", "post": "/x"}, (), "exactly one of get, post"),
        ({"get": "/x", "body": {}}, (), "`post` where there is a body"),
        ({"get": "/x", "page": {"offset": "o"}}, ("page", "offset", "limit"), "required"),
        ({"get": "/x", "page": {"number": "n"}}, ("page", "number", "size"), "required"),
        ({"get": "/x", "page": {"number": "n", "size": "s", "first": 2}}, ("page", "number", "first"), "0 or 1"),
    ],
)
def test_words_of_a_request(words: dict[str, Any], place: tuple[str, ...], sentence: str) -> None:
    entities = {"Variant": {"search": {"all": words}}}
    with pytest.raises(ValidationError) as raised:
        KIND.registration.model_validate({**SMALL, "entities": entities})
    (error,) = raised.value.errors()
    assert error["loc"] == ("entities", "Variant", "search", "all", *place)
    assert sentence in error["msg"]
