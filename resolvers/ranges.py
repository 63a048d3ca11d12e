"""Ranges that lists are narrowed by."""

from __future__ import annotations

import strawberry

from resolvers.scalars import Decimal


@strawberry.input(description="Between two numbers, both included. An end that is absent is open.")
class DecimalRange:
    gte: Decimal | None = strawberry.field(default=strawberry.UNSET, description="At least this.")
    lte: Decimal | None = strawberry.field(default=strawberry.UNSET, description="At most this.")
