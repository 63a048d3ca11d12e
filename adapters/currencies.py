"""How many decimal places a currency's smallest coin has (ISO 4217)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

USUAL: Final = 2

EXCEPTIONS: Final = {
    code: exponent
    for exponent, codes in {
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
        3: "BHD IQD JOD KWD LYD OMR TND",
        4: "CLF UYW",
    }.items()
    for code in codes.split()
}
"""Every currency in ISO 4217 whose minor unit is not a hundredth."""


def exponent(currency: str) -> int:
    """The places after the point: 2 for EUR, 0 for JPY, 3 for KWD."""
    return EXCEPTIONS.get(currency, USUAL)


def minor_units(amount: str, currency: str) -> str:
    """``12.50 EUR`` is ``"1250"``; what is finer than the smallest coin is rounded half away from zero."""
    coins = Decimal(amount).scaleb(exponent(currency)).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{coins:f}" if coins else "0"
