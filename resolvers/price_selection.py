"""The one price that applies, out of all price rows of a variant."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

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

ONE: Final = Decimal(1)


class Buyer(NamedTuple):
    """Who buys how much, where and when; ``None`` is nobody and nowhere in particular."""

    currency: str | None
    group: str | None
    location: str | None
    channel: str | None
    country: str | None
    quantity: Decimal
    at: Clock

    def choose(self, rows: Sequence[Values]) -> Values | None:
        """One of ``rows`` itself, or ``None`` where none applies.

        The most specific row wins (a customer group before a location, a channel, a country, none of them); then the
        one for the larger quantity; then the one that began last; then the cheapest.
        """
        applicable = list(filter(self.may_have, rows))
        return max(applicable, key=rank) if len(applicable) > 1 else next(iter(applicable), None)

    def may_have(self, row: Values) -> bool:
        """A row that is null in a scope holds for any; ``validTo`` is the first instant at which it no longer holds."""
        value, start, end = row.get("value"), row.get("validFrom"), row.get("validTo")
        return (
            value is not None
            and value.get("amount") is not None
            and self.currency in (None, value.get("currency"))
            and row.get("customerGroup") in (None, self.group)
            and row.get("locationCode") in (None, self.location)
            and row.get("channel") in (None, self.channel)
            and row.get("country") in (None, self.country)
            and least(row) <= self.quantity
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
        group=given.get("customerGroup") or context.customer_group,
        location=given.get("location") or context.location,
        channel=given.get("channel") or context.channel,
        country=given.get("country") or context.country,
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
