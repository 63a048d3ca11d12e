"""When an answer was read: RFC 3339, to the millisecond."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from adapters.clock import now


def test_it_is_now() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)  # what is finer is left out
    texts = [now() for _ in range(1_000)]
    after = datetime.now(UTC)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text) for text in texts)
    assert texts == sorted(texts)
    assert before <= datetime.fromisoformat(texts[0]) <= datetime.fromisoformat(texts[-1]) <= after
