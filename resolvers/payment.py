"""How an order was paid."""

from __future__ import annotations

from enum import Enum

import strawberry

from resolvers.directives import Pii, PiiClass
from resolvers.money import Money
from resolvers.scalars import DateTime


@strawberry.enum(description="Means of payment.")
class PaymentMethod(Enum):
    CASH = strawberry.enum_value("CASH", description="Notes and coins.")
    CARD = strawberry.enum_value("CARD", description="Debit or credit card.")
    GIFT_CARD = strawberry.enum_value("GIFT_CARD", description="Prepaid card of this company.")
    VOUCHER = strawberry.enum_value("VOUCHER", description="Voucher given to the customer.")
    BANK_TRANSFER = strawberry.enum_value("BANK_TRANSFER", description="Transfer or direct debit.")
    WALLET = strawberry.enum_value("WALLET", description="Wallet on the web or a telephone.")
    POINTS = strawberry.enum_value("POINTS", description="Points of the loyalty programme.")
    INVOICE = strawberry.enum_value("INVOICE", description="Paid later, on an invoice.")
    OTHER = strawberry.enum_value("OTHER", description="Anything else.")


@strawberry.enum(description="Where a payment stands.")
class PaymentStatus(Enum):
    PENDING = strawberry.enum_value("PENDING", description="Begun, not decided.")
    AUTHORISED = strawberry.enum_value("AUTHORISED", description="Promised, not collected.")
    CAPTURED = strawberry.enum_value("CAPTURED", description="Collected.")
    FAILED = strawberry.enum_value("FAILED", description="Refused or broken off.")
    REFUNDED = strawberry.enum_value("REFUNDED", description="Paid back.")
    PARTLY_REFUNDED = strawberry.enum_value("PARTLY_REFUNDED", description="Paid back in part.")
    VOIDED = strawberry.enum_value("VOIDED", description="Given up before it was collected.")


@strawberry.type(description="One payment for an order.")
class Payment:
    id: strawberry.ID = strawberry.field(description="Identifies the payment among those of its order.")
    method: PaymentMethod = strawberry.field(description="Means of payment.")
    status: PaymentStatus = strawberry.field(description="Where the payment stands.")
    amount: Money = strawberry.field(description="How much was paid; positive, also when it was paid back.")
    masked_reference: str | None = strawberry.federation.field(
        directives=[Pii(class_=PiiClass.FINANCIAL)],
        description="Card or account number, never more than its last four digits; null where there is none.",
    )
    at: DateTime = strawberry.field(description="Instant of the payment.")
