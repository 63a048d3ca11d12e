"""The PIM: products, variants and categories over REST, as a product system of the 2010s offers them.

Its habits: its own short field names, one-letter states, times of Berlin without a zone, every text in all
languages at once. Batches answer in an order of its own, answer a repeated code once and leave out unknown
ones; more than a hundred at a time are refused in plain text.
"""

from collections.abc import Callable, Iterable
from typing import Any
from zlib import crc32

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from . import query
from .calls import Calls
from .replies import Json, items
from .world import World
from .world.assortment import Category
from .world.catalogue import Attribute, Product, Variant

Row = dict[str, object]

STATES = {"active": "A", "planned": "P", "clearance": "C", "discontinued": "D"}
HEAVIEST = 1_000_000
RELATIONS = {"accessory": "ACC", "substitute": "SUB", "upsell": "UPS", "spare part": "SPA"}


def app(world: World, latency: float = 0.0) -> ASGIApp:
    desk = Desk(world)
    routes = [
        Route("/products", desk.products),
        Route("/products/batch", desk.products_batch),
        Route("/variants", desk.variants_of),
        Route("/variants/batch", desk.variants_batch),
        Route("/categories", desk.categories_under),
        Route("/categories/batch", desk.categories_batch),
    ]
    return Calls(Starlette(routes=routes), latency)


class Desk:
    """Every row is ready to be sent; a request only selects."""

    def __init__(self, world: World) -> None:
        catalogue = world.products.values()
        self.product = {product.code: product_row(product) for product in catalogue}
        self.variant = {sku: variant_row(variant) for sku, variant in world.variants.items()}
        self.category = {code: category_row(category) for code, category in world.categories.items()}
        self.weights = {
            code: int(value) for value, product in attributed(catalogue, "weight") for code in [product.code]
        }
        self.words = {product.code: " ".join(product.name.values()).casefold() for product in catalogue}
        self.skus = {product.code: [variant.sku for variant in product.variants] for product in catalogue}
        self.places = {
            "styleNo": places(catalogue, lambda product: product.code),
            "title": places(catalogue, lambda product: (product.name["en"].casefold(), product.code)),
            "changed": places(catalogue, lambda product: (product.updated, product.code)),
        }
        self.found_by = {
            "category": index((code, product) for product in catalogue for code in shelves(product)),
            "brand": index((product.brand, product) for product in catalogue),
            "code": index((product.code, product) for product in catalogue),
            **{code: index(attributed(catalogue, code)) for code in ("fit", "season", "material")},
            "state": index((STATES[product.lifecycle], product) for product in catalogue),
            "sku": index((variant.sku, product) for product in catalogue for variant in product.variants),
        }

    async def products(self, request: Request) -> Json:
        offset = query.whole(request, "offset", 0)
        limit = query.whole(request, "limit", 20, most=query.MOST)
        codes = self.sorted(self.matching(request), request.query_params.get("sort", "styleNo"))
        rows = [self.product[code] for code in codes[offset : offset + limit]]
        reply: Row = {"items": rows, "total": len(codes), "offset": offset}
        if wanted := query.values(request, "count"):
            reply["counts"] = {name: self.counted(name, set(codes)) for name in wanted if name in self.found_by}
        return Json(reply)

    def counted(self, name: str, codes: set[str]) -> list[Row]:
        """By value, how many of the products are found by it; of categories with their titles."""
        counts = {value: len(styles & codes) for value, styles in self.found_by[name].items()}
        titles = {code: row["title"] for code, row in self.category.items()} if name == "category" else {}
        return [{"v": value, "n": count, "t": titles.get(value)} for value, count in counts.items() if count]

    def sorted(self, codes: Iterable[str], by: str) -> list[str]:
        """By a column, with ``-`` before it the other way round; alike ones by their style numbers."""
        places = self.places.get(by.removeprefix("-"))
        if places is None:
            raise HTTPException(400, f"sort: one of {', '.join(sorted(self.places))}")
        return sorted(codes, key=places.__getitem__, reverse=by.startswith("-"))

    def matching(self, request: Request) -> set[str]:
        """Values of one filter are alternatives."""
        words = (request.query_params.get("q") or "").casefold().split()
        found = {code for code, words_of in self.words.items() if all(word in words_of for word in words)}
        if since := request.query_params.get("since"):
            found = {code for code in found if str(self.product[code]["changed"]) >= since}
        if {"weightFrom", "weightTo"} & request.query_params.keys():
            least, most = query.whole(request, "weightFrom", 0), query.whole(request, "weightTo", HEAVIEST)
            found &= {code for code, grams in self.weights.items() if least <= grams <= most}
        for name, styles in self.found_by.items():
            if values := query.values(request, name):
                found &= set().union(*(styles.get(value, ()) for value in values))
        return found

    async def products_batch(self, request: Request) -> Json:
        return items(batch(self.product, query.values(request, "code")))

    async def variants_batch(self, request: Request) -> Json:
        return items(batch(self.variant, query.values(request, "sku")))

    async def variants_of(self, request: Request) -> Json:
        styles = query.needed(request, "style")
        return items(batch(self.variant, [sku for style in styles for sku in self.skus.get(style, ())]))

    async def categories_batch(self, request: Request) -> Json:
        return items(batch(self.category, query.values(request, "code")))

    async def categories_under(self, request: Request) -> Json:
        """All, or those right below the given parents, of which the empty one is the top."""
        parents = query.values(request, "parent")
        rows = self.category.values()
        return items([row for row in rows if not parents or (row["up"] or "") in parents])


