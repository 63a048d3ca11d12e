"""A place that holds goods."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.address import Address
from resolvers.arguments import with_arguments
from resolvers.directives import CacheControl, Owner
from resolvers.links import Children, planned
from resolvers.node import Node
from resolvers.source_role import SourceRole

if TYPE_CHECKING:
    from resolvers.stock_level import StockLevel


@strawberry.enum(description="What kind of place it is.")
class LocationKind(Enum):
    STORE = strawberry.enum_value("STORE", description="Store that customers visit.")
    WAREHOUSE = strawberry.enum_value("WAREHOUSE", description="Warehouse or distribution centre.")
    DARK_STORE = strawberry.enum_value("DARK_STORE", description="Store without customers, for picking orders.")
    DRIVE_THROUGH = strawberry.enum_value("DRIVE_THROUGH", description="Where orders are handed over at the car.")
    LOCKER = strawberry.enum_value("LOCKER", description="Parcel lockers.")
    SUPPLIER = strawberry.enum_value("SUPPLIER", description="A supplier's warehouse, for goods shipped from there.")


@strawberry.federation.type(
    keys=["id", "code"],
    directives=[Owner(by=SourceRole.ERP, also=[SourceRole.STORE_SYSTEM]), CacheControl(max_age=3600)],
    description="A place that holds, sells or hands over goods.",
)
class Location(Node):
    code: str = strawberry.field(description="The company's own code of the place, such as 'S042'.")
    gln: str | None = strawberry.field(description="GS1 global location number, 13 digits; null where it has none.")
    kind: LocationKind = strawberry.field(description="What kind of place it is.")
    name: str = strawberry.field(description="Name for customers.")
    address: Address = strawberry.field(description="Postal address of the place.")
    latitude: float | None = strawberry.field(description="Degrees north (WGS 84), -90 to 90; null where not known.")
    longitude: float | None = strawberry.field(description="Degrees east (WGS 84), -180 to 180; null where not known.")
    time_zone: str = strawberry.field(description="IANA name of its time zone, such as 'Europe/Berlin'.")
    services: list[str] = strawberry.field(description="Codes of what it offers, such as 'repair'.")

    @with_arguments(
        "What is held here of some variants; null where the source did not answer.",
        Children("StockLevel", by="locationCode", via="code", narrow={"skus": "sku"}),
        Owner(by=SourceRole.WMS, also=[SourceRole.STORE_SYSTEM]),
    )
    def stock(
        self, skus: Annotated[list[str], strawberry.argument(description="The variants to count.")]
    ) -> list[Annotated[StockLevel, strawberry.lazy("resolvers.stock_level")]] | None:
        return planned()
