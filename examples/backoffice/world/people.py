"""Customers: 5,000 invented persons and organisations, numbered from 1."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .draw import Draw, utc
from .gs1 import with_check_digit

COUNT = 5_000

FIRST = """
Anna Bea Carla Dörte Elif Femke Greta Hanna Ines Jule Katja Lena Mira Nele Olga Paula Renée Sanne Tilda
Ulrike Vera Wiebke Yara Zoé Anton Bram Cem Daan Emil François Georg Henk Ivo Jürgen Kai Luc Malte Niels
Otto Piet Quentin Ruben Sören Theo Uwe Viktor Wim Xaver Yves Zeno
"""
LAST = """
Ackermann Bachmann Claessen Dahlke Eberl Falkner Gärtner Holtkamp Imhof Jansen Kessler Lindner Moreau
Neuhaus Oberhuber Petit Quist Rademacher Sauer Thelen Ullrich Visser Wagenaar Xanten Yildirim Zeller
Althaus Brandl Carlier Delorme Engelen Fuchsberger Gruber Haverkamp Ilgner Jonker Köhler Leroux Mertens
Nagel Ostermann Pichler Reuter Schäfer Tillmann Uhlig Vogel Winkler Zwart Bosman Dupuis Eising Fontaine
Groß Hübner Kuiper Lorenz Maas Noack Otten
"""
FIRST_NAMES = FIRST.split()
LAST_NAMES = LAST.split()
TRADES = ("Handels GmbH", "Bau GmbH", "Design Studio", "Gastronomie KG", "Verein e. V.", "Services B.V.")
STREETS = ("Lindenweg", "Gartenstraße", "Am Mühlbach", "Rosengasse", "Schulstraße", "Birkenallee", "Uferweg")
LABELS = ("Home", "Work", "Parents")
PURPOSES = ("email", "sms", "post", "profiling")
SOURCES = ("web", "store", "phone")

HOMES: dict[str, tuple[tuple[str, str], ...]] = {
    "DE": (
        ("10115", "Berlin"),
        ("20095", "Hamburg"),
        ("80331", "München"),
        ("50667", "Köln"),
        ("04109", "Leipzig"),
    ),
    "AT": (("1010", "Wien"), ("8010", "Graz"), ("5020", "Salzburg")),
    "FR": (("75011", "Paris"), ("69002", "Lyon"), ("67000", "Strasbourg")),
    "NL": (("1012 AB", "Amsterdam"), ("3011 CD", "Rotterdam"), ("3511 EF", "Utrecht")),
}
COUNTRIES = ("DE",) * 13 + ("AT",) * 3 + ("FR",) * 2 + ("NL",) * 2
DIALLING = {"DE": "+49", "AT": "+43", "FR": "+33", "NL": "+31"}
LOCALES = {"DE": "de-DE", "AT": "de-AT", "FR": "fr-FR", "NL": "nl-NL"}


@dataclass(slots=True, frozen=True)
class Address:
    number: int
    label: str
    recipient: str
    company: str | None
    street: str
    house: str
    extra: str | None
    postal_code: str
    city: str
    country: str
    default_shipping: bool
    default_billing: bool


@dataclass(slots=True, frozen=True)
class Consent:
    purpose: str
    granted: bool
    changed: datetime
    source: str


@dataclass(slots=True, frozen=True)
class Customer:
    number: int
    kind: str
    first_name: str
    last_name: str
    company: str | None
    email: str
    phone: str | None
    birth_date: date | None
    locale: str
    groups: tuple[str, ...]
    card: str | None
    preferred_location: str | None
    addresses: tuple[Address, ...]
    consents: tuple[Consent, ...]
    created: datetime
    changed: datetime


def draw_customers(seed: int, stores: list[str]) -> list[Customer]:
    """Customer i stands at index i - 1."""
    draw = Draw(seed, "people")
    return [customer(draw, number, stores) for number in range(1, COUNT + 1)]


def customer(draw: Draw, number: int, stores: list[str]) -> Customer:
    first, last = draw.pick(FIRST_NAMES), draw.pick(LAST_NAMES)
    company = f"{last} {draw.pick(TRADES)}" if draw.chance(0.06) else None
    country = draw.pick(COUNTRIES)
    created = draw.moment(utc(2015, 1, 1), utc(2024, 1, 1))
    return Customer(
        number=number,
        kind="organisation" if company else "person",
        first_name=first,
        last_name=last,
        company=company,
        email=f"{ascii_name(first)}.{ascii_name(last)}.{number}@example.test",
        phone=f"{DIALLING[country]} 555 {draw.digits(7)}" if draw.chance(0.8) else None,
        birth_date=None if company else date(1940, 1, 1) + timedelta(days=draw.below(24_800)),
        locale="en-GB" if draw.chance(0.05) else LOCALES[country],
        groups=groups(draw),
        card=card(number) if draw.chance(0.7) else None,
        preferred_location=draw.pick(stores) if draw.chance(0.6) else None,
        addresses=addresses(draw, f"{first} {last}", company, country),
        consents=consents(draw, created),
        created=created,
        changed=draw.moment(created, utc(2026, 11, 21)),
    )


def card(number: int) -> str:
    """``29``, ten digits which are different for every customer, and a check digit."""
    return with_check_digit(f"29{(number * 6_700_417 + 1_234_567_891) % 10**10:010d}")


def groups(draw: Draw) -> tuple[str, ...]:
    roll = draw.random()
    if roll < 0.02:
        return ("GOLD", "STAFF")
    if roll < 0.05:
        return ("STAFF",)
    return ("GOLD",) if roll < 0.20 else ()


def addresses(draw: Draw, recipient: str, company: str | None, country: str) -> tuple[Address, ...]:
    count = 1 + draw.chance(0.35) + draw.chance(0.1)
    return tuple(address(draw, place, count, recipient, company, country) for place in range(count))


def address(draw: Draw, place: int, count: int, recipient: str, company: str | None, country: str) -> Address:
    postal_code, city = draw.pick(HOMES[country])
    return Address(
        number=place + 1,
        label=LABELS[place],
        recipient=recipient,
        company=company,
        street=draw.pick(STREETS),
        house=f"{draw.between(1, 140)}{'b' if draw.chance(0.1) else ''}",
        extra=f"Floor {draw.between(1, 6)}" if draw.chance(0.15) else None,
        postal_code=postal_code,
        city=city,
        country=country,
        default_shipping=place == count - 1,
        default_billing=place == 0,
    )


def consents(draw: Draw, created: datetime) -> tuple[Consent, ...]:
    asked = draw.some(PURPOSES, draw.between(1, 4))
    last = utc(2026, 11, 21)
    return tuple(
        Consent(purpose, draw.chance(0.6), draw.moment(created, last), draw.pick(SOURCES)) for purpose in asked
    )


def ascii_name(name: str) -> str:
    spelt = name.lower()
    for letter, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        spelt = spelt.replace(letter, letters)
    return unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
