"""Paths that cost one call per item: found from the registered capabilities, each with a query that shows it."""

from __future__ import annotations

from typing import Any

from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch
from gateway.engine.one_by_one import one_by_one
from gateway.engine.request import OperationRequest
from tests.engine.estate import PRODUCTS, SKUS, Estate, estate, price
from tests.engine.test_cost import calling


def plain(**settings: Any) -> Estate:
    """The estate with categories in pages of more than one."""
    sources = dict(estate().sources)
    rows = sources["pim"][0].entities
    categories = MemoryEntity(rows["Category"].records, {"code": MemoryLookup()}, {"categories": MemorySearch()})
    return Estate({**sources, "pim": (MemoryAdapter("pim", {**rows, "Category": categories}), "PIM")}, settings)


def slow() -> Estate:
    """Prices are asked for one by one, and each product's variants are searched below it alone."""
    sources = dict(plain().sources)
    rows = sources["pim"][0].entities
    variants = MemoryEntity(
        rows["Variant"].records, {"sku": MemoryLookup()}, {"productCode": MemorySearch(parent="productCode", batch=1)}
    )
    prices = [price(sku, "19.90") for sku in SKUS]
    sources["pim"] = MemoryAdapter("pim", {**rows, "Variant": variants}), "PIM"
    entity = MemoryEntity(prices, {"sku": MemoryLookup(many=True, batch=1)})
    sources["pricing"] = MemoryAdapter("pricing", {"Price": entity}), "PRICING"
    return Estate(sources, {"limits": {"first": 4, "list": 3}})


def test_an_estate_that_batches_everything_has_none() -> None:
    assert one_by_one(plain().composition) == []


def test_a_page_of_one() -> None:
    (path,) = one_by_one(estate().composition)
    assert (path.coordinate, path.asks) == ("Query.categories", "search Category categories")


def test_lookups_of_one_key_and_searches_of_one_parent() -> None:
    found = {(path.coordinate, path.source): path for path in one_by_one(slow().composition)}
    assert {at: path.asks for at, path in found.items()} == {
        ("Product.variants", "pim"): "search Variant productCode",
        ("Variant.price", "pricing"): "lookup Price by sku",
    }
    assert found["Variant.price", "pricing"].query == '{ variants(skus: ["1", "2", "3"]) { price { kind } } }'
    assert (found["Variant.price", "pricing"].items, found["Variant.price", "pricing"].calls) == (3, 3)


async def test_the_query_shows_it() -> None:
    graph = slow()
    path = next(each for each in one_by_one(graph.composition) if each.coordinate == "Product.variants")
    await calling(graph).execute(OperationRequest(path.query))
    below = [call for call in graph["pim"].calls if call.entity == "Variant"]
    assert len(below) == path.items == 3 < PRODUCTS


def test_a_contribution_of_one_key_at_a_time() -> None:
    erp = MemoryEntity([{"sku": sku, "salesUnit": "EA"} for sku in SKUS], {"sku": MemoryLookup(batch=1)})
    sources = {**plain().sources, "erp": (MemoryAdapter("erp", {"Variant": erp}), "ERP")}
    graph = Estate(sources, {"routes": {"Variant": "pim"}})
    (path,) = one_by_one(graph.composition)
    assert (path.coordinate, path.source, path.asks) == ("Variant.salesUnit", "erp", "lookup Variant by sku")
