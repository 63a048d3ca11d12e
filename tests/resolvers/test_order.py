"""What can still be done with an order."""

from typing import Any

import pytest

from resolvers.links import Context
from resolvers.order import OrderStatus, can_cancel
from resolvers.order_line import returnable


def test_cancellable_until_somebody_begins_to_pick(context: Context) -> None:
    names = [status.name for status in OrderStatus]
    assert [name for name in names if can_cancel({"status": name}, {}, context)] == ["PENDING", "CONFIRMED", "ON_HOLD"]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ({"shippedQuantity": "3", "returnedQuantity": "1"}, "2"),
        ({"shippedQuantity": "3"}, "3"),
        ({"shippedQuantity": "0.75", "returnedQuantity": "0.5"}, "0.25"),
        ({"shippedQuantity": "1", "returnedQuantity": "2"}, "0"),
        ({"shippedQuantity": "2", "returnedQuantity": "2.0"}, "0"),
        ({"shippedQuantity": None, "returnedQuantity": "2"}, None),
    ],
)
def test_returnable_quantity(line: dict[str, Any], left: str | None, context: Context) -> None:
    assert returnable(line, {}, context) == left
