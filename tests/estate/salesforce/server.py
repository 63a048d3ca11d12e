"""A CRM of the Salesforce kind, its partner API: SOQL in one string, records in ``any``, two at a time.

A login tells the address to use from then on. Sessions and query locators do not last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from lxml import etree

from tests.estate.soap import XSI, Asked, Fault, elements, soap_system
from tests.estate.world import CUSTOMERS, ORDERS, PRICES, VARIANTS

STATES = {"SHIPPED": "Activated", "PENDING": "Draft", "CANCELLED": "Canceled"}
PART = 2
Row = dict[str, Any]

TABLES: dict[str, list[Row]] = {
    "Product2": [{"ProductCode": sku, "Name": name} for sku, name in VARIANTS.items()],
    "PricebookEntry": [
        {"Product2.ProductCode": sku, "UnitPrice": f"{price:f}", "CurrencyIsoCode": "EUR"}
        for sku, price in PRICES.items()
    ],
    "Account": [
        {"AccountNumber": number, "FirstName": given, "LastName": family, "PersonEmail": email}
        for number, (given, family, email) in CUSTOMERS.items()
    ],
    "Order": [
        {"OrderNumber": number, "Account.AccountNumber": owner, "Status": STATES[status], "PlacedAt__c": placed}
        for number, (owner, status, placed) in ORDERS.items()
    ],
}
QUERY = re.compile(
    r"select (?P<fields>.+?) from (?P<table>\w+) where (?P<field>[\w.]+) in \((?P<values>.*?)\)"
    r"(?P<order> order by OrderNumber desc)?"
)
TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'")


def rows_of(query: str) -> list[Row]:
    """By the grammar of SOQL: a text ends at the quote that no backslash stands before."""
    found = QUERY.fullmatch(query)
    if found is None or TEXT.sub("", found["values"]).strip(", "):
        raise Fault("sf:MALFORMED_QUERY", f"unexpected token: {query}")
    values = [re.sub(r"\\(.)", r"\1", text) for text in TEXT.findall(found["values"])]
    fields = found["fields"].split(", ")
    rows = [row for row in TABLES[found["table"]] if row[found["field"]] in values]
    rows = rows[::-1] if found["order"] else rows
    return [{"type": found["table"], **{name: row[name] for name in fields}} for row in rows]


def record(row: Row) -> str:
    """An sObject: its type, its Id, then whatever was asked for, that of other objects inside of these."""
    plain = {f"sf:{name}": value for name, value in row.items() if "." not in name and name != "type"}
    inner = "".join(
        f'<sf:{(names := name.split("."))[0]} xsi:type="sf:sObject"><sf:type>{names[0]}</sf:type>'
        f'<sf:Id xsi:nil="true"/>{elements({f"sf:{names[1]}": value})}</sf:{names[0]}>'
        for name, value in row.items()
        if "." in name
    )
    nulls = "".join(f'<{name} xsi:nil="true"/>' for name, value in plain.items() if value is None)
    own = f"<sf:type>{row['type']}</sf:type><sf:Id>01t</sf:Id>"
    return f'<records xsi:type="sf:sObject">{own}{elements(plain)}{nulls}{inner}</records>'


class Partner:
    def __init__(self) -> None:
        self.numbers = count(1)
        self.left: dict[str, int] = {}
        self.located: dict[str, list[Row]] = {}
        self.address = ""

    def answer(self, asked: Asked) -> str:
        if asked.operation == "login":
            session = f"00D!{next(self.numbers)}"
            self.left[session] = 9
            result = elements({"serverUrl": f"{self.address}/services/Soap/u/58.0/00D", "sessionId": session})
            return self.reply(asked, f"<passwordExpired>false</passwordExpired>{result}")
        self.admit(asked)
        if asked.operation == "query":
            return self.part(asked, rows_of(asked.text("queryString")))
        rows = self.located.pop(asked.text("queryLocator"), None)
        if rows is None:
            raise Fault("sf:INVALID_QUERY_LOCATOR", "invalid query locator")
        return self.part(asked, rows)

    def admit(self, asked: Asked) -> None:
        header: etree._Element = asked.header
        session = header.findtext(".//{*}sessionId") or ""
        self.left[session] = self.left.get(session, 0) - 1
        if self.left[session] < 0 or not asked.path.endswith("/00D"):
            raise Fault("sf:INVALID_SESSION_ID", "Invalid Session ID found in SessionHeader")

    def part(self, asked: Asked, rows: list[Row]) -> str:
        head, tail = rows[:PART], rows[PART:]
        done, locator = "<done>true</done>", '<queryLocator xsi:nil="true"/>'
        if tail:
            name = f"0r8-{next(self.numbers)}"
            self.located[name] = tail
            done, locator = "<done>false</done>", f"<queryLocator>{name}</queryLocator>"
        return self.reply(asked, f"{done}{locator}{''.join(map(record, head))}<size>{len(rows)}</size>")

    def reply(self, asked: Asked, result: str) -> str:
        names = 'xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:sobject.partner.soap.sforce.com"'
        name = f"{asked.operation}Response"
        return f'<{name} {names} xmlns:xsi="{XSI}"><result>{result}</result></{name}>'


@contextmanager
def running() -> Iterator[dict[str, str]]:
    partner = Partner()
    with soap_system(partner.answer) as partner.address:
        yield {"CRM_URL": f"{partner.address}/services/Soap/u/58.0", "CRM_USER": "dock", "CRM_PASSWORD": "sesame"}
