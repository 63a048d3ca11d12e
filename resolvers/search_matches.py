"""What of a customer begins with the text that somebody searched for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resolvers.links import Context, Values

FEWEST = 4
"""Letters and digits of a number that say something: three are in every other one."""


def matched_on(customer: Values, arguments: Values, context: Context) -> list[str]:
    """In the words of the graph; in whatever case, and numbers however they are written."""
    text = str(arguments.get("search") or "").strip().casefold()
    loyalty = customer.get("loyalty") or {}
    found = {
        "email": begins(customer.get("email"), text),
        "phone": telephone(customer.get("phone")).startswith(telephone(text) or "-"),
        "loyalty card": letters_and_digits(loyalty.get("cardNumber")).startswith(letters_and_digits(text) or "-"),
        "name": any(begins(name, text) for name in names(customer)),
    }
    return [what for what, matches in found.items() if matches]


def names(customer: Values) -> Iterator[str | None]:
    """A person's names in either order, and the organisation's."""
    given, family = customer.get("givenName") or "", customer.get("familyName") or ""
    yield from (f"{given} {family}".strip(), f"{family} {given}".strip(), customer.get("organisation"))


def begins(value: str | None, text: str) -> bool:
    return bool(value and text) and str(value).casefold().startswith(text)


def telephone(text: str | None) -> str:
    """The digits behind ``+`` or ``00``; nothing where they are too few, or it has letters."""
    digits = re.sub(r"\(0\)|[\s()/.+-]", "", text or "")
    digits = digits.removeprefix("00")
    return digits if len(digits) >= FEWEST and digits.isdecimal() else ""


def letters_and_digits(text: str | None) -> str:
    found = "".join(char for char in text or "" if char.isalnum()).casefold()
    return found if len(found) >= FEWEST and any(char.isdecimal() for char in found) else ""
