"""The rows of the same company's customers and orders."""

from __future__ import annotations

from typing import Any

from tests.proof.records import CARDS, CUSTOMERS, DAYS, GROUPS, INSTANTS, LOCATIONS, ORDERS, RECEIPTS, SKUS, Row, Rows

CLOSED = ("COMPLETED", "CANCELLED")


def has_name(customer: Any, wanted: Any) -> bool:
    """The filter ``search``."""
    return bool(customer.get("familyName") == wanted)


def is_open(order: Any, wanted: Any) -> bool:
    """The filter ``openOnly``: false asks for nothing."""
    return not wanted or order.get("status") not in CLOSED


class People(Rows):
    """Draws customers, their cards, and what they bought."""

    def customers(self) -> list[Row]:
        return [self.customer(number) for number in CUSTOMERS]

    def customer(self, number: str) -> Row:
        return {
            "number": number,
            "kind": self.one("PERSON", "ORGANISATION"),
            "givenName": self.one("Ann", None),
            "familyName": self.one("Meier", None),
            "organisation": self.one(None, "Meier AG"),
            "email": f"{number.lower()}@example.test",
            "phone": self.one(None, "+41 31 000 00 00"),
            "birthDate": self.one(None, "1990-02-03"),
            "locale": self.one(None, "de", "de-CH"),
            "addresses": [self.entry(place) for place in range(self.random.randint(0, 2))],
            "consents": [self.consent() for _ in range(self.random.randint(0, 2))],
            "version": "1",
            "createdAt": self.one(None, *INSTANTS),
            "loyaltyCard": CARDS.get(number),
        }

    def entry(self, place: int) -> Row:
        return {
            "id": str(place),
            "label": self.one(None, "Office"),
            "name": None,
            "address": {**self.address(), "region": self.one("BE", "BW", None)},
            "phone": None,
            "defaultShipping": place == 0,
            "defaultBilling": self.one(True, False),
        }

    def consent(self) -> Row:
        return {
            "purpose": self.one("MARKETING", "PROFILING"),
            "channel": self.one(None, "EMAIL"),
            "granted": self.one(True, False),
            "changedAt": self.one(*INSTANTS),
            "evidence": self.one(None, "form 7"),
        }

    def grouped(self) -> list[Row]:
        """What another system adds to customers: the groups that prices go by."""
        return [{"number": number, "groups": self.some(GROUPS)} for number in CUSTOMERS[:-1]]

    def card_holders(self) -> list[Row]:
        """Customers as the loyalty system knows them: by card."""
        holders = [{"loyaltyCard": card, "number": number} for number, card in CARDS.items()]
        strangers: list[Row] = [{"loyaltyCard": "7008", "number": "C9"}, {"loyaltyCard": "7009", "number": None}]
        return [{**holder, "preferredLocationCode": self.place()} for holder in (*holders, *strangers)]

    # ------------------------------------------------------------ one person in several systems

    def registered(self) -> list[Row]:
        """Customers of whom one has no card noted, and most have a telephone."""
        phones = {"C1": "+41 31 111 11 11", "C2": "031 222 22 22", "C4": "+41 31 444 44 44"}
        cards = {"C1": "7001", "C2": "7002"}
        return [
            self.customer(number) | {"phone": phones.get(number), "loyaltyCard": cards.get(number)}
            for number in CUSTOMERS
        ]

    def members(self) -> list[Row]:
        """Customers as the loyalty system knows them: by card; one has told another address, one nobody knows."""
        emails = {"7001": "c1@example.test", "7002": "old@example.test", "7003": "c3@example.test", "7009": "z@x.test"}
        phones = {"7001": "+41311111111", "7003": "+41313333333", "7009": "+41319999999"}
        return [
            {
                "loyaltyCard": card,
                "email": email,
                "phone": phones.get(card),
                "givenName": self.one("Anna", None),
                "preferredLocationCode": self.place(),
            }
            for card, email in emails.items()
        ]

    def clients(self) -> list[Row]:
        """Customers as the tills know them."""
        told = [("T1", "7001", None, None), ("T2", None, None, "+41312222222"), ("T3", None, "c4@example.test", None)]
        told += [("T4", None, "other@x.test", "+41314444444"), ("T5", None, "t5@x.test", None)]
        return [
            {"externalId": own, "loyaltyCard": card, "email": email, "phone": phone, "locale": self.one("fr", None)}
            for own, card, email, phone in told
        ]

    def links(self) -> list[Row]:
        """What was decided: two numbers of one, a client whom nothing else leads to, and who is not whom."""
        drawn = [("crm", "C4", "C1", True), ("till", "T5", "C3", True), ("loyalty", "7002", "C2", False)]
        drawn += [("loyalty", "7009", "C2", None), ("till", "T2", "C9", True)]
        return [{"source": held, "value": value, "key": key, "linked": linked} for held, value, key, linked in drawn]

    def accounts(self) -> list[Row]:
        return [self.account(card) for card in [*CARDS.values()][:-1]]

    def account(self, card: str) -> Row:
        return {
            "cardNumber": card,
            "tier": self.one(None, "GOLD"),
            "points": self.one(0, 120),
            "expiring": [{"points": 5, "on": day} for day in self.some(DAYS)],
            "vouchers": [self.voucher(number) for number in range(self.random.randint(0, 2))],
        }

    def voucher(self, number: int) -> Row:
        return {
            "code": f"V{number}",
            "name": "Voucher",
            "value": self.one(None, self.money()),
            "validTo": self.one(None, *INSTANTS),
            "usedAt": None,
        }

    # ------------------------------------------------------------ orders

    def orders(self) -> list[Row]:
        return [self.order(number) for number in ORDERS]

    def receipts(self) -> list[Row]:
        """The orders that another system has."""
        return [self.order(number) for number in RECEIPTS]

    def order(self, number: str) -> Row:
        amounts = ("subtotal", "discount", "shipping", "tax", "grandTotal", "paid", "refunded")
        return {
            "number": number,
            "channel": self.one("WEB", "STORE"),
            "status": self.one("PENDING", "IN_FULFILMENT", "SHIPPED", *CLOSED),
            "placedAt": self.one(*INSTANTS),
            "totals": {
                **{name: self.money() for name in amounts},
                "taxIncluded": True,
                "taxes": [self.tax() for _ in range(self.random.randint(0, 2))],
            },
            "billingAddress": self.one(None, self.address()),
            "version": "7",
            "customerNumber": self.one(None, *CUSTOMERS, "C9"),
            "soldAtCode": self.one(None, *LOCATIONS, "X9"),
        }

    def lines(self, order: str) -> list[Row]:
        return [self.line(f"{order}-{place}") for place in range(self.random.randint(0, 2))]

    def line(self, id_: str) -> Row:
        return {
            "id": id_,
            "sku": self.one(*SKUS, "A99"),
            "name": "Something",
            "quantity": self.quantity(),
            "unitPrice": self.money(),
            "tax": [self.tax()],
            "total": self.money(),
            "shippedQuantity": self.quantity(),
            "cancelledQuantity": "0",
            "returnedQuantity": self.quantity(),
        }

    def payments(self, order: str) -> list[Row]:
        return [
            {
                "id": f"{order}-P{place}",
                "method": self.one("CARD", "CASH"),
                "status": self.one("CAPTURED", "AUTHORISED"),
                "amount": self.money(),
                "maskedReference": self.one(None, "**** 1234"),
                "at": self.one(*INSTANTS),
            }
            for place in range(self.random.randint(0, 2))
        ]

    def fulfilments(self, order: str) -> list[Row]:
        return [
            {
                "id": f"{order}-F{place}",
                "method": self.one("SHIP_TO_HOME", "PICKUP_IN_STORE"),
                "status": self.one("PLANNED", "DELIVERED"),
                "shipTo": self.one(None, self.address()),
                "carrier": self.one(None, "Post"),
                "trackingNumber": None,
                "trackingUrl": None,
                "expectedOn": self.one(None, *DAYS),
                "readyAt": None,
                "completedAt": self.one(None, *INSTANTS),
                "collectBefore": None,
                "fromCode": self.one(None, *LOCATIONS, "X9"),
                "pickupAtCode": self.one(None, *LOCATIONS),
            }
            for place in range(self.random.randint(0, 2))
        ]

    def packed(self, fulfilment: str) -> list[Row]:
        """The lines of a delivery."""
        return [
            {"orderLineId": f"{fulfilment[:2]}-{place}", "quantity": self.quantity()}
            for place in range(self.random.randint(0, 2))
        ]

    def parts(self, order: str) -> Row:
        """What an order consists of, held in its record; its payments are known elsewhere."""
        fulfilments = [each | {"lines": self.packed(each["id"])} for each in self.fulfilments(order)]
        return {"lines": self.lines(order), "fulfilments": fulfilments}

    def place(self) -> str | None:
        code: str | None = self.one(None, *LOCATIONS, "X9")
        return code
