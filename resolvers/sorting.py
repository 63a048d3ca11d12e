"""Orders that a client may choose for a list."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import strawberry


@strawberry.enum(description="What products can be ordered by.")
class ProductSortKey(Enum):
    RELEVANCE = strawberry.enum_value("RELEVANCE", description="How well they fit the words they were found by.")
    NAME = strawberry.enum_value("NAME", description="Their names, as the source orders texts: A to Z.")
    PRICE = strawberry.enum_value("PRICE", description="The price that the source lists them at: the lowest first.")
    NEWEST = strawberry.enum_value("NEWEST", description="When they were last new or changed: the newest first.")
    POPULARITY = strawberry.enum_value("POPULARITY", description="How much they are asked for: the most first.")
    CODE = strawberry.enum_value("CODE", description="Their codes: the lowest first.")


@strawberry.enum(description="Which way an order goes. What has no value to be ordered by comes last, both ways.")
class SortDirection(Enum):
    ASC = strawberry.enum_value("ASC", description="As the key says: `NEWEST` begins with the newest.")
    DESC = strawberry.enum_value("DESC", description="The other way round: `NEWEST` ends with the newest.")


@strawberry.input(description="An order of products; what it ties, the source orders itself, always alike.")
class ProductSort:
    by: ProductSortKey = strawberry.field(description="What they are ordered by.")
    direction: SortDirection | None = strawberry.field(default=SortDirection.ASC, description="Which way.")


SortedBy = Annotated[
    ProductSort | None, strawberry.argument(description="In which order; the source's own where absent.")
]
