"""The demo back office in this process, so that a test hears what is sent to its systems."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from examples.backoffice.estate import SERVED, application, databases
from examples.backoffice.world import World
from gateway.commands.back_office import ADDRESSES
from gateway.http.app import application as gateway_application
from gateway.runtime import Gateway
from gateway.telemetry.environment import from_environment
from tests.retail.running import CHECKOUT, configuration
from tests.serving import serving

LOGINS = {
    "LOYALTY_KEY": "demo-loyalty-key",
    "CRM_USER": "crossdock",
    "CRM_PASSWORD": "dock",
    "ERP_USER": "crossdock",
    "ERP_PASSWORD": "dock",
}


@dataclass
class Heard:
    """A system that notes the head of every call. ``down``: it answers with 503. ``spoil``: what it makes of a body."""

    app: ASGIApp
    heads: list[dict[str, str]] = field(default_factory=list)
    down: bool = False
    spoil: Callable[[bytes], bytes] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.heads.append({name.decode(): value.decode() for name, value in scope["headers"]})
        if self.down:
            await Response("out of order", 503)(scope, receive, send)
        elif self.spoil is not None:
            await self.spoiled(self.spoil, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def spoiled(self, spoil: Callable[[bytes], bytes], scope: Scope, receive: Receive, send: Send) -> None:
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, keep)
        start, *parts = sent
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        answer = Response(spoil(b"".join(part["body"] for part in parts)), start["status"])
        answer.headers["content-type"] = headers["content-type"]
        await answer(scope, receive, send)


@dataclass
class Office:
    systems: Mapping[str, Heard]
    environment: Mapping[str, str]

    def reset(self) -> None:
        for system in self.systems.values():
            system.heads.clear()
            system.down = False
            system.spoil = None


@contextmanager
def office(world: World) -> Iterator[Office]:
    systems = {name: Heard(application(name, world)) for name in SERVED}
    files = databases(CHECKOUT / ".demo", world)
    environment = {**LOGINS, "WMS_URL": f"sqlite:///{files.wms}", "OMS_URL": f"sqlite:///{files.oms}"}
    environment |= {"POS_URL": f"sqlite:///{files.pos}", "CROSSWALK_URL": f"sqlite:///{files.crosswalk}"}
    with ExitStack() as running:
        for name, (variable, path) in ADDRESSES.items():
            environment[variable] = running.enter_context(serving(systems[name])) + path
        yield Office(systems, environment)


@dataclass
class Front:
    """The gateway over the office, asked as a client asks it."""

    http: httpx.AsyncClient

    async def ask(self, query: str, headers: Mapping[str, str] | None = None, /, **variables: Any) -> dict[str, Any]:
        """The whole response."""
        return await self.send({"query": query, "variables": variables}, headers or {})

    async def send(self, body: Any, headers: Mapping[str, str]) -> dict[str, Any]:
        answer = await self.http.post("/graphql", json=body, headers=headers)
        response: dict[str, Any] = answer.json()
        return response


@asynccontextmanager
async def front(office: Office, *, prometheus: bool = True) -> AsyncIterator[Front]:
    """As the environment wants it told. At the end everything is exported."""
    telemetry = from_environment(prometheus=prometheus)
    gateway = Gateway.build(configuration(office.environment), telemetry)
    transport = httpx.ASGITransport(gateway_application(gateway, telemetry=telemetry))
    headers = gateway.settings.graphiql.headers
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test", headers=headers) as http:
            yield Front(http)
    finally:
        await gateway.aclose()
        telemetry.close()
