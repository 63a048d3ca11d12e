"""A customer's account in the loyalty programme."""

from __future__ import annotations

import strawberry

from resolvers.directives import Access, Owner, Pii, PiiClass
from resolvers.money import Money
from resolvers.node import Node
from resolvers.provenance import Sourced
from resolvers.scalars import Date, DateTime
from resolvers.source_role import SourceRole


@strawberry.type(description="Points that will lapse.")
class ExpiringPoints:
    points: int = strawberry.field(description="How many.")
    on: Date = strawberry.field(description="The last day on which they can be used.")


@strawberry.type(description="A voucher that was given to a customer.")
class Voucher:
    code: str = strawberry.field(description="What is entered or scanned to use it.")
    name: str = strawberry.field(description="What it is for.")
    value: Money | None = strawberry.field(description="What it is worth; null where that is not an amount.")
    valid_to: DateTime | None = strawberry.field(
        description="First instant at which it is no longer good; null without an end."
    )
    used_at: DateTime | None = strawberry.field(description="Instant at which it was used; null while it is unused.")


@strawberry.federation.type(
    keys=["id", "cardNumber"],
    directives=[Owner(by=SourceRole.LOYALTY), Access(scope="customer:read")],
    description="A customer's account in the loyalty programme.",
)
class LoyaltyAccount(Node, Sourced):
    card_number: str = strawberry.federation.field(
        directives=[Pii(class_=PiiClass.IDENTITY)], description="Number on the card."
    )
    tier: str | None = strawberry.field(description="Level of membership, such as 'GOLD'; null where there are none.")
    points: int = strawberry.field(description="Points that can be used now.")
    expiring: list[ExpiringPoints] = strawberry.field(description="The points that will lapse, day by day.")
    vouchers: list[Voucher] = strawberry.field(description="Vouchers given to the customer, used ones too.")
