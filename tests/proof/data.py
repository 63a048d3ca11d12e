"""The estates that operations are answered over: sources in memory that together give the whole declared graph.

There are two, because a graph can be registered in more than one way. ``rows``: everything has rows of its own, and
many systems add to one entity. ``nested``: few systems, whose records hold what belongs to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch, among
from adapters.registration import Role
from tests.proof.people import People, has_name, is_open
from tests.proof.records import SKUS, Row

Shape = Literal["rows", "nested"]
SHAPES: tuple[Shape, ...] = ("rows", "nested")

Sources = dict[str, tuple[MemoryAdapter, Role]]

ONE = MemoryLookup(batch=3)
MANY = MemoryLookup(many=True, batch=4)

PRODUCTS = MemorySearch({"codes": among("code"), "brand": among("brand"), "category": among("categoryCode")}, limit=4)
IN_CATEGORY = MemorySearch(parent="categoryCode", batch=2, total=False)
ORDER_FILTERS = {"channels": among("channel"), "status": among("status"), "openOnly": is_open}
ORDERS = MemorySearch(ORDER_FILTERS, limit=30)
OF_CUSTOMER = MemorySearch(ORDER_FILTERS, parent="customerNumber", batch=2)
CUSTOMERS = MemorySearch({"search": has_name})
LEVELS = {
    "sku": MemoryLookup(many=True, batch=4, arguments={"locations": among("locationCode")}),
    "locationCode": MANY,
    "sku locationCode": ONE,
}
PART = {"sku locationCode": ONE}
RELATED = ("categoryCodes", "relations")

OWNERS: Mapping[Shape, Mapping[str, str]] = {
    "rows": {"Variant": "pim", "StockLevel": "wms", "Customer": "crm"},
    "nested": {"Product": "pim", "Variant": "pim", "Location": "erp", "Order": "oms"},
}
"""Who owns what several sources know."""


def sources(shape: Shape, seed: int) -> Sources:
    """The same seed gives the same records."""
    draw = People(seed)
    return rows(draw) if shape == "rows" else nested(draw)


def rows(draw: People) -> Sources:
    """Every type has rows of its own; ERP, OMS, LOYALTY and a scanner add to what others own."""
    levels, orders = draw.levels(), draw.orders()
    fulfilments = below(orders, {"orderNumber": "number"}, draw.fulfilments)
    packed = below(fulfilments, {"orderNumber": "orderNumber", "fulfilmentId": "id"}, draw.packed)
    pim = assortment(draw, draw.products(), draw.variants(), {"sku": ONE, "productCode": MANY})
    wms = {"StockLevel": entity(levels, LEVELS), "Location": places(draw.locations(), {"code": ONE})}
    erp = {
        "Variant": entity(draw.variants_taxed(), {"sku": ONE}),
        "StockLevel": entity(draw.added(levels, safetyStock=draw.quantity, incoming=draw.supplies), PART),
        "Customer": entity(draw.grouped(), {"number": ONE}),
    }
    oms = {
        "StockLevel": entity(draw.added(levels, reserved=draw.quantity), PART),
        "Order": entity(orders, {"number": ONE}, {"orders": ORDERS, "customerNumber": OF_CUSTOMER}),
        "OrderLine": entity(below(orders, {"orderNumber": "number"}, draw.lines), {"orderNumber": MANY}),
        "Payment": entity(below(orders, {"orderNumber": "number"}, draw.payments), {"orderNumber": MANY}),
        "Fulfilment": entity(fulfilments, {"orderNumber": MANY}),
        "FulfilmentLine": entity(packed, {"orderNumber fulfilmentId": MANY}),
    }
    loyalty = {
        "Customer": entity(draw.card_holders(), {"loyaltyCard": ONE}),
        "LoyaltyAccount": entity(draw.accounts(), {"cardNumber": ONE}),
    }
    return {
        "pim": source("pim", "PIM", pim),
        "pricing": source("pricing", "PRICING", {"Price": entity(draw.prices(SKUS), {"sku": MANY})}),
        "wms": source("wms", "WMS", wms),
        "erp": source("erp", "ERP", erp),
        "oms": source("oms", "OMS", oms),
        "crm": source("crm", "CRM", {"Customer": persons(draw.customers(), {"number": ONE, "email": ONE})}),
        "loyalty": source("loyalty", "LOYALTY", loyalty),
        "scanner": source("scanner", "STORE_SYSTEM", {"Variant": entity(draw.scans(), {"barcode": ONE})}),
    }


def nested(draw: People) -> Sources:
    """Records that hold what belongs to them: a price in a variant, an order with all its parts. Links start from keys
    that other sources add, and lead to places over a source that knows their number. Nobody computes stock."""
    products, orders = draw.products(), draw.orders()
    levels = [level | {"available": draw.quantity()} for level in draw.levels()]
    holders = [person | {"preferredLocationCode": draw.place(), "groups": ["GOLD"]} for person in draw.customers()]
    priced = [{"sku": sku, "price": draw.scope(draw.price(sku))} for sku in SKUS[:-2]]
    paid = [{"number": order["number"], "payments": draw.payments(order["number"])} for order in orders[:-1]]
    related = [{name: product[name] for name in ("code", *RELATED)} for product in products[:-1]]
    pim = assortment(
        draw,
        [{name: value for name, value in product.items() if name not in RELATED} for product in products],
        draw.variants(),
        {"sku": ONE},
        {"productCode": MemorySearch(parent="productCode", batch=2, limit=4)},
    )
    whole = [order | draw.parts(order["number"]) for order in orders]
    located = draw.locations()
    wms = {
        "StockLevel": entity(levels, LEVELS),
        "Location": entity([{"code": place["code"], "gln": place["gln"]} for place in located], {"code": ONE}),
    }
    return {
        "pim": source("pim", "PIM", pim),
        "shop": source("shop", "DAM", {"Product": entity(related, {"code": ONE})}),
        "pricing": source("pricing", "PRICING", {"Variant": entity(priced, {"sku": ONE})}),
        "wms": source("wms", "WMS", wms),
        "erp": source("erp", "ERP", {"Location": places(located, {"gln": ONE})}),
        "oms": source(
            "oms", "OMS", {"Order": entity(whole, {"number": ONE}, {"orders": ORDERS, "customerNumber": OF_CUSTOMER})}
        ),
        "payment": source("payment", "PAYMENT", {"Order": entity(paid, {"number": ONE})}),
        "crm": source("crm", "CRM", {"Customer": persons(holders, {"number": ONE, "email": ONE, "loyaltyCard": ONE})}),
        "loyalty": source("loyalty", "LOYALTY", {"LoyaltyAccount": entity(draw.accounts(), {"cardNumber": ONE})}),
    }


def assortment(
    draw: People,
    products: list[Row],
    variants: list[Row],
    lookups: Mapping[str, MemoryLookup],
    searches: Mapping[str, MemorySearch] | None = None,
) -> dict[str, MemoryEntity]:
    categories = {"code": ONE, "parentCode": MANY}
    return {
        "Product": entity(products, {"code": ONE}, {"products": PRODUCTS, "categoryCode": IN_CATEGORY}),
        "Variant": entity(variants, lookups, searches),
        "Category": entity(draw.categories(), categories, {"categories": MemorySearch(limit=2)}),
    }


def places(locations: list[Row], lookups: Mapping[str, MemoryLookup]) -> MemoryEntity:
    return entity(locations, lookups, {"locations": MemorySearch(limit=3)})


def persons(customers: list[Row], lookups: Mapping[str, MemoryLookup]) -> MemoryEntity:
    return entity(customers, lookups, {"customers": CUSTOMERS})


def source(name: str, role: Role, entities: Mapping[str, MemoryEntity]) -> tuple[MemoryAdapter, Role]:
    return MemoryAdapter(name, entities), role


def entity(
    records: list[Row], lookups: Mapping[str, MemoryLookup], searches: Mapping[str, MemorySearch] | None = None
) -> MemoryEntity:
    """What it declares is what the records have now, whatever holes are torn into them later."""
    whole = MemoryEntity(records)
    return MemoryEntity(records, lookups, searches or {}, whole.capability().fields)


def below(parents: Sequence[Row], keys: Mapping[str, str], draw: Callable[[str], list[Row]]) -> list[Row]:
    """The rows that are drawn for each parent, with the parent's keys: name in the row -> name in the parent."""
    return [
        row | {name: parent[held] for name, held in keys.items()}
        for parent in parents
        for row in draw(parent["id" if "id" in parent else "number"])
    ]
