"""When an answer was read."""

from datetime import UTC, datetime
from functools import lru_cache
from time import time


def now() -> str:
    """RFC 3339 in UTC, to the millisecond."""
    moment = time()
    second = int(moment)
    return f"{to_the_second(second)}.{int((moment - second) * 1000):03d}Z"


@lru_cache(maxsize=1)  # every call has its own millisecond, and shares the rest of the text with hundreds
def to_the_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
