"""What can be promised."""

from typing import Any

import pytest

from resolvers.links import Context
from resolvers.stock_level import available_to_promise


@pytest.mark.parametrize(
    ("level", "available"),
    [
        ({"onHand": "10"}, "10"),
        ({"onHand": "10", "reserved": "3", "unavailable": "1", "safetyStock": "2"}, "4"),
        ({"onHand": "10", "reserved": None, "safetyStock": None}, "10"),
        ({"onHand": "2", "reserved": "3"}, "0"),
        ({"onHand": "3", "reserved": "3.0"}, "0"),
        ({"onHand": "-4"}, "0"),
        ({"onHand": "0"}, "0"),
        ({"onHand": "1.250", "reserved": "0.5"}, "0.750"),
        ({"onHand": "0.00000001"}, "0.00000001"),
        ({"onHand": None}, None),
        ({"onHand": None, "reserved": "3"}, None),
        ({"reserved": "3"}, None),
        ({}, None),
    ],
)
def test_available(level: dict[str, Any], available: str | None, context: Context) -> None:
    assert available_to_promise(level, {}, context) == available
