"""The world: the truth from which every demo system is cut. The same seed gives the same world, always."""

from functools import cached_property

from .accounts import Account, draw_accounts
from .assortment import Category, Shelf, list_categories
from .catalogue import Product, Variant, draw_products
from .identities import Client, Link, Member, draw_clients, draw_links, draw_members, second_registrations
from .media import Asset, draw_media
from .orders import Orders
from .people import Customer, draw_customers
from .places import Location, list_locations
from .prices import Price, draw_prices
from .receipts import Receipts
from .stock import Stock, draw_stock
from .supplies import Material, draw_materials

SEED = 20261122


class World:
    """Every part is built when it is first asked for."""

    def __init__(self, seed: int = SEED) -> None:
        self.seed = seed

    @cached_property
    def tree(self) -> tuple[dict[str, Category], list[Shelf]]:
        return list_categories()

    @property
    def categories(self) -> dict[str, Category]:
        """By code, parents before their children."""
        return self.tree[0]

    @cached_property
    def products(self) -> dict[str, Product]:
        """By code, ascending."""
        return draw_products(self.seed, self.tree[1])

    @cached_property
    def variants(self) -> dict[str, Variant]:
        """By sku, ascending."""
        return {variant.sku: variant for product in self.products.values() for variant in product.variants}

    @cached_property
    def locations(self) -> dict[str, Location]:
        """By code."""
        return list_locations()

    @cached_property
    def stores(self) -> list[str]:
        """The codes of the stores."""
        return [code for code, location in self.locations.items() if location.kind == "store"]

    @cached_property
    def warehouses(self) -> list[str]:
        """The codes of all other locations."""
        return [code for code, location in self.locations.items() if location.kind != "store"]

    @cached_property
    def prices(self) -> dict[str, list[Price]]:
        """By sku; the first row of each is the plain price in euros."""
        return draw_prices(self.seed, self.products, self.stores)

    @cached_property
    def stock(self) -> list[Stock]:
        """In the order of sku and location."""
        return draw_stock(self.seed, self.products, self.locations)

    @cached_property
    def people(self) -> tuple[list[Customer], dict[int, int]]:
        return second_registrations(draw_customers(self.seed, self.stores))

    @property
    def customers(self) -> list[Customer]:
        """Customer number i stands at index i - 1."""
        return self.people[0]

    @property
    def twins(self) -> dict[int, int]:
        """Numbers of customers who had one before -> the one before."""
        return self.people[1]

    @cached_property
    def members(self) -> dict[str, Member]:
        """What the loyalty scheme knows of people, by card number."""
        return {member.card: member for member in draw_members(self.seed, self.customers, self.twins)}

    @cached_property
    def accounts(self) -> dict[str, Account]:
        """Loyalty accounts by card number."""
        cards = {member.customer: member.card for member in self.members.values()}
        return draw_accounts(self.seed, self.customers, cards)

    @cached_property
    def tills(self) -> tuple[list[Client], list[Link]]:
        return draw_clients(self.seed, self.customers, self.twins, self.stores)

    @property
    def clients(self) -> list[Client]:
        """Whom the tills know, by number."""
        return self.tills[0]

    @cached_property
    def links(self) -> list[Link]:
        """What was decided by hand of records of one person."""
        return draw_links(self.twins) + self.tills[1]

    @cached_property
    def materials(self) -> dict[str, Material]:
        """What the ERP knows, by sku."""
        return draw_materials(self.seed, self.variants, self.stores, self.warehouses)

    @cached_property
    def orders(self) -> Orders:
        """Order number i stands at index i - 1."""
        return Orders(self.seed, self.customers, self.variants, self.prices, self.stores)

    @cached_property
    def receipts(self) -> Receipts:
        """In the order in which they were rung up."""
        return Receipts(self.seed, self.customers, self.orders.goods, self.stores)

    @cached_property
    def media(self) -> list[Asset]:
        """Numbered from 1, product by product."""
        return draw_media(self.seed, self.products)
