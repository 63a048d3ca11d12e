"""What of a customer begins with what was searched for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from resolvers.links import Context
from resolvers.search_matches import matched_on

CONTEXT = Context(datetime(2026, 11, 20, tzinfo=UTC))
ANN: dict[str, Any] = {
    "givenName": "Änne",
    "familyName": "Archer",
    "organisation": None,
    "email": "Aenne.Archer@example.test",
    "phone": "+49 555 123 4567",
    "loyalty": {"cardNumber": "2919448120936"},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("änn", ["name"]),
        (" ÄNNE ARCHER ", ["name"]),
        ("archer ä", ["name"]),
        ("aenne.", ["email"]),
        ("a", ["email", "name"]),
        ("+49555", ["phone"]),
        ("0049 (0)555/123", ["phone"]),
        ("2919-4481 2", ["loyalty card"]),
        ("49", []),  # too short for a number
        ("@example.test", []),
        ("nobody", []),
        ("", []),
    ],
)
def test_begins_with(text: str, expected: list[str]) -> None:
    assert matched_on(ANN, {"search": text}, CONTEXT) == expected


def test_an_organisation_by_its_name() -> None:
    acme = {**dict.fromkeys(ANN), "organisation": "Acme Bau GmbH"}
    assert matched_on(acme, {"search": "acme"}, CONTEXT) == ["name"]
    assert matched_on({}, {"search": "acme"}, CONTEXT) == []
