"""Which price applies."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.clock import Clock
from resolvers.links import Context
from resolvers.price_selection import READS, select_price

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANYBODY = Context(Clock(NOW.timestamp()), currency="EUR")

Row = dict[str, Any]


def row(amount: str = "10.00", currency: str = "EUR", **scope: object) -> Row:
    return {"value": {"amount": amount, "currency": currency}, "minQuantity": "1", **scope}


def chosen(rows: list[Row], context: Context = ANYBODY, /, **asked: object) -> str | None:
    """The amount of the chosen row."""
    found = select_price({"context": asked}, context)(rows)
    return None if found is None else str(found["value"]["amount"])


def test_no_rows_is_no_price() -> None:
    assert select_price({}, ANYBODY)([]) is None


def test_the_row_itself_is_answered() -> None:
    rows = [row("1"), row("2")]
    assert select_price({}, ANYBODY)(rows) is rows[0]


def test_without_an_argument_and_with_null_the_request_decides() -> None:
    rows = [row("9", channel="WEB"), row("10")]
    web = Context(Clock(NOW.timestamp()), currency="EUR", channel="WEB")
    asked: list[Row] = [{}, {"context": None}, {"context": {}}, {"context": {"channel": None}}]
    for arguments in asked:
        found = select_price(arguments, web)(rows)
        assert found is rows[0]


def test_the_argument_goes_before_the_request() -> None:
    rows = [row("9", channel="WEB"), row("11", channel="STORE"), row("10")]
    assert chosen(rows, Context(Clock(NOW.timestamp()), currency="EUR", channel="WEB"), channel="STORE") == "11"


def test_only_the_asked_currency() -> None:
    rows = [row("10", "EUR"), row("11", "CHF")]
    assert chosen(rows, currency="CHF") == "11"
    assert chosen(rows, currency="USD") is None


def test_without_any_currency_the_rows_are_taken_as_they_are() -> None:
    assert chosen([row("10", "SEK")], Context(Clock(NOW.timestamp()))) == "10"


@pytest.mark.parametrize(
    ("scope", "value", "asked"),
    [
        ("customerGroup", "GOLD", "customerGroup"),
        ("locationCode", "S1", "location"),
        ("channel", "WEB", "channel"),
        ("country", "AT", "country"),
    ],
)
def test_a_limited_row_is_only_for_its_scope(scope: str, value: str, asked: str) -> None:
    rows = [row("10"), row("12", **{scope: value})]
    assert chosen(rows) == "10"
    assert chosen(rows, **{asked: value}) == "12"
    assert chosen(rows, **{asked: "other"}) == "10"


@pytest.mark.parametrize("stronger", range(4))
def test_a_higher_scope_beats_all_lower_ones(stronger: int) -> None:
    scopes = [("customerGroup", "GOLD"), ("locationCode", "S1"), ("channel", "WEB"), ("country", "DE")]
    asked = {"customerGroup": "GOLD", "location": "S1", "channel": "WEB", "country": "DE"}
    one = row("20", **dict([scopes[stronger]]))
    lower = row("5", minQuantity="1", **dict(scopes[stronger + 1 :]))
    assert chosen([lower, one], **asked) == "20"
    assert chosen([one, lower], **asked) == "20"


def test_two_scopes_beat_the_higher_of_them_alone() -> None:
    rows = [row("20", customerGroup="GOLD"), row("21", customerGroup="GOLD", channel="WEB")]
    assert chosen(rows, customerGroup="GOLD", channel="WEB") == "21"


def test_the_scale_of_the_quantity() -> None:
    rows = [row("10"), row("8", minQuantity="10"), row("7", minQuantity="2.5")]
    assert chosen(rows) == "10"
    assert chosen(rows, quantity="2.5") == "7"
    assert chosen(rows, quantity="9.99") == "7"
    assert chosen(rows, quantity="10") == "8"
    assert chosen([row("8", minQuantity="2")]) is None


def test_a_row_that_does_not_say_from_how_much_on_holds_for_any() -> None:
    assert chosen([{"value": {"amount": "3", "currency": "EUR"}}], quantity="0.1") == "3"


def test_the_end_is_exclusive_and_the_start_inclusive() -> None:
    rows = [row(validFrom="2026-11-01T00:00:00+01:00", validTo="2026-12-01T00:00:00+01:00")]
    assert chosen(rows, at="2026-10-31T22:59:59Z") is None
    assert chosen(rows, at="2026-10-31T23:00:00Z") == "10.00"
    assert chosen(rows, at="2026-11-30T22:59:59.999Z") == "10.00"
    assert chosen(rows, at="2026-11-30T23:00:00Z") is None


def test_without_an_instant_the_requests_own_counts() -> None:
    past = row("5", validTo="2026-11-22T12:00:00Z")
    coming = row("6", validFrom="2026-11-22T12:00:00.001Z")
    assert chosen([past, coming, row("7")]) == "7"


def test_of_equally_specific_rows_the_latest_start_wins() -> None:
    rows = [
        row("1"),
        row("10", validFrom="2020-01-01T00:00:00Z"),
        row("12", validFrom="2026-01-01T00:00:00+02:00"),
        row("11", validFrom="2025-12-31T23:00:00Z"),
    ]
    assert chosen(rows) == "11"


def test_then_the_cheapest_by_value_not_by_text() -> None:
    assert chosen([row("10.5"), row("9.75"), row("9.8")]) == "9.75"


def test_a_row_without_a_readable_amount_is_passed_over() -> None:
    broken: list[Row] = [{"value": None}, {"value": {"amount": None, "currency": "EUR"}}, row("4", minQuantity=None)]
    assert chosen(broken) == "4"


class Watched(dict[str, Any]):
    """A row that notes which of its fields are read."""

    def __init__(self, values: Row) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)


def test_what_it_reads_is_declared() -> None:
    rows = [Watched(row("10")), Watched(row("9"))]
    select_price({}, ANYBODY)(rows)
    assert rows[0].read == set(READS)


rows_of_any_kind = st.lists(
    st.builds(
        row,
        amount=st.sampled_from(["5", "7.50", "10"]),
        currency=st.sampled_from(["EUR", "CHF"]),
        customerGroup=st.sampled_from([None, "GOLD", "STAFF"]),
        locationCode=st.sampled_from([None, "S1", "S2"]),
        channel=st.sampled_from([None, "WEB", "STORE"]),
        country=st.sampled_from([None, "DE", "AT"]),
        minQuantity=st.sampled_from(["1", "5", "10"]),
        validFrom=st.sampled_from([None, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"]),
        validTo=st.sampled_from([None, "2026-06-01T00:00:00Z", "2028-01-01T00:00:00Z"]),
    ),
    max_size=8,
)


@given(rows_of_any_kind, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows: list[Row], random: Any) -> None:
    asked = {"customerGroup": "GOLD", "location": "S1", "channel": "WEB", "country": "DE", "quantity": "5"}
    shuffled = random.sample(rows, len(rows))
    assert chosen(rows, **asked) == chosen(shuffled, **asked)


@given(rows_of_any_kind)
def test_the_chosen_row_applies_and_nothing_that_applies_is_more_specific(rows: list[Row]) -> None:
    asked = {"customerGroup": "GOLD", "locationCode": "S1", "channel": "WEB", "country": "DE"}
    given = {**asked, "location": "S1", "quantity": "5", "at": "2026-05-01T00:00:00Z"}
    found = select_price({"context": given}, ANYBODY)(rows)
    applicable = [
        one
        for one in rows
        if one["value"]["currency"] == "EUR"
        and all(one[name] in (None, value) for name, value in asked.items())
        and Decimal(one["minQuantity"]) <= 5
        and one["validFrom"] != "2027-01-01T00:00:00Z"
    ]
    assert (found in applicable) if applicable else found is None
    if found:
        scopes = tuple(found[name] is not None for name in asked)
        assert all(tuple(one[name] is not None for name in asked) <= scopes for one in applicable)
