"""What is asked: the five operations, with the calls that each has to make, and no more.

Connections ask for different records, so that no two requests that are under way at once can share a call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from tests.bench.data import customer_number, sku

CONNECTIONS = 32

VARIANT = "sku name salesUnit taxClass"
STOCK_AND_PRICE = "price { value { amount currency } } stock { locationCode onHand reserved }"
TEN = f"{VARIANT} options {{ code value }}"

CUSTOMER = """query Customer($number: String!) { customer(number: $number) {
  number kind givenName familyName email phone birthDate
  addresses { id label address { lines postalCode city country } }
  orders(first: 20) { nodes { number channel status placedAt lines {
    id quantity unitPrice { amount currency } variant { sku name } } } } } }"""


@dataclass(frozen=True)
class Workload:
    """``variables`` of the request with a number; ``rounds``: how many different requests each connection has."""

    name: str
    title: str
    query: str
    variables: Callable[[int], Mapping[str, Any]]
    calls: Mapping[str, int]
    rounds: int

    def requests(self) -> list[list[bytes]]:
        """The bodies of each connection."""
        return [[self.body(lane + CONNECTIONS * turn) for turn in range(self.rounds)] for lane in range(CONNECTIONS)]

    def body(self, number: int) -> bytes:
        return orjson.dumps({"query": self.query, "variables": self.variables(number)})


def skus(count: int) -> Callable[[int], Mapping[str, Any]]:
    return lambda number: {"skus": [sku(number * count + each) for each in range(count)]}


WORKLOADS = (
    Workload(
        "W1",
        "one variant with price and stock",
        f"query Variant($sku: String!) {{ variant(sku: $sku) {{ {VARIANT} {STOCK_AND_PRICE} }} }}",
        lambda number: {"sku": sku(number)},
        {"pim": 1, "pricing": 1, "sql": 1},
        rounds=8,
    ),
    Workload(
        "W2",
        "50 variants x 10 scalars with price and stock",
        f"query Variants($skus: [String!]!) {{ variants(skus: $skus) {{ {TEN} {STOCK_AND_PRICE} }} }}",
        skus(50),
        {"pim": 1, "pricing": 1, "sql": 1},
        rounds=2,
    ),
    Workload(
        "W3",
        "a customer, 20 orders, 60 lines, their products' names",
        CUSTOMER,
        lambda number: {"number": customer_number(number)},
        {"crm": 1, "pim": 1, "sql": 2},
        rounds=2,
    ),
    Workload("W4", "{ __typename }", "query Nothing { __typename }", lambda number: {}, {}, rounds=1),
    Workload(
        "W5",
        "1,000 variants x 10 scalars",
        f"query Many($skus: [String!]!) {{ variants(skus: $skus) {{ {TEN} }} }}",
        skus(1000),
        {"pim": 1},
        rounds=1,
    ),
)
