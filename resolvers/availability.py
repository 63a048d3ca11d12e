"""The customer-facing answer: can I have it, how many, and else when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal as Number
from enum import Enum
from typing import Any, Final

import strawberry

from resolvers.clock import Clock
from resolvers.directives import Owner
from resolvers.instants import seconds
from resolvers.links import Context, Values
from resolvers.provenance import Provenance, Sourced
from resolvers.sales_channel import SalesChannel
from resolvers.scalars import Date, DateTime, Decimal
from resolvers.source_role import SourceRole

STOCK_NEEDED: Final = """{
  stock {
    available
    location { kind }
    incoming { quantity expectedOn confirmed }
    provenance { asOf stale }
  }
}"""

LOW_STOCK: Final = "3"


@strawberry.enum(description="Whether a customer can have it.")
class StockStatus(Enum):
    IN_STOCK = strawberry.enum_value("IN_STOCK", description="Yes, now.")
    LOW_STOCK = strawberry.enum_value("LOW_STOCK", description="Yes, but few are left.")
    BACKORDER = strawberry.enum_value("BACKORDER", description="Not now; `expectedOn` says when goods come in.")
    PREORDER = strawberry.enum_value("PREORDER", description="Not yet: it has not come out.")
    OUT_OF_STOCK = strawberry.enum_value("OUT_OF_STOCK", description="No, and nothing confirmed is coming.")
    DISCONTINUED = strawberry.enum_value("DISCONTINUED", description="No, and it will not come back.")
    UNKNOWN = strawberry.enum_value("UNKNOWN", description="No source counts it.")


@strawberry.input(description="How much is wanted, and where it is sold.")
class AvailabilityContext:
    channel: SalesChannel | None = strawberry.field(
        default=strawberry.UNSET,
        description="Only places that serve this channel count; the request's own channel where absent.",
    )
    quantity: Decimal | None = strawberry.field(
        default=Decimal("1"), description="How much is wanted, in the variant's sales unit."
    )


@strawberry.federation.type(
    directives=[Owner(by=SourceRole.OMS)],
    description="The customer-facing answer, over all places that serve the channel.",
)
class Availability(Sourced):
    status: StockStatus = strawberry.field(description="Whether a customer can have the quantity asked for.")
    quantity: Decimal | None = strawberry.field(
        description=(
            "Can be promised now, in the variant's sales unit; the gateway may cap it for the public. Null where no "
            "source counts it."
        )
    )
    expected_on: Date | None = strawberry.field(
        description="Day on which confirmed supplies will cover the quantity; null unless the status is BACKORDER."
    )
    provenance: Provenance = strawberry.federation.field(
        directives=[Owner(by=SourceRole.GATEWAY)],
        description="From when the oldest count is that was used, and whether any of them is stale.",
    )


@dataclass(frozen=True, slots=True)
class Policy:
    """How stock is told to customers: see ``resolvers.constants``. ``kinds``: of the places that serve the channel."""

    low_stock: Number
    cap: Number | None
    kinds: frozenset[str] | None

    @classmethod
    def of(cls, constants: Values, channel: str | None) -> Policy:
        kinds, cap = constants.get(f"location_kinds.{channel}"), constants.get("quantity_cap")
        return cls(
            low_stock=Number(constants.get("low_stock", LOW_STOCK)),
            cap=None if cap is None else Number(cap),
            kinds=None if kinds is None else frozenset(kinds.replace(",", " ").split()),
        )

    def serves(self, level: Values) -> bool:
        """Where no registered source tells places apart (the field is absent), all of them serve."""
        if self.kinds is None or "location" not in level:
            return True
        return (level["location"] or {}).get("kind") in self.kinds

    def shown(self, quantity: Number) -> str:
        return f"{quantity if self.cap is None else min(quantity, self.cap):f}"


def availability_of(variant: Values, arguments: Values, context: Context) -> Values | None:
    """``variant`` has what ``STOCK_NEEDED`` asks for; the answer has the fields of ``Availability``."""
    stock = variant.get("stock")
    if stock is None:
        return None
    asked = arguments.get("context") or {}
    policy = Policy.of(context.settings, asked.get("channel") or context.channel)
    wanted = Number(asked.get("quantity") or 1)
    levels = [level for level in stock if policy.serves(level)]
    counted = [level for level in levels if level.get("available") is not None]
    if not stock or (levels and not counted):
        return answer("UNKNOWN", None, None, provenance(stock, context))
    free = sum((Number(level["available"]) for level in counted), Number(0))
    arrival = None if free >= wanted else expected_on(levels, wanted - free, context.clock)
    origin = provenance(counted or stock, context)
    return answer(status(free, wanted, arrival, policy), policy.shown(free), arrival, origin)


def answer(status: str, quantity: str | None, expected_on: str | None, provenance: Values) -> Values:
    return {"status": status, "quantity": quantity, "expectedOn": expected_on, "provenance": provenance}


def status(free: Number, wanted: Number, arrival: str | None, policy: Policy) -> str:
    if free >= wanted and free > 0:
        return "LOW_STOCK" if free <= policy.low_stock else "IN_STOCK"
    return "BACKORDER" if arrival else "OUT_OF_STOCK"


def expected_on(levels: Sequence[Values], missing: Number, clock: Clock) -> str | None:
    """The day on which confirmed supplies make up for what is missing; a day gone by promises nothing."""
    today = clock.today()
    for day, quantity in sorted(confirmed(levels)):
        missing -= quantity if day >= today else 0
        if missing <= 0:
            return day
    return None


def confirmed(levels: Sequence[Values]) -> Iterator[tuple[str, Number]]:
    for level in levels:
        for supply in level.get("incoming") or ():
            day, quantity = supply.get("expectedOn"), supply.get("quantity")
            if supply.get("confirmed") and day is not None and quantity is not None:
                yield day, Number(quantity)


def provenance(levels: Sequence[Values], context: Context) -> Values:
    """The gateway's own: as old as the oldest count, stale where any is."""
    origins: list[dict[str, Any]] = [level["provenance"] for level in levels if level.get("provenance")]
    oldest = min((origin["asOf"] for origin in origins), key=seconds, default=None)
    return {
        "source": "gateway",
        "role": "GATEWAY",
        "asOf": oldest or DateTime(context.clock.now()),
        "stale": any(origin["stale"] for origin in origins),
    }
