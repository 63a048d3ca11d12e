"""The CRM: a SOAP 1.1 service, document/literal, as a customer system of the 2000s offers it.

Its habits: customer numbers padded to ten digits, one- and three-letter codes, ``J`` and ``N``, dates
without hyphens where ``00000000`` means unknown, times of Berlin without a zone, and three ways of having
no telephone number. It answers in an order of its own, leaves out whom it does not know, and wants a
UsernameToken with every call.
"""

from bisect import bisect_left
from copy import copy
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from lxml import etree
from starlette.types import ASGIApp

from . import soap
from .world import World
from .world.people import Address, Consent, Customer

CUSTOMER = "urn:crm:customer:v2"
C = f"{{{CUSTOMER}}}"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NAMES = {"c": CUSTOMER, "xsi": XSI}
CONTRACT = Path(__file__).parent / "wsdl" / "crm" / "crm.wsdl"
BERLIN = ZoneInfo("Europe/Berlin")

KINDS = {"person": "P", "organisation": "F"}
LANGUAGES = {"de": "D", "en": "E", "fr": "F", "nl": "N"}
PURPOSES = {"email": "EML", "sms": "SMS", "post": "PST", "profiling": "PRF"}
CHANNELS = {"web": "WEB", "store": "STO", "phone": "TEL"}
PAGE = 20


def app(world: World, latency: float = 0.0, user: str = "crossdock", password: str = "dock") -> ASGIApp:
    desk = Desk(world.customers)
    service = soap.Service(
        soap.Contract(CONTRACT, soap.SOAP11),
        NAMES,
        {"GetCustomers": desk.get, "FindCustomer": desk.find, "SearchCustomers": desk.search},
        soap.UsernameToken(user, password),
    )
    return service.app("/crm", latency)


class Desk:
    """The three operations over all customers."""

    def __init__(self, customers: list[Customer]) -> None:
        self.by_number = {padded(customer.number): customer for customer in customers}
        self.by_email = {customer.email.casefold(): customer for customer in customers}
        self.by_card = {customer.card: customer for customer in customers if customer.card}
        self.written: dict[int, etree._Element] = {}
        self.index = sorted((key, customer.number) for customer in customers for key in keys(customer))

    def get(self, request: etree._Element, reply: etree._Element) -> None:
        """In the order of the reversed numbers, so never the asked one but always the same."""
        asked = {node.text or "" for node in request.iter(f"{C}string")}
        found = etree.SubElement(reply, f"{C}Customers")
        for number in sorted(asked & self.by_number.keys(), key=lambda number: number[::-1]):
            found.append(self.element(self.by_number[number]))

    def find(self, request: etree._Element, reply: etree._Element) -> None:
        key = (request[0].text or "").strip()
        email = request[0].tag == f"{C}Email"
        customer = self.by_email.get(key.casefold()) if email else self.by_card.get(key)
        if customer is None:
            raise soap.Fault("Customer not found", detail=problem("CRM-404", f"No customer has {key}"))
        reply.append(self.element(customer))

    def search(self, request: etree._Element, reply: etree._Element) -> None:
        numbers = self.prefixed(request.findtext(f"{C}Query", ""))
        start = int(request.findtext(f"{C}Start") or 0)
        most = int(request.findtext(f"{C}Max") or PAGE)
        rows = etree.SubElement(reply, f"{C}Rows")
        for number in numbers[start : start + most]:
            write_row(rows, self.by_number[padded(number)])
        soap.put(reply, f"{C}Total", str(len(numbers)))

    def element(self, customer: Customer) -> etree._Element:
        """A copy of what was written when the customer was first asked for."""
        if customer.number not in self.written:
            self.written[customer.number] = written(customer)
        return copy(self.written[customer.number])

    def prefixed(self, query: str) -> list[int]:
        """Each customer once, in the order of the names, addresses or numbers which begin with the query."""
        prefix = query.strip().casefold()
        first = bisect_left(self.index, (prefix, 0))
        behind = bisect_left(self.index, (f"{prefix}\U0010ffff", 0))
        return list(dict.fromkeys(number for _, number in self.index[first:behind]))


def padded(number: int) -> str:
    return f"{number:010d}"


def keys(customer: Customer) -> set[str]:
    """What a customer is found by, if it begins with the query."""
    first, last = customer.first_name, customer.last_name
    found_by = f"{first} {last}", f"{last} {first}", customer.company, customer.email, customer.card
    phone = customer.phone or ""
    return {key.casefold() for key in (*found_by, phone, phone.replace(" ", "")) if key}


