"""The scalars of the graph: what clients read, and how what they send becomes one canonical text.

Two ways of writing a value become the same text, so that they share a plan and a cache entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, NewType

from graphql import GraphQLScalarType, GraphQLSchema

Decimal = NewType("Decimal", str)
DateTime = NewType("DateTime", str)
Date = NewType("Date", str)
Currency = NewType("Currency", str)
Country = NewType("Country", str)
Locale = NewType("Locale", str)
JSON = NewType("JSON", object)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text of the form ``pattern``, made canonical; a whole number too where ``whole``. No pattern: any value."""

    name: str
    description: str
    expected: str = ""
    pattern: str = ""
    canonical: Callable[[str], str] = str
    whole: bool = False

    def read(self, value: Any) -> Any:
        """The canonical value of what a client sent; ``ValueError`` says what was expected."""
        if not self.pattern:
            return value
        try:
            text = str(value) if self.whole and type(value) is int else value
            if isinstance(text, str) and re.fullmatch(self.pattern, text, re.ASCII):
                return self.canonical(text)
        except (ValueError, OverflowError):
            pass
        raise ValueError(f"expected {self.expected}")


def canonical_decimal(text: str) -> str:
    """``012.50`` is ``12.5``."""
    whole, _, fraction = text.lstrip("+-").partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    digits = f"{whole}.{fraction}" if fraction else whole
    return f"-{digits}" if text[0] == "-" and digits != "0" else digits


def canonical_instant(text: str) -> str:
    """In UTC: ``2026-11-21T23:57:33+01:00`` is ``2026-11-21T22:57:33Z``."""
    instant = datetime.fromisoformat(text.upper()).astimezone(UTC).replace(tzinfo=None)
    utc = instant.isoformat()
    return f"{utc.rstrip('0') if instant.microsecond else utc}Z"


def canonical_date(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def canonical_locale(text: str) -> str:
    """In the usual case: ``DE-ch`` is ``de-CH``, ``zh-hant`` is ``zh-Hant``."""
    language, *rest = text.split("-")
    return "-".join([language.lower(), *map(cased, rest)])


def cased(subtag: str) -> str:
    """Regions are written large, scripts capitalised, the rest small."""
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.title() if len(subtag) == 4 and subtag.isalpha() else subtag.lower()


SCALARS: Final = {
    Decimal: Scalar(
        "Decimal",
        "Decimal number as text, such as '12.50': never a float, never an exponent, at most 30 digits on either side. "
        "Inputs may also be whole numbers without quotes. Quantities use it too, as goods are also sold by weight.",
        expected='a number as text, such as "12.50"',
        pattern=r"[+-]?\d{1,30}(\.\d{1,30})?",
        canonical=canonical_decimal,
        whole=True,
    ),
    DateTime: Scalar(
        "DateTime",
        "Instant as RFC 3339 text with an offset, such as '2026-11-21T23:57:33+01:00'. Inputs need the offset.",
        expected='an instant with its offset, such as "2026-11-21T23:57:33+01:00"',
        pattern=r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)",
        canonical=canonical_instant,
    ),
    Date: Scalar(
        "Date",
        "Calendar day as ISO 8601 text without a zone, such as '2026-11-21'.",
        expected='a day such as "2026-11-21"',
        pattern=r"\d{4}-\d\d-\d\d",
        canonical=canonical_date,
    ),
    Currency: Scalar(
        "Currency",
        "ISO 4217 alphabetic code in capitals, such as 'EUR'.",
        expected='three capital letters such as "EUR"',
        pattern=r"[A-Z]{3}",
    ),
    Country: Scalar(
        "Country",
        "ISO 3166-1 alpha-2 code in capitals, such as 'DE'.",
        expected='two capital letters such as "DE"',
        pattern=r"[A-Z]{2}",
    ),
    Locale: Scalar(
        "Locale",
        "BCP 47 language tag, such as 'de' or 'de-CH'.",
        expected='a language tag such as "de-CH"',
        pattern=r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}",
        canonical=canonical_locale,
    ),
    JSON: Scalar("JSON", "Any JSON value: what the graph cannot type."),
}


def read_inputs(schema: GraphQLSchema) -> None:
    """Let a schema that was built from SDL read clients' values as declared here."""
    for scalar in SCALARS.values():
        declared = schema.type_map.get(scalar.name)
        if isinstance(declared, GraphQLScalarType):
            declared.coerce_input_value = scalar.read
            declared.parse_value = scalar.read  # type: ignore[method-assign]  # as its constructor does
