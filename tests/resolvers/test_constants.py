"""Constants of the configuration that computed fields read."""

from dataclasses import replace
from decimal import Decimal

from resolvers.availability import LOW_STOCK, Policy
from resolvers.constants import CONSTANTS, problems
from resolvers.links import Context
from resolvers.texts import localised

RIGHT = {
    "low_stock": "2.5",
    "quantity_cap": "10",
    "location_kinds.WEB": "WAREHOUSE, DARK_STORE",
    "location_kinds.B2B": "WAREHOUSE",
    "default_locale": "de-CH",
}


def test_right_ones() -> None:
    assert list(problems(RIGHT)) == []
    assert list(problems({})) == []


def test_each_wrong_one_is_named_with_what_was_expected() -> None:
    wrong = {
        "low_stok": "3",
        "low_stock": "three",
        "quantity_cap": "-1",
        "location_kinds.WEB": "",
        "location_kinds": "STORE",
        "default_locale": "de_CH",
    }
    found = dict(problems(wrong))
    assert found.keys() == wrong.keys()
    assert found["low_stok"] == found["location_kinds"] == f"one of {', '.join(CONSTANTS)}"
    assert found["low_stock"] == "a quantity"


def test_they_are_what_the_fields_read(context: Context) -> None:
    policy = Policy.of(RIGHT, "WEB")
    assert (policy.low_stock, policy.cap, policy.kinds) == (
        Decimal("2.5"),
        Decimal(10),
        frozenset({"WAREHOUSE", "DARK_STORE"}),
    )
    assert Policy.of({}, "WEB") == Policy(Decimal(LOW_STOCK), None, None)
    asked = replace(context, locale="fr", settings=RIGHT)
    assert localised({"en": "shirt", "de": "Hemd"}, {}, asked) == "Hemd"
