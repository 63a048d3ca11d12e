"""The one price that applies, out of all price rows of a variant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from resolvers.clock import Clock
from resolvers.instants import seconds
from resolvers.links import Chooser, Context, Values

READS: Final = (
    "value",
    "customerGroup",
    "locationCode",
    "channel",
    "country",
    "minQuantity",
    "validFrom",
    "validTo",
)
"""The fields of a row that the choice depends on."""

LIMITS: Final = frozenset(READS) - {"value"}
"""A row that says nothing of these holds for anybody, at any time."""

ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys how much, and when. ``scopes``: of each scope of a row, the buyer's own, or ``None``."""

    currency: str | None
    scopes: Sequence[tuple[str, str | None]]
    quantity: Decimal
    at: Clock

    def choose(self, rows: Sequence[Values]) -> Values | None:
        """One of ``rows`` itself, or ``None`` where none applies.

        The most specific row wins (a customer group before a location, a channel, a country, none of them); then the
        one for the larger quantity; then the one that began last; then the cheapest.
        """
        if len(rows) == 1:
            return rows[0] if self.may_have(rows[0]) else None
        return max(filter(self.may_have, rows), key=rank, default=None)

    def may_have(self, row: Values) -> bool:
        """A row that is null in a scope holds for any; ``validTo`` is the first instant at which it no longer holds."""
        value = row.get("value")
        if value is None or value.get("amount") is None or self.currency not in (None, value.get("currency")):
            return False
        return LIMITS.isdisjoint(row) or self.is_within(row)

    def is_within(self, row: Values) -> bool:
        """Whether the row holds for this buyer, now."""
        for name, own in self.scopes:
            only = row.get(name)
            if only is not None and only != own:
                return False
        start, end = row.get("validFrom"), row.get("validTo")
        return (
            least(row) <= self.quantity
            and (start is None or self.at.has_come(seconds(start)))
            and (end is None or not self.at.has_come(seconds(end)))
        )


def select_price(arguments: Values, context: Context) -> Chooser:
    """For one buyer, and the price rows of any number of variants."""
    return buyer(arguments.get("context") or {}, context).choose


def buyer(given: Values, context: Context) -> Buyer:
    """The argument, completed from what the request brings beside it."""
    quantity, at = given.get("quantity"), given.get("at")
    return Buyer(
        currency=given.get("currency") or context.currency,
        scopes=(
            ("customerGroup", given.get("customerGroup") or context.customer_group),
            ("locationCode", given.get("location") or context.location),
            ("channel", given.get("channel") or context.channel),
            ("country", given.get("country") or context.country),
        ),
        quantity=Decimal(quantity) if quantity else ONE,
        at=Clock(seconds(at)) if at else context.clock,
    )


def rank(row: Values) -> tuple[Any, ...]:
    start = row.get("validFrom")
    return (
        row.get("customerGroup") is not None,
        row.get("locationCode") is not None,
        row.get("channel") is not None,
        row.get("country") is not None,
        least(row),
        float("-inf") if start is None else seconds(start),
        -Decimal(row["value"]["amount"]),
    )


def least(row: Values) -> Decimal:
    """The smallest quantity the row holds for."""
    return Decimal(row.get("minQuantity") or 0)
