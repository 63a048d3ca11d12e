"""Amounts and quantities that another column explains: its currency, its unit, how many are in a pack.

``minor``, ``round(currency)``, ``round(PCE=0, KG=3)``, ``units(PCE=1, CTN=12)`` and ``product`` read several paths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import Any

from adapters.currencies import exponent
from adapters.numerals import point, shifted
from adapters.problems import Mistake
from adapters.scalars import DIGITS, Convert, Unreadable, code, plain_text


def rounded(value: Decimal, places: int) -> Decimal:
    """To so many places, halves away from zero: the float 19.989999999 of a price is 19.99."""
    with localcontext() as context:
        context.prec = DIGITS
        try:
            return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        except InvalidOperation:
            raise Unreadable(f"a number of at most {DIGITS} digits") from None


def multiplied(left: Decimal, right: Decimal) -> Decimal:
    """Exactly, as far as a number may go."""
    with localcontext() as context:
        context.prec = DIGITS
        return left * right


def in_minor_units(written: int) -> Convert:
    """Amount and currency. The amount counts the currency's smallest coins, with the point ``written`` places left.

    ``minor``: 1299 JPY is 1299, 1299 EUR is 12.99. ``minor(2)``, as SAP keeps them: 12.99 JPY is 1299.
    """

    def convert(values: Sequence[Any]) -> Decimal:
        amount, currency = values
        return shifted(point(amount), exponent(currency_code(currency)) - written)

    return convert


def to_currency(values: Sequence[Any]) -> Decimal:
    """Amount and currency: rounded to the currency's smallest coin."""
    amount, currency = values
    return rounded(point(amount), exponent(currency_code(currency)))


def currency_code(value: Any) -> str:
    return plain_text(value).strip().upper()


def to_unit(places: Mapping[str, int]) -> Convert:
    """Quantity and unit: rounded to the places of that unit."""

    def convert(values: Sequence[Any]) -> Decimal:
        quantity, unit = values
        return rounded(point(quantity), of_unit(places, unit))

    return convert


def in_units(sizes: Mapping[str, Decimal]) -> Convert:
    """Quantity and unit: how many of the base unit that is."""

    def convert(values: Sequence[Any]) -> Decimal:
        quantity, unit = values
        return multiplied(point(quantity), of_unit(sizes, unit))

    return convert


def of_unit(known: Mapping[str, Any], unit: Any) -> Any:
    found = known.get((code(unit) or "").strip())
    if found is None:
        raise Unreadable(f"one of the {len(known)} units of `as`")
    return found


def product(values: Sequence[Any]) -> Decimal:
    """All values multiplied: packs, and pieces in a pack."""
    result = Decimal(1)
    for value in values:
        result = multiplied(result, point(value))
    return result


def by_unit(arguments: Sequence[str], example: str) -> dict[str, Decimal]:
    """``PCE=1, CTN=12`` as a mapping."""
    found = {}
    for argument in arguments:
        unit, _, number = argument.rpartition("=")
        try:
            found[unit.strip()] = point(number)
        except Unreadable:
            raise Mistake(f"units with their numbers, as in `{example}`", f"`{argument}`") from None
    return found
