"""What holds for any row: the generated code reads what the careful way reads, and no value loses anything."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.mapped import READ_AT, mapping_of, value

TEXT = st.text(max_size=6) | st.sampled_from(["r", "1", "2026-01-01"])
RAW = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcdn"), inner, max_size=4),
    max_leaves=12,
)

EVERYTHING: dict[str, Any] = {
    "code": "a",
    "text": {"from": ["b", "c"]},
    "count": "a",
    "amount": {"from": "b", "default": "0"},
    "active": {"from": "c", "as": "flag(r, )"},
    "colour": {"from": "a", "map": {"r": "RED", "1": "GREEN"}},
    "extra": "d",
    "day": "a",
    "tags": {"from": "d", "null_if": [""]},
    "counts": {"each": "a.b"},
    "name": {"locales": {"en": "a", "de": "b.c"}},
    "price": {"fields": {"amount": "a", "currency": "b"}},
    "oldPrice": {"from": "a", "fields": {"amount": "b", "currency": "c", "note": "d[0]"}},
    "parts": {
        "each": "d",
        "fields": {"number": "n", "cost": {"fields": {"amount": "a", "currency": {"const": "EUR"}}}},
    },
}


@given(st.lists(st.dictionaries(st.sampled_from("abcdn"), RAW, max_size=5), max_size=3))
def test_the_fast_path_is_the_careful_path(rows: list[Any]) -> None:
    """A row that is bad somewhere is read carefully: then every field alone must be what it is among the others."""
    mapping = EVERYTHING_MAPPING
    together = mapping.records(rows, frozenset(EVERYTHING), READ_AT)
    for name in EVERYTHING:
        alone = mapping.records(rows, frozenset({name}), READ_AT)
        for one, all_ in zip(alone, together, strict=True):
            assert one.values[name] == all_.values[name]
            errors = {path for path in all_.errors or {} if path[0] == name}
            assert set(one.errors or {}) == errors


EVERYTHING_MAPPING = mapping_of({"fields": EVERYTHING})


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_a_decimal_stays_exact(number: Decimal) -> None:
    for raw in (number, str(number)):
        text = value("amount", "x", {"x": raw})
        assert Decimal(text) == number
        assert "E" not in text.upper()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_its_shortest_text(number: float) -> None:
    text = value("amount", "x", {"x": number})
    assert float(text) == number
    assert len(text.replace("-", "").replace(".", "").strip("0")) <= 17


@given(st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=st.timezones()))
def test_an_instant_stays_the_same_instant(moment: datetime) -> None:
    text = value("at", "x", {"x": moment})
    assert datetime.fromisoformat(text) == moment.astimezone(UTC)
