"""Loyalty accounts, one for each card."""

from dataclasses import dataclass
from datetime import date, timedelta

from .draw import Draw
from .people import Customer

TODAY = date(2026, 11, 21)


@dataclass(slots=True, frozen=True)
class Expiry:
    points: int
    on: date


@dataclass(slots=True, frozen=True)
class Voucher:
    code: str
    cents: int
    currency: str
    valid_until: date
    used: bool


@dataclass(slots=True, frozen=True)
class Account:
    card: str
    tier: str  # gold, silver or base
    points: int
    expiring: tuple[Expiry, ...]
    vouchers: tuple[Voucher, ...]
    opened: date


def draw_accounts(seed: int, customers: list[Customer], cards: dict[int, str]) -> dict[str, Account]:
    """``cards``: by customer, those included of which the CRM was never told."""
    draw, enrolled = Draw(seed, "accounts"), Draw(seed, "accounts of the enrolled")
    return {
        cards[customer.number]: account(draw if customer.card else enrolled, customer, cards[customer.number])
        for customer in customers
        if customer.number in cards
    }


def account(draw: Draw, customer: Customer, card: str) -> Account:
    tier = "gold" if "GOLD" in customer.groups else draw.pick(("silver", "base", "base", "base"))
    points = draw.below({"gold": 20_000, "silver": 6_000, "base": 1_500}[tier])
    return Account(
        card=card,
        tier=tier,
        points=points,
        expiring=expiring(draw, points),
        vouchers=tuple(voucher(draw) for _ in range(draw.below(4))),
        opened=customer.created.date(),
    )


def expiring(draw: Draw, points: int) -> tuple[Expiry, ...]:
    first, second = draw.below(points // 4 + 1), draw.below(points // 4 + 1)
    rows = (Expiry(first, date(2026, 12, 31)), Expiry(second, date(2027, 3, 31)))
    return tuple(row for row in rows if row.points)


def voucher(draw: Draw) -> Voucher:
    return Voucher(
        code=f"V-{draw.digits(8)}",
        cents=draw.pick((500, 1000, 1500, 2500)),
        currency="EUR",
        valid_until=TODAY + timedelta(days=draw.between(-60, 180)),
        used=draw.chance(0.3),
    )
