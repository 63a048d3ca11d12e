"""What a registered system is in the business."""

from enum import Enum

import strawberry


@strawberry.enum(description="What a registered system is in the business.")
class SourceRole(Enum):
    ERP = strawberry.enum_value("ERP", description="Enterprise resource planning: articles, purchasing, finance.")
    CRM = strawberry.enum_value("CRM", description="Customer relationship management.")
    PIM = strawberry.enum_value("PIM", description="Product information management.")
    DAM = strawberry.enum_value("DAM", description="Digital asset management: pictures, films, documents.")
    OMS = strawberry.enum_value("OMS", description="Order management.")
    WMS = strawberry.enum_value("WMS", description="Warehouse management.")
    POS = strawberry.enum_value("POS", description="Point of sale: the tills.")
    PRICING = strawberry.enum_value("PRICING", description="Price and promotion engine.")
    LOYALTY = strawberry.enum_value("LOYALTY", description="Loyalty programme.")
    PAYMENT = strawberry.enum_value("PAYMENT", description="Payment service.")
    BI = strawberry.enum_value("BI", description="Business intelligence: figures, segments, forecasts.")
    STORE_SYSTEM = strawberry.enum_value("STORE_SYSTEM", description="In-store system: shelf stock, opening hours.")
    GATEWAY = strawberry.enum_value("GATEWAY", description="The gateway itself.")
