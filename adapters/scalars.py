"""Canonical values: what a source's raw value becomes, by its type in the graph and never by how it was sent.

Results are what JSON carries. A decimal is exact text without exponent, an instant RFC 3339 text in UTC (seconds, and
fractions only where there are some), a date ISO 8601 text. What cannot be read raises ``Unreadable``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from math import isfinite
from typing import Any
from uuid import UUID

from adapters.problems import Mistake, nearest

Convert = Callable[[Any], Any]
"""One raw or half-way value in, one value out. Raises ``Unreadable``; is never given ``None``."""

DIGITS = 400
"""The most digits a number may have, so that no exponent makes a text of megabytes."""

EXACT = re.compile(r"(?:0|[1-9][0-9]{0,99})(?:\.[0-9]{1,100})?").fullmatch
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
WHOLE = re.compile(r"[+-]?[0-9]+")
DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].*|Z|[+-][0-9]{2}:[0-9]{2})?", re.DOTALL)
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9]{2}:[0-9]{2}[^ ]*)?", re.DOTALL).fullmatch
TICKS = re.compile(r"/Date\((-?[0-9]{1,14})(?:[+-][0-9]{1,4})?\)/").fullmatch
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NO_OFFSET = timedelta(0)


class Unreadable(ValueError):
    """A value that is not what the registration says. ``expected`` names the form, never the value."""

    def __init__(self, expected: str) -> None:
        self.expected = expected
        super().__init__(f"expected {expected}")


def plain_text(value: Any) -> str:
    """Text as it is, and what has one obvious text: whole numbers, decimals, UUIDs, instants and dates."""
    if value.__class__ is str:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        raise Unreadable("text")
    if isinstance(value, int):
        return whole_text(value)
    if isinstance(value, Decimal):
        return decimal(value)
    if isinstance(value, UUID | datetime | date):
        return value.isoformat() if isinstance(value, date) else str(value)
    raise Unreadable("text")


def standard_code(value: Any) -> str | None:
    """A code such as ``EUR``, ``DE`` or ``de-CH``; blank is none."""
    text = plain_text(value)
    return text if text and not text.isspace() else None


def whole_text(value: int) -> str:
    if abs(value).bit_length() > DIGITS * 3:
        raise Unreadable(f"a number of at most {DIGITS} digits")
    return str(value)


def whole(value: Any) -> int:
    """A whole number of any size, from a number without fraction or from its digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) <= DIGITS and WHOLE.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < DIGITS:
        number = int(value)
        if number == value:
            return number
    raise Unreadable("a whole number")


def integer(value: Any) -> int:
    """GraphQL's ``Int``: 32 bits and a sign."""
    number = value if value.__class__ is int else whole(value)
    if not -(2**31) <= number < 2**31:
        raise Unreadable("a whole number of 32 bits")
    return number


def floating(value: Any) -> float:
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and isfinite(value):
        return float(value)
    raise Unreadable("a finite number")


def boolean(value: Any) -> bool:
    """``true`` and ``false`` only: what else a source says for them is named by ``map`` or ``flag(J, N)``."""
    if isinstance(value, bool):
        return value
    if value == "true":
        return True
    if value == "false":
        return False
    raise Unreadable("true or false; say what the source writes for them with `map` or `flag(…, …)`")


def decimal(value: Any) -> str:
    """Exact decimal text. A float counts as the shortest text that stands for it: 19.9 is ``19.9``."""
    kind = value.__class__
    if kind is int and -(10**18) < value < 10**18:
        return repr(value)
    text = (
        value if kind is str else repr(value) if kind is float or kind is int else str(value) if kind is Decimal else ""
    )
    if EXACT(text):
        return text
    number = as_decimal(value)
    if abs(number.adjusted()) > DIGITS or number.as_tuple().exponent < -DIGITS:  # type: ignore[operator]  # finite
        raise Unreadable(f"a number of at most {DIGITS} digits")
    return format(number if number else abs(number), "f")


