"""A sale in any channel."""

from __future__ import annotations

from enum import Enum
from typing import Final

import strawberry

from resolvers.address import Address
from resolvers.connection import Connection as Page
from resolvers.customer import Customer
from resolvers.directives import Access, CacheControl, CacheScope, Owner
from resolvers.fulfilment import Fulfilment
from resolvers.links import Children, Computed, Context, Reference, Values, answered
from resolvers.location import Location
from resolvers.money import Money
from resolvers.node import Node
from resolvers.order_line import OrderLine
from resolvers.payment import Payment
from resolvers.provenance import Sourced
from resolvers.receipt import Receipt
from resolvers.sales_channel import SalesChannel
from resolvers.scalars import DateTime
from resolvers.source_role import SourceRole
from resolvers.tax_amount import TaxAmount

CANCELLABLE: Final = frozenset({"PENDING", "CONFIRMED", "ON_HOLD"})
"""The states in which nobody has begun to pick the goods."""


def can_cancel(order: Values, arguments: Values, context: Context) -> bool:
    return order.get("status") in CANCELLABLE


@strawberry.enum(description="Where an order stands.")
class OrderStatus(Enum):
    PENDING = strawberry.enum_value("PENDING", description="Placed, not accepted yet.")
    CONFIRMED = strawberry.enum_value("CONFIRMED", description="Accepted, not begun.")
    IN_FULFILMENT = strawberry.enum_value("IN_FULFILMENT", description="Being picked and packed.")
    READY_FOR_PICKUP = strawberry.enum_value("READY_FOR_PICKUP", description="Waiting for the customer.")
    PARTLY_SHIPPED = strawberry.enum_value("PARTLY_SHIPPED", description="A part is on its way.")
    SHIPPED = strawberry.enum_value("SHIPPED", description="All of it is on its way.")
    COMPLETED = strawberry.enum_value("COMPLETED", description="The customer has it.")
    CANCELLED = strawberry.enum_value("CANCELLED", description="Called off.")
    ON_HOLD = strawberry.enum_value("ON_HOLD", description="Stopped until somebody looks at it.")


@strawberry.input(description="Which orders to list. All conditions must hold; an absent one does not matter.")
class OrderFilter:
    channels: list[SalesChannel] | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders of these channels."
    )
    status: list[OrderStatus] | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders that stand here."
    )
    open_only: bool | None = strawberry.field(
        default=strawberry.UNSET, description="True: only orders that are neither completed nor cancelled."
    )


@strawberry.type(
    description="What an order costs: grandTotal = subtotal - discount + shipping + (tax unless taxIncluded)."
)
class OrderTotals:
    subtotal: Money = strawberry.field(description="The lines, before discounts on the order.")
    discount: Money = strawberry.field(description="Discounts on the order; positive or zero.")
    shipping: Money = strawberry.field(description="What the delivery costs.")
    tax: Money = strawberry.field(description="All taxes together.")
    tax_included: bool = strawberry.field(description="Whether the amounts above are with tax.")
    grand_total: Money = strawberry.field(description="What the customer pays in all.")
    paid: Money = strawberry.field(description="What was paid so far.")
    refunded: Money = strawberry.field(description="What was paid back so far; positive or zero.")
    taxes: list[TaxAmount] = strawberry.field(description="The taxes, rate by rate.")


@strawberry.federation.type(
    keys=["id", "number"],
    directives=[
        Owner(by=SourceRole.OMS, also=[SourceRole.POS, SourceRole.ERP]),
        Access(scope="order:read"),
        CacheControl(max_age=30, scope=CacheScope.PRIVATE),
    ],
    description="A sale in any channel: a web order, a telephone order or a till receipt.",
)
class Order(Node, Sourced):
    number: str = strawberry.field(description="The company's own number of the order.")
    channel: SalesChannel = strawberry.field(description="Where it was placed.")
    status: OrderStatus = strawberry.field(description="Where it stands.")
    placed_at: DateTime = strawberry.field(description="Instant at which it was placed.")
    customer: Customer | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.CRM)],
        description="Who placed it; null for sales to somebody unknown.",
        metadata=answered(Reference("Customer", by="number", via="customerNumber")),
    )
    sold_at: Location | None = strawberry.field(
        description="Which place gets credit for the sale, whatever the channel; null where none does.",
        metadata=answered(Reference("Location", by="code", via="soldAtCode")),
    )
    lines: list[OrderLine] = strawberry.field(
        description="What was sold.", metadata=answered(Children("OrderLine", by="orderNumber", via="number"))
    )
    totals: OrderTotals = strawberry.field(description="What it costs.")
    billing_address: Address | None = strawberry.field(description="Where the invoice goes; null for till receipts.")
    payments: list[Payment] | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.PAYMENT, also=[SourceRole.POS, SourceRole.OMS])],
        description="How it was paid; null where the source did not answer.",
        metadata=answered(Children("Payment", by="orderNumber", via="number")),
    )
    fulfilments: list[Fulfilment] = strawberry.field(
        description="How the goods reach the customer, delivery by delivery.",
        metadata=answered(Children("Fulfilment", by="orderNumber", via="number")),
    )
    receipt: Receipt | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.POS)],
        description="What the till printed and kept; null for everything that was not sold at one.",
        metadata=answered(
            Reference(
                "Receipt",
                by="storeCode workstation sequence businessDay",
                via="storeCode workstation sequence businessDay",
            )
        ),
    )
    cancellable: bool = strawberry.field(
        description="Whether it can still be called off: nobody has begun to pick the goods.",
        metadata=answered(Computed("{ status }", can_cancel)),
    )
    version: str = strawberry.field(
        description="Changes whenever the record changes; to notice other people's changes."
    )


@strawberry.type(description="One page of orders.")
class OrderConnection(Page[Order]):
    missing_sources: list[str] = strawberry.field(
        description="Names of the sources that did not answer: their orders are not in the list."
    )
