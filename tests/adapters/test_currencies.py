"""Smallest coins."""

import pytest

from adapters.currencies import exponent, minor_units


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("12.50", "EUR", "1250"),
        ("12.5", "EUR", "1250"),
        ("0", "EUR", "0"),
        ("-0.004", "EUR", "0"),
        ("-1.005", "EUR", "-101"),
        ("0.005", "EUR", "1"),
        ("1299", "JPY", "1299"),
        ("1299.5", "JPY", "1300"),
        ("1.2345", "KWD", "1235"),
        ("1.00005", "CLF", "10001"),
        ("99999999999999999999.99", "USD", "9999999999999999999999"),
    ],
)
def test_minor_units(amount: str, currency: str, units: str) -> None:
    assert minor_units(amount, currency) == units


def test_a_currency_that_is_no_exception_has_hundredths() -> None:
    assert [exponent(code) for code in ("EUR", "CHF", "ISK", "BHD", "UYW")] == [2, 2, 0, 3, 4]
