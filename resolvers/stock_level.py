"""How much of a variant is held at a place."""

from __future__ import annotations

from decimal import Decimal as Number
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.directives import Access, CacheControl, Owner
from resolvers.links import Computed, Context, Reference, Values, answered
from resolvers.node import Node
from resolvers.provenance import Sourced
from resolvers.scalars import Date, DateTime, Decimal
from resolvers.source_role import SourceRole

if TYPE_CHECKING:
    from resolvers.location import Location
    from resolvers.variant import Variant

WITHHELD = ("reserved", "unavailable", "safetyStock")


def available_to_promise(level: Values, arguments: Values, context: Context) -> str | None:
    """On hand less what is withheld, never below zero, without an exponent.

    What no source counts is 0; ``None`` where it is not known how much is on hand.
    """
    if level.get("onHand") is None:
        return None
    free = Number(level["onHand"])
    for name in WITHHELD:
        free -= Number(level.get(name) or 0)
    return f"{free:f}" if free > 0 else "0"


@strawberry.enum(description="What more goods come from.")
class SupplyKind(Enum):
    PURCHASE_ORDER = strawberry.enum_value("PURCHASE_ORDER", description="Ordered from a supplier.")
    TRANSFER = strawberry.enum_value("TRANSFER", description="On its way from another place of the company.")
    RETURN_TO_STOCK = strawberry.enum_value("RETURN_TO_STOCK", description="Sent back by customers, to be sold again.")


@strawberry.federation.type(
    directives=[Owner(by=SourceRole.ERP)], description="Goods that are expected at a place and have not arrived."
)
class IncomingSupply:
    reference: str = strawberry.field(description="Number of the purchase order or transfer.")
    kind: SupplyKind = strawberry.field(description="What the goods come from.")
    supplier: str | None = strawberry.field(description="Name of the supplier; null for the company's own transfers.")
    quantity: Decimal = strawberry.field(description="Still to arrive, in the variant's sales unit.")
    expected_on: Date = strawberry.field(description="Day of arrival, in the place's time zone.")
    confirmed: bool = strawberry.field(description="Whether the sender has confirmed day and quantity.")


@strawberry.federation.type(
    keys=["id", "sku locationCode"],
    directives=[
        Owner(by=SourceRole.WMS, also=[SourceRole.STORE_SYSTEM, SourceRole.ERP]),
        CacheControl(max_age=15),
    ],
    description="One variant at one place. All quantities are in the variant's sales unit.",
)
class StockLevel(Node, Sourced):
    sku: str = strawberry.field(description="The variant's key.")
    location_code: str = strawberry.field(description="The place's key.")
    variant: Annotated[Variant, strawberry.lazy("resolvers.variant")] | None = strawberry.field(
        description="The variant that is counted.", metadata=answered(Reference("Variant", by="sku", via="sku"))
    )
    location: Annotated[Location, strawberry.lazy("resolvers.location")] | None = strawberry.field(
        description="The place that holds it.",
        metadata=answered(Reference("Location", by="code", via="locationCode")),
    )
    on_hand: Decimal | None = strawberry.field(
        description="Physically there; null where the source tells only what is available."
    )
    reserved: Decimal | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.OMS, also=[SourceRole.WMS])],
        description="There, but promised to orders; null where not known.",
    )
    unavailable: Decimal | None = strawberry.field(
        description="There, but damaged, in inspection, on display or blocked; null where not known."
    )
    safety_stock: Decimal | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.ERP)],
        description="Kept back against errors in counting; null where nothing is.",
    )
    available: Decimal | None = strawberry.field(
        description=(
            "Can be promised now: `onHand` less `reserved`, `unavailable` and `safetyStock`, at least '0'. What no "
            "source counts is taken as 0; null where `onHand` is not known or a source failed."
        ),
        metadata=answered(Computed("{ onHand reserved unavailable safetyStock }", available_to_promise)),
    )
    incoming: list[IncomingSupply] | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.ERP), Access(scope="supply:read")],
        description="Expected here and not arrived; null where the source did not answer.",
    )
    last_counted_at: DateTime | None = strawberry.field(
        description="Instant of the last stock-taking here; null where there was none."
    )
