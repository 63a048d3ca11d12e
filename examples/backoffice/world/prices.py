"""Prices: three to six rows for each sku, from the plain price to promotions past, current and future."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from .catalogue import Product, Variant
from .draw import Draw

SHOWN = 10  # the first styles have one row of nearly every sort, to show

CET = timezone(timedelta(hours=1))
CEST = timezone(timedelta(hours=2))
ALWAYS = datetime(2020, 1, 1, tzinfo=CET)
PAST = (datetime(2026, 6, 1, tzinfo=CEST), datetime(2026, 7, 1, tzinfo=CEST))
CURRENT = (datetime(2026, 11, 20, tzinfo=CET), datetime(2027, 1, 1, tzinfo=CET))
FUTURE = (datetime(2099, 1, 1, tzinfo=CET), datetime(2099, 2, 1, tzinfo=CET))

EUR_TAX = {"STANDARD": "19.0", "REDUCED": "7.0", "ZERO": "0.0"}
CHF_TAX = {"STANDARD": "8.1", "REDUCED": "2.6", "ZERO": "0.0"}
COUNTRY_TAX = {
    "AT": {"STANDARD": "20.0", "REDUCED": "10.0", "ZERO": "0.0"},
    "FR": {"STANDARD": "20.0", "REDUCED": "5.5", "ZERO": "0.0"},
    "NL": {"STANDARD": "21.0", "REDUCED": "9.0", "ZERO": "0.0"},
}


class Price(NamedTuple):
    """A row; what is None does not narrow it. ``valid_to`` is the first moment when it no longer holds."""

    sku: str
    amount: str
    currency: str
    kind: str  # regular, promotional, markdown, customer or staff
    tax_rate: str
    tax_included: bool = True
    channel: str | None = None  # WEB, STORE or PHONE
    location: str | None = None
    group: str | None = None
    country: str | None = None
    min_quantity: int = 1
    valid_from: datetime = ALWAYS
    valid_to: datetime | None = None
    compare_at: str | None = None
    lowest30: str | None = None


class Item(NamedTuple):
    """A variant with its plain price in cents, while its rows are being drawn."""

    sku: str
    cents: int
    tax_class: str
    lifecycle: str

    def euros(self, percent: int, kind: str) -> Price:
        """A row in euros at a percentage of the plain price."""
        return Price(self.sku, money(self.cents * percent // 100), "EUR", kind, EUR_TAX[self.tax_class])

    def reduced(self, percent: int, kind: str, period: tuple[datetime, datetime | None]) -> Price:
        """A reduction, which shows the price before and the lowest one of the thirty days before."""
        return self.euros(percent, kind)._replace(
            valid_from=period[0],
            valid_to=period[1],
            compare_at=money(self.cents),
            lowest30=money(self.cents * max(percent, 95) // 100),
        )


def draw_prices(seed: int, products: dict[str, Product], stores: list[str]) -> dict[str, list[Price]]:
    draw = Draw(seed, "prices")
    sorts = optional_rows(draw, stores)
    rows: dict[str, list[Price]] = {}
    for number, product in enumerate(products.values(), start=1):
        cents = plain(draw, product)
        for variant in product.variants:
            item = Item(variant.sku, variant_cents(draw, variant, cents), variant.tax_class, product.lifecycle)
            rows[variant.sku] = shown(item) if number <= SHOWN else drawn(draw, item, sorts)
    return rows


def plain(draw: Draw, product: Product) -> int:
    return draw.between(*product.euros) * 100 + draw.pick((90, 95, 99, 50))


def variant_cents(draw: Draw, variant: Variant, cents: int) -> int:
    if variant.tax_class == "ZERO":
        return int(variant.size) * 100  # a gift card costs what it is worth
    return cents + 500 if draw.chance(0.1) else cents


def shown(item: Item) -> list[Price]:
    return [
        item.euros(100, "regular"),
        francs(item),
        channel(item, "WEB"),
        gold(item),
        item.reduced(80, "promotional", CURRENT),
        item.euros(85, "regular")._replace(min_quantity=10),
    ]


def drawn(draw: Draw, item: Item, sorts: list[Callable[[Item], Price]]) -> list[Price]:
    extra = [sort(item) for sort in draw.some(sorts, draw.between(1, 4))]
    if item.lifecycle == "clearance":
        extra[0] = item.reduced(50, "markdown", (datetime(2026, 10, 1, tzinfo=CEST), None))
    return [item.euros(100, "regular"), francs(item), *extra]


def optional_rows(draw: Draw, stores: list[str]) -> list[Callable[[Item], Price]]:
    """A few of these are added to the two plain prices."""
    return [
        lambda item: channel(item, "WEB" if draw.chance(0.6) else "STORE"),
        lambda item: gold(item) if draw.chance(0.6) else staff(item),
        lambda item: item.reduced(90, "promotional", PAST),
        lambda item: item.reduced(draw.pick((70, 75, 80)), "promotional", CURRENT),
        lambda item: item.reduced(60, "promotional", FUTURE),
        lambda item: item.euros(85, "regular")._replace(min_quantity=10),
        lambda item: item.euros(97, "regular")._replace(location=draw.pick(stores)),
        lambda item: abroad(item, draw.pick(("AT", "FR", "NL"))),
    ]


def francs(item: Item) -> Price:
    return Price(item.sku, money(item.cents * 112 // 100), "CHF", "regular", CHF_TAX[item.tax_class])


def channel(item: Item, code: str) -> Price:
    return item.euros(98 if code == "WEB" else 101, "regular")._replace(channel=code)


def gold(item: Item) -> Price:
    return item.euros(90, "customer")._replace(group="GOLD")


def staff(item: Item) -> Price:
    return item.euros(75, "staff")._replace(group="STAFF")


def abroad(item: Item, country: str) -> Price:
    rate = COUNTRY_TAX[country][item.tax_class]
    return item.euros(103, "regular")._replace(country=country, tax_rate=rate)


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
