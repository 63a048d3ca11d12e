"""How orders were paid. The amounts of an order's payments add up to its total."""

from typing import NamedTuple

from .draw import Draw

METHODS = ("card", "card", "paypal", "invoice")
STATES = {
    "new": "authorised",
    "confirmed": "authorised",
    "in work": "authorised",
    "ready": "captured",
    "part shipped": "captured",
    "shipped": "captured",
    "done": "captured",
    "hold": "open",
    "cancelled": "void",
}


class Payment(NamedTuple):
    """The amount is in cents."""

    number: int
    method: str  # card, paypal, invoice or gift card
    reference: str
    amount: int
    status: str  # open, authorised, captured or void


def payments(draw: Draw, status: str, total: int) -> list[Payment]:
    state = STATES[status]
    gift = 1000 if total > 3000 and draw.random() < 0.08 else 0
    first = Payment(1, draw.pick(METHODS), reference(draw), total - gift, state)
    return [first, Payment(2, "gift card", reference(draw), gift, state)] if gift else [first]


def reference(draw: Draw) -> str:
    """A masked card or account number."""
    return f"**** {1000 + int(draw.random() * 9000)}"
