"""The rows of a small company, drawn from a seed: what each of its systems knows, in canonical names and values."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Row = dict[str, Any]

PRODUCTS = [f"P{number}" for number in range(1, 6)]
SKUS = [f"A{product}{number}" for product in range(1, 6) for number in range(1, 4)]
CATEGORIES = ["K1", "K2", "K3", "K4"]
LOCATIONS = ["S1", "S2", "W1", "D1"]
CUSTOMERS = [f"C{number}" for number in range(1, 5)]
CARDS = {"C1": "7001", "C2": "7002", "C3": "7003"}
ORDERS = [f"O{number}" for number in range(1, 8)]
RECEIPTS = [f"R{number}" for number in range(1, 8)]
GROUPS = ["GOLD", "STAFF"]
KINDS = {"S1": "STORE", "S2": "STORE", "W1": "WAREHOUSE", "D1": "DARK_STORE"}

INSTANTS = ["2020-01-01T00:00:00Z", "2025-06-30T21:30:00Z", "2026-11-01T08:00:00+01:00", "2031-05-05T05:05:05Z"]
DAYS = ["2026-11-25", "2026-12-24", "2020-02-29"]


def product_of(sku: str) -> str:
    return f"P{sku[1]}"


def parent_of(category: str) -> str | None:
    return {"K2": "K1", "K3": "K1", "K4": "K3"}.get(category)


class Rows:
    """Draws rows. The same seed gives the same rows."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def one(self, *values: Any) -> Any:
        return self.random.choice(values)

    def some(self, values: list[Any], most: int = 3) -> list[Any]:
        return self.random.sample(values, self.random.randint(0, min(most, len(values))))

    def _amount(self) -> str:
        return f"{self.random.randint(0, 300)}.{self.one('00', '90', '995')}"

    def quantity(self) -> str:
        return str(self.one("0", "1", "2", "5", "7.5", "40"))

    def money(self) -> Row:
        return {"amount": self._amount(), "currency": self.one("EUR", "EUR", "CHF", "JPY")}

    def text(self, text: str) -> Any:
        """In several languages, or in one that nobody tells."""
        return self.one(text, {"en": text, "de": f"{text} (deutsch)"}, {"de-CH": text, "fr": f"{text} (français)"})

    def address(self) -> Row:
        return {
            "lines": ["High Street 1", "2nd floor"][: self.random.randint(1, 2)],
            "postalCode": self.one("3000", None),
            "city": self.one("Bern", "Ulm"),
            "country": self.one("CH", "DE"),
        }

    def tax(self) -> Row:
        return {"name": "VAT", "rate": "19", "base": self.money(), "amount": self.money()}

    def attribute(self, code: str) -> Row:
        return {
            "code": code,
            "label": self.text(code.title()),
            "value": self.one("slim", 7, True, 1.5),
            "text": self.text(f"{code} text"),
            "unit": self.one(None, "kg"),
        }

    # ------------------------------------------------------------ assortment

    def products(self) -> list[Row]:
        return [self.product(code) for code in PRODUCTS]

    def product(self, code: str) -> Row:
        listed = self.some([*CATEGORIES, "K9"])  # K9 does not exist
        listed += listed[:1] if self.one(True, False) else []  # some are listed twice
        related = [{"kind": self.one("UPSELL", "ACCESSORY"), "code": each} for each in self.some([*PRODUCTS, "P9"])]
        return {
            "code": code,
            "name": self.text(f"Product {code}"),
            "description": self.one(None, {"en": "<p>Nice &amp; <b>warm</b></p>"}, {"de": "<ul><li>Warm</ul>"}),
            "brand": self.one("Acme", "Umbra", None),
            "attributes": [self.attribute(each) for each in self.random.sample(["fit", "cut", "care"], 3)],
            "lifecycle": self.one("ACTIVE", "CLEARANCE", None),
            "updatedAt": self.one(None, *INSTANTS),
            "categoryCodes": listed,
            "categoryCode": listed[0] if listed else None,
            "relations": related,
        }

    def variants(self) -> list[Row]:
        """In no order: pages cut from a list are to have one."""
        return [self.variant(sku) for sku in self.random.sample(SKUS, len(SKUS))]

    def variant(self, sku: str) -> Row:
        return {
            "sku": sku,
            "name": self.text(f"Variant {sku}"),
            "options": [{"code": "size", "label": self.text("Size"), "value": self.text("M")}],
            "attributes": [self.attribute(each) for each in self.some(["fit", "cut"])],
            "productCode": self.one(product_of(sku), product_of(sku), product_of(sku), "P9", None),
        }

    def variants_taxed(self) -> list[Row]:
        return [
            {"sku": sku, "taxClass": self.one("STANDARD", "REDUCED"), "salesUnit": self.one("EA", "KGM", None)}
            for sku in SKUS
            if sku != "A13"
        ]

    def scans(self) -> list[Row]:
        known = [{"barcode": f"040{sku[1:]}", "sku": sku} for sku in SKUS[::2]]
        return [*known, {"barcode": "0409", "sku": "A99"}, {"barcode": "0408", "sku": None}]

    def categories(self) -> list[Row]:
        return [
            {
                "code": code,
                "name": self.text(f"Category {code}"),
                "parentCode": parent_of(code),
                "ancestorCodes": [each for each in ("K1", "K3") if code == "K4" or each == parent_of(code)],
            }
            for code in CATEGORIES
        ]

    # ------------------------------------------------------------ prices and stock

    def prices(self, skus: list[str]) -> list[Row]:
        return [self.price(sku) for sku in skus for _ in range(self.random.randint(0, 4))]

    def price(self, sku: str) -> Row:
        return {
            "sku": sku,
            "value": self.money() | {"minorUnits": str(self.random.randint(0, 9999))},
            "compareAt": self.one(None, self.money()),
            "lowest30Days": None,
            "kind": self.one("REGULAR", "PROMOTIONAL", "STAFF"),
            "taxIncluded": self.one(True, False),
            "taxRate": self.one("19", None),
            "channel": self.one(None, None, "WEB", "STORE"),
            "customerGroup": self.one(None, None, *GROUPS),
            "country": self.one(None, None, "CH"),
            "locationCode": self.one(None, None, "S1", "X9"),
            "minQuantity": self.one("0", "1", "5"),
            "validFrom": self.one(None, INSTANTS[0], INSTANTS[1]),
            "validTo": self.one(None, None, INSTANTS[1], INSTANTS[3]),
        }

    def levels(self) -> list[Row]:
        pairs = [(sku, location) for sku in SKUS for location in LOCATIONS if self.random.random() < 0.6]
        return [self.level(sku, location) for sku, location in [*pairs, ("A11", "X9"), ("A99", "S1")]]

    def level(self, sku: str, location: str) -> Row:
        return {
            "sku": sku,
            "locationCode": location,
            "onHand": self.one(None, *["3", "12", "0.5"] * 2),
            "unavailable": self.one(None, "1"),
            "lastCountedAt": self.one(None, *INSTANTS),
        }

    def scope(self, price: Row) -> Row | None:
        """A price as part of its variant's record, or none."""
        return {name: value for name, value in price.items() if name != "sku"} if self.one(True, False) else None

    def added(self, levels: list[Row], **more: Callable[[], Any]) -> list[Row]:
        """What another system adds to some of the stock levels: ``more`` is drawn for each."""
        return [
            {"sku": level["sku"], "locationCode": level["locationCode"]} | {name: draw() for name, draw in more.items()}
            for level in levels
            if self.random.random() < 0.8
        ]

    def supplies(self) -> list[Row]:
        return [
            {
                "reference": f"PO{number}",
                "kind": self.one("PURCHASE_ORDER", "TRANSFER"),
                "supplier": self.one(None, "Nord GmbH"),
                "quantity": self.quantity(),
                "expectedOn": self.one(*DAYS),
                "confirmed": self.one(True, True, False),
            }
            for number in range(self.random.randint(0, 2))
        ]

    def locations(self) -> list[Row]:
        return [
            {
                "code": code,
                "gln": f"401234500{place}",
                "kind": KINDS[code],
                "name": f"Place {code}",
                "address": self.address(),
                "latitude": self.one(None, 46.95, -7.0),
                "longitude": self.one(None, 7.44),
                "timeZone": "Europe/Zurich",
                "services": self.some(["repair", "C&C", "gift"]),
            }
            for place, code in enumerate(LOCATIONS)
        ]
