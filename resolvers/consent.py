"""What a customer agreed to."""

from __future__ import annotations

from enum import Enum

import strawberry

from resolvers.scalars import DateTime


@strawberry.enum(description="What personal data may be used for.")
class ConsentPurpose(Enum):
    MARKETING = strawberry.enum_value("MARKETING", description="Advertising and newsletters.")
    PERSONALISATION = strawberry.enum_value("PERSONALISATION", description="Showing what may interest this person.")
    PROFILING = strawberry.enum_value("PROFILING", description="Drawing conclusions from what this person does.")
    DATA_SHARING = strawberry.enum_value("DATA_SHARING", description="Passing data on to other companies.")
    RECEIPTS = strawberry.enum_value("RECEIPTS", description="Sending receipts electronically.")


@strawberry.enum(description="How a customer is reached.")
class ContactChannel(Enum):
    EMAIL = strawberry.enum_value("EMAIL", description="By e-mail.")
    SMS = strawberry.enum_value("SMS", description="By text message.")
    POST = strawberry.enum_value("POST", description="By letter.")
    PHONE = strawberry.enum_value("PHONE", description="By telephone call.")
    PUSH = strawberry.enum_value("PUSH", description="By a message of the app.")


@strawberry.type(description="What a customer agreed to, or did not.")
class Consent:
    purpose: ConsentPurpose = strawberry.field(description="What for.")
    channel: ContactChannel | None = strawberry.field(description="By which way only; null for all of them.")
    granted: bool = strawberry.field(description="True where the customer agreed.")
    changed_at: DateTime = strawberry.field(description="Instant of the customer's last decision.")
    evidence: str | None = strawberry.field(
        description="How it is known, such as the form that was signed; null where nothing is on file."
    )
