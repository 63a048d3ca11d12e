"""Orders: 60,000 of them, numbered in the order in which they were placed, with totals that add up."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from .catalogue import Variant
from .draw import Draw
from .fulfilments import Fulfilment, fulfilments
from .payments import Payment, payments
from .people import Customer
from .prices import Price

COUNT = 60_000
REGULARS = 50  # the first customers have at least REGULAR_ORDERS each
REGULAR_ORDERS = 25

FIRST_DAY = date(2024, 1, 1)
DAYS = 1055  # up to and including 2026-11-20
RECENT = datetime(2026, 10, 25)

STATUSES = ("new", "confirmed", "in work", "ready", "part shipped", "shipped", "done", "hold", "cancelled")
RECENT_STATUSES = (*STATUSES, "confirmed", "in work", "shipped", "shipped", "done", "done", "done")
OLD_STATUSES = ("done",) * 36 + ("cancelled",) * 3 + ("shipped",)

PAID = frozenset(("ready", "part shipped", "shipped", "done"))
VERSIONS = {status: 1 + place for place, status in enumerate(STATUSES)}
CHANNELS = ("web", "web", "web", "mobile", "mobile", "phone")
SHIPPING = 495

NONE = Decimal(0)
ONE = Decimal(1)
PIECES = [Decimal(count) for count in (1, 1, 1, 1, 1, 2, 2, 3, 4)]
WEIGHTS = [Decimal(weight) for weight in ("0.250", "0.500", "0.750", "1.000", "1.250")]


class Line(NamedTuple):
    """Money in cents, tax included; the rate in hundredths of a percent; ``total`` is after discount."""

    number: int
    sku: str
    name: str
    quantity: Decimal
    unit_price: int
    discount: int
    tax_rate: int
    total: int
    shipped: Decimal
    cancelled: Decimal
    returned: Decimal


class Order(NamedTuple):
    """Money in cents; ``total`` is subtotal - discount + shipping and includes ``tax``.

    ``placed`` is wall time in Berlin. ``sold_at`` is the store where it was taken, if it was in one.
    """

    number: int
    customer: int
    channel: str
    status: str
    placed: datetime
    sold_at: str | None
    currency: str
    subtotal: int
    discount: int
    shipping: int
    tax: int
    total: int
    paid: int
    refunded: int
    version: int
    lines: list[Line]
    payments: list[Payment]
    fulfilments: list[Fulfilment]


class Article(NamedTuple):
    sku: str
    name: str
    cents: int
    tax_rate: int
    unit: str


class Orders:
    """Order i stands at index i - 1. Each has a stream of its own, and is drawn when it is asked for."""

    def __init__(
        self,
        seed: int,
        customers: list[Customer],
        variants: dict[str, Variant],
        prices: dict[str, list[Price]],
        stores: list[str],
    ) -> None:
        draw = Draw(seed, "orders")
        self.seed = seed
        self.goods = articles(variants, prices)
        self.stores = stores
        self.buyers = buyers(draw, len(customers))
        self.placed = placed(draw)

    def __len__(self) -> int:
        return COUNT

    def __getitem__(self, index: int) -> Order:
        moment, customer = self.placed[index], self.buyers[index]
        number = index % COUNT + 1
        draw = Draw(self.seed, f"order {number}")
        return draw_order(draw, number, customer, moment, self.goods, self.stores)

    def __iter__(self) -> Iterator[Order]:
        return (self[index] for index in range(COUNT))

    def of_customer(self, customer: int) -> list[Order]:
        """Oldest first."""
        return [self[index] for index, buyer in enumerate(self.buyers) if buyer == customer]


def articles(variants: dict[str, Variant], prices: dict[str, list[Price]]) -> list[Article]:
    return [
        Article(
            sku,
            variant.name["de"],
            cents(prices[sku][0]),
            int(float(prices[sku][0].tax_rate) * 100),
            variant.unit,
        )
        for sku, variant in variants.items()
    ]


def cents(price: Price) -> int:
    return int(price.amount.replace(".", ""))


def buyers(draw: Draw, customers: int) -> list[int]:
    """Who placed each order: everybody at least one, the regulars many, and the rest as it falls."""
    numbers = list(range(1, customers + 1)) + list(range(1, REGULARS + 1)) * (REGULAR_ORDERS - 1)
    numbers += [draw.between(1, customers) for _ in range(COUNT - len(numbers))]
    return sorted(numbers, key=lambda _: draw.random())


def placed(draw: Draw) -> list[datetime]:
    """Ascending moments at any hour but the third, which clocks skip or repeat when they are changed."""
    start = datetime.combine(FIRST_DAY, datetime.min.time())
    moments = sorted((draw.below(DAYS), draw.below(23 * 3600)) for _ in range(COUNT))
    return [start + timedelta(day, second if second < 7200 else second + 3600) for day, second in moments]


def draw_order(
    draw: Draw, number: int, customer: int, moment: datetime, goods: list[Article], stores: list[str]
) -> Order:
    status = draw.pick(RECENT_STATUSES if moment > RECENT else OLD_STATUSES)
    channel = draw.pick(CHANNELS)
    lines = order_lines(draw, status, goods)
    total, discount, tax, refunded = 0, 0, 0, 0
    for line in lines:
        total += line.total
        discount += line.discount
        tax += included_tax(line.total, line.tax_rate)
        refunded += line.total // int(line.quantity) if line.returned else 0
    shipping = 0 if total > 10_000 else SHIPPING
    return Order(
        number,
        customer,
        channel,
        status,
        moment,
        draw.pick(stores) if channel != "web" and draw.random() < 0.3 else None,
        "EUR",
        total + discount,
        discount,
        shipping,
        tax + included_tax(shipping, 1900),
        total + shipping,
        total + shipping if status in PAID else 0,
        refunded,
        VERSIONS[status] + (refunded > 0),
        lines,
        payments(draw, status, total + shipping),
        fulfilments(draw, status, moment, lines, stores),
    )


def order_lines(draw: Draw, status: str, goods: list[Article]) -> list[Line]:
    count = 1 + int(draw.random() * draw.random() * 5)
    if status == "part shipped":
        count = max(count, 2)
    return [order_line(draw, number, status, draw.pick(goods)) for number in range(1, count + 1)]


def order_line(draw: Draw, number: int, status: str, article: Article) -> Line:
    sku, name, price, tax_rate, unit = article
    if unit == "EA":
        quantity = draw.pick(PIECES)
        worth = int(quantity) * price
    else:
        quantity = draw.pick(WEIGHTS)
        worth = (int(quantity * 1000) * price + 500) // 1000
    discount = worth // 10 if draw.random() < 0.15 else 0
    shipped, cancelled, returned = outcome(draw, status, number, quantity, unit)
    return Line(number, sku, name, quantity, price, discount, tax_rate, worth - discount, shipped, cancelled, returned)


def outcome(draw: Draw, status: str, number: int, quantity: Decimal, unit: str) -> tuple[Decimal, Decimal, Decimal]:
    """How much of a line was shipped, cancelled and returned. Of returned lines one piece came back."""
    if status == "done":
        return quantity, NONE, ONE if unit == "EA" and draw.random() < 0.08 else NONE
    if status == "cancelled":
        return NONE, quantity, NONE
    if status == "shipped" or (status == "part shipped" and number == 1):
        return quantity, NONE, NONE
    return NONE, NONE, NONE


def included_tax(amount: int, rate: int) -> int:
    """The tax within an amount, rounded half up."""
    return (2 * amount * rate + 10_000 + rate) // (2 * (10_000 + rate))
