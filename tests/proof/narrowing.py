"""The filters of products, as plainly as they can be said. What no field holds follows from a product's number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.proof.records import LOCATIONS

Values = Mapping[str, Any]


def number(product: Values) -> int:
    return int("".join(each for each in str(product["code"]) if each.isdecimal()) or 0)


def is_within(value: Any, wanted: Mapping[str, Any]) -> bool:
    least, most = wanted.get("gte"), wanted.get("lte")
    return (least is None or Decimal(least) <= value) and (most is None or value <= Decimal(most))


def is_found(product: Values, wanted: Any) -> bool:
    """``search``."""
    return wanted in (product.get("brand"), product.get("code"))


def has_price(product: Values, wanted: Any) -> bool:
    return is_within(Decimal(number(product)) / 2, wanted)


def is_in_stock(product: Values, wanted: Any) -> bool:
    return LOCATIONS[number(product) % len(LOCATIONS)] in wanted


def is_on_promotion(product: Values, wanted: Any) -> bool:
    return (number(product) % 2 == 0) is wanted


def has_attributes(product: Values, wanted: Any) -> bool:
    return all(any(fits(each, asked) for each in attributes(product)) for asked in wanted)


def attributes(product: Values) -> list[Values]:
    held = product.get("attributes")
    return [each for each in held if isinstance(each, Mapping)] if isinstance(held, list) else []


def fits(attribute: Values, asked: Mapping[str, Any]) -> bool:
    value = attribute.get("value")
    if attribute.get("code") != asked["code"]:
        return False
    if asked.get("in") is not None and value not in asked["in"]:
        return False
    return asked.get("range") is None or (isinstance(value, int) and is_within(Decimal(value), asked["range"]))


def is_changed_since(product: Values, wanted: Any) -> bool:
    changed = product.get("updatedAt")
    return isinstance(changed, str) and datetime.fromisoformat(changed) >= datetime.fromisoformat(wanted)
