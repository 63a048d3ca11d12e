"""Numbers as old systems write them: ``1.234,56``, ``12.50-``, implied decimals, packed and zoned digits."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from adapters.scalars import Unreadable, as_decimal, whole

GROUPED = re.compile(r"[+-]?(?:[0-9]{1,3}(?:[.'\s][0-9]{3})+|[0-9]+)(?:,[0-9]+)?")


def point(value: Any) -> Decimal:
    return as_decimal(signed(value))


def comma(value: Any) -> Decimal:
    value = signed(value)
    if not isinstance(value, str):
        return as_decimal(value)
    if not GROUPED.fullmatch(value):
        raise Unreadable("a decimal number with a comma")
    return as_decimal(re.sub(r"[.'\s]", "", value).replace(",", "."))


def signed(value: Any) -> Any:
    """Text with its sign in front."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return f"-{text[:-1].rstrip()}" if text.endswith("-") and text[:1] not in {"-", "+"} else text


def shifted(value: Decimal, places: int) -> Decimal:
    """The decimal point moved to the left, exactly (``scaleb`` rounds to the context's precision)."""
    sign, digits, exponent = value.as_tuple()
    return Decimal((sign, digits, int(exponent) - places))


def unpacked(value: Any) -> Decimal:
    """Packed decimal bytes (COBOL COMP-3): two digits a byte, the sign in the last half byte."""
    digits = bytes(value).hex() if isinstance(value, bytes | bytearray | memoryview) else ""
    if not digits[:-1].isdecimal() or digits[-1] not in "abcdef":
        raise Unreadable("packed decimal bytes")
    return Decimal(int(digits[:-1]) * (-1 if digits[-1] in "bd" else 1))


def unzoned(value: Any) -> Decimal:
    """Zoned decimal text (COBOL DISPLAY): the last digit carries the sign, ``12C`` is 123 and ``12L`` is -123."""
    text = value.strip() if isinstance(value, str) else str(whole(value))
    digits, last = text[:-1], SIGNED_DIGITS.get(text[-1:])
    if last is None or not (digits + last[1]).isascii() or not (digits + last[1]).isdecimal():
        raise Unreadable("zoned decimal digits")
    return Decimal(last[0] + digits + last[1])


SIGNED_DIGITS = {
    letter: (sign, str(digit))
    for sign, letters in (("", "0123456789"), ("", "{ABCDEFGHI"), ("-", "}JKLMNOPQR"))
    for digit, letter in enumerate(letters)
}
"""The last character -> sign and digit."""
