"""Outlines: what of a record an answer takes as it is, and which request may have another's records."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.outline import Outline, Outlined, outline
from adapters.spi import Record
from tests.adapters.mapped import READ_AT, TYPES, mapping_of
from tests.adapters.test_mapping_properties import EVERYTHING, RAW

MONEY = outline((Outlined("currency", required=True), Outlined("amount", required=True)))
PARTS = outline((Outlined("cost", required=True, below=MONEY), Outlined("number")))


def test_equal_outlines_are_one() -> None:
    again = outline((Outlined("currency", required=True), Outlined("amount", required=True)))
    assert again is MONEY
    assert outline((Outlined("amount", required=True),)) is not MONEY


def test_an_object_is_cut_to_what_is_outlined_in_its_order() -> None:
    values = {"price": {"amount": "1", "currency": "EUR", "note": None}, "sku": "S"}
    taken = outline((Outlined("sku"), Outlined("price", below=MONEY))).taken(values)
    assert [*taken] == ["sku", "price"]
    assert [*taken["price"]] == ["currency", "amount"]
    whole = outline((Outlined("price", below=MONEY, whole=True),)).taken(values)
    assert whole == {"price": values["price"]}


def test_what_does_not_fit() -> None:
    def fits(value: Any, **asked: Any) -> bool:
        return outline((Outlined("x", **asked),)).fits({"x": value, "key": 1})

    assert fits(None) and not fits(None, required=True)
    assert fits("a", only=str) and not fits({"en": "a"}, only=str) and fits(None, only=str)
    assert fits([None]) and not fits([None], items_required=True)
    money = {"currency": "EUR", "amount": "1"}
    assert fits(money, below=MONEY) and fits([money, None], below=MONEY)
    assert not fits({"amount": "1", "currency": "EUR"}, below=MONEY)  # another order
    assert not fits({**money, "note": None}, below=MONEY)
    assert not fits({**money, "amount": None}, below=MONEY)
    assert not outline((Outlined("x"),)).fits({"key": 1, "x": 2})


def test_records_serve_who_asks_for_no_more() -> None:
    wide = outline((Outlined("price", below=MONEY), Outlined("sku")))
    narrow = outline((Outlined("price", below=outline((Outlined("amount"),))),))
    fields = {"price", "sku"}
    assert wide.brings(fields, wide) and wide.brings(fields, narrow) and not narrow.brings(fields, wide)
    assert not wide.brings(fields, None)  # the whole price
    assert wide.brings({"sku"}, None)
    assert not wide.brings(fields, outline((Outlined("price", below=MONEY, whole=True),)))
    assert outline((Outlined("price", below=MONEY, whole=True),)).brings(fields, None)


def outlines(type_name: str, mapped: Any) -> st.SearchStrategy[Outline]:
    """Of some of the fields of a type, in any order, with any demands."""
    flags = st.booleans()

    def asked(name: str) -> st.SearchStrategy[Outlined]:
        type_ = TYPES.objects[type_name][name]
        inside = type_.name in TYPES.objects
        only = st.none() if inside or type_.lists else st.sampled_from([None, str])
        below = outlines(type_.name, None) if inside else st.none()
        return st.builds(Outlined, st.just(name), flags, flags if type_.lists else st.just(False), only, below, flags)

    names = st.lists(st.sampled_from(sorted(mapped or TYPES.objects[type_name])), min_size=1, unique=True)
    return names.flatmap(lambda names: st.tuples(*map(asked, names))).map(outline)


@given(st.lists(st.dictionaries(st.sampled_from("abcdn"), RAW, max_size=5), max_size=3), outlines("Thing", EVERYTHING))
def test_a_mapping_makes_records_as_they_are_outlined(rows: list[Any], asked: Outline) -> None:
    """What is outlined has the values that it always has; and what says that it fits does."""
    fields = frozenset(EVERYTHING)
    for plain, made in zip(
        MAPPING.records(rows, fields, READ_AT), MAPPING.records(rows, fields, READ_AT, asked), strict=True
    ):
        assert asked.taken(made.values) == asked.taken(plain.values)
        for name in fields - {each.name for each in asked.fields}:
            assert made.values[name] == plain.values[name]
        if made.outline is not None:
            assert made.outline is asked
            assert asked.fits(made.values)
            assert made.errors is None


def test_a_sound_row_says_that_it_fits() -> None:
    asked = outline((Outlined("parts", True, True, below=PARTS), Outlined("code", required=True, only=str)))
    sound = {"a": "x", "d": [{"n": "1", "a": "2"}]}
    bad = {"a": "x", "d": [{"n": "1", "a": "zwei"}]}
    lacking = {"a": None, "d": [{"n": "1", "a": "2"}]}
    fields = frozenset({"code", "parts", "amount"})
    records = MAPPING.records([sound, bad, lacking], fields, READ_AT, asked)
    assert [record.outline is asked for record in records] == [True, False, False]
    assert [*records[0].values] == ["parts", "code", "amount"]
    assert records[0].values["parts"] == [{"cost": {"currency": "EUR", "amount": "2"}, "number": "1"}]
    assert [*records[0].values["parts"][0]["cost"]] == ["currency", "amount"]
    assert all(hasattr(record, slot) for record in records for slot in Record.__slots__)


MAPPING = mapping_of({"fields": EVERYTHING})
