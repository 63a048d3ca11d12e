"""What a company lists: an article whose variants are sold."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers.arguments import After, AskedLocale, Codes, First, with_arguments
from resolvers.attribute import Attribute, chosen_attributes
from resolvers.category import Category
from resolvers.connection import Connection as Page
from resolvers.directives import CacheControl, Owner
from resolvers.facet import Facet
from resolvers.links import Children, Connection, Local, Reference, Values, answered, planned
from resolvers.media import Media, MediaKind
from resolvers.node import Node
from resolvers.ranges import DecimalRange
from resolvers.rich_text import described
from resolvers.scalars import DateTime
from resolvers.source_role import SourceRole
from resolvers.texts import localised

if TYPE_CHECKING:
    from resolvers.variant import VariantConnection


@strawberry.enum(description="How a description is written.")
class TextFormat(Enum):
    PLAIN = strawberry.enum_value("PLAIN", description="Text without markup; an empty line between paragraphs.")
    HTML = strawberry.enum_value(
        "HTML", description="An HTML fragment of paragraphs, headings, lists, emphasis and links; nothing that runs."
    )
    MARKDOWN = strawberry.enum_value("MARKDOWN", description="CommonMark.")


@strawberry.enum(description="Where an article stands in its life.")
class Lifecycle(Enum):
    PLANNED = strawberry.enum_value("PLANNED", description="Listed, not sold yet.")
    ACTIVE = strawberry.enum_value("ACTIVE", description="Sold and ordered again.")
    CLEARANCE = strawberry.enum_value("CLEARANCE", description="Sold off, not ordered again.")
    DISCONTINUED = strawberry.enum_value("DISCONTINUED", description="No longer sold.")


@strawberry.enum(description="How one product is related to another.")
class RelationKind(Enum):
    ACCESSORY = strawberry.enum_value("ACCESSORY", description="Is used together with it.")
    SUBSTITUTE = strawberry.enum_value("SUBSTITUTE", description="Can take its place.")
    UPSELL = strawberry.enum_value("UPSELL", description="Is a better one of its kind.")
    SPARE_PART = strawberry.enum_value("SPARE_PART", description="Replaces a part of it.")


def related_codes(relations: Any, arguments: Values) -> Sequence[str]:
    """The codes out of ``[{kind, code}]``, each once, in the source's order."""
    kind = arguments.get("kind")
    related = [relation for relation in relations or () if relation and kind in (None, relation.get("kind"))]
    return list(dict.fromkeys(relation["code"] for relation in related if relation.get("code")))


@strawberry.input(description="What an attribute has to be; with both conditions, both must hold.")
class AttributeFilter:
    code: str = strawberry.field(description="Code of the attribute.")
    in_: list[str] | None = strawberry.field(
        name="in", default=strawberry.UNSET, description="One of these, as its raw value."
    )
    range: DecimalRange | None = strawberry.field(default=strawberry.UNSET, description="A number in this range.")


@strawberry.input(description="Which products to list. All conditions must hold; an absent one does not matter.")
class ProductFilter:
    codes: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Only products with one of these codes."
    )
    skus: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Only products with one of these variants."
    )
    category: str | None = strawberry.field(
        default=strawberry.UNSET, description="Only products of the category with this code."
    )
    brand: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Only products of one of these brands, by name."
    )
    price: DecimalRange | None = strawberry.field(
        default=strawberry.UNSET, description="Only products with a price in this range, in the source's own currency."
    )
    in_stock_at: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Only products of which something is there at one of these places."
    )
    on_promotion: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Only products that a promotion is on now; false: that none is on."
    )
    lifecycle: list[Lifecycle] | None = strawberry.field(
        default=strawberry.UNSET, description="Only products that stand at one of these points of their life."
    )
    attributes: list[AttributeFilter] | None = strawberry.field(
        default=strawberry.UNSET, description="Only products that have all of these attributes so."
    )
    updated_since: DateTime | None = strawberry.field(
        default=strawberry.UNSET, description="Only products that were changed at this instant or later."
    )


@strawberry.federation.type(
    keys=["id", "code"],
    directives=[Owner(by=SourceRole.PIM), CacheControl(max_age=3600)],
    description="An article that groups variants: the style, not its sizes and colours.",
)
class Product(Node):
    code: str = strawberry.federation.field(
        directives=[Owner(by=SourceRole.ERP, also=[SourceRole.PIM])],
        description="Style or article number that groups variants.",
    )

    @with_arguments(
        "Name in the asked language, else in the nearest one there is.",
        Local(localised, localized=True, as_is=str),
    )
    def name(self, locale: AskedLocale = strawberry.UNSET) -> str:
        return planned()

    @with_arguments(
        "Description in the asked language and form; null where there is none.",
        Local(described, localized=True),
    )
    def description(
        self,
        locale: AskedLocale = strawberry.UNSET,
        format: Annotated[
            TextFormat | None, strawberry.argument(description="How it is to be written.")
        ] = TextFormat.PLAIN,
    ) -> str | None:
        return planned()

    brand: str | None = strawberry.field(description="Name of the brand; null where it has none.")
    categories: list[Category] = strawberry.field(
        description="The categories it is listed in.",
        metadata=answered(Reference("Category", by="code", via="categoryCodes")),
    )

    @with_arguments(
        "Its attributes, in the source's order.",
        Local(chosen_attributes),
    )
    def attributes(self, codes: Codes = strawberry.UNSET, locale: AskedLocale = strawberry.UNSET) -> list[Attribute]:
        return planned()

    @with_arguments(
        "What it is sold as; null where the source did not answer.",
        Connection("Variant", search="productCode", via="code"),
    )
    def variants(
        self, first: First = 50, after: After = strawberry.UNSET
    ) -> Annotated[VariantConnection, strawberry.lazy("resolvers.variant")] | None:
        return planned()

    @with_arguments(
        "Products it is related to, in the source's order.",
        Reference("Product", by="code", via="relations", pick=related_codes),
    )
    def related(
        self,
        kind: Annotated[
            RelationKind | None, strawberry.argument(description="Only those related in this way.")
        ] = strawberry.UNSET,
    ) -> list[Product]:
        return planned()

    @with_arguments(
        "What it is shown by, its variants' own files included; null where the source did not answer.",
        Children("Media", by="productCode", via="code", narrow={"kinds": "kind"}),
        Owner(by=SourceRole.DAM),
    )
    def media(
        self,
        kinds: Annotated[
            list[MediaKind] | None, strawberry.argument(description="Only files of these kinds; all where absent.")
        ] = strawberry.UNSET,
    ) -> list[Media] | None:
        return planned()

    lifecycle: Lifecycle | None = strawberry.federation.field(
        directives=[Owner(by=SourceRole.ERP)], description="Where it stands in its life; null where not known."
    )
    updated_at: DateTime | None = strawberry.field(
        description="Instant of the last change of these data; null where not known."
    )


@strawberry.type(description="One page of products.")
class ProductConnection(Page[Product]):
    facets: list[Facet] = strawberry.field(
        description="Of the whole list, under the same filter: how many products have each value. Counted only where "
        "it is asked for; empty where the source of this list counts none."
    )
