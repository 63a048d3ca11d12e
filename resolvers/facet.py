"""What a list can be narrowed by further, and how much would be left."""

from __future__ import annotations

import strawberry


@strawberry.type(description="One value that items of a list have.")
class FacetValue:
    value: str = strawberry.field(description="The value, as the filter of the facet's name takes it.")
    label: str = strawberry.field(description="What people call it.")
    count: int = strawberry.field(description="How many items of the list have it.")


@strawberry.type(description="How the items of a list are spread over the values of one of their properties.")
class Facet:
    code: str = strawberry.field(description="The property.")
    label: str = strawberry.field(description="What people call it.")
    values: list[FacetValue] = strawberry.field(description="Its values, the most frequent first.")
