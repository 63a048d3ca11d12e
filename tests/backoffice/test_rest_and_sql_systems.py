"""The world, the three REST systems and the two databases which are cut from it."""

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from sqlalchemy import Engine, Row, create_engine, text
from starlette.types import ASGIApp

from examples.backoffice import estate, loyalty, oms, pim, pricing, wms
from examples.backoffice.world import SEED, World
from examples.backoffice.world.gs1 import with_check_digit
from examples.backoffice.world.orders import Order

ROOT = Path(__file__).parents[2]
SUMMARY = """
from zlib import crc32
from examples.backoffice.world import World

def summary(world):
    tables = [world.products, world.categories, world.locations, world.prices]
    tables += [world.accounts, world.materials]
    parts = [list(table.items())[::20] for table in tables]
    parts += [world.stock[::200], world.customers[::20]]
    parts += [world.orders[index] for index in range(0, 60_000, 500)]
    return [crc32(repr(part).encode()) for part in parts]

if __name__ == "__main__":
    print(summary(World()))
"""


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def orders(world: World) -> list[Order]:
    """Every fourth; the order system is asked about all."""
    return [world.orders[index] for index in range(0, 60_000, 4)]


@pytest.fixture(scope="module")
def products_app(world: World) -> ASGIApp:
    return pim.app(world)


@pytest.fixture(scope="module")
def prices_app(world: World) -> ASGIApp:
    return pricing.app(world)


@pytest.fixture(scope="module")
def loyalty_app(world: World) -> ASGIApp:
    return loyalty.app(world, key="secret")


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory, world: World) -> estate.Databases:
    return estate.databases(tmp_path_factory.mktemp("estate"), world)


@pytest.fixture(scope="module")
def warehouse(databases: estate.Databases) -> Iterator[Engine]:
    yield from opened(databases.wms)


@pytest.fixture(scope="module")
def order_system(databases: estate.Databases) -> Iterator[Engine]:
    yield from opened(databases.oms)


@pytest.fixture(scope="module")
def tills(databases: estate.Databases) -> Iterator[Engine]:
    yield from opened(databases.pos)


