"""Products, prices and stock over the PIM, the price engine and the warehouse system: values and numbers of calls."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from math import ceil
from typing import Any

from examples.backoffice.world import World
from tests.retail.running import Calls, Client

CATALOGUE = """
query Catalogue($first: Int!, $at: DateTime!) {
  products(first: $first) { nodes { code name variants(first: 3) { nodes {
    sku name price(context: {at: $at}) { value { amount currency } kind } stock { locationCode onHand }
  } } } }
}
"""


async def test_values_are_those_of_the_systems(client: Client, world: World) -> None:
    data = await client.data(CATALOGUE, first=20, at="2026-11-22T12:00:00Z")
    products = data["products"]["nodes"]
    assert [product["code"] for product in products] == [f"ST{number:05}" for number in range(1, 21)]
    for product in products:
        truth = world.products[product["code"]]
        assert product["name"] == truth.name["en"]
        assert [variant["sku"] for variant in product["variants"]["nodes"]] == sorted(
            each.sku for each in truth.variants
        )
        for variant in product["variants"]["nodes"]:
            assert variant["name"] == world.variants[variant["sku"]].name["en"]
            assert variant["price"]["value"]["currency"] == "EUR"
            amounts = {price.amount for price in world.prices[variant["sku"]] if price.currency == "EUR"}
            assert Decimal(variant["price"]["value"]["amount"]) in {Decimal(amount) for amount in amounts}
            levels = {level.location: level.on_hand for level in world.stock if level.sku == variant["sku"]}
            assert {each["locationCode"]: Decimal(each["onHand"]) for each in variant["stock"]} == levels


async def test_the_pim_orders_its_lists(client: Client, world: World, calls: Calls) -> None:
    """Page after page, both ways, in one call each."""
    query = """query ($sort: ProductSort!, $after: String) { products(sort: $sort, first: 50, after: $after,
        filter: {category: "K01-01"}) { nodes { code } pageInfo { endCursor hasNextPage } } }"""
    inside = [each for each in world.products.values() if any(code.startswith("K01-01") for code in each.categories)]
    orders: dict[str, Any] = {
        "CODE": lambda product: product.code,
        "NAME": lambda product: (product.name["en"].casefold(), product.code),
        "NEWEST": lambda product: (product.updated, product.code),
    }
    for by, key in orders.items():
        ascending = [product.code for product in sorted(inside, key=key)]
        for direction in ("ASC", "DESC"):
            seen: list[str] = []
            after: str | None = None
            while after is not None or not seen:
                data = await client.data(query, sort={"by": by, "direction": direction}, after=after)
                seen += [product["code"] for product in data["products"]["nodes"]]
                page = data["products"]["pageInfo"]
                after = page["endCursor"] if page["hasNextPage"] else None
            turned = (direction == "DESC") != (by == "NEWEST")
            assert seen == (ascending[::-1] if turned else ascending)
    assert calls.counted()["pim"] == {"GET /products": 6 * ceil(len(inside) / 50)}


async def test_calls_are_keys_by_batch_size_and_no_more(client: Client, calls: Calls) -> None:
    await client.data(CATALOGUE, first=20, at="2026-11-22T12:00:00Z")
    assert calls.counted() == {
        "pim": {"GET /products": 1, "GET /variants": 1},
        "pricing": {"GET /prices": ceil(60 / 100)},
        "sql": {"STOCK": 1, "SHELF": 1},
    }


async def test_more_keys_than_fit_in_one_call(client: Client, calls: Calls) -> None:
    await client.data(CATALOGUE, first=100, at="2026-11-22T12:00:00Z")
    assert calls.counted() == {
        "pim": {"GET /products": 1, "GET /variants": 1},
        "pricing": {"GET /prices": ceil(300 / 100)},
        "sql": {"STOCK": 1, "SHELF": 1},
    }


async def test_what_the_systems_write_in_their_own_ways(client: Client) -> None:
    data = await client.data(
        """{ product(code: "ST00001") { name(locale: "de-CH") lifecycle updatedAt description(format: PLAIN)
               attributes(codes: ["weight"]) { code label value text unit } categories { code ancestors { code } }
               related(kind: SPARE_PART) { code } }
             location(code: "S001") { name kind address { lines postalCode city country } timeZone services gln }
             category(code: "K02-01-01") { name parent { code children { code } } } }"""
    )
    product = data["product"]
    assert product["name"] == "Hemd Hazel aus Baumwolle"
    assert product["updatedAt"] == "2026-06-21T05:08:35Z"
    assert product["lifecycle"] == "ACTIVE"
    assert product["description"].startswith("Hazel Cotton Shirt")
    assert product["attributes"] == [
        {"code": "weight", "label": "Weight", "value": "216", "text": "216 g", "unit": "GRM"}
    ]
    assert product["categories"][0] == {"code": "K02-01-01", "ancestors": [{"code": "K02"}, {"code": "K02-01"}]}
    assert product["related"] == [{"code": "ST00963"}]
    assert data["location"] == {
        "name": "Berlin Lindenpassage",
        "kind": "STORE",
        "address": {"lines": ["Lindenpassage 12"], "postalCode": "10117", "city": "Berlin", "country": "DE"},
        "timeZone": "Europe/Berlin",
        "services": ["C&C", "RET", "GIFT", "ALT", "SFS"],
        "gln": "4399901000018",
    }
    assert data["category"]["parent"]["code"] == "K02-01"


async def test_unknown_and_repeated_keys(client: Client, calls: Calls) -> None:
    data = await client.data('{ variants(skus: ["A-00002", "NOPE", "A-00001", "A-00002"]) { sku } }')
    assert data["variants"] == [{"sku": "A-00002"}, None, {"sku": "A-00001"}, {"sku": "A-00002"}]
    assert await client.data(
        '{ variant(sku: "\' or 1=1 --") { sku } stock(skus: ["x"], locations: ["S001"]) { sku } }'
    ) == {
        "variant": None,
        "stock": [],
    }
    assert calls.counted()["pim"] == {"GET /variants/batch": 2}


async def test_a_price_depends_on_who_asks_where_and_when(client: Client, world: World) -> None:
    data = await client.data(
        """query ($later: DateTime!) { variant(sku: "A-00001") {
             now: price(context: {at: "2026-11-25T10:00:00Z"}) { kind value { amount } compareAt { amount } }
             later: price(context: {at: $later, channel: STORE}) { kind value { amount } }
             gold: price(context: {at: $later, customerGroup: "GOLD"}) { kind value { amount } }
             ten: price(context: {at: $later, channel: STORE, quantity: "10"}) { minQuantity value { amount } }
             francs: price(context: {at: $later, currency: "CHF"}) { value { amount currency } }
             yen: price(context: {currency: "JPY"}) { kind } } }""",
        later="2028-01-01T00:00:00Z",
    )
    rows = world.prices["A-00001"]
    variant = data["variant"]
    assert variant["now"]["kind"] == "PROMOTIONAL" or variant["now"]["value"]["amount"] == str(rows[2].amount)
    assert variant["later"] == {"kind": "REGULAR", "value": {"amount": str(rows[0].amount)}}
    assert variant["gold"]["kind"] == "CUSTOMER"
    assert variant["ten"]["minQuantity"] == "10"
    assert variant["francs"]["value"]["currency"] == "CHF"
    assert variant["yen"] is None


async def test_products_are_narrowed_by_the_words_of_the_system_that_lists_them(client: Client, world: World) -> None:
    query = """query ($filter: ProductFilter) { products(search: "hazel", filter: $filter, first: 50) {
                 totalCount nodes { code lifecycle updatedAt } } }"""
    found = (await client.data(query, filter={"lifecycle": ["CLEARANCE", "DISCONTINUED"]}))["products"]
    hazel = [product for product in world.products.values() if "Hazel" in product.name["en"]]
    gone = [product for product in hazel if product.lifecycle in ("clearance", "discontinued")]
    assert [node["code"] for node in found["nodes"]] == [product.code for product in gone] != []
    assert {node["lifecycle"] for node in found["nodes"]} == {"CLEARANCE", "DISCONTINUED"}
    middle = sorted(hazel, key=lambda product: product.updated)[len(hazel) // 2]
    [seen] = (
        await client.data(
            "query ($code: [String!]) { products(filter: {codes: $code}) { nodes { updatedAt } } }", code=[middle.code]
        )
    )["products"]["nodes"]
    later = (await client.data(query, filter={"updatedSince": seen["updatedAt"]}))["products"]["nodes"]
    assert {node["code"] for node in later} == {product.code for product in hazel if product.updated >= middle.updated}


async def test_facets_are_those_of_the_whole_list_in_one_call(client: Client, world: World, calls: Calls) -> None:
    query = """{ products(search: "hazel", first: 1, filter: {lifecycle: [ACTIVE]}) {
                 totalCount facets { code label values { value label count } } } }"""
    found = (await client.data(query))["products"]
    hazel = [it for it in world.products.values() if "Hazel" in it.name["en"] and it.lifecycle == "active"]
    assert calls.counted()["pim"] == {"GET /products": 1}
    facets = {facet["code"]: facet for facet in found["facets"]}
    assert [facet["label"] for facet in found["facets"]] == ["Brand", "Category", "Lifecycle"]
    brands = {value["value"]: value["count"] for value in facets["brand"]["values"]}
    assert brands == Counter(product.brand for product in hazel)
    [state] = facets["lifecycle"]["values"]
    assert (state["value"], state["count"]) == ("ACTIVE", found["totalCount"])
    shelf = facets["category"]["values"][0]
    assert shelf["label"] == world.categories[shelf["value"]].name["en"]
    assert shelf["count"] == sum(any(code.startswith(shelf["value"]) for code in it.categories) for it in hazel)


async def test_products_by_their_attributes(client: Client, world: World) -> None:
    query = """query ($filter: ProductFilter) { products(filter: $filter, first: 100) { totalCount nodes { code
                 attributes(codes: ["fit", "weight"]) { code value } } } }"""
    light = {"code": "weight", "range": {"gte": "200", "lte": "300"}}
    found = (await client.data(query, filter={"attributes": [{"code": "fit", "in": ["slim"]}, light]}))["products"]
    held = {code: {each.code: each.value for each in product.attributes} for code, product in world.products.items()}
    wanted = [
        code for code, has in held.items() if has.get("fit") == "slim" and 200 <= int(has.get("weight", 0)) <= 300
    ]
    assert found["totalCount"] == len(wanted) > 0
    assert [node["code"] for node in found["nodes"]] == wanted[:100]
    assert (await client.data(query, filter={"attributes": [{"code": "taste", "in": ["sweet"]}]}))["products"] == {
        "totalCount": 0,
        "nodes": [],
    }


async def test_the_products_of_a_category_are_narrowed_alike(client: Client, world: World) -> None:
    query = """query ($filter: ProductFilter) { category(code: "K02") { products(filter: $filter, first: 100) {
                 totalCount nodes { code brand } facets { code values { value count } } } } }"""
    found = (await client.data(query, filter={"brand": ["Halmar"]}))["category"]["products"]
    below = [it for it in world.products.values() if any(code.startswith("K02") for code in it.categories)]
    wanted = [product.code for product in below if product.brand == "Halmar"]
    assert [node["code"] for node in found["nodes"]] == wanted != []
    assert found["facets"] == [{"code": "brand", "values": [{"value": "Halmar", "count": len(wanted)}]}]
