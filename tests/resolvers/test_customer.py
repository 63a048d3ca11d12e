"""What a customer is called."""

from typing import Any

import pytest

from resolvers.customer import shown_name
from resolvers.links import Context

ANN = {"number": "C1", "kind": "PERSON", "givenName": "Ann", "familyName": "Bee"}


@pytest.mark.parametrize(
    ("customer", "name"),
    [
        (ANN, "Ann Bee"),
        ({**ANN, "givenName": None}, "Bee"),
        ({**ANN, "familyName": ""}, "Ann"),
        ({**ANN, "organisation": "Hive Ltd"}, "Ann Bee"),
        ({**ANN, "organisation": "Hive Ltd", "kind": "ORGANISATION"}, "Hive Ltd"),
        ({**ANN, "kind": "ORGANISATION"}, "Ann Bee"),
        ({"number": "C2", "kind": "PERSON", "organisation": "Hive Ltd"}, "Hive Ltd"),
        ({"number": "C3", "kind": "PERSON", "givenName": None, "familyName": None}, "C3"),
    ],
)
def test_display_name(customer: dict[str, Any], name: str, context: Context) -> None:
    assert shown_name(customer, {}, context) == name
