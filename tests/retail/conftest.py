"""One demo back office for all tests of this folder; a new gateway for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from examples.backoffice.world import World
from gateway.commands.back_office import BackOffice
from gateway.runtime import Gateway
from tests.retail.running import CHECKOUT, Calls, Client, Statements, configuration, traced_statements


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture(scope="session")
def office() -> Iterator[BackOffice]:
    with BackOffice(CHECKOUT, 0.0, ()) as office:
        yield office


@pytest.fixture(scope="session")
def statements() -> Iterator[Statements]:
    with traced_statements() as statements:
        yield statements


@pytest.fixture
def calls(office: BackOffice, statements: Statements) -> Calls:
    calls = Calls(office, statements)
    calls.reset()
    return calls


@pytest.fixture
async def client(office: BackOffice, statements: Statements) -> AsyncIterator[Client]:
    gateway = Gateway.build(configuration(office.environment))
    yield Client(gateway)
    await gateway.aclose()
