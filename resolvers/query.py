"""The ways into the graph."""

from __future__ import annotations

from typing import Annotated

import strawberry

from resolvers.arguments import After, Before, First, Last, with_arguments
from resolvers.category import Category
from resolvers.customer import Customer, CustomerConnection
from resolvers.external_id import ExternalIdInput
from resolvers.links import Connection, RootKey, RootKeys, RootList, RootNodes, planned
from resolvers.location import Location, LocationKind
from resolvers.node import Node
from resolvers.order import Order, OrderConnection, OrderFilter
from resolvers.product import Product, ProductConnection, ProductFilter
from resolvers.receipt import ReceiptInput
from resolvers.sorting import SortedBy
from resolvers.stock_level import StockLevel
from resolvers.variant import Variant

Id = Annotated[strawberry.ID | None, strawberry.argument(description="The record's `id`, as the gateway gave it.")]
Skus = Annotated[list[str], strawberry.argument(description="The variants' keys.")]


@strawberry.type(
    description=(
        "The ways into the graph. A root that finds one record takes exactly one of its arguments, and is null where "
        "there is no such record or its source did not answer."
    )
)
class Query:
    @with_arguments(
        "Any record by its `id`.",
        RootNodes("id"),
    )
    def node(
        self, id: Annotated[strawberry.ID, strawberry.argument(description="As the gateway gave it.")]
    ) -> Node | None:
        return planned()

    @with_arguments(
        "Any records by their `id`s: in the order asked for, null where unknown.",
        RootNodes("ids"),
    )
    def nodes(
        self, ids: Annotated[list[strawberry.ID], strawberry.argument(description="As the gateway gave them.")]
    ) -> list[Node | None]:
        return planned()

    @with_arguments(
        "One product, by exactly one of these.",
        RootKey("Product", {"id": "id", "code": "code"}),
    )
    def product(
        self,
        id: Id = strawberry.UNSET,
        code: Annotated[str | None, strawberry.argument(description="Its style number.")] = strawberry.UNSET,
    ) -> Product | None:
        return planned()

    @with_arguments(
        "One variant, by exactly one of these.",
        RootKey("Variant", {"id": "id", "sku": "sku", "barcode": "barcode"}),
    )
    def variant(
        self,
        id: Id = strawberry.UNSET,
        sku: Annotated[str | None, strawberry.argument(description="Its key.")] = strawberry.UNSET,
        barcode: Annotated[
            str | None, strawberry.argument(description="Any barcode that scans to it, as digits.")
        ] = strawberry.UNSET,
    ) -> Variant | None:
        return planned()

    @with_arguments(
        "Variants by key: in the order asked for, null where unknown.",
        RootKeys("Variant", by="sku", argument="skus"),
    )
    def variants(self, skus: Skus) -> list[Variant | None]:
        return planned()

    @with_arguments(
        "Products, page by page; null where the source did not answer.",
        Connection("Product", search="products", filters=("search",), filters_in="filter", sort="sort"),
    )
    def products(
        self,
        first: First = 20,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        search: Annotated[
            str | None, strawberry.argument(description="Words that they are found by, as the source reads them.")
        ] = strawberry.UNSET,
        filter: Annotated[
            ProductFilter | None, strawberry.argument(description="Which products; all where absent.")
        ] = strawberry.UNSET,
        sort: SortedBy = strawberry.UNSET,
    ) -> ProductConnection | None:
        return planned()

    @with_arguments(
        "One category, by exactly one of these.",
        RootKey("Category", {"id": "id", "code": "code"}),
    )
    def category(
        self,
        id: Id = strawberry.UNSET,
        code: Annotated[str | None, strawberry.argument(description="Its code.")] = strawberry.UNSET,
    ) -> Category | None:
        return planned()

    @with_arguments(
        "All categories, in one list; null where the source did not answer.",
        RootList("Category", search="categories", narrow={"root": "parentCode"}),
    )
    def categories(
        self,
        below: Annotated[
            str | None,
            strawberry.argument(name="root", description="Only the categories right below the one with this code."),
        ] = strawberry.UNSET,
    ) -> list[Category] | None:
        return planned()

    @with_arguments(
        "One place, by exactly one of these.",
        RootKey("Location", {"id": "id", "code": "code"}),
    )
    def location(
        self,
        id: Id = strawberry.UNSET,
        code: Annotated[str | None, strawberry.argument(description="Its code.")] = strawberry.UNSET,
    ) -> Location | None:
        return planned()

    @with_arguments(
        "Places, in one list; null where the source did not answer.",
        RootList("Location", search="locations", narrow={"kinds": "kind", "service": "services"}),
    )
    def locations(
        self,
        kinds: Annotated[
            list[LocationKind] | None, strawberry.argument(description="Only places of these kinds.")
        ] = strawberry.UNSET,
        service: Annotated[
            str | None, strawberry.argument(description="Only places that offer the service with this code.")
        ] = strawberry.UNSET,
    ) -> list[Location] | None:
        return planned()

    @with_arguments(
        "What is held of some variants at some places; null where the source did not answer.",
        RootKeys("StockLevel", by="sku", argument="skus", many=True, narrow={"locations": "locationCode"}),
    )
    def stock(
        self,
        skus: Skus,
        locations: Annotated[list[str], strawberry.argument(description="Codes of the places.")],
    ) -> list[StockLevel] | None:
        return planned()

    @with_arguments(
        "One customer, by exactly one of these.",
        RootKey(
            "Customer",
            {
                "id": "id",
                "number": "number",
                "email": "email",
                "loyaltyCard": "loyaltyCard",
                "external": "source value",
            },
        ),
    )
    def customer(
        self,
        id: Id = strawberry.UNSET,
        number: Annotated[str | None, strawberry.argument(description="Customer number.")] = strawberry.UNSET,
        email: Annotated[str | None, strawberry.argument(description="E-mail address.")] = strawberry.UNSET,
        loyalty_card: Annotated[
            str | None, strawberry.argument(description="Number on the loyalty card.")
        ] = strawberry.UNSET,
        external: Annotated[
            ExternalIdInput | None, strawberry.argument(description="The key of any system that knows the customer.")
        ] = strawberry.UNSET,
    ) -> Customer | None:
        return planned()

    @with_arguments(
        "Customers found by what they tell at a counter; null where the source did not answer.",
        Connection("Customer", search="customers", filters=("search",)),
    )
    def customers(
        self,
        search: Annotated[str, strawberry.argument(description="A name, e-mail address, telephone or card number.")],
        first: First = 20,
        after: After = strawberry.UNSET,
    ) -> CustomerConnection | None:
        return planned()

    @with_arguments(
        "One order, by exactly one of these.",
        RootKey("Order", {"id": "id", "number": "number", "receipt": "storeCode workstation sequence businessDay"}),
    )
    def order(
        self,
        id: Id = strawberry.UNSET,
        number: Annotated[str | None, strawberry.argument(description="Order number.")] = strawberry.UNSET,
        receipt: Annotated[
            ReceiptInput | None, strawberry.argument(description="What is printed on the receipt of a till.")
        ] = strawberry.UNSET,
    ) -> Order | None:
        return planned()

    @with_arguments(
        "Orders, the latest first; null where the source did not answer.",
        Connection("Order", search="orders", filters_in="filter"),
    )
    def orders(
        self,
        first: First = 20,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Annotated[
            OrderFilter | None, strawberry.argument(description="Which orders; all where absent.")
        ] = strawberry.UNSET,
    ) -> OrderConnection | None:
        return planned()
