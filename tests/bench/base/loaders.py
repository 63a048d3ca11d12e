"""One DataLoader for each relation, new for each request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from lxml import etree
from strawberry.dataloader import DataLoader

from tests.bench.base.systems import CRM, LineRow, OrderRow, StockRow, Systems

T = TypeVar("T")


class Loaders:
    def __init__(self, systems: Systems) -> None:
        self.systems = systems
        self.variants: DataLoader[str, dict[str, Any] | None] = DataLoader(self.load_variants)
        self.prices: DataLoader[str, list[dict[str, Any]]] = DataLoader(self.load_prices)
        self.stock: DataLoader[str, list[StockRow]] = DataLoader(self.load_stock)
        self.customers: DataLoader[str, etree._Element | None] = DataLoader(self.load_customers)
        self.orders: DataLoader[tuple[str, int], list[OrderRow]] = DataLoader(self.load_orders)
        self.lines: DataLoader[str, list[LineRow]] = DataLoader(self.load_lines)

    async def load_variants(self, skus: list[str]) -> Sequence[dict[str, Any] | None]:
        found = {row["sku"]: row for row in await self.systems.variants(skus)}
        return [found.get(sku) for sku in skus]

    async def load_prices(self, skus: list[str]) -> Sequence[list[dict[str, Any]]]:
        return grouped(await self.systems.prices(skus), lambda row: row["sku"], skus)

    async def load_stock(self, skus: list[str]) -> Sequence[list[StockRow]]:
        return grouped(await self.systems.stock(skus), lambda row: row.item, skus)

    async def load_customers(self, numbers: list[str]) -> Sequence[etree._Element | None]:
        found = {row.findtext(f"{CRM}CustNo"): row for row in await self.systems.customers(numbers)}
        return [found.get(number) for number in numbers]

    async def load_orders(self, asked: list[tuple[str, int]]) -> Sequence[list[OrderRow]]:
        most = max(first for _, first in asked)
        customers = [customer for customer, _ in asked]
        found = grouped(await self.systems.orders(customers, most), lambda row: row.cust_no, customers)
        return [rows[:first] for rows, (_, first) in zip(found, asked, strict=True)]

    async def load_lines(self, orders: list[str]) -> Sequence[list[LineRow]]:
        return grouped(await self.systems.lines(orders), lambda row: row.ord_no, orders)


def grouped(rows: Iterable[T], key_of: Callable[[T], str], keys: Sequence[str]) -> list[list[T]]:
    found: dict[str, list[T]] = {key: [] for key in keys}
    for row in rows:
        found[key_of(row)].append(row)
    return [found[key] for key in keys]
