"""Money in a currency's smallest coins."""

from resolvers.links import Context
from resolvers.money import in_minor_units


def test_half_a_money_has_none(context: Context) -> None:
    assert in_minor_units({"amount": "1.00", "currency": "EUR"}, {}, context) == "100"
    assert in_minor_units({"amount": None, "currency": "EUR"}, {}, context) is None
    assert in_minor_units({"amount": "1.00"}, {}, context) is None
