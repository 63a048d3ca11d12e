"""When two values are the same, whatever way each system writes them."""

from __future__ import annotations

import pytest

from adapters.identity.rules import contradicts, rule


@pytest.mark.quirk("X4")
@pytest.mark.parametrize(
    ("form", "written", "compared"),
    [
        ("email", " Ann.Archer@Example.TEST ", "ann.archer@example.test"),
        ("email", "not given", None),
        ("email", "a@b@c", None),
        ("phone(49)", "0171 / 555-12 34", "+491715551234"),
        ("phone(49)", "0049 (0)171 5551234", "+491715551234"),
        ("phone(49)", "+41 44 668 18 00", "+41446681800"),
        ("phone", "+49 171 5551234", "+491715551234"),
        ("phone", "0171 5551234", None),
        ("phone(49)", "0", None),
        ("phone(49)", "none", None),
        ("code", "4711-0815 a", "47110815A"),
        ("code", "--", None),
        ("exact", "L-1", "L-1"),
        ("exact", "", None),
    ],
)
def test_the_form_in_which_values_are_compared(form: str, written: str, compared: str | None) -> None:
    assert rule("field", form).value({"field": written}) == compared


def test_what_is_no_text_says_nothing() -> None:
    email = rule("email", "email")
    assert (email.value({"email": None}), email.value({}), email.value({"email": ["a@b.test"]})) == (None, None, None)


def test_two_records_differ_only_where_both_have_a_value() -> None:
    rules = [rule("card", "code"), rule("phone", "phone(49)")]
    assert not contradicts(rules, {"card": "L-1", "phone": None}, {"card": "l 1", "phone": "+49171555"})
    assert not contradicts(rules, {"phone": "0171555"}, {"card": "L1", "phone": "+49171555"})
    assert contradicts(rules, {"card": "L-1"}, {"card": "L-2"})
