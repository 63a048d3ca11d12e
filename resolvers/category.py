"""A part of the assortment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.arguments import After, AskedLocale, Before, First, Last, with_arguments
from resolvers.directives import CacheControl, Owner
from resolvers.links import Children, Connection, Local, Reference, answered, planned
from resolvers.node import Node
from resolvers.sorting import SortedBy
from resolvers.source_role import SourceRole
from resolvers.texts import localised

if TYPE_CHECKING:
    from resolvers.product import ProductConnection, ProductFilter


@strawberry.federation.type(
    keys=["id", "code"],
    directives=[Owner(by=SourceRole.PIM, also=[SourceRole.ERP]), CacheControl(max_age=3600)],
    description="A part of the assortment; categories form trees.",
)
class Category(Node):
    code: str = strawberry.field(description="The company's own code of the category.")

    @with_arguments(
        "Name in the asked language, else in the nearest one there is.",
        Local(localised, localized=True, as_is=str),
    )
    def name(self, locale: AskedLocale = strawberry.UNSET) -> str:
        return planned()

    parent: Category | None = strawberry.field(
        description="The category above; null at the top.",
        metadata=answered(Reference("Category", by="code", via="parentCode")),
    )
    children: list[Category] = strawberry.field(
        description="The categories right below.",
        metadata=answered(Children("Category", by="parentCode", via="code")),
    )
    ancestors: list[Category] = strawberry.field(
        description="All categories above, the top one first.",
        metadata=answered(Reference("Category", by="code", via="ancestorCodes")),
    )

    @with_arguments(
        "The products of this category; null where the source did not answer.",
        Connection("Product", search="categoryCode", via="code", filters_in="filter", sort="sort"),
    )
    def products(
        self,
        first: First = 20,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Annotated[
            Annotated[ProductFilter, strawberry.lazy("resolvers.product")] | None,
            strawberry.argument(description="Which of its products; all where absent."),
        ] = strawberry.UNSET,
        sort: SortedBy = strawberry.UNSET,
    ) -> Annotated[ProductConnection, strawberry.lazy("resolvers.product")] | None:
        return planned()
