"""Instants as numbers, to compare them quickly."""

from datetime import datetime
from functools import lru_cache


@lru_cache(maxsize=4096)  # a price list has thousands of rows and few dates
def seconds(instant: str) -> float:
    """Seconds since 1970 of an RFC 3339 text."""
    return datetime.fromisoformat(instant).timestamp()
