"""A postal address."""

from __future__ import annotations

import strawberry

from resolvers.directives import Pii
from resolvers.scalars import Country


@strawberry.federation.type(shareable=True, description="A postal address.")
class Address:
    lines: list[str] = strawberry.federation.field(
        directives=[Pii()], description="Street, house number and what else stands above the city, line by line."
    )
    postal_code: str | None = strawberry.federation.field(
        directives=[Pii()], description="Null where the country has none."
    )
    city: str = strawberry.field(description="City or place.")
    region: str | None = strawberry.field(description="State, province or canton; null where addresses go without.")
    country: Country = strawberry.field(description="The country.")
