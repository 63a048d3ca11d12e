"""Every mistake of a registration is found when it is read, each at its place and all in one run."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.mapping import MappingProblems
from tests.adapters.mapped import compiled, problem, value

MONEY = {"amount": "a", "currency": "c"}


@pytest.mark.parametrize(
    ("fields", "place", "expected", "found", "hint"),
    [
        ({"amuont": "x"}, ("amuont",), "a field of Thing", "`amuont`", "did you mean `amount`?"),
        ({"price": {"fields": {**MONEY, "nte": "x"}}}, ("price", "fields", "nte"), "a field of Money", "`nte`", "note"),
        ({"text": "a["}, ("text", "from"), "a JMESPath expression", "`a[`", ""),
        ({"text": "order-no.b"}, ("text", "from"), "a JMESPath expression", "`order-no.b`", '"order-no".b'),
        ({"text": {"from": ["a", ""]}}, ("text", "from", 1), "a path", "nothing", ""),
        ({"text": {"from": []}}, ("text", "from"), "at least one path", "none", ""),
        ({"text": {}}, ("text",), "one of from, const, each", "none of them", ""),
        ({"text": {"from": "a", "const": 1}}, ("text",), "one of from", "`from` and `const`", ""),
        ({"text": {"const": "a", "as": "trim"}}, ("text", "as"), "beside `const`", "`as`", ""),
        ({"price": "x"}, ("price",), "`fields` of Money!", "one value", "an object is mapped by its `fields`"),
        ({"price": {"each": "x", "fields": MONEY}}, ("price",), "one Money!", "`each`", ""),
        ({"parts": {"from": "x", "fields": {"number": "n"}}}, ("parts",), "`each`", "no `each`", ""),
        ({"text": {"fields": {}}}, ("text", "fields"), "one value of String", "the fields of an object", ""),
        ({"text": {"items": [{}]}}, ("text", "items"), "one value of String", "the fields of an object", ""),
        ({"parts": {"items": [{}]}}, ("parts", "items", 0), "all", "maps Part without number", ""),
        ({"price": {"fields": {"amount": "a"}}}, ("price", "fields"), "all", "maps Money without currency", ""),
        ({"price": {"fields": MONEY, "as": "trim"}}, ("price", "as"), "a word for objects", "`as`", ""),
        ({"price": {"from": ["a", "b"], "fields": MONEY}}, ("price", "from"), "one path to the object", "2 paths", ""),
        ({"text": {"from": "a", "split": ";"}}, ("text", "split"), "one value of String", "makes a list", ""),
        ({"text": {"from": "a", "as": "lines"}}, ("text", "as"), "one value of String", "makes a list", ""),
        ({"text": {"each": "a"}}, ("text", "each"), "one value of String", "makes a list", ""),
        ({"text": {"from": "a", "join": "-"}}, ("text", "join"), "several paths", "`join`", ""),
        ({"tags": {"from": "a", "as": "lines", "split": ";"}}, ("tags", "split"), "or `as: lines`", "both", ""),
        ({"colour": {"const": "BLUE"}}, ("colour", "const"), "one of GREEN, RED", "`BLUE`", ""),
        ({"colour": {"from": "a", "map": {"b": "BLUE"}}}, ("colour", "map", "b"), "one of GREEN, RED", "`BLUE`", ""),
        ({"colour": {"from": "a", "map": {}, "otherwise": "X"}}, ("colour", "otherwise"), "one of GREEN", "`X`", ""),
        ({"colour": {"from": "a", "otherwise": "RED"}}, ("colour", "otherwise"), "beside `map`", "no `map`", ""),
        ({"count": {"from": "a", "default": "none"}}, ("count", "default"), "a value of Int", "`none`", ""),
        ({"text": {"from": "a", "as": "trimm"}}, ("text", "as"), "a converter", "`trimm`", "did you mean `trim`?"),
        ({"text": {"from": "a", "as": ["trim", "date(x)"]}}, ("text", "as", 1), "a date pattern", "`x` in `x`", ""),
        ({"at": {"from": "a", "as": "instant(yyyyMMdd, HHmm)"}}, ("at", "as"), "2 paths in `from`", "1", ""),
        ({"text": {"from": "a", "as": "localized"}}, ("text", "as"), "in several languages", "`Thing.text`", ""),
        ({"text": {"locales": {"en": "a"}}}, ("text", "locales"), "a field in several languages", "`Thing.text`", ""),
        ({"name": {"locales": {"en": "a["}}}, ("name", "locales", "en"), "a JMESPath expression", "`a[`", ""),
        ({"code": {"from": "a", "form": {"graph": "C"}}}, ("code", "form"), "a template around one number", "`C`", ""),
        ({"code": {"from": "a", "form": {"fill": "0"}}}, ("code", "form"), "`pad` beside `fill`", "`fill` only", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(
    fields: dict[str, Any], place: tuple[str, ...], expected: str, found: str, hint: str
) -> None:
    mistake = problem(fields)
    assert mistake.path == ("entities", "Thing", "fields", *place)
    assert expected in mistake.expected
    assert found in mistake.found
    assert hint in mistake.hint


def test_mistakes_outside_the_fields() -> None:
    assert problem({}, keys={"loyaltyCrad": "x"}).hint == "did you mean `loyaltyCard`?"
    assert problem({"code": "c"}, key="cod") == (
        ("entities", "Thing", "key"),
        "fields that `fields` maps",
        "`cod`",
        "did you mean `code`?",
    )
    assert problem({"loyaltyCard": "a"}, keys={"loyaltyCard": "b"}).path[2:] == ("keys", "loyaltyCard")
    assert problem({}, as_of={"const": "2026-01-01"}).path[2:] == ("as_of",)


def test_an_unknown_entity_and_time_zone() -> None:
    _, problems = compiled({"fields": {"code": "c"}}, entity="Thign", time_zone="Europe/Berln")
    assert [(each.path, each.found) for each in problems] == [
        (("time_zone",), "`Europe/Berln`"),
        (("entities", "Thign"), "`Thign`"),
    ]
    assert problems[1].hint == "did you mean `Thing`?"


def test_all_mistakes_are_reported_together() -> None:
    _, problems = compiled({"key": "x", "fields": {"nope": "a", "text": "a[", "count": {"from": "a", "as": "dcimal"}}})
    assert len(problems) == 4
    text = str(MappingProblems(problems))
    assert "entities.Thing.fields.count.as: expected a converter, found `dcimal`; did you mean `decimal`?" in text
    assert len(text.splitlines()) == 4


def test_in_flat_rows_any_text_is_a_path() -> None:
    assert compiled({"fields": {"text": "Ids[?"}}, "flat")[1] == []


@pytest.mark.parametrize(
    ("field", "words", "found"),
    [
        ("text", "password_hash", "password_hash"),
        ("text", {"from": ["A", "card.cvv2"]}, "card.cvv2"),
        ("name", {"locales": {"de": "USERPASSWORD"}}, "USERPASSWORD"),
        ("parts", {"each": "parts", "fields": {"number": "authToken"}}, "authToken"),
    ],
)
@pytest.mark.quirk("S25")
def test_a_secret_is_not_mapped_by_accident(field: str, words: Any, found: str) -> None:
    mistake = problem({field: words})
    assert mistake.expected == "`sensitive: allow` beside a secret"
    assert mistake.found == f"`{found}`"


def test_a_secret_is_mapped_where_somebody_says_so() -> None:
    assert value("text", {"from": "PairingToken", "sensitive": "allow"}, {"PairingToken": "x"}) == "x"
    assert value("text", "company.tokenisedName", {"company": {"tokenisedName": "x"}}) == "x"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"from": "A", "as": "minor"}, "2 paths in `from` for `minor`"),
        ({"from": "A", "as": "product"}, "several paths in `from` for `product`"),
        ({"from": ["A", "B"], "as": ["trim", "product"]}, "several paths in `from` for `product`"),
    ],
)
def test_converters_of_several_paths(words: dict[str, Any], expected: str) -> None:
    assert problem({"amount": words}).expected == expected
