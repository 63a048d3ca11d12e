from datetime import UTC, datetime

import pytest

from resolvers.links import Context


@pytest.fixture
def context() -> Context:
    return Context(now=datetime(2026, 11, 22, 12, tzinfo=UTC))
