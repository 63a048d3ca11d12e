from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.http.app import application
from tests.http.edge import client_of
from tests.http.small_gateway import SmallGateway


@pytest.fixture
def gateway() -> SmallGateway:
    return SmallGateway()


@pytest.fixture
async def client(gateway: SmallGateway) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(application(gateway)) as client:
        yield client
