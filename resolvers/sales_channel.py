"""Where something is sold."""

from enum import Enum

import strawberry


@strawberry.enum(description="Where something is sold.")
class SalesChannel(Enum):
    WEB = strawberry.enum_value("WEB", description="Web shop.")
    MOBILE_APP = strawberry.enum_value("MOBILE_APP", description="The app on a customer's telephone.")
    STORE = strawberry.enum_value("STORE", description="Till or sales assistant in a store.")
    KIOSK = strawberry.enum_value("KIOSK", description="Self-service screen in a store.")
    PHONE = strawberry.enum_value("PHONE", description="Order by telephone.")
    MARKETPLACE = strawberry.enum_value("MARKETPLACE", description="Another company's web shop.")
    B2B = strawberry.enum_value("B2B", description="Sales to companies.")
