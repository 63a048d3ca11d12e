"""Stock: what lies where. Some rows are missing, and goods sold by weight have fractions."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from .catalogue import Product
from .draw import Draw
from .places import Location

MISSING = 0.08
LAST = datetime(2026, 11, 20, 22)
WHOLE = [Decimal(number) for number in range(500)]


class Stock(NamedTuple):
    """Quantities in the sales unit of the sku; the moments are UTC, without an offset."""

    sku: str
    location: str
    on_hand: Decimal
    reserved: Decimal
    blocked: Decimal
    counted: datetime
    changed: datetime


def draw_stock(seed: int, products: dict[str, Product], locations: dict[str, Location]) -> list[Stock]:
    """In the order of the skus, and within them of the locations."""
    draw = Draw(seed, "stock")
    days = moments(draw, 300)
    hours = moments(draw, 10)
    shelves = [(code, 120 if location.kind == "warehouse" else 12) for code, location in locations.items()]
    return [
        row(draw, sku, code, limit, days, hours) if unit == "EA" else row_by_weight(draw, sku, code, limit, days, hours)
        for sku, unit, share in articles(products)
        for code, limit in ((code, int(most * share)) for code, most in shelves)
        if draw.random() >= MISSING
    ]


def articles(products: dict[str, Product]) -> list[tuple[str, str, float]]:
    """Each sku with its unit and how well it is stocked compared to a common article."""
    shares = {"active": 1.0, "clearance": 0.4, "planned": 0.0, "discontinued": 0.1}
    return [
        (variant.sku, product.unit, shares[product.lifecycle])
        for product in products.values()
        for variant in product.variants
    ]


def row(draw: Draw, sku: str, code: str, limit: int, days: list[datetime], hours: list[datetime]) -> Stock:
    chance = draw.random
    on_hand = int(chance() * (limit + 1))
    roll = chance()
    reserved = int(chance() * (on_hand + 1)) // 2 if roll < 0.3 else 0
    blocked = 1 if roll > 0.95 and on_hand > reserved else 0
    return Stock(
        sku,
        code,
        WHOLE[on_hand],
        WHOLE[reserved],
        WHOLE[blocked],
        days[int(chance() * 1000)],
        hours[int(chance() * 1000)],
    )


def row_by_weight(draw: Draw, sku: str, code: str, limit: int, days: list[datetime], hours: list[datetime]) -> Stock:
    on_hand = draw.below(limit * 1000 + 1)
    reserved = draw.below(on_hand // 4 + 1)
    return Stock(sku, code, kilograms(on_hand), kilograms(reserved), WHOLE[0], draw.pick(days), draw.pick(hours))


def kilograms(grams: int) -> Decimal:
    return Decimal(grams).scaleb(-3)


def moments(draw: Draw, days: int) -> list[datetime]:
    """A thousand moments of the last days, from which the rows pick theirs."""
    return [LAST - timedelta(seconds=draw.below(days * 86_400)) for _ in range(1000)]
