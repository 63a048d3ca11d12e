from datetime import UTC, datetime

import pytest

from resolvers.clock import Clock
from resolvers.links import Context


@pytest.fixture
def context() -> Context:
    return Context(Clock(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()))
