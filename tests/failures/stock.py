"""What is in stock, however it is asked for, and what must never leave a system."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    sku: str
    location: str
    on_hand: str
    counted: str


ROWS = (
    Row("V1", "W1", "12.50", "2026-11-20T08:00:00Z"),
    Row("V1", "W2", "3.75", "2026-11-20T09:30:00Z"),
    Row("V2", "W1", "41.25", "2026-11-21T17:45:00Z"),
)

PASSWORD = "dock-4711-secret"
"""The gateway's own, for every kind."""

PERSON = "ann@example.test"
INTERNAL = (
    f'ORA-00942: table "STOCK_ROWS" of svc/hunter2 at 10.1.2.3:1521 for {PERSON}\nTraceback (most recent call last)'
)
"""What a system tells of itself when it fails."""

PRIVATE = (PASSWORD, "hunter2", PERSON)
"""Neither in an answer nor in the log."""

INNER = (*PRIVATE, "ORA-", "STOCK_ROWS", "10.1.2.3", "Traceback", "127.0.0.1", "/stock", "select", "SELECT", "clerk")
"""Not in an answer."""
