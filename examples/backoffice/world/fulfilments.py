"""How orders reach the customer: shipped from a warehouse or store, or collected in a store."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from .draw import Draw

if TYPE_CHECKING:
    from .orders import Line

SOURCES = ("W01", "W01", "W01", "W02", "W02", "D01")
CARRIERS = ("NordPaket", "Eilbote", "Colis Vite")
STATES = {
    "new": "planned",
    "confirmed": "planned",
    "in work": "picking",
    "ready": "ready",
    "part shipped": "shipped",
    "shipped": "shipped",
    "done": "delivered",
    "hold": "planned",
    "cancelled": "cancelled",
}
ON_THE_WAY = frozenset(("shipped", "delivered"))


class Part(NamedTuple):
    """So much of one order line."""

    line: int
    quantity: Decimal


class Fulfilment(NamedTuple):
    number: int
    method: str  # ship or collect
    status: str  # planned, picking, ready, shipped, delivered or cancelled
    location: str
    carrier: str | None
    tracking: str | None
    expected: date | None
    parts: list[Part]


def fulfilments(draw: Draw, status: str, placed: datetime, lines: list[Line], stores: list[str]) -> list[Fulfilment]:
    """One for all lines, or one for the first line and a second one for the rest."""
    state = STATES[status]
    if len(lines) > 1 and (status == "part shipped" or draw.random() < 0.15):
        later = "picking" if status == "part shipped" else state
        return [
            fulfilment(draw, 1, status, state, placed, lines[:1], stores),
            fulfilment(draw, 2, status, later, placed, lines[1:], stores),
        ]
    return [fulfilment(draw, 1, status, state, placed, lines, stores)]


def fulfilment(
    draw: Draw, number: int, status: str, state: str, placed: datetime, lines: list[Line], stores: list[str]
) -> Fulfilment:
    parts = [Part(line.number, line.quantity) for line in lines]
    expected = None if status in ("hold", "cancelled") else placed.date() + timedelta(1 + int(draw.random() * 5))
    collected = status == "ready" or (status in ("new", "confirmed", "in work", "done") and draw.random() < 0.2)
    if collected:
        return Fulfilment(number, "collect", state, draw.pick(stores), None, None, expected, parts)
    tracking = f"NP{int(draw.random() * 10**10):010d}DE" if state in ON_THE_WAY else None
    return Fulfilment(number, "ship", state, draw.pick(SOURCES), draw.pick(CARRIERS), tracking, expected, parts)
