"""The estates that operations are answered over: sources in memory that together give the whole declared graph.

There are four, because a graph can be registered in more than one way. ``rows``: everything has rows of its own, and
many systems add to one entity. ``nested``: few systems, whose records hold what belongs to them. ``routed``: the first,
with systems that stand in for others, and systems that each have a part of the records. ``identified``: the first, with
systems that know one person under keys of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch, among
from adapters.registration import Role
from tests.proof import narrowing
from tests.proof.people import People, has_name, is_open
from tests.proof.records import SKUS, Row

Shape = Literal["rows", "nested", "routed", "identified"]
SHAPES: tuple[Shape, ...] = ("rows", "nested", "routed", "identified")

Sources = dict[str, tuple[MemoryAdapter, Role]]

ONE = MemoryLookup(batch=3)
MANY = MemoryLookup(many=True, batch=4)

SORTS = {"CODE": ("code",), "POPULARITY": ("brand desc", "code"), "NEWEST": ("updatedAt desc", "code")}
"""Of products: with ties, and with records that have no value to be ordered by."""

PRODUCT_FILTERS = {
    "codes": among("code"),
    "brand": among("brand"),
    "category": among("categoryCode"),
    "lifecycle": among("lifecycle"),
    "price": narrowing.has_price,
    "inStockAt": narrowing.is_in_stock,
    "onPromotion": narrowing.is_on_promotion,
    "attributes": narrowing.has_attributes,
    "updatedSince": narrowing.is_changed_since,
}
PRODUCTS = MemorySearch(
    {**PRODUCT_FILTERS, "search": narrowing.is_found},
    limit=4,
    facets={"brand": "brand", "lifecycle": "lifecycle"},
    sorts=SORTS,
)
IN_CATEGORY = MemorySearch(PRODUCT_FILTERS, parent="categoryCode", batch=2, total=False, sorts=SORTS)
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

KEYSET = ("placedAt desc", "number")
MERGED_ORDERS = MemorySearch(ORDER_FILTERS, keyset=KEYSET, limit=5)
MERGED_OF_CUSTOMER = MemorySearch(ORDER_FILTERS, parent="customerNumber", keyset=KEYSET, batch=2, limit=4)

ROUTES: Mapping[Shape, Mapping[str, Any]] = {
    "rows": {"Variant": "pim", "StockLevel": "wms", "Customer": "crm"},
    "nested": {"Product": "pim", "Variant": "pim", "Location": "erp", "Order": "oms"},
    "routed": {
        "Variant": "pim",
        "Variant.taxClass": {"fallback": ["erp", "pim"], "missing": True},
        "Customer": "crm",
        "Price": ["pricing", "erp"],
        "Location": ["wms", "erp"],
        "LoyaltyAccount": {"fallback": ["loyalty", "erp"], "missing": True},
        "StockLevel": {"merge": ["wms", "shelf"]},
        "Order": {"merge": ["oms", "pos"], "order": "placedAt desc"},
    },
    "identified": {"Variant": "pim", "StockLevel": "wms"},
}
"""Who answers what several sources know."""

IDENTITY = {
    "Customer": {
        "sources": {"crm": "number", "loyalty": "loyaltyCard", "till": "externalId", "oms": "number"},
        "match": {"loyaltyCard": "exact", "email": "email", "phone": "phone(41)"},
        "links": "links",
        "survivorship": {"phone": ["loyalty"], "locale": ["till", "crm"]},
    }
}
"""Of ``identified``."""

TOGETHER: Mapping[str, Sequence[str]] = {
    "Price": ("pricing", "erp"),
    "Location": ("wms", "erp"),
    "LoyaltyAccount": ("loyalty", "erp"),
    "StockLevel": ("wms", "shelf"),
    "Order": ("oms", "pos"),
    "OrderLine": ("oms", "pos"),
    "Payment": ("oms", "pos"),
}
"""The sources that are combined in ``routed``."""


def sources(shape: Shape, seed: int) -> Sources:
    """The same seed gives the same records."""
    draw = People(seed)
    return {"rows": rows, "nested": nested, "routed": routed, "identified": identified}[shape](draw)


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


def routed(draw: People) -> Sources:
    """As ``rows``; the ERP stands in for others, a till and the shelves have orders and stock of their own."""
    made = rows(draw)
    receipts = draw.receipts()
    variants = [row | {"taxClass": "ZERO"} for row in records(made, "pim", "Variant")]
    merged = {"orders": MERGED_ORDERS, "customerNumber": MERGED_OF_CUSTOMER}
    more: dict[str, tuple[Role, dict[str, MemoryEntity]]] = {
        "pim": ("PIM", {"Variant": entity(variants, {"sku": ONE, "productCode": MANY})}),
        "erp": (
            "ERP",
            {
                "Price": entity(draw.prices(SKUS[:9]), {"sku": MANY}),
                "Location": places(draw.locations(), {"code": ONE}),
                "LoyaltyAccount": entity(draw.accounts(), {"cardNumber": ONE}),
            },
        ),
        "oms": ("OMS", {"Order": entity(records(made, "oms", "Order"), {"number": ONE}, merged)}),
        "pos": (
            "STORE_SYSTEM",
            {
                "Order": entity(receipts, {"number": ONE}, merged),
                "OrderLine": entity(below(receipts, {"orderNumber": "number"}, draw.lines), {"orderNumber": MANY}),
                "Payment": entity(below(receipts, {"orderNumber": "number"}, draw.payments), {"orderNumber": MANY}),
            },
        ),
        "shelf": ("STORE_SYSTEM", {"StockLevel": entity(draw.levels(), LEVELS)}),
    }
    held = {name: {**adapter.entities} for name, (adapter, _) in made.items()}
    for name, (_, entities) in more.items():
        held.setdefault(name, {}).update(entities)
    for entity_name, names in TOGETHER.items():
        fields = frozenset[str]().union(*(held[name][entity_name].fields for name in names))
        for name in names:  # which values are drawn is chance, what is declared is not
            held[name][entity_name] = replace(held[name][entity_name], fields=fields)
    roles = {name: role for name, (_, role) in made.items()} | {name: role for name, (role, _) in more.items()}
    return {name: source(name, roles[name], entities) for name, entities in held.items()}


def identified(draw: People) -> Sources:
    """As ``rows``; loyalty and tills have customers of their own, and a table says who is whom."""
    made = rows(draw)
    known_by: dict[str, MemoryLookup] = {"loyaltyCard": ONE, "email": ONE, "phone": ONE}
    links = {"source value": MANY, "key": MANY}
    more: dict[str, tuple[Role, dict[str, MemoryEntity]]] = {
        "crm": ("CRM", {"Customer": persons(draw.registered(), {"number": ONE, "email": ONE, "loyaltyCard": ONE})}),
        "loyalty": ("LOYALTY", {"Customer": entity(draw.members(), known_by)}),
        "till": ("POS", {"Customer": entity(draw.clients(), {"externalId": ONE, **known_by})}),
        "links": ("CRM", {"IdentityLink": entity(draw.links(), links)}),
    }
    held = {name: {**adapter.entities} for name, (adapter, _) in made.items()}
    for name, (_, entities) in more.items():
        held.setdefault(name, {}).update(entities)
    roles = {name: role for name, (_, role) in made.items()} | {name: role for name, (role, _) in more.items()}
    return {name: source(name, roles[name], entities) for name, entities in held.items()}


def records(made: Sources, name: str, entity_name: str) -> list[Row]:
    """What a source has already."""
    return [dict(record) for record in made[name][0].entities[entity_name].records]


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
