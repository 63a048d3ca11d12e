"""The thing that is priced, counted and sold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.arguments import AskedLocale, Codes, with_arguments
from resolvers.attribute import Attribute, SelectedOption, chosen_attributes
from resolvers.availability import STOCK_NEEDED, Availability, AvailabilityContext, availability_of
from resolvers.connection import Connection as Page
from resolvers.directives import CacheControl, Owner
from resolvers.links import Children, Computed, Local, Reference, answered, planned
from resolvers.media import Media
from resolvers.node import Node
from resolvers.price import Price, PriceContext
from resolvers.price_selection import READS, select_price
from resolvers.source_role import SourceRole
from resolvers.stock_level import StockLevel
from resolvers.texts import localised

if TYPE_CHECKING:
    from resolvers.product import Product


@strawberry.federation.type(
    keys=["id", "sku"],
    directives=[Owner(by=SourceRole.PIM), CacheControl(max_age=3600)],
    description="The thing that is priced, counted and sold (stock keeping unit).",
)
class Variant(Node):
    sku: str = strawberry.federation.field(
        directives=[Owner(by=SourceRole.ERP)], description="The company's own key of the variant."
    )
    product: Annotated[Product, strawberry.lazy("resolvers.product")] | None = strawberry.field(
        description="The product it is a variant of.",
        metadata=answered(Reference("Product", by="code", via="productCode")),
    )

    @with_arguments(
        "Name in the asked language, else in the nearest one there is.",
        Local(localised, localized=True, as_is=str),
    )
    def name(self, locale: AskedLocale = strawberry.UNSET) -> str:
        return planned()

    options: list[SelectedOption] = strawberry.field(
        description="What tells it apart from the product's other variants, such as size and colour."
    )

    @with_arguments(
        "Its attributes, in the source's order.",
        Local(chosen_attributes),
    )
    def attributes(self, codes: Codes = strawberry.UNSET, locale: AskedLocale = strawberry.UNSET) -> list[Attribute]:
        return planned()

    sales_unit: str | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.ERP)],
        description="Unit in which it is sold and counted, as a UN/CEFACT code: EA, KGM, MTR.",
    )
    tax_class: str | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.ERP)], description="The company's own code of the tax class, such as 'REDUCED'."
    )

    media: list[Media] | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.DAM)],
        description="What shows this very variant; null where the source did not answer.",
        metadata=answered(Children("Media", by="sku", via="sku")),
    )

    @with_arguments(
        "The one price that applies in this context; null (and no error) where it is not sold there.",
        Children("Price", by="sku", via="sku", choose=select_price, reads=READS),
        Owner(by=SourceRole.PRICING, also=[SourceRole.ERP, SourceRole.POS]),
        CacheControl(max_age=300),
    )
    def price(
        self,
        context: Annotated[
            PriceContext | None, strawberry.argument(description="Who buys how much, where and when.")
        ] = strawberry.UNSET,
    ) -> Price | None:
        return planned()

    @with_arguments(
        "What is held of it, place by place; null where the source did not answer.",
        Children("StockLevel", by="sku", via="sku", narrow={"locations": "locationCode"}),
        Owner(by=SourceRole.WMS, also=[SourceRole.STORE_SYSTEM, SourceRole.ERP]),
        CacheControl(max_age=15),
    )
    def stock(
        self,
        locations: Annotated[
            list[str] | None, strawberry.argument(description="Codes of the places to count; all where absent.")
        ] = strawberry.UNSET,
    ) -> list[StockLevel] | None:
        return planned()

    @with_arguments(
        "Whether a customer can have it, over all places that serve the channel.",
        Computed(STOCK_NEEDED, availability_of, optional=frozenset({"stock.incoming"})),
        Owner(by=SourceRole.OMS, also=[SourceRole.WMS]),
        CacheControl(max_age=15),
    )
    def availability(
        self,
        context: Annotated[
            AvailabilityContext | None, strawberry.argument(description="How much is wanted, and where it is sold.")
        ] = strawberry.UNSET,
    ) -> Availability | None:
        return planned()


@strawberry.type(description="One page of variants.")
class VariantConnection(Page[Variant]):
    pass