def problem(code: str, text: str) -> etree._Element:
    node = etree.Element(f"{C}Problem", nsmap=NAMES)
    soap.put(node, f"{C}Code", code)
    soap.put(node, f"{C}Text", text)
    return node


def day(moment: date | None) -> str:
    return f"{moment:%Y%m%d}" if moment else "00000000"


def flag(value: bool) -> str:
    return "J" if value else "N"


def written(customer: Customer) -> etree._Element:
    rev = str(int(customer.changed.timestamp()))
    node = etree.Element(f"{C}Customer", {"Typ": KINDS[customer.kind], "Rev": rev}, NAMES)
    write_who(node, customer)
    soap.put(node, f"{C}Born", day(customer.birth_date))
    soap.put(node, f"{C}Email", customer.email)
    write_phone(node, customer)
    soap.put(node, f"{C}Lang", LANGUAGES[customer.locale[:2]])
    write_ids(node, customer)
    write_addresses(node, customer.addresses)
    groups = etree.SubElement(node, f"{C}Groups")
    for group in customer.groups:
        soap.put(groups, f"{C}Group", group)
    consents = etree.SubElement(node, f"{C}Consents")
    for consent in customer.consents:
        write_consent(consents, consent)
    if customer.preferred_location:
        soap.put(node, f"{C}Home", customer.preferred_location)
    soap.put(node, f"{C}Created", day(customer.created.astimezone(BERLIN)))
    soap.put(node, f"{C}Score", score(customer.number))
    return node


def write_row(parent: etree._Element, customer: Customer) -> None:
    """A hit of the search, which is only the head of a customer."""
    node = etree.SubElement(parent, f"{C}Row", {"Typ": KINDS[customer.kind]})
    write_who(node, customer)
    soap.put(node, f"{C}Email", customer.email)


def write_who(node: etree._Element, customer: Customer) -> None:
    soap.put(node, f"{C}CustNo", padded(customer.number))
    name = etree.SubElement(node, f"{C}Name")
    soap.put(name, "First", customer.first_name)
    soap.put(name, "Last", customer.last_name)
    if customer.company:
        soap.put(node, f"{C}Company", customer.company)


def write_phone(node: etree._Element, customer: Customer) -> None:
    """Nobody ever agreed on how to write that there is no number: nil, empty and absent all occur."""
    if customer.phone:
        soap.put(node, f"{C}Phone", customer.phone)
    elif customer.number % 3 == 0:
        etree.SubElement(node, f"{C}Phone", {f"{{{XSI}}}nil": "true"})
    elif customer.number % 3 == 1:
        etree.SubElement(node, f"{C}Phone")


def write_ids(node: etree._Element, customer: Customer) -> None:
    """Firms have a tax number; the loyalty card is there only if the customer has one."""
    ids = etree.SubElement(node, f"{C}Ids")
    if customer.kind == "organisation":
        write_id(ids, "TAX", f"{customer.addresses[0].country}{customer.number * 7_919 % 10**9:09d}")
    if customer.card:
        write_id(ids, "LOY", customer.card)


def write_id(ids: etree._Element, kind: str, value: str) -> None:
    soap.put(etree.SubElement(ids, f"{C}Id", {"Type": kind}), "Value", value)


def write_addresses(node: etree._Element, addresses: tuple[Address, ...]) -> None:
    """A label is written only where there is something to tell apart."""
    parent = etree.SubElement(node, f"{C}Addresses")
    for number, address in enumerate(addresses, 1):
        child = etree.SubElement(parent, f"{C}Address", {"Nr": str(number)})
        soap.put(child, "Street", "\n".join(lines(address)))
        soap.put(child, "Zip", address.postal_code)
        soap.put(child, "City", address.city)
        soap.put(child, "Ctry", address.country)
        soap.put(child, "ShipFlag", flag(address.default_shipping))
        soap.put(child, "BillFlag", flag(address.default_billing))
        if len(addresses) > 1:
            soap.put(child, "Label", address.label)


def lines(address: Address) -> list[str]:
    return [line for line in (f"{address.street} {address.house}", address.extra) if line]


def write_consent(parent: etree._Element, consent: Consent) -> None:
    node = etree.SubElement(parent, f"{C}Consent")
    soap.put(node, "Purpose", PURPOSES[consent.purpose])
    soap.put(node, "Chan", CHANNELS[consent.source])
    soap.put(node, "Flag", flag(consent.granted))
    soap.put(node, "Changed", f"{consent.changed.astimezone(BERLIN):%Y%m%d%H%M%S}")


def score(number: int) -> str:
    """A rating from 0.00 to 99.99, which means whatever marketing wanted in 2009."""
    return f"{number * 3_571 % 10_000 / 100:.2f}"
