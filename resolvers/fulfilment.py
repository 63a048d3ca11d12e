"""How goods of an order reach the customer."""

from __future__ import annotations

from enum import Enum

import strawberry

from resolvers.address import Address
from resolvers.directives import Owner
from resolvers.links import Children, Reference, answered
from resolvers.location import Location
from resolvers.scalars import Date, DateTime, Decimal
from resolvers.source_role import SourceRole


@strawberry.enum(description="How goods reach the customer.")
class FulfilmentMethod(Enum):
    SHIP_TO_HOME = strawberry.enum_value("SHIP_TO_HOME", description="Sent from a warehouse.")
    SHIP_FROM_STORE = strawberry.enum_value("SHIP_FROM_STORE", description="Sent from a store.")
    PICKUP_IN_STORE = strawberry.enum_value("PICKUP_IN_STORE", description="Fetched in a store.")
    DRIVE_THROUGH = strawberry.enum_value("DRIVE_THROUGH", description="Fetched by car.")
    LOCKER = strawberry.enum_value("LOCKER", description="Fetched from a parcel locker.")
    CARRY_OUT = strawberry.enum_value("CARRY_OUT", description="Taken along from the till.")
    DIGITAL = strawberry.enum_value("DIGITAL", description="Delivered electronically.")


@strawberry.enum(description="Where a delivery stands.")
class FulfilmentStatus(Enum):
    PLANNED = strawberry.enum_value("PLANNED", description="Not begun.")
    PICKING = strawberry.enum_value("PICKING", description="Being taken from the shelves.")
    PACKED = strawberry.enum_value("PACKED", description="Ready to leave.")
    READY_FOR_PICKUP = strawberry.enum_value("READY_FOR_PICKUP", description="Waiting for the customer.")
    IN_TRANSIT = strawberry.enum_value("IN_TRANSIT", description="On its way.")
    DELIVERED = strawberry.enum_value("DELIVERED", description="Handed over at the address.")
    COLLECTED = strawberry.enum_value("COLLECTED", description="Fetched by the customer.")
    FAILED = strawberry.enum_value("FAILED", description="Could not be handed over.")
    CANCELLED = strawberry.enum_value("CANCELLED", description="Called off.")


@strawberry.type(description="How much of an order's line is delivered.")
class FulfilmentLine:
    order_line_id: strawberry.ID = strawberry.field(description="`id` of the line in its order.")
    quantity: Decimal = strawberry.field(description="How much of it, in the variant's sales unit.")


@strawberry.federation.type(
    directives=[Owner(by=SourceRole.OMS, also=[SourceRole.WMS])],
    description="One delivery of an order: a parcel, or goods to fetch.",
)
class Fulfilment:
    id: strawberry.ID = strawberry.field(description="Identifies the delivery among those of its order.")
    method: FulfilmentMethod = strawberry.field(description="How the goods reach the customer.")
    status: FulfilmentStatus = strawberry.field(description="Where the delivery stands.")
    from_: Location | None = strawberry.field(
        name="from",
        description="The place the goods come from; null while that is not decided.",
        metadata=answered(Reference("Location", by="code", via="fromCode")),
    )
    ship_to: Address | None = strawberry.field(description="Where they are sent; null where they are fetched.")
    pickup_at: Location | None = strawberry.field(
        description="Where they are fetched; null where they are sent.",
        metadata=answered(Reference("Location", by="code", via="pickupAtCode")),
    )
    lines: list[FulfilmentLine] = strawberry.field(
        description="What is delivered.",
        metadata=answered(Children("FulfilmentLine", by="orderNumber fulfilmentId", via="orderNumber id")),
    )
    carrier: str | None = strawberry.field(description="Who carries it; null where nobody does, or not yet.")
    tracking_number: str | None = strawberry.field(description="The carrier's number; null where there is none.")
    tracking_url: str | None = strawberry.field(description="The carrier's page about it; null where there is none.")
    expected_on: Date | None = strawberry.field(
        description="Day on which it is expected to arrive or to be ready; null where not known."
    )
    ready_at: DateTime | None = strawberry.field(
        description="Instant at which it was packed or ready to be fetched; null before."
    )
    completed_at: DateTime | None = strawberry.field(description="Instant at which the customer had it; null before.")
    collect_before: DateTime | None = strawberry.field(
        description="First instant at which it no longer waits to be fetched; null where it does not wait."
    )
