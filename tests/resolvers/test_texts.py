"""Languages."""

from dataclasses import replace
from typing import Any

import pytest

from resolvers.attribute import chosen_attributes
from resolvers.links import Context
from resolvers.texts import localised

TEXTS = {"en": "shirt", "de": "Hemd", "de-CH": "Hemmli", "pt-BR": "camisa", "fr": ""}


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("de-CH", "Hemmli"),
        ("de-AT", "Hemd"),
        ("de", "Hemd"),
        ("DE-ch", "Hemmli"),
        ("de-CH-1996", "Hemmli"),
        ("pt", "camisa"),
        ("pt-PT", "camisa"),
        ("fr", "shirt"),
        ("it", "shirt"),
        ("d", "shirt"),
        (None, "shirt"),
    ],
)
def test_the_nearest_language(locale: str | None, text: str, context: Context) -> None:
    assert localised(TEXTS, {"locale": locale} if locale else {}, context) == text


def test_the_request_goes_before_the_gateway_and_that_before_any(context: Context) -> None:
    texts = {"nl": "hemd", "sv": "skjorta", "en": "shirt"}
    request = replace(context, locale="fi", settings={"default_locale": "sv"})
    assert localised(texts, {"locale": "it"}, request) == "skjorta"
    assert localised(texts, {"locale": "it"}, replace(request, locale="en-GB")) == "shirt"
    assert localised(texts, {"locale": "it"}, replace(request, settings={})) == "hemd"


def test_how_legacy_systems_write_locales(context: Context) -> None:
    assert localised({"de_CH": "Hemmli", "EN": "shirt"}, {"locale": "de-CH"}, context) == "Hemmli"


def test_plain_and_missing_texts(context: Context) -> None:
    assert localised("shirt", {"locale": "de"}, context) == "shirt"
    assert localised("", {}, context) == ""
    assert localised(None, {}, context) is None
    assert localised({}, {}, context) is None
    assert localised({"en": None, "de": ""}, {}, context) is None


ATTRIBUTES: list[dict[str, Any]] = [
    {"code": "fit", "label": {"en": "Fit", "de": "Passform"}, "value": "slim", "text": {"en": "Slim", "de": "Schmal"}},
    {"code": "weight", "label": "Weight", "value": 1.2, "text": "1.2", "unit": "kg"},
]


def test_attributes_by_code_and_language(context: Context) -> None:
    assert chosen_attributes(ATTRIBUTES, {"codes": ["fit"], "locale": "de-CH"}, context) == [
        {"code": "fit", "label": "Passform", "value": "slim", "text": "Schmal"}
    ]
    assert chosen_attributes(ATTRIBUTES, {"codes": []}, context) == []
    assert chosen_attributes(ATTRIBUTES, {"codes": None}, context) == [
        {"code": "fit", "label": "Fit", "value": "slim", "text": "Slim"},
        {"code": "weight", "label": "Weight", "value": 1.2, "text": "1.2", "unit": "kg"},
    ]
    assert chosen_attributes(None, {}, context) is None


def test_the_sources_attributes_stay_as_they_are(context: Context) -> None:
    chosen_attributes(ATTRIBUTES, {"locale": "de"}, context)
    assert ATTRIBUTES[0]["label"] == {"en": "Fit", "de": "Passform"}


def test_only_what_was_asked_of_an_attribute(context: Context) -> None:
    assert chosen_attributes([{"code": "fit", "text": {"en": "Slim"}}], {}, context) == [
        {"code": "fit", "text": "Slim"}
    ]
