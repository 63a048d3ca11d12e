"""The demo retailer, running: its systems as processes, the gateway over them in this process."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, event

from gateway.commands.back_office import ADDRESSES, BackOffice
from gateway.config.load import Configuration, load
from gateway.engine.request import OperationRequest
from gateway.runtime import Gateway

CHECKOUT = Path(__file__).parents[2]
CONFIGURATION = CHECKOUT / "examples" / "retail"
PATIENT = Path(__file__).parent / "patient.yaml"


class Statements:
    """What SQLite itself reports to have run, by the table of each statement."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()

    def trace(self, connection: Any, _: object) -> None:
        if hasattr(connection, "set_trace_callback"):
            connection.set_trace_callback(self.count)

    def count(self, statement: str) -> None:
        table = re.search(r'FROM "?([A-Z_]+)"?', statement)
        if table is not None:
            self.counted[table[1]] += 1


@contextmanager
def traced_statements() -> Iterator[Statements]:
    """Counts in every SQLite database that is opened inside."""
    statements = Statements()
    event.listen(Engine, "connect", statements.trace)
    try:
        yield statements
    finally:
        event.remove(Engine, "connect", statements.trace)


class Calls:
    """The systems' own counters: ``{"pricing": {"GET /prices": 1}, "sql": {"STOCK": 1}}`` since the last reset."""

    def __init__(self, office: BackOffice, statements: Statements) -> None:
        self.addresses = {
            system: office.environment[variable].removesuffix(path) for system, (variable, path) in ADDRESSES.items()
        }
        self.running = [system for system in self.addresses if system in office.processes]
        self.statements = statements

    def reset(self) -> None:
        self.statements.counted.clear()
        for system in self.running:
            httpx.delete(f"{self.addresses[system]}/_calls")

    def counted(self) -> dict[str, dict[str, int]]:
        """Without systems that were not called."""
        counted = {system: httpx.get(f"{self.addresses[system]}/_calls").json()["by"] for system in self.running}
        counted["sql"] = dict(self.statements.counted)
        return {system: calls for system, calls in counted.items() if calls}


def configuration(environment: Mapping[str, str]) -> Configuration:
    return load(CONFIGURATION, PATIENT, environ={**os.environ, **environment})


class Client:
    """Asks a gateway in this process."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def batch(self, source: str, entity: str, lookup: str) -> int:
        """Most keys of one call, as registered and within the database's own limit."""
        return self.gateway.sources[source].capabilities[entity].lookups[lookup].batch

    async def ask(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The whole response."""
        answer = await self.gateway.execute(OperationRequest(query, variables=variables, request_id="test"))
        response: dict[str, Any] = json.loads(answer.body)
        return response

    async def extension(self, name: str, query: str) -> Any:
        """What the response says in an extension that the request asks for."""
        answer = await self.gateway.execute(OperationRequest(query, extensions={name: True}))
        return json.loads(answer.body)["extensions"][name]

    async def data(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The data of a response that must be without errors."""
        response = await self.ask(query, **variables)
        assert "errors" not in response, response["errors"]
        data: dict[str, Any] = response["data"]
        return data
