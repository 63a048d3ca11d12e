"""A tax on a line or an order."""

from __future__ import annotations

import strawberry

from resolvers.money import Money
from resolvers.scalars import Decimal


@strawberry.federation.type(shareable=True, description="One tax, by its rate.")
class TaxAmount:
    name: str = strawberry.field(description="Name of the tax, such as 'VAT'.")
    rate: Decimal = strawberry.field(description="In per cent: '19.0'.")
    base: Money = strawberry.field(description="The amount that is taxed.")
    amount: Money = strawberry.field(description="The tax.")