def batch(rows: dict[str, Row], asked: Iterable[str]) -> list[Row]:
    """Each known row once, in an order which is nobody's but always the same."""
    return [rows[code] for code in sorted(rows.keys() & set(asked), key=lambda code: crc32(code.encode()))]


def places(catalogue: Iterable[Product], by: Callable[[Product], Any]) -> dict[str, int]:
    """Where each style stands in an order."""
    return {product.code: place for place, product in enumerate(sorted(catalogue, key=by))}


def index(found: Iterable[tuple[str, Product]]) -> dict[str, set[str]]:
    """The style numbers by what they are found by."""
    styles: dict[str, set[str]] = {}
    for value, product in found:
        styles.setdefault(value, set()).add(product.code)
    return styles


def attributed(catalogue: Iterable[Product], code: str) -> Iterable[tuple[str, Product]]:
    """Products that have the attribute, by its value."""
    for product in catalogue:
        yield from ((str(each.value), product) for each in product.attributes if each.code == code)


def shelves(product: Product) -> Iterable[str]:
    """The product's categories and all above them."""
    for code in product.categories:
        yield from (*above(code), code)


def product_row(product: Product) -> Row:
    return {
        "styleNo": product.code,
        "title": product.name,
        "longText": product.description,
        "brandName": product.brand,
        "cats": product.categories,
        "state": STATES[product.lifecycle],
        "changed": str(product.updated),
        "attrs": attribute_rows(product.attributes),
        "rel": [{"k": RELATIONS[relation.kind], "styleNo": relation.target} for relation in product.relations],
    }


def variant_row(variant: Variant) -> Row:
    return {
        "sku": variant.sku,
        "styleNo": variant.product,
        "title": variant.name,
        "opts": [
            {"c": "size", "l": "Size", "v": variant.size},
            {"c": "color", "l": "Color", "v": variant.colour["en"]},
        ],
        "attrs": attribute_rows(variant.attributes),
        "taxCls": variant.tax_class,
    }


def attribute_rows(attributes: Iterable[Attribute]) -> list[Row]:
    return [{"c": item.code, "l": item.label, "v": item.value, "t": item.text, "u": item.unit} for item in attributes]


def category_row(category: Category) -> Row:
    return {"code": category.code, "title": category.name, "up": category.parent, "path": above(category.code)}


def above(code: str) -> list[str]:
    """The codes of all categories above, the top one first."""
    parts = code.split("-")
    return ["-".join(parts[:depth]) for depth in range(1, len(parts))]
