"""The three stock systems, each started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.failures.rest import RestStock
from tests.failures.soap import SoapStock
from tests.failures.sql import SqlStock
from tests.failures.system import KindName, System
from tests.postgres import running_postgres
from tests.serving import serving


@pytest.fixture(scope="session")
def systems() -> Iterator[dict[KindName, System]]:
    rest, soap = RestStock(), SoapStock()
    with serving(rest.app) as rest_url, serving(soap.app) as soap_url, running_postgres() as server:
        rest.serve_at(rest_url)
        soap.serve_at(soap_url)
        yield {"rest": rest, "soap": soap, "sql": SqlStock(server)}
