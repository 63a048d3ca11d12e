"""An amount in a currency."""

from __future__ import annotations

import strawberry

from adapters.currencies import minor_units
from resolvers.links import Computed, Context, Values, answered
from resolvers.scalars import Currency, Decimal


def in_minor_units(money: Values, arguments: Values, context: Context) -> str | None:
    amount, currency = money.get("amount"), money.get("currency")
    return None if amount is None or currency is None else minor_units(amount, currency)


@strawberry.federation.type(shareable=True, description="An amount in a currency.")
class Money:
    amount: Decimal = strawberry.field(description="In the currency's main unit: '12.50' is twelve euros and fifty.")
    currency: Currency = strawberry.field(description="The currency of the amount.")
    minor_units: str = strawberry.field(
        description=(
            "The same as a whole number of the currency's smallest unit, as text: '1250' for 12.50 EUR, '1250' for "
            "1250 JPY. What is finer is rounded half away from zero."
        ),
        metadata=answered(Computed("{ amount currency }", in_minor_units)),
    )
