"""Values for arguments: keys that are in the data, most of the time, and others that are not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.combinations import Combination
from gateway.engine import ids
from gateway.federation import entities
from tests.proof.combined import Cursors
from tests.proof.data import SORTS
from tests.proof.estates import ProofEstate
from tests.proof.records import CARDS, CATEGORIES, CUSTOMERS, GROUPS, LOCATIONS, ORDERS, PRODUCTS, RECEIPTS, SKUS

BARCODES = [f"040{sku[1:]}" for sku in SKUS[::2]]
UNKNOWN = ["NOPE", "", "0", 'Zürich "1"\\', "\u2028 😀\n", 7]
"""What is no key of anything. An ID may be written as a number, a String may not: see ``unknown``."""

KNOWN: Mapping[str, Sequence[Any]] = {
    "Query.product.code": PRODUCTS,
    "Query.variant.sku": SKUS,
    "Query.variant.barcode": [*BARCODES, "0408", "0409"],
    "Query.variants.skus": SKUS,
    "Query.category.code": CATEGORIES,
    "Query.categories.root": CATEGORIES,
    "Query.location.code": LOCATIONS,
    "Query.locations.service": ["repair", "C&C"],
    "Query.stock.skus": [*SKUS[:4], "A99"],
    "Query.stock.locations": [*LOCATIONS, "X9"],
    "Query.customer.number": CUSTOMERS,
    "Query.customer.email": [*(f"{number.lower()}@example.test" for number in CUSTOMERS), "old@example.test"],
    "Query.customer.loyaltyCard": [*CARDS.values(), "7008", "7009"],
    "ExternalIdInput.source": ["crm", "loyalty", "till", "oms", "erp"],
    "ExternalIdInput.value": [*CUSTOMERS, *CARDS.values(), "7009", "T1", "T2", "T3", "T4", "T5"],
    "Query.customers.search": ["Meier"],
    "Query.products.search": ["Acme", *PRODUCTS[:2]],
    "Query.order.number": [*ORDERS, *RECEIPTS],
    "Location.stock.skus": SKUS,
    "Variant.stock.locations": LOCATIONS,
    "Product.attributes.codes": ["fit", "cut", "care"],
    "Variant.attributes.codes": ["fit", "cut"],
    "ProductFilter.codes": PRODUCTS,
    "ProductFilter.category": CATEGORIES,
    "ProductFilter.brand": ["Acme", "Umbra"],
    "ProductFilter.inStockAt": LOCATIONS,
    "AttributeFilter.code": ["fit", "cut", "care"],
    "AttributeFilter.in": ["slim", "wide", "1", "none"],
    "PriceContext.location": ["S1", "X9"],
    "PriceContext.customerGroup": GROUPS,
}
"""By coordinate of an argument or input field."""

WHOLE: Mapping[str, Sequence[Mapping[str, str]]] = {
    "Query.customer.external": [
        {"source": source, "value": value}
        for source, values in {"crm": ["C1", "C4"], "loyalty": ["7003", "7009"], "till": ["T1", "T5"]}.items()
        for value in values
    ],
}
"""Input objects whose parts belong together, by coordinate."""

SCALARS: Mapping[str, Sequence[Any]] = {
    "Int": [0, 0, 1, 2, 2, 3, 3, 3, 4],
    "Boolean": [True, False],
    "Decimal": ["1", 5, "0.50", "007"],
    "DateTime": ["2025-01-01T00:00:00Z", "2026-11-21T13:00:00+01:00"],
    "Currency": ["EUR", "CHF", "USD"],
    "Country": ["CH", "DE"],
    "Locale": ["de", "de-CH", "fr", "EN-us"],
}
"""By the name of the type, where its coordinate says nothing."""

CURSORS = [ids.cursor_of(position) for position in ("0", "1", "1", "1", "2", "2", "5")]


def refetchable(asked: ProofEstate) -> dict[str, list[str]]:
    """The ids of the records that can be asked for by them, by type."""
    graph, routes = asked.composition.graph, asked.composition.routes
    found: dict[str, list[str]] = {}
    for (source, entity), records in asked.records.items():
        key = graph.canonical_key(entity)
        if key and source in routes.sources(routes.owners[entity]) and routes.access(entity, " ".join(key)):
            whole = (record for record in records if record.keys() >= set(key))  # other systems have other keys
            found.setdefault(entity, []).extend(ids.id_of(entity, *map(record.__getitem__, key)) for record in whole)
    return found


def representations(asked: ProofEstate) -> Iterator[Mapping[str, Any]]:
    """What a router would ask by: records that are there by each of their keys, and one that is not."""
    served, schema = asked.composition.served, asked.composition.schema
    for entity, keys in entities(served, schema).items():
        known = [records for (_, name), records in asked.records.items() if name == entity]
        for by in keys:
            if by == "id":
                yield from ({"__typename": entity, "id": id_} for id_ in refetchable(asked)[entity][:3])
                continue
            whole = [row for records in known for row in records[:4] if all(row.get(name) for name in by.split())]
            yield from ({"__typename": entity} | {name: row[name] for name in by.split()} for row in whole)
            yield {"__typename": entity} | dict.fromkeys(by.split(), "NOPE")


def merged_cursors(asked: ProofEstate, search: str) -> list[str]:
    """The cursors of all orders in the list that they are merged into, if they are."""
    routes = asked.composition.routes
    made = routes.combinations.get(routes.owners["Order"])
    if not isinstance(made, Combination):
        return []
    cursors = Cursors(asked.composition)
    return [
        ids.cursor_of(cursors.sealed(made, "Order", search, source, json.dumps([record["placedAt"], record["number"]])))
        for source in made.sources
        for record in asked.records[source, "Order"]
    ]


def sorted_cursors(asked: ProofEstate) -> Iterator[tuple[str, list[str]]]:
    """By order, such as ``NEWEST DESC``: cursors of products that are there, and one of a product that is gone."""
    records = [*asked.records["pim", "Product"], {"code": "P2", "brand": "Boreal"}]
    for by, terms in SORTS.items():
        names = [term.split()[0] for term in terms]
        positions = [json.dumps([record.get(name) for name in names]) for record in records]
        for order in (f"{by} ASC", f"{by} DESC"):
            yield order, [ids.cursor_of(position, order) for position in positions]


def unknown(type_name: str) -> Sequence[Any]:
    return UNKNOWN if type_name == "ID" else [each for each in UNKNOWN if isinstance(each, str)]


class Pools:
    """The values to draw an argument from."""

    def __init__(self, asked: ProofEstate) -> None:
        self.ids = refetchable(asked)
        every = [id_ for found in self.ids.values() for id_ in found[:3]]
        strangers = ["nonsense", ids.id_of("Variant", "NOPE"), ids.id_of("Money", "1")]
        self.any_id = [*every, *strangers]
        self.representations = [*representations(asked)]
        searches = {"Query.orders": "orders", "Customer.orders": "customerNumber"}
        self.cursors = {coordinate: merged_cursors(asked, search) for coordinate, search in searches.items()}
        self.sorted_cursors = dict(sorted_cursors(asked))

    def of(self, coordinate: str, type_name: str) -> Sequence[Any]:
        """``coordinate``: ``Query.variant.sku`` of an argument, ``PriceContext.at`` of an input field."""
        name = coordinate.split(".")[-1]
        if name in ("after", "before"):
            return [*self.cursors.get(coordinate.rpartition(".")[0], ()), *CURSORS]
        if name.startswith(("after ", "before ")):  # with the order that it is a cursor of
            return self.sorted_cursors[name.partition(" ")[2]]
        if name in ("id", "ids"):
            entity = coordinate.split(".")[1].title()
            return [*self.ids.get(entity, ()), *self.any_id]
        if type_name == "_Any":
            return self.representations
        known = KNOWN.get(coordinate)
        return known or SCALARS[type_name]
