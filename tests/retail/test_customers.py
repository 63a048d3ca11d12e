"""Customers, loyalty and orders over the CRM (SOAP), the loyalty programme (REST) and the order system (SQL)."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import Any

from examples.backoffice.world import World
from examples.backoffice.world.receipts import Receipt
from gateway.engine import ids
from tests.retail.running import Calls, Client

ORDERS = """orders(first: 20) { nodes { number status placedAt channel totals { grandTotal { amount } }
  lines { id sku quantity variant { name price { value { amount } } stock { onHand } } } } }"""
CUSTOMER = f"""query ($number: String!) {{ customer(number: $number) {{
  number displayName loyalty {{ cardNumber points tier }} {ORDERS} }} }}"""
CUSTOMERS = f"""query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on Customer {{
  number displayName loyalty {{ cardNumber points }} {ORDERS} }} }} }}"""


async def test_one_customer_over_five_systems(client: Client, calls: Calls, world: World) -> None:
    data = await client.data(CUSTOMER, number="C000002")
    customer, truth = data["customer"], world.customers[1]
    assert customer["displayName"] == f"{truth.first_name} {truth.last_name}" or truth.kind == "organisation"
    assert customer["loyalty"]["cardNumber"] == truth.card
    assert customer["loyalty"]["points"] == world.accounts[truth.card or ""].points
    web = [(order.placed, f"O-{order.number:08}", order) for order in world.orders.of_customer(2)]
    till = [(receipt.at, receipt.number, receipt) for receipt in world.receipts.of_customer(2)]
    bought = sorted([*web, *till], key=lambda sale: sale[:2], reverse=True)[:20]
    latest: list[Any] = [sale for _, _, sale in bought]
    assert len(web) > 0 < len(till)
    assert [order["number"] for order in customer["orders"]["nodes"]] == [number for _, number, _ in bought]
    for order, expected in zip(customer["orders"]["nodes"], latest, strict=True):
        assert Decimal(order["totals"]["grandTotal"]["amount"]) * 100 == expected.total
        assert [line["sku"] for line in order["lines"]] == [line.sku for line in expected.lines]
        assert [line["variant"]["name"] for line in order["lines"]] == [
            world.variants[line.sku].name["en"] for line in expected.lines
        ]
    skus = {line.sku for order in latest for line in order.lines}
    assert calls.counted() == {
        "crm": {"GetCustomers": 1},
        "loyalty": {"POST /accounts/query": 1},
        "pim": {"GET /variants/batch": ceil(len(skus) / 100)},
        "pricing": {"GET /prices": ceil(len(skus) / 100)},
        "sql": {"LINK": 2, "ORD_HDR": 1, "ORD_LINE": 1, "RECEIPT": 1, "RECEIPT_LINE": 1, "STOCK": 1, "SHELF": 1},
    }


async def test_fifty_customers_cost_what_their_keys_cost(client: Client, calls: Calls, world: World) -> None:
    numbers = range(1, 51)
    asked = [ids.id_of("Customer", f"C{number:06}") for number in numbers]
    data = await client.data(CUSTOMERS, ids=asked)
    assert [node["number"] for node in data["nodes"]] == [f"C{number:06}" for number in numbers]
    orders = [order for node in data["nodes"] for order in node["orders"]["nodes"]]
    web = [order for order in orders if order["number"].startswith("O-")]
    skus = {line["sku"] for order in orders for line in order["lines"]}
    cardless = sum(world.customers[number - 1].card is None for number in numbers)
    assert 0 < cardless < 50
    assert calls.counted() == {
        "crm": {"GetCustomers": 1},
        "loyalty": {  # cards that the CRM was not told of are asked for by e-mail, then by telephone
            "POST /members/query": 2 * ceil(cardless / 50),
            "POST /accounts/query": 1,
        },
        "pim": {"GET /variants/batch": ceil(len(skus) / 100)},
        "pricing": {"GET /prices": ceil(len(skus) / 100)},
        "sql": {
            "LINK": 4,  # of the CRM's numbers, of the customers, of what was found in each of the two systems
            "CLIENT": 3,  # what is linked, by e-mail, by telephone
            "ORD_HDR": 1,
            "ORD_LINE": ceil(len(web) / client.batch("oms", "OrderLine", "orderNumber")),
            "RECEIPT": 1,
            "RECEIPT_LINE": ceil((len(orders) - len(web)) / client.batch("pos", "OrderLine", "orderNumber")),
            "STOCK": ceil(len(skus) / client.batch("wms", "StockLevel", "sku")),
            "SHELF": ceil(len(skus) / client.batch("pos", "StockLevel", "sku")),
        },
    }


async def test_every_way_to_a_customer(client: Client, world: World) -> None:
    truth = world.customers[1]
    data = await client.data(
        """query ($id: ID!, $email: String!, $card: String!) {
             id: customer(id: $id) { number } number: customer(number: "C000002") { number email phone addresses {
               label address { lines city } defaultShipping } groups consents { purpose granted }
               preferredLocation { name } }
             email: customer(email: $email) { number } card: customer(loyaltyCard: $card) { number }
             nobody: customer(number: "C999999") { number } unknown: customer(email: "nobody@example.test") { number }
             odd: customer(number: "12; drop") { number } }""",
        id=ids.id_of("Customer", "C000002"),
        email=truth.email,
        card=truth.card,
    )
    assert [data[way]["number"] for way in ("id", "number", "email", "card")] == ["C000002"] * 4
    assert data["number"]["email"] == truth.email
    assert [each["address"]["city"] for each in data["number"]["addresses"]] == [each.city for each in truth.addresses]
    assert (data["nobody"], data["unknown"], data["odd"]) == (None, None, None)


async def test_a_search_by_name_pages_over_the_crm(client: Client, world: World) -> None:
    query = """query ($after: String) { customers(search: "anna", first: 7, after: $after) {
        totalCount nodes { number displayName } pageInfo { hasNextPage endCursor } } }"""
    seen: list[str] = []
    after, total = None, None
    for _ in range(50):
        page = (await client.data(query, after=after))["customers"]
        seen += [node["number"] for node in page["nodes"]]
        total, after = page["totalCount"], page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == total
    assert total


async def test_an_order_with_everything(client: Client, world: World) -> None:
    data = await client.data(
        """{ order(number: "O-00000001") { id number channel status placedAt version cancellable
               customer { number orders(first: 1) { totalCount } }
               totals { subtotal { amount } tax { amount } taxIncluded
                 taxes { name rate base { amount } amount { amount } } }
               payments { id method maskedReference amount { amount minorUnits } at }
               fulfilments { id method status from { name } carrier expectedOn lines { orderLineId quantity } }
               lines { id name quantity unitPrice { amount } tax { rate amount { amount } } returnableQuantity } } }"""
    )
    order, truth = data["order"], world.orders[0]
    assert order["customer"]["number"] == f"C{truth.customer:06}"
    bought = len(world.orders.of_customer(truth.customer)) + len(world.receipts.of_customer(truth.customer))
    assert order["customer"]["orders"]["totalCount"] == bought
    assert order["placedAt"] == "2023-12-31T23:14:51Z"
    assert sum(Decimal(tax["amount"]["amount"]) for tax in order["totals"]["taxes"]) * 100 == truth.tax
    assert order["payments"][0]["maskedReference"] == truth.payments[0].reference
    assert [line["quantity"] for line in order["fulfilments"][0]["lines"]] == [
        str(part.quantity.normalize()) for part in truth.fulfilments[0].parts
    ]


async def test_orders_under_filters(client: Client) -> None:
    data = await client.data(
        """{ orders(first: 5, filter: {status: [CANCELLED], channels: [PHONE]}) { totalCount nodes { status channel } }
             customer(number: "C000001") { orders(first: 50, filter: {status: [COMPLETED]}) { nodes { status } } } }"""
    )
    assert data["orders"]["nodes"] == [{"status": "CANCELLED", "channel": "PHONE"}] * 5
    assert {node["status"] for node in data["customer"]["orders"]["nodes"]} == {"COMPLETED"}


async def test_erp_gives_tax_class_and_supply(client: Client, calls: Calls, world: World) -> None:
    data = await client.data(
        """{ variant(sku: "A-00008") { taxClass salesUnit stock { locationCode available safetyStock
               incoming { reference kind supplier quantity expectedOn confirmed } }
               availability { status quantity provenance { source asOf } } } }"""
    )
    variant, material = data["variant"], world.materials["A-00008"]
    assert variant["taxClass"] == material.tax_class.upper()
    assert {each["locationCode"]: Decimal(each["safetyStock"] or 0) for each in variant["stock"]} == {
        each["locationCode"]: material.safety.get(each["locationCode"], Decimal(0)) for each in variant["stock"]
    }
    assert any(level["incoming"] for level in variant["stock"])
    assert variant["availability"]["provenance"]["source"] == "gateway"
    assert calls.counted()["erp"] == {"Login": 1, "GetItems": 1, "GetSupply": 1}


async def test_a_receipt_is_an_order(client: Client, calls: Calls, world: World) -> None:
    receipt = next(found for found in world.receipts if found.customer and found.state == "sold" and found.reference)
    data = await client.data(
        """query ($number: String!) { order(number: $number) {
             number channel status placedAt provenance { source role } customer { number } soldAt { code }
             totals { grandTotal { amount } taxes { amount { amount } } } lines { sku quantity } fulfilments { id }
             payments { method maskedReference }
             receipt { storeCode workstation sequence businessDay operator text fiscalSignature } } }""",
        number=receipt.number,
    )
    order, key = data["order"], receipt.key
    assert order["provenance"] == {"source": "pos", "role": "POS"}
    assert order["customer"]["number"] == f"C{receipt.customer:06}"
    assert order["soldAt"] == {"code": key.store}
    assert sum(Decimal(tax["amount"]["amount"]) for tax in order["totals"]["taxes"]) * 100 == receipt.tax
    assert [line["sku"] for line in order["lines"]] == [line.sku for line in receipt.lines]
    assert order["payments"][0]["maskedReference"] == receipt.reference
    assert order["fulfilments"] == []
    assert [order["receipt"][name] for name in ("storeCode", "workstation", "sequence", "businessDay")] == [
        key.store,
        key.workstation,
        f"{key.sequence:04}",
        key.day.isoformat(),
    ]
    assert order["receipt"]["operator"] == receipt.operator
    asked = set(calls.counted()["sql"])
    assert asked == {"RECEIPT", "RECEIPT_LINE", "RECEIPT_PAY", "LINK"}, "its number is none that the OMS can have"


async def test_a_receipt_is_found_by_what_is_printed_on_it(client: Client, calls: Calls, world: World) -> None:
    """Store, workstation, sequence and business day are the tills' own key: nobody else is asked."""
    receipt = next(found for found in world.receipts if found.state == "sold")
    void = next(found for found in world.receipts if found.state == "void")
    data = await client.data(
        """query ($one: ReceiptInput!, $void: ReceiptInput!) { void: order(receipt: $void) { number }
             order(receipt: $one) { number id receipt { operator } lines { sku } } }""",
        one=printed(receipt),
        void=printed(void),
    )
    assert data["order"]["number"] == receipt.number
    assert data["order"]["id"] == ids.id_of("Order", receipt.number)
    assert [line["sku"] for line in data["order"]["lines"]] == [line.sku for line in receipt.lines]
    assert data["void"] is None
    assert calls.counted() == {"sql": {"RECEIPT": 2, "RECEIPT_LINE": 1}}
    wrong = await client.ask('{ order(receipt: {storeCode: "S001"}) { number } }')
    assert wrong["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def printed(receipt: Receipt) -> dict[str, str]:
    key = receipt.key
    return {
        "storeCode": key.store,
        "workstation": key.workstation,
        "sequence": f"{key.sequence:04}",
        "businessDay": key.day.isoformat(),
    }


async def test_training_and_void_receipts_are_nowhere(client: Client, world: World) -> None:
    numbers = {state: next(it.number for it in world.receipts if it.state == state) for state in ("training", "void")}
    data = await client.data(
        "query ($a: String!, $b: String!) { a: order(number: $a) { number } b: order(number: $b) { number } }",
        a=numbers["training"],
        b=numbers["void"],
    )
    assert data == {"a": None, "b": None}
    data = await client.data("{ orders(filter: {channels: [STORE, KIOSK]}) { totalCount } }")
    assert data["orders"]["totalCount"] == sum(receipt.counts for receipt in world.receipts)


async def test_media_of_products_and_variants(client: Client, world: World) -> None:
    asset = next(it for it in world.media if it.sku and it.described)
    data = await client.data(
        """query ($code: String!, $sku: String!) {
             product(code: $code) { media { kind url alt(locale: "de") position }
               pictures: media(kinds: [IMAGE]) { kind } }
             variant(sku: $sku) { media { url small: url(width: 200, format: "webp") position } } }""",
        code=asset.product,
        sku=asset.sku,
    )
    assets = [it for it in world.media if it.product == asset.product]
    assert [media["position"] for media in data["product"]["media"]] == [it.position * 10 for it in assets]
    assert [media["alt"] is not None for media in data["product"]["media"]] == [it.described for it in assets]
    assert {media["kind"] for media in data["product"]["pictures"]} == {"IMAGE"}
    [media, *_] = data["variant"]["media"]
    assert media["small"] == f"{media['url']}?width=200&format=webp"
