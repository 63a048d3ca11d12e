"""Till receipts: 40,000 of them, by store, workstation, sequence and business day, with totals that add up.

Some were rung up for training and some are void: they are in the tills' records and are no sales. A till that was off
the network delivers its receipts days later.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from .draw import Draw
from .orders import Article, Line, included_tax, order_line
from .people import Customer

COUNT = 40_000
WORKSTATIONS = ("01", "02", "03")
SELF_CHECKOUT = "03"
FIRST_DAY = date(2025, 10, 17)
DAYS = 400  # up to and including 2026-11-20
OPENS, CLOSES = 8 * 3600, 25 * 3600  # one hour after midnight: still the business day before
KNOWN = 0.5  # of the sales are to somebody who shows a card

STATES = ("sold",) * 93 + ("training",) * 3 + ("void",) * 2 + ("parked",) * 2
METHODS = ("cash", "card", "card", "card", "gift card")


class Key(NamedTuple):
    """What identifies a receipt; the sequence begins anew every business day."""

    store: str
    workstation: str
    sequence: int
    day: date


class Receipt(NamedTuple):
    """Money in cents, tax included. ``at`` is wall time in Berlin, ``delivered`` when the till sent it."""

    key: Key
    state: str  # sold, training, void or parked
    at: datetime
    delivered: datetime
    operator: str
    customer: int | None
    card: str | None
    method: str
    reference: str | None
    lines: list[Line]

    @property
    def number(self) -> str:
        key = self.key
        return f"{key.store}-{key.workstation}-{key.day:%Y%m%d}-{key.sequence:04}"

    @property
    def counts(self) -> bool:
        """Whether it is a sale, or will be one."""
        return self.state in ("sold", "parked")

    @property
    def total(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def discount(self) -> int:
        return sum(line.discount for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(included_tax(line.total, line.tax_rate) for line in self.lines)


class Receipts:
    """In the order in which they were rung up. Each has a stream of its own, and is drawn when it is asked for."""

    def __init__(self, seed: int, customers: list[Customer], goods: list[Article], stores: list[str]) -> None:
        self.seed = seed
        self.goods = goods
        self.cards = [(customer.number, customer.card) for customer in customers if customer.card]
        self.rung = list(rung_up(Draw(seed, "receipts"), stores))

    def __len__(self) -> int:
        return COUNT

    def __getitem__(self, index: int) -> Receipt:
        key, at = self.rung[index]
        draw = Draw(self.seed, f"receipt {index % COUNT + 1}")
        state = draw.pick(STATES)
        customer, card = draw.pick(self.cards) if draw.random() < KNOWN else (None, None)
        late = timedelta(days=draw.between(1, 3)) if draw.random() < 0.02 else timedelta(minutes=draw.between(1, 15))
        method = draw.pick(METHODS)
        reference = None if method == "cash" else f"**** {1000 + int(draw.random() * 9000)}"
        count = 1 + int(draw.random() * draw.random() * 5)
        lines = [order_line(draw, number, "in hand", draw.pick(self.goods)) for number in range(1, count + 1)]
        operator = "SELF" if key.workstation == SELF_CHECKOUT else f"{key.store}{draw.between(1, 8):02}"
        return Receipt(key, state, at, at + late, operator, customer, card, method, reference, lines)

    def __iter__(self) -> Iterator[Receipt]:
        return (self[index] for index in range(COUNT))

    def of_customer(self, customer: int) -> list[Receipt]:
        """Those that count, the earliest first."""
        return [receipt for receipt in self if receipt.customer == customer and receipt.counts]


def rung_up(draw: Draw, stores: list[str]) -> Iterator[tuple[Key, datetime]]:
    moments = sorted(
        (draw.below(DAYS), draw.between(OPENS, CLOSES), draw.pick(stores), draw.pick(WORKSTATIONS))
        for _ in range(COUNT)
    )
    counted: dict[tuple[int, str, str], int] = {}
    for day, second, store, workstation in moments:
        till = day, store, workstation
        counted[till] = counted.get(till, 0) + 1
        business_day = FIRST_DAY + timedelta(day)
        at = datetime.combine(business_day, datetime.min.time()) + timedelta(seconds=second)
        yield Key(store, workstation, counted[till], business_day), at