def opened(path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def call(app: ASGIApp, path: str, method: str = "GET", **options: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=cast(Any, app))
        async with httpx.AsyncClient(transport=transport, base_url="http://system") as client:
            return await client.request(method, path, **options)

    return asyncio.run(ask())


def items(app: ASGIApp, path: str, **params: Any) -> list[dict[str, Any]]:
    reply = call(app, path, params=params)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/json"
    found: list[dict[str, Any]] = reply.json()["items"]
    return found


def rows(engine: Engine, statement: str, **values: Any) -> list[Row[Any]]:
    with engine.connect() as connection:
        return list(connection.execute(text(statement), values))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(url: str) -> None:
    """Until something answers there."""
    last = time.monotonic() + 15
    while True:
        try:
            httpx.get(url)
            return
        except httpx.TransportError:
            assert time.monotonic() < last
            time.sleep(0.05)


def styles(first: int, last: int) -> list[str]:
    return [f"ST{number:05d}" for number in range(first, last + 1)]


class TestWorld:
    def test_is_the_same_in_every_process(self, world: World) -> None:
        names: dict[str, Any] = {}
        exec(SUMMARY, names)
        environment = {**os.environ, "PYTHONHASHSEED": "1"}
        told = subprocess.check_output([sys.executable, "-c", SUMMARY], cwd=ROOT, env=environment, text=True)
        assert told.strip() == str(names["summary"](world))

    def test_is_another_one_with_another_seed(self, world: World) -> None:
        other = World(SEED + 1)
        assert other.products.keys() == world.products.keys()
        assert other.products != world.products
        assert other.customers != world.customers

    def test_parts_do_not_depend_on_the_order_of_asking(self, world: World) -> None:
        other = World()
        assert other.orders[41] == world.orders[41]
        assert other.materials == world.materials
        assert other.prices["A-00001"] == world.prices["A-00001"]

    def test_counts(self, world: World) -> None:
        assert len(world.products) == 2_000
        assert len(world.variants) == 6_000
        assert len(world.categories) == 60
        assert len(world.locations) == 23
        assert len(world.customers) == 5_000
        assert len(world.orders) == 60_000
        assert len(world.materials) == 6_000
        assert Counter(location.kind for location in world.locations.values()) == {
            "store": 20,
            "warehouse": 2,
            "dark store": 1,
        }
        assert 0.72 < len(world.accounts) / 5_000 < 0.80
        assert 0.90 < len(world.stock) / (6_000 * 23) < 0.94

    def test_products_have_their_three_variants(self, world: World) -> None:
        for number, product in enumerate(world.products.values(), start=1):
            assert product.code == f"ST{number:05d}"
            skus = [variant.sku for variant in product.variants]
            assert skus == [f"A-{3 * number - 2 + place:05d}" for place in range(3)]
            assert len({(variant.size, variant.colour["en"]) for variant in product.variants}) == 3
            assert 3 <= len(product.attributes) <= 5
            assert all(1 <= len(variant.attributes) <= 3 for variant in product.variants)
            assert 1 <= len(product.categories) <= 2
            assert set(product.categories) <= world.categories.keys()
            assert len(product.relations) <= 4
            assert product.code not in {relation.target for relation in product.relations}
        assert {product.tax_class for product in world.products.values()} == {"STANDARD", "REDUCED", "ZERO"}
        assert len({product.brand for product in world.products.values()}) == 25

    def test_categories_are_a_tree_of_three_levels(self, world: World) -> None:
        for category in world.categories.values():
            assert re.fullmatch(r"K\d\d(-\d\d){0,2}", category.code)
            assert category.parent == (category.code[:-3] if "-" in category.code else None)
            assert category.parent is None or category.parent in world.categories
        assert {code.count("-") for code in world.categories} == {0, 1, 2}

    def test_prices_are_of_every_sort(self, world: World) -> None:
        every = [price for prices in world.prices.values() for price in prices]
        assert all(3 <= len(prices) <= 6 for prices in world.prices.values())
        assert {price.kind for price in every} == {"regular", "promotional", "markdown", "customer", "staff"}
        assert {price.currency for price in every} == {"EUR", "CHF"}
        assert {price.channel for price in every} == {None, "WEB", "STORE"}
        assert {price.group for price in every} == {None, "GOLD", "STAFF"}
        assert {price.min_quantity for price in every} == {1, 10}
        assert {price.country for price in every} == {None, "AT", "FR", "NL"}
        assert {price.location for price in every} == {None, *world.stores}
        assert {price.valid_from.year for price in every} == {2020, 2026, 2099}
        for price in every:
            assert re.fullmatch(r"\d+\.\d\d", price.amount)
            assert price.valid_to is None or price.valid_from < price.valid_to
            if price.compare_at and price.lowest30:
                assert Decimal(price.amount) < Decimal(price.lowest30) <= Decimal(price.compare_at)

    def test_the_first_price_is_the_plain_one(self, world: World) -> None:
        for euros, francs in (prices[:2] for prices in world.prices.values()):
            for price, currency in ((euros, "EUR"), (francs, "CHF")):
                assert (price.currency, price.kind, price.min_quantity, price.valid_to) == (
                    currency,
                    "regular",
                    1,
                    None,
                )
                assert (price.channel, price.location, price.group, price.country) == (None, None, None, None)
                assert price.valid_from.isoformat() == "2020-01-01T00:00:00+01:00"

    def test_only_goods_sold_by_weight_have_fractions(self, world: World) -> None:
        weighed = {sku for sku, variant in world.variants.items() if variant.unit == "KGM"}
        assert {row.sku for row in world.stock if row.on_hand % 1} <= weighed
        assert 0 < len(weighed) < 600
        assert all(row.on_hand >= row.reserved + row.blocked >= 0 for row in world.stock)

    def test_people(self, world: World) -> None:
        for number, customer in enumerate(world.customers, start=1):
            assert customer.number == number
            assert re.fullmatch(rf"[a-z]+\.([a-z]+\.{number}@|{number}@mail\.)example\.test", customer.email)
            assert 1 <= len(customer.addresses) <= 3
            assert sum(address.default_billing for address in customer.addresses) == 1
            assert sum(address.default_shipping for address in customer.addresses) == 1
            assert (customer.kind == "organisation") == (customer.company is not None)
            assert customer.preferred_location is None or customer.preferred_location in world.stores
        cards = [customer.card for customer in world.customers if customer.card]
        assert len(set(cards)) == len(cards)
        assert world.accounts.keys() == world.members.keys() > set(cards)
        assert all(card == with_check_digit(card[:12]) and card.startswith("29") for card in cards)

    def test_one_person_in_several_systems(self, world: World) -> None:
        """Whom the CRM has twice has one card and one e-mail address for each number; phones find one client each."""
        assert len(world.twins) == 40
        for second, first in world.twins.items():
            one, other = world.customers[first - 1], world.customers[second - 1]
            assert (one.first_name, one.last_name) == (other.first_name, other.last_name)
            assert one.card and not other.card and one.email != other.email
        phones = [client.phone for client in world.clients if client.phone]
        assert len(set(phones)) == len(phones)
        assert {client.customer for client in world.clients}.isdisjoint(world.twins)
        kinds = Counter((link.source, link.linked) for link in world.links)
        assert kinds == {("crm", True): 32, ("pos", True): 12, ("pos", False): 12}

    def test_check_digit(self) -> None:
        assert with_check_digit("400638133393") == "4006381333931"


class TestOrders:
    def test_totals_add_up(self, orders: list[Order]) -> None:
        for order in orders:
            assert order.total == order.subtotal - order.discount + order.shipping
            assert order.total == sum(line.total for line in order.lines) + order.shipping
            assert order.discount == sum(line.discount for line in order.lines)
            assert order.total == sum(payment.amount for payment in order.payments)
            assert order.paid == sum(payment.amount for payment in order.payments if payment.status == "captured")
            assert 0 <= order.refunded <= order.paid
            assert 0 <= order.tax < order.total

    def test_lines_are_worth_their_quantity(self, orders: list[Order]) -> None:
        for line in (line for order in orders for line in order.lines):
            worth = (line.quantity * line.unit_price).quantize(Decimal(1), "ROUND_HALF_UP")
            assert line.total == worth - line.discount
            assert line.returned <= line.shipped <= line.quantity - line.cancelled

    def test_fulfilments_hold_every_line_once(self, orders: list[Order]) -> None:
        for order in orders:
            parts = [part for fulfilment in order.fulfilments for part in fulfilment.parts]
            assert 1 <= len(order.fulfilments) <= 2
            assert dict(parts) == {line.number: line.quantity for line in order.lines}
            assert len(parts) == len(order.lines)

    def test_everybody_ordered_and_the_regulars_often(self, world: World) -> None:
        count = Counter(world.orders.buyers)
        assert count.keys() == set(range(1, 5_001))
        assert all(count[number] >= 25 for number in range(1, 51))

    def test_are_numbered_as_they_were_placed(self, world: World, orders: list[Order]) -> None:
        assert [order.number for order in orders] == list(range(1, 60_001, 4))
        assert all(before <= after for before, after in pairwise(world.orders.placed))
        assert world.orders[0].placed.date() == date(2024, 1, 1)
        assert world.orders[-1].placed.date() == date(2026, 11, 20)
        assert not any(moment.hour == 2 for moment in world.orders.placed)

    def test_have_every_status_and_one_to_five_lines(self, orders: list[Order]) -> None:
        assert {order.status for order in orders} == oms.STATUSES.keys()
        assert {len(order.lines) for order in orders} == {1, 2, 3, 4, 5}

    def test_can_be_had_one_by_one(self, world: World, orders: list[Order]) -> None:
        assert world.orders[40] == orders[10]
        assert world.orders[59_999] == world.orders[-1]
        assert [order.number for order in islice(world.orders, 3)] == [1, 2, 3]
        with pytest.raises(IndexError):
            world.orders[60_000]

    def test_of_a_customer_come_oldest_first(self, world: World) -> None:
        found = world.orders.of_customer(7)
        assert {order.customer for order in found} == {7}
        assert len(found) == world.orders.buyers.count(7)
        assert all(before.placed <= after.placed for before, after in pairwise(found))


class TestPim:
    def test_a_product_has_the_pims_own_names(self, products_app: ASGIApp, world: World) -> None:
        [row] = items(products_app, "/products", code="ST00001")
        product = world.products["ST00001"]
        assert row["styleNo"] == "ST00001"
        assert row["title"] == product.name
        assert row["longText"]["en"].startswith("<p>")
        assert row["brandName"] == product.brand
        assert row["cats"] == list(product.categories)
        assert row["state"] in ("A", "P", "C", "D")
        assert datetime.strptime(row["changed"], "%Y-%m-%d %H:%M:%S") == product.updated
        assert row["attrs"][0].keys() == {"c", "l", "v", "t", "u"}
        assert row["attrs"][-1]["c"] == "weight"
        assert row["attrs"][-1]["u"] == "GRM"

    def test_a_variant_has_the_pims_own_names(self, products_app: ASGIApp) -> None:
        [row] = items(products_app, "/variants/batch", sku="A-00005")
        assert row.keys() == {"sku", "styleNo", "title", "opts", "attrs", "taxCls"}
        assert row["styleNo"] == "ST00002"
        assert [(option["c"], option["l"]) for option in row["opts"]] == [
            ("size", "Size"),
            ("color", "Color"),
        ]

    def test_pages_in_the_order_of_the_style_numbers(self, products_app: ASGIApp) -> None:
        reply = call(products_app, "/products", params={"offset": 40, "limit": 30}).json()
        assert [row["styleNo"] for row in reply["items"]] == styles(41, 70)
        assert (reply["total"], reply["offset"]) == (2_000, 40)

    def test_pages_in_another_order(self, products_app: ASGIApp, world: World) -> None:
        """A column, and `-` for the other way round."""
        orders: dict[str, Any] = {
            "styleNo": lambda product: product.code,
            "title": lambda product: (product.name["en"].casefold(), product.code),
            "changed": lambda product: (product.updated, product.code),
        }
        for by, key in orders.items():
            expected = [product.code for product in sorted(world.products.values(), key=key)]
            for sort, codes in ((by, expected), (f"-{by}", expected[::-1])):
                rows = items(products_app, "/products", sort=sort, offset=30, limit=20)
                assert [row["styleNo"] for row in rows] == codes[30:50]
        assert call(products_app, "/products", params={"sort": "price"}).status_code == 400

    def test_twenty_products_are_a_page(self, products_app: ASGIApp) -> None:
        assert len(items(products_app, "/products")) == 20
        assert items(products_app, "/products", offset=2_000) == []
        assert items(products_app, "/products", limit=0) == []

    @pytest.mark.parametrize("category", ["K01", "K01-02", "K01-02-01"])
    def test_a_category_includes_those_below(self, products_app: ASGIApp, world: World, category: str) -> None:
        reply = call(products_app, "/products", params={"category": category, "limit": 100}).json()
        inside = [
            product.code
            for product in world.products.values()
            if any(f"{code}-".startswith(f"{category}-") for code in product.categories)
        ]
        assert [row["styleNo"] for row in reply["items"]] == inside[:100]
        assert reply["total"] == len(inside) > 0

    def test_filters_narrow_each_other(self, products_app: ASGIApp, world: World) -> None:
        brands = ["Halmar", "Kestrel & Moor"]
        reply = call(products_app, "/products", params={"brand": brands, "category": "K02", "limit": 100}).json()
        assert {row["brandName"] for row in reply["items"]} == set(brands)
        assert all(any(code.startswith("K02") for code in row["cats"]) for row in reply["items"])
        skus = items(products_app, "/products", sku=["A-00001", "A-00003", "A-00004", "A-99999"])
        assert [row["styleNo"] for row in skus] == ["ST00001", "ST00002"]
        assert items(products_app, "/products", sku="A-00001", code="ST00002") == []
        assert items(products_app, "/products", category="K99") == []

    def test_words_of_any_language_find_products(self, products_app: ASGIApp, world: World) -> None:
        found = items(products_app, "/products", q="hazel baumwolle", limit=100)
        named = [product for product in world.products.values() if "Hazel" in product.name["en"]]
        wanted = [product.code for product in named if "Baumwolle" in product.name["de"]]
        assert [row["styleNo"] for row in found] == wanted != []
        assert items(products_app, "/products", q="hazel qwerty") == []

    @pytest.mark.parametrize(
        ("path", "params"),
        [
            ("/products", {"limit": 101}),
            ("/products", {"limit": "many"}),
            ("/products", {"offset": -1}),
            ("/products/batch", {"code": styles(1, 101)}),
            ("/variants/batch", {"sku": ["A-00001"] * 101}),
            ("/variants", {"style": styles(1, 101)}),
            ("/variants", {}),
            ("/categories/batch", {"code": ["K01"] * 101}),
        ],
    )
    def test_refuses_in_plain_text(self, products_app: ASGIApp, path: str, params: dict[str, Any]) -> None:
        reply = call(products_app, path, params=params)
        assert reply.status_code == 400
        assert reply.headers["content-type"].startswith("text/plain")
        assert reply.text

    def test_batches_have_an_order_of_their_own(self, products_app: ASGIApp) -> None:
        asked = styles(1, 100)
        found = [row["styleNo"] for row in items(products_app, "/products/batch", code=asked)]
        assert found != asked
        assert sorted(found) == asked
        assert [row["styleNo"] for row in items(products_app, "/products/batch", code=asked[::-1])] == found

    def test_batches_leave_out_unknown_and_repeated_codes(self, products_app: ASGIApp) -> None:
        assert len(items(products_app, "/products/batch", code=["ST00001", "ST09999", "ST00001"])) == 1
        assert len(items(products_app, "/variants/batch", sku=["A-00001", "A-00001", "nope", "A-00002"])) == 2
        assert len(items(products_app, "/categories/batch", code=["K01", "K99", "K02-01"])) == 2
        assert items(products_app, "/products/batch") == []

    def test_variants_of_styles_come_mixed(self, products_app: ASGIApp) -> None:
        found = items(products_app, "/variants", style=styles(1, 30))
        assert len(found) == 90
        assert Counter(row["styleNo"] for row in found) == dict.fromkeys(styles(1, 30), 3)
        order = [row["styleNo"] for row in found]
        assert order != sorted(order)

    def test_categories_by_parent(self, products_app: ASGIApp) -> None:
        assert len(items(products_app, "/categories")) == 60
        assert [row["code"] for row in items(products_app, "/categories", parent="")] == [
            f"K{number:02d}" for number in range(1, 8)
        ]
        below = items(products_app, "/categories", parent=["K01", "K02-01"])
        assert {row["up"] for row in below} == {"K01", "K02-01"}
        assert below[0] == {
            "code": "K01-01",
            "title": {"en": "Tops", "de": "Oberteile"},
            "up": "K01",
            "path": ["K01"],
        }

    def test_relations_are_in_the_product(self, products_app: ASGIApp, world: World) -> None:
        found = items(products_app, "/products/batch", code=[*styles(1, 100)])
        assert {related["k"] for row in found for related in row["rel"]} == {"ACC", "SUB", "UPS", "SPA"}
        assert all(len(row["rel"]) == len(world.products[row["styleNo"]].relations) for row in found)


class TestPricing:
    def test_amounts_are_numbers(self, prices_app: ASGIApp, world: World) -> None:
        found = items(prices_app, "/prices", sku="A-00001")
        [plain] = [
            row
            for row in found
            if row["cur"] == "EUR" and row["kind"] == "R" and row["min_qty"] == 1 and not row["chan"]
        ]
        assert plain == {
            "sku": "A-00001",
            "unit_price": float(world.prices["A-00001"][0].amount),
            "cur": "EUR",
            "kind": "R",
            "gross": True,
            "vat": "19.0",
            "chan": None,
            "shop": None,
            "grp": None,
            "ctry": None,
            "min_qty": 1,
            "from": "2020-01-01T00:00:00+01:00",
            "to": None,
            "was": None,
            "low30": None,
        }

    def test_a_promotion_says_what_it_was_before(self, prices_app: ASGIApp) -> None:
        [row] = [row for row in items(prices_app, "/prices", sku="A-00001") if row["kind"] == "P"]
        assert (row["from"], row["to"]) == ("2026-11-20T00:00:00+01:00", "2027-01-01T00:00:00+01:00")
        assert row["unit_price"] < row["low30"] <= row["was"]

    def test_rows_come_mixed_and_always_the_same(self, prices_app: ASGIApp) -> None:
        asked = [f"A-{number:05d}" for number in range(1, 101)]
        found = items(prices_app, "/prices", sku=asked)
        order = [row["sku"] for row in found]
        assert 300 <= len(found) <= 600
        assert set(order) == set(asked)
        assert order != sorted(order)
        assert items(prices_app, "/prices", sku=asked[::-1]) == found

    def test_unknown_skus_have_no_rows(self, prices_app: ASGIApp) -> None:
        assert items(prices_app, "/prices", sku=["A-99999", "x"]) == []
        assert items(prices_app, "/prices") == []
        twice = items(prices_app, "/prices", sku=["A-00001", "A-00001"])
        assert twice == items(prices_app, "/prices", sku="A-00001")

    def test_refuses_more_than_a_hundred(self, prices_app: ASGIApp) -> None:
        reply = call(prices_app, "/prices", params={"sku": ["A-00001"] * 101})
        assert (reply.status_code, reply.headers["content-type"]) == (400, "text/plain; charset=utf-8")


class TestLoyalty:
    def ask(self, app: ASGIApp, body: Any, key: str = "secret") -> httpx.Response:
        return call(app, "/accounts/query", "POST", json=body, headers={"X-Api-Key": key})

    def test_answers_an_object_keyed_by_card(self, loyalty_app: ASGIApp, world: World) -> None:
        asked = list(islice(world.accounts, 50))
        found = self.ask(loyalty_app, {"cards": [*asked[1:], "2900000000000"]}).json()["accounts"]
        assert found.keys() == set(asked[1:])
        for card, row in found.items():
            account = world.accounts[card]
            assert row["pts"] == str(account.points)
            assert row["tier"] in ("G", "S", "B")
            assert len(row["expiring"]) == len(account.expiring)
            assert all(voucher.keys() == {"no", "val", "cur", "until", "used"} for voucher in row["vouchers"])

    def test_members_are_found_three_ways(self, loyalty_app: ASGIApp, world: World) -> None:
        member = next(each for each in world.members.values() if each.phone)
        for by, value in (("card", member.card), ("mail", member.email.upper()), ("phone", member.phone)):
            asked = {"by": by, "values": [value, "nobody"]}
            reply = call(loyalty_app, "/members/query", "POST", json=asked, headers={"X-Api-Key": "secret"})
            assert reply.json()["members"] == [
                {
                    "card": member.card,
                    "first": member.first_name,
                    "last": member.last_name,
                    "mail": member.email,
                    "phone": member.phone,
                }
            ]
        for wrong in ({"by": "name", "values": []}, {"values": []}, {"by": "card"}):
            reply = call(loyalty_app, "/members/query", "POST", json=wrong, headers={"X-Api-Key": "secret"})
            assert reply.status_code == 400
        assert call(loyalty_app, "/members/query", "POST", json={"by": "card", "values": []}).status_code == 401

    def test_no_account_is_an_empty_list(self, loyalty_app: ASGIApp) -> None:
        assert self.ask(loyalty_app, {"cards": ["2900000000000"]}).json() == {"accounts": []}
        assert self.ask(loyalty_app, {"cards": []}).json() == {"accounts": []}

    def test_says_nothing_to_a_wrong_key(self, loyalty_app: ASGIApp) -> None:
        replies = [
            self.ask(loyalty_app, {"cards": []}, key="guess"),
            call(loyalty_app, "/accounts/query", "POST", json={"cards": []}),
        ]
        for reply in replies:
            assert (reply.status_code, reply.content) == (401, b"")
            assert reply.headers["content-type"].startswith("text/plain")

    @pytest.mark.parametrize("body", [{"cards": ["1"] * 51}, {"cards": "29"}, {"cards": [29]}, [], {}])
    def test_refuses_what_it_cannot_read(self, loyalty_app: ASGIApp, body: Any) -> None:
        assert self.ask(loyalty_app, body).status_code == 400

    def test_refuses_what_is_not_json(self, loyalty_app: ASGIApp) -> None:
        for content in (b"cards", b"\xff", b""):
            reply = call(loyalty_app, "/accounts/query", "POST", content=content, headers={"X-Api-Key": "secret"})
            assert reply.status_code == 400


class TestWarehouse:
    def test_keys_are_really_padded(self, warehouse: Engine) -> None:
        lengths = rows(warehouse, "SELECT DISTINCT length(ITEM_NO), length(WHSE), typeof(ITEM_NO) FROM STOCK")
        assert [tuple(row) for row in lengths] == [(16, 8, "text")]
        assert rows(warehouse, "SELECT * FROM STOCK WHERE ITEM_NO = 'A-00001'") == []
        assert rows(warehouse, "SELECT * FROM WHSE_MASTER WHERE WHSE = 'S001'") == []

    def test_stock_is_that_of_the_world(self, warehouse: Engine, world: World) -> None:
        assert rows(warehouse, "SELECT count(*) FROM STOCK")[0][0] == sum(
            row.location in world.warehouses for row in world.stock
        )
        found = rows(warehouse, "SELECT * FROM STOCK WHERE ITEM_NO LIKE 'A-005%'")
        shown = {
            (row.ITEM_NO.rstrip(), row.WHSE.rstrip()): (
                *(Decimal(str(quantity)) for quantity in (row.QTY, row.RSV, row.BLK)),
                *(datetime.strptime(moment, "%Y-%m-%d %H:%M:%S") for moment in (row.CNT_TS, row.CHG_TS)),
            )
            for row in found
        }
        own = (row for row in world.stock if row.location in world.warehouses)
        assert shown == {row[:2]: row[2:] for row in own if row.sku.startswith("A-005")}
        assert any(not float(row.QTY).is_integer() for row in found)

    def test_times_are_text_without_a_zone(self, warehouse: Engine) -> None:
        first, last = tuple(rows(warehouse, "SELECT min(CHG_TS), max(CHG_TS) FROM STOCK")[0])
        for moment in (first, last):
            assert re.fullmatch(r"2026-11-\d\d \d\d:\d\d:\d\d", moment)

    def test_some_rows_are_missing(self, warehouse: Engine) -> None:
        counts = [row[0] for row in rows(warehouse, "SELECT count(*) FROM STOCK GROUP BY ITEM_NO")]
        assert min(counts) < max(counts) == 3

    def test_locations(self, warehouse: Engine) -> None:
        found = {row.WHSE: row for row in rows(warehouse, "SELECT * FROM WHSE_MASTER")}
        assert Counter(row.TYP for row in found.values()) == {"F": 20, "L": 2, "D": 1}
        assert found["S001    "].SERVICES == "C&C;RET;GIFT;ALT;SFS"
        assert found["W01     "].SERVICES == ""
        assert found["S011    "].TZ == "Europe/Vienna"


def test_the_tills_count_the_stores(databases: estate.Databases, world: World) -> None:
    [tills] = opened(databases.pos)
    found = rows(tills, "SELECT * FROM SHELF WHERE ITEM LIKE 'A-005%'")
    shown = {(row.ITEM, row.STORE): Decimal(str(row.QTY)) for row in found}
    own = (row for row in world.stock if row.location in world.stores)
    assert shown == {(row.sku, row.location): row.on_hand for row in own if row.sku.startswith("A-005")}


class TestOrderSystem:
    def test_counts(self, order_system: Engine) -> None:
        counts = {
            table.name: rows(order_system, f"SELECT count(*) FROM {table.name}")[0][0]
            for table in oms.METADATA.sorted_tables
        }
        assert counts["ORD_HDR"] == 60_000
        assert counts["ORD_LINE"] == counts["ORD_FUL_LINE"] > 100_000
        assert 60_000 < counts["ORD_FUL"] < counts["ORD_LINE"]
        assert 60_000 < counts["ORD_PAY"] < 120_000
        assert counts["T_STATUS"] == 9

    def test_totals_add_up(self, order_system: Engine) -> None:
        wrong = """
            SELECT h.ORD_NO FROM ORD_HDR h
            JOIN (SELECT ORD_NO, sum(TOTAL) AS L FROM ORD_LINE GROUP BY ORD_NO) l ON l.ORD_NO = h.ORD_NO
            JOIN (SELECT ORD_NO, sum(AMT) AS P FROM ORD_PAY GROUP BY ORD_NO) p ON p.ORD_NO = h.ORD_NO
            WHERE h.TOTAL <> h.SUBTOT - h.DISC + h.SHIP OR h.TOTAL <> l.L + h.SHIP OR h.TOTAL <> p.P
        """
        assert rows(order_system, wrong) == []

    def test_an_order_is_that_of_the_world(self, order_system: Engine, orders: list[Order]) -> None:
        for order in orders[::500]:
            [row] = rows(order_system, "SELECT * FROM ORD_HDR WHERE ORD_NO = :number", number=order.number)
            placed = datetime.strptime(f"{row.ODATE}{row.OTIME:06d}", "%Y%m%d%H%M%S")
            assert (placed, row.CUST_NO, row.TOTAL) == (order.placed, order.customer, order.total)
            lines = rows(
                order_system,
                "SELECT * FROM ORD_LINE WHERE ORD_NO = :number ORDER BY LINE_NO",
                number=order.number,
            )
            told = [(line.number, line.sku, line.name[:40], line.unit_price, line.tax_rate) for line in order.lines]
            assert [(line.LINE_NO, line.ITEM, line.NAME1, line.PRICE, line.TAXRATE) for line in lines] == told
            assert [Decimal(str(line.QTY)) for line in lines] == [line.quantity for line in order.lines]

    def test_times_have_no_leading_zeros(self, order_system: Engine) -> None:
        lengths = {row[0] for row in rows(order_system, "SELECT DISTINCT length(OTIME) FROM ORD_HDR")}
        assert {3, 4, 5, 6} <= lengths

    def test_codes(self, order_system: Engine) -> None:
        def values(column: str, table: str) -> set[Any]:
            return {row[0] for row in rows(order_system, f"SELECT DISTINCT {column} FROM {table}")}

        assert values("CHAN", "ORD_HDR") == {"W", "P", "M"}
        assert values("STS", "ORD_HDR") == values("STS", "T_STATUS")
        assert values("METH", "ORD_PAY") == {"CC", "PP", "IN", "GC"}
        assert values("STS", "ORD_PAY") == {"O", "A", "C", "V"}
        assert values("METH", "ORD_FUL") == {"S", "C"}
        assert values("STS", "ORD_FUL") == {"P", "K", "R", "S", "D", "X"}
        assert None in values("SOLD_AT", "ORD_HDR")
        assert 0 in values("EDATE", "ORD_FUL")
        assert all(re.fullmatch(r"\*{4} \d{4}", reference) for reference in values("REF", "ORD_PAY"))

    def test_a_customers_orders_come_from_the_index(self, order_system: Engine) -> None:
        [plan] = rows(
            order_system,
            "EXPLAIN QUERY PLAN SELECT * FROM ORD_HDR WHERE CUST_NO = 7 ORDER BY ODATE DESC, OTIME DESC",
        )
        assert "ORD_HDR_CUST" in plan.detail


class TestEstate:
    def test_files_are_used_again(self, databases: estate.Databases, world: World) -> None:
        folder = databases.wms.parent
        before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
        assert estate.databases(folder, world) == databases
        assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
        assert len(before) == 4

    def test_half_a_file_is_never_seen(self, tmp_path: Path, world: World) -> None:
        def fail(engine: Engine, world: World) -> None:
            wms.METADATA.create_all(engine)
            raise RuntimeError("disk full")

        with pytest.raises(RuntimeError):
            estate.database(tmp_path / "wms.sqlite", world, fail)
        assert list(tmp_path.iterdir()) == []

    def test_tables_are_replaced(self, tmp_path: Path, world: World) -> None:
        engine = create_engine(f"sqlite:///{tmp_path}/wms.sqlite")
        small = World()
        small.stock = [row for row in world.stock if row.location in world.warehouses][:10]
        wms.create(engine, small)
        wms.create(engine, small)
        assert rows(engine, "SELECT count(*) FROM STOCK")[0][0] == 10
        engine.dispose()

    def test_serves_a_system_on_a_port(self) -> None:
        port = free_port()
        command = [
            sys.executable,
            "-m",
            "examples.backoffice",
            "loyalty",
            "--port",
            str(port),
            "--latency",
            "0.01",
        ]
        process = subprocess.Popen(command, cwd=ROOT)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/_calls")
            assert httpx.post(f"{url}/accounts/query", json={"cards": []}).status_code == 401
            headers = {"X-Api-Key": loyalty.KEY}
            assert httpx.post(f"{url}/accounts/query", json={"cards": []}, headers=headers).status_code == 200
            assert httpx.get(f"{url}/_calls").json() == {"total": 2, "by": {"POST /accounts/query": 2}}
        finally:
            process.terminate()
            process.wait(10)


class TestCalls:
    def test_counts_by_route_and_starts_again(self, world: World) -> None:
        app = estate.application("pim", world)
        call(app, "/products")
        call(app, "/products", params={"limit": 101})
        call(app, "/variants/batch")
        counts = {"GET /products": 2, "GET /variants/batch": 1}
        assert call(app, "/_calls").json() == {"total": 3, "by": counts}
        assert call(app, "/_calls", "DELETE").status_code == 204
        assert call(app, "/_calls").json() == {"total": 0, "by": {}}
        assert call(app, "/_calls", "PUT").status_code == 405

    def test_waits_before_it_answers_but_not_with_the_counts(self, world: World) -> None:
        app = pricing.app(world, latency=0.2)
        started = time.perf_counter()
        call(app, "/prices")
        assert time.perf_counter() - started >= 0.2
        started = time.perf_counter()
        call(app, "/_calls")
        assert time.perf_counter() - started < 0.2


class TestTills:
    def test_receipts_are_known_by_store_workstation_sequence_and_business_day(self, tills: Engine) -> None:
        [counted] = rows(tills, "SELECT count(*) AS n FROM RECEIPT")
        [distinct] = rows(tills, "SELECT count(*) AS n FROM (SELECT DISTINCT STORE, WS, SEQ, BDAY FROM RECEIPT)")
        assert counted.n == distinct.n == 40_000

    def test_what_is_no_sale_is_there_with_its_flag(self, tills: Engine) -> None:
        flags = rows(tills, "SELECT TRAINING, VOIDED, count(*) AS n FROM RECEIPT GROUP BY 1, 2 ORDER BY 1, 2")
        assert [(row.TRAINING, row.VOIDED) for row in flags] == [(0, 0), (0, 1), (1, 0)]
        assert all(row.n > 500 for row in flags)

    def test_a_business_day_ends_after_midnight_and_some_tills_deliver_late(self, tills: Engine) -> None:
        [night] = rows(tills, "SELECT count(*) AS n FROM RECEIPT WHERE substr(TRX_TS, 1, 8) > replace(BDAY, '-', '')")
        [late] = rows(tills, "SELECT count(*) AS n FROM RECEIPT WHERE UPL_TS > TRX_TS + 1000000")
        assert night.n > 500
        assert late.n > 500

    def test_totals_add_up(self, tills: Engine) -> None:
        [wrong] = rows(
            tills,
            "SELECT count(*) AS n FROM RECEIPT WHERE GROSS - DISC <> TOTAL OR TAX1 + TAX2 > TAX OR TOTAL <> "
            "(SELECT sum(TOTAL) FROM RECEIPT_LINE WHERE RECEIPT_LINE.RCPT_ID = RECEIPT.RCPT_ID)",
        )
        assert wrong.n == 0
