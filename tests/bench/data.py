"""What the bench's systems hold: each record is computed from its number, so that nothing has to be stored twice."""

from __future__ import annotations

from typing import Any

VARIANTS = 32_000
PLACES = ("L1", "L2", "L3")
ORDERS = 200_000
ORDERS_EACH = 20
LINES = 3
CUSTOMERS = ORDERS // ORDERS_EACH

COLOURS = ("black", "white", "red", "blue", "green", "sand")
SIZES = ("XS", "S", "M", "L", "XL")


def sku(number: int) -> str:
    return f"S{number % VARIANTS:05}"


def customer_number(number: int) -> str:
    return f"C{number % CUSTOMERS:05}"


def variant(number: int) -> dict[str, Any]:
    """Ten scalars are asked of it: four of its own, and two of each of its three options."""
    colour, size = COLOURS[number % len(COLOURS)], SIZES[number % len(SIZES)]
    return {
        "sku": sku(number),
        "title": f"Everyday shirt with long sleeves, {colour}, {size}",
        "unit": "EA",
        "tax": "STANDARD",
        "opts": [
            {"c": "colour", "l": "Colour", "v": colour},
            {"c": "size", "l": "Size", "v": size},
            {"c": "fit", "l": "Fit", "v": "regular" if number % 2 else "slim"},
        ],
    }


def price(number: int) -> dict[str, Any]:
    return {"sku": sku(number), "amount": f"{9 + number % 90}.90", "cur": "EUR", "kind": "R", "gross": True}


def customer(number: int) -> str:
    """As XML, in the namespace ``urn:bench:crm`` under the prefix ``c``."""
    return (
        f"<c:Customer><c:CustNo>{customer_number(number)}</c:CustNo><c:Typ>P</c:Typ>"
        f"<c:First>Ann {number}</c:First><c:Last>Archer</c:Last><c:Email>ann.{number}@example.test</c:Email>"
        f"<c:Phone>+49 30 {number:07}</c:Phone><c:Born>1980{1 + number % 12:02}{1 + number % 28:02}</c:Born>"
        "<c:Addresses>"
        f"<c:Address><c:Nr>1</c:Nr><c:Label>Home</c:Label><c:Street>Long Road {number % 200}</c:Street>"
        "<c:Zip>10115</c:Zip>"
        "<c:City>Berlin</c:City><c:Country>DE</c:Country></c:Address>"
        "<c:Address><c:Nr>2</c:Nr><c:Label>Office</c:Label><c:Street>Short Street 7</c:Street><c:Zip>20095</c:Zip>"
        "<c:City>Hamburg</c:City><c:Country>DE</c:Country></c:Address>"
        "</c:Addresses></c:Customer>"
    )
