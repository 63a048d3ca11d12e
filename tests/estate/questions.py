"""The same questions for every system of the estate, and their one answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from tests.estate.world import CURRENCY, CUSTOMERS, ORDERS, PRICES, STOCK, VARIANTS


class Question(NamedTuple):
    """``needs``: what a system must know to be asked: types, or a search of one."""

    needs: frozenset[str]
    query: str
    answer: dict[str, Any]


SKUS = [*VARIANTS, "NOPE"]
PLACES = ["BER1", "HAM2"]


def listed(values: list[str]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def plain(number: Decimal) -> str:
    return format(number, "f")


def customer(number: str) -> dict[str, Any] | None:
    if number not in CUSTOMERS:
        return None
    given, family, email = CUSTOMERS[number]
    return {"number": number, "givenName": given, "familyName": family, "email": email}


def order(number: str) -> dict[str, Any]:
    _, status, placed = ORDERS[number]
    return {"number": number, "status": status, "placedAt": placed}


OF_ANN = [number for number, (owner, *_) in sorted(ORDERS.items(), reverse=True) if owner == "10001"]

QUESTIONS = {
    "product": Question(
        frozenset({"Variant"}),
        f"{{ variants(skus: {listed(SKUS)}) {{ sku name }} }}",
        {"variants": [{"sku": sku, "name": VARIANTS[sku]} if sku in VARIANTS else None for sku in SKUS]},
    ),
    "price": Question(
        frozenset({"Variant", "Price"}),
        f"{{ variants(skus: {listed(SKUS[:-1])}) {{ sku price {{ value {{ amount currency }} }} }} }}",
        {
            "variants": [
                {
                    "sku": sku,
                    "price": {"value": {"amount": plain(PRICES[sku]), "currency": CURRENCY}} if sku in PRICES else None,
                }
                for sku in VARIANTS
            ]
        },
    ),
    "stock": Question(
        frozenset({"StockLevel"}),
        f"{{ stock(skus: {listed(SKUS)}, locations: {listed(PLACES)}) {{ sku locationCode onHand }} }}",
        {
            "stock": [
                {"sku": sku, "locationCode": place, "onHand": plain(STOCK[sku, place])}
                for sku in SKUS
                for place in PLACES
                if (sku, place) in STOCK
            ]
        },
    ),
    "customer": Question(
        frozenset({"Customer"}),
        "{ "
        + " ".join(
            f'c{number}: customer(number: "{number}") {{ number givenName familyName email }}'
            for number in (*CUSTOMERS, "99999")
        )
        + " }",
        {f"c{number}": customer(number) for number in (*CUSTOMERS, "99999")},
    ),
    "order": Question(
        frozenset({"Order"}),
        "{ " + " ".join(f'o{n}: order(number: "{n}") {{ number status placedAt }}' for n in ORDERS) + " }",
        {f"o{n}": order(n) for n in ORDERS},
    ),
    "orders": Question(
        frozenset({"Customer", "Order.customerNumber"}),
        '{ customer(number: "10001") { orders(first: 3) { nodes { number status } pageInfo { hasNextPage } } } }',
        {
            "customer": {
                "orders": {
                    "nodes": [{"number": number, "status": ORDERS[number][1]} for number in OF_ANN[:3]],
                    "pageInfo": {"hasNextPage": len(OF_ANN) > 3},
                }
            }
        },
    ),
}