def as_decimal(value: Any) -> Decimal:
    """A finite decimal from a number or its text."""
    if isinstance(value, str) and len(value) <= DIGITS and NUMBER.fullmatch(text := value.strip()):
        return Decimal(text)
    if isinstance(value, float) and isfinite(value):
        return Decimal(repr(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite():
        return value
    raise Unreadable("a decimal number")


def day(value: Any) -> str:
    """ISO 8601 date text; of a value with a time of day the date as it stands there."""
    if isinstance(value, str):
        return day_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise Unreadable("a date")


def day_text(text: str) -> str:
    if not (len(text) == 10 and text[4] == "-" and text[7] == "-"):
        text = text.strip()
        match = DAY.fullmatch(parse(text).isoformat() if text.startswith("/") else text)
        if match is None:
            raise Unreadable("a date as yyyy-MM-dd; say how the source writes it with `date(…)`")
        text = match[1]
    try:
        date.fromisoformat(text)
    except ValueError:
        raise Unreadable("a date of the calendar") from None
    return text


def in_zone(zone: tzinfo) -> Convert:
    """Instants of a source whose clocks show ``zone``. Of an hour that happens twice the first is meant."""

    def instant(value: Any) -> str:
        if isinstance(value, str):
            text, value = value, parse(value)
            if len(text) == 20 and text[10] == "T" and text[-1] == "Z":
                return text
        elif isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time.min)
        elif not isinstance(value, datetime):
            raise Unreadable("an instant; say how the source writes it with `instant(…)`")
        return instant_text(value, zone)

    return instant


def parse(text: str) -> datetime:
    """ISO 8601 text, as RFC 3339 has it and as databases print it; ``/Date(1548806400000+0000)/``, always UTC."""
    text = text.strip()
    if INSTANT(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    if (ticks := TICKS(text)) is not None:
        return EPOCH + timedelta(milliseconds=int(ticks[1]))
    raise Unreadable("an instant as yyyy-MM-ddTHH:mm:ss; say how the source writes it with `instant(…)`")


def instant_text(moment: datetime, zone: tzinfo) -> str:
    """RFC 3339 in UTC; a moment without offset is one of ``zone``. A year that UTC does not have is unreadable."""
    try:
        if moment.tzinfo is None:
            text = (moment - (zone.utcoffset(moment) or NO_OFFSET)).isoformat()
        else:
            text = moment.astimezone(UTC).isoformat()[: -len("+00:00")]
    except OverflowError:
        raise Unreadable("an instant between the years 1 and 9999") from None
    return (text.rstrip("0") if "." in text else text) + "Z"


def gtin(value: Any) -> str:
    """A GS1 key of 8, 12, 13 or 14 digits as 14 digits, its check digit verified."""
    digits = plain_text(value).strip()
    if len(digits) not in {8, 12, 13, 14} or not digits.isdecimal() or not digits.isascii():
        raise Unreadable("a GTIN of 8, 12, 13 or 14 digits")
    padded = digits.zfill(14)
    if sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(padded)) % 10:
        raise Unreadable("a GTIN with a right check digit")
    return padded


def json(value: Any) -> Any:
    """Any JSON as it is; decimals, instants and dates in it become text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float) and isfinite(value):
        return value
    if isinstance(value, Decimal):
        return decimal(value)
    if isinstance(value, Mapping):
        return {str(name): json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [json(item) for item in value]
    return plain_text(value)


CODES = frozenset({"Currency", "Country", "Locale"})
"""Scalars whose canonical value is the raw text, unless that is blank."""

SCALARS: Mapping[str, Convert] = {
    "String": plain_text,
    "ID": plain_text,
    **dict.fromkeys(CODES, standard_code),
    "Int": integer,
    "Float": floating,
    "Boolean": boolean,
    "Decimal": decimal,
    "Date": day,
    "GTIN": gtin,
    "JSON": json,
}
"""All but ``DateTime``, which needs the source's time zone."""

TEXTS = frozenset({"String", "ID"})
"""Scalars whose canonical value is the raw text itself."""


def scalar(name: str, zone: tzinfo) -> Convert:
    """How values of the scalar type ``name`` are read; an unknown name is a ``Mistake``."""
    if name == "DateTime":
        return in_zone(zone)
    if name not in SCALARS:
        raise Mistake("a type of the graph", f"`{name}`", nearest(name, SCALARS))
    return SCALARS[name]


def one_of(values: frozenset[str]) -> Convert:
    """The values of an enum."""
    known = f"one of {', '.join(sorted(values))}"

    def enum(value: Any) -> str:
        if isinstance(value, str) and value in values:
            return str(value)
        raise Unreadable(known)

    return enum


def code(value: Any) -> str | None:
    """A raw value as the text by which ``map`` and ``null_if`` know it: ``1`` and ``"1"`` are one."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return format(value, "f") if isinstance(value, Decimal) else None
