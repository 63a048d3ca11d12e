"""What a variant costs."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.directives import Owner
from resolvers.links import Reference, answered
from resolvers.money import Money
from resolvers.provenance import Sourced
from resolvers.sales_channel import SalesChannel
from resolvers.scalars import Country, Currency, DateTime, Decimal
from resolvers.source_role import SourceRole

if TYPE_CHECKING:
    from resolvers.location import Location


@strawberry.enum(description="Why a price is what it is.")
class PriceKind(Enum):
    REGULAR = strawberry.enum_value("REGULAR", description="The plain price.")
    PROMOTIONAL = strawberry.enum_value("PROMOTIONAL", description="Reduced for a while.")
    MARKDOWN = strawberry.enum_value("MARKDOWN", description="Reduced for good, to clear the stock.")
    CUSTOMER = strawberry.enum_value("CUSTOMER", description="For one group of customers.")
    CONTRACT = strawberry.enum_value("CONTRACT", description="Agreed with one customer.")
    STAFF = strawberry.enum_value("STAFF", description="For people who work here.")


@strawberry.input(
    description=(
        "Who, where and when a price is asked for. What is left out comes from the request's headers, else from the "
        "gateway's defaults."
    )
)
class PriceContext:
    channel: SalesChannel | None = strawberry.field(default=strawberry.UNSET, description="Where it is sold.")
    currency: Currency | None = strawberry.field(
        default=strawberry.UNSET, description="Only prices in this currency; nothing is converted."
    )
    country: Country | None = strawberry.field(default=strawberry.UNSET, description="Where the buyer is.")
    location: str | None = strawberry.field(
        default=strawberry.UNSET, description="Code of the store or warehouse that sells it."
    )
    customer_group: str | None = strawberry.field(
        default=strawberry.UNSET, description="Code of the buyer's group, such as 'GOLD'."
    )
    quantity: Decimal | None = strawberry.field(
        default=Decimal("1"), description="How much is bought, in the variant's sales unit."
    )
    at: DateTime | None = strawberry.field(
        default=strawberry.UNSET, description="The instant of the sale; now where absent."
    )


@strawberry.federation.type(
    directives=[Owner(by=SourceRole.PRICING)],
    description=(
        "A price and what it is limited to: `channel`, `location`, `customerGroup` and `country` are null where it "
        "holds for any."
    ),
)
class Price(Sourced):
    value: Money = strawberry.field(description="What one sales unit costs.")
    compare_at: Money | None = strawberry.field(
        description="Reference price to show struck through; null where the price is not reduced."
    )
    lowest30_days: Money | None = strawberry.field(
        description="Lowest price of the 30 days before a reduction (EU price indication); null where not reduced."
    )
    kind: PriceKind = strawberry.field(description="Why the price is what it is.")
    tax_included: bool = strawberry.field(description="Whether `value` is with tax.")
    tax_rate: Decimal | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.ERP)], description="In per cent: '19.0'; null where not known."
    )
    channel: SalesChannel | None = strawberry.field(description="Only in this channel.")
    location: Annotated[Location, strawberry.lazy("resolvers.location")] | None = strawberry.field(
        description="Only at this place.", metadata=answered(Reference("Location", by="code", via="locationCode"))
    )
    customer_group: str | None = strawberry.field(description="Only for this group of customers.")
    country: Country | None = strawberry.field(description="Only for buyers in this country.")
    min_quantity: Decimal = strawberry.field(
        description="From this quantity on, in the variant's sales unit; '1' or '0' where there is no scale."
    )
    valid_from: DateTime | None = strawberry.field(description="First instant at which it holds; null since ever.")
    valid_to: DateTime | None = strawberry.field(
        description="First instant at which it no longer holds; null without an end."
    )
