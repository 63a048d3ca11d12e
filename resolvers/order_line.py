"""What was sold in an order."""

from __future__ import annotations

from decimal import Decimal as Number

import strawberry

from resolvers.links import Computed, Context, Reference, Values, answered
from resolvers.money import Money
from resolvers.scalars import Decimal
from resolvers.tax_amount import TaxAmount
from resolvers.variant import Variant


def returnable(line: Values, arguments: Values, context: Context) -> str | None:
    """What was shipped and has not come back, never below zero; ``None`` where it is not known what was shipped."""
    if line.get("shippedQuantity") is None:
        return None
    left = Number(line["shippedQuantity"]) - Number(line.get("returnedQuantity") or 0)
    return f"{left:f}" if left > 0 else "0"


@strawberry.type(description="One line of an order. Quantities are in the variant's sales unit.")
class OrderLine:
    id: strawberry.ID = strawberry.field(description="Identifies the line among those of its order.")
    sku: str = strawberry.field(description="Key of the variant that was sold.")
    variant: Variant | None = strawberry.field(
        description="The variant as it is today; null where it is no longer listed.",
        metadata=answered(Reference("Variant", by="sku", via="sku")),
    )
    name: str = strawberry.field(description="Name as sold, kept even when the product is gone.")
    quantity: Decimal = strawberry.field(description="How much was ordered.")
    unit_price: Money = strawberry.field(description="Price of one sales unit, before discounts.")
    tax: list[TaxAmount] = strawberry.field(description="The taxes on the line.")
    total: Money = strawberry.field(description="Price of the line, after discounts.")
    shipped_quantity: Decimal = strawberry.field(description="How much was sent or handed over.")
    cancelled_quantity: Decimal = strawberry.field(description="How much was cancelled before that.")
    returned_quantity: Decimal = strawberry.field(description="How much came back.")
    returnable_quantity: Decimal = strawberry.field(
        description="How much was sent or handed over and has not come back.",
        metadata=answered(Computed("{ shippedQuantity returnedQuantity }", returnable)),
    )
