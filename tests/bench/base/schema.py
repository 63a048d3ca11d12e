"""The graph, as far as the workloads ask for it. Plain fields are attributes, which Strawberry resolves fastest."""

from __future__ import annotations

from typing import Any

import strawberry
from lxml import etree
from strawberry.types import Info

from tests.bench.base.loaders import Loaders
from tests.bench.base.systems import CRM, LineRow, OrderRow, StockRow

CURRENCY = "EUR"
KINDS = {"P": "PERSON", "F": "ORGANISATION"}
CHANNELS = {"W": "WEB", "P": "PHONE", "M": "MOBILE_APP"}
STATES = {"20": "CONFIRMED", "50": "SHIPPED", "60": "COMPLETED"}


def loaders(info: Info[Loaders, None]) -> Loaders:
    return info.context


@strawberry.type
class Money:
    amount: str
    currency: str


@strawberry.type
class Price:
    value: Money

    @classmethod
    def of(cls, row: dict[str, Any]) -> Price:
        return cls(value=Money(amount=row["amount"], currency=row["cur"]))


@strawberry.type
class StockLevel:
    location_code: str
    on_hand: str
    reserved: str

    @classmethod
    def of(cls, row: StockRow) -> StockLevel:
        return cls(location_code=row.whse, on_hand=str(row.qty), reserved=str(row.rsv))


@strawberry.type
class SelectedOption:
    code: str
    value: str


@strawberry.type
class Variant:
    sku: str
    name: str
    sales_unit: str
    tax_class: str
    options: list[SelectedOption]

    @classmethod
    def of(cls, row: dict[str, Any]) -> Variant:
        options = [SelectedOption(code=option["c"], value=option["v"]) for option in row["opts"]]
        return cls(sku=row["sku"], name=row["title"], sales_unit=row["unit"], tax_class=row["tax"], options=options)

    @strawberry.field
    async def price(self, info: Info[Loaders, None]) -> Price | None:
        rows = await loaders(info).prices.load(self.sku)
        return next((Price.of(row) for row in rows if row["cur"] == CURRENCY), None)

    @strawberry.field
    async def stock(self, info: Info[Loaders, None]) -> list[StockLevel]:
        return [StockLevel.of(row) for row in await loaders(info).stock.load(self.sku)]


@strawberry.type
class OrderLine:
    id: strawberry.ID
    quantity: str
    unit_price: Money
    sku: strawberry.Private[str]

    @classmethod
    def of(cls, row: LineRow) -> OrderLine:
        money = Money(amount=str(row.price), currency=CURRENCY)
        return cls(id=strawberry.ID(str(row.line_no)), quantity=str(row.qty), unit_price=money, sku=row.item)

    @strawberry.field
    async def variant(self, info: Info[Loaders, None]) -> Variant | None:
        row = await loaders(info).variants.load(self.sku)
        return Variant.of(row) if row else None


@strawberry.type
class Order:
    number: str
    channel: str
    status: str
    placed_at: str

    @classmethod
    def of(cls, row: OrderRow) -> Order:
        placed = row.placed.isoformat().replace("+00:00", "Z")
        return cls(number=row.ord_no, channel=CHANNELS[row.chan], status=STATES[row.sts], placed_at=placed)

    @strawberry.field
    async def lines(self, info: Info[Loaders, None]) -> list[OrderLine]:
        return [OrderLine.of(row) for row in await loaders(info).lines.load(self.number)]


@strawberry.type
class OrderConnection:
    nodes: list[Order]


@strawberry.type
class Address:
    lines: list[str]
    postal_code: str | None
    city: str | None
    country: str | None


@strawberry.type
class CustomerAddress:
    id: strawberry.ID
    label: str | None
    address: Address

    @classmethod
    def of(cls, row: etree._Element) -> CustomerAddress:
        lines = (text(row, "Street") or "").splitlines()
        address = Address(
            lines=lines, postal_code=text(row, "Zip"), city=text(row, "City"), country=text(row, "Country")
        )
        return cls(id=strawberry.ID(text(row, "Nr") or ""), label=text(row, "Label"), address=address)


@strawberry.type
class Customer:
    number: str
    kind: str
    given_name: str | None
    family_name: str | None
    email: str | None
    phone: str | None
    birth_date: str | None
    addresses: list[CustomerAddress]

    @classmethod
    def of(cls, row: etree._Element) -> Customer:
        born = text(row, "Born")
        return cls(
            number=text(row, "CustNo") or "",
            kind=KINDS[text(row, "Typ") or "P"],
            given_name=text(row, "First"),
            family_name=text(row, "Last"),
            email=text(row, "Email"),
            phone=text(row, "Phone"),
            birth_date=f"{born[:4]}-{born[4:6]}-{born[6:]}" if born else None,
            addresses=[CustomerAddress.of(each) for each in row.iterfind(f"{CRM}Addresses/{CRM}Address")],
        )

    @strawberry.field
    async def orders(self, info: Info[Loaders, None], first: int = 20) -> OrderConnection:
        rows = await loaders(info).orders.load((self.number, first))
        return OrderConnection(nodes=[Order.of(row) for row in rows])


@strawberry.type
class Query:
    @strawberry.field
    async def variant(self, info: Info[Loaders, None], sku: str) -> Variant | None:
        row = await loaders(info).variants.load(sku)
        return Variant.of(row) if row else None

    @strawberry.field
    async def variants(self, info: Info[Loaders, None], skus: list[str]) -> list[Variant | None]:
        rows = await loaders(info).variants.load_many(skus)
        return [Variant.of(row) if row else None for row in rows]

    @strawberry.field
    async def customer(self, info: Info[Loaders, None], number: str) -> Customer | None:
        row = await loaders(info).customers.load(number)
        return Customer.of(row) if row is not None else None


def text(row: etree._Element, name: str) -> str | None:
    found: str | None = row.findtext(f"{CRM}{name}")
    return found
