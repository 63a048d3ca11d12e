"""What every system of the estate knows, each in its own form: a few things, with names that hurt careless systems."""

from __future__ import annotations

from decimal import Decimal

CURRENCY = "EUR"

VARIANTS = {
    "A-00013": "Bolt M4",
    "A-00021": "Größe 5\" O'Neill & Söhne",
    "A-00034": "50% Wolle; rot, <neu>",
    "A-00045": "Azure Ottoman",
    "A-00055": "Lamp | 230 V",
    "A-00089": "Ärmel_kurz",
    "A-00144": "Box",
}

PRICES = {
    "A-00013": Decimal("0.10"),
    "A-00021": Decimal("104.98"),
    "A-00034": Decimal("156.40"),
    "A-00045": Decimal("1234.50"),
    "A-00055": Decimal("19.90"),
    "A-00089": Decimal("7.00"),
}
"""``A-00144`` is not sold."""

STOCK = {
    ("A-00013", "BER1"): Decimal("143"),
    ("A-00013", "HAM2"): Decimal("0"),
    ("A-00021", "BER1"): Decimal("12.5"),
    ("A-00034", "HAM2"): Decimal("7"),
    ("A-00045", "BER1"): Decimal("1"),
    ("A-00045", "HAM2"): Decimal("2500"),
}

CUSTOMERS = {
    "10001": ("Ann", "Müller", "ann@example.test"),
    "10002": ("Bob", "O'Neill", "bob+shop@example.test"),
    "10003": ("Zoë", "van der Berg", None),
}

ORDERS = {
    "70001": ("10001", "SHIPPED", "2026-10-25T08:30:00Z"),
    "70002": ("10001", "PENDING", "2026-11-02T09:05:07Z"),
    "70003": ("10002", "CANCELLED", "2026-11-03T23:59:59Z"),
    "70004": ("10001", "SHIPPED", "2026-11-20T12:00:00Z"),
    "70005": ("10001", "PENDING", "2026-11-21T07:00:00Z"),
}
"""Number: the customer, the status, the instant. In the order of their numbers they are in the order of time."""
