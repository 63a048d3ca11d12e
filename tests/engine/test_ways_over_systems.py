"""Keys on their way over a REST service, a database and a SOAP service, as they really speak."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from math import ceil
from pathlib import Path
from typing import Any

import httpx
import pytest

from examples.backoffice import crm, estate
from examples.backoffice.loyalty import KEY
from examples.backoffice.world import World
from gateway.config.load import load
from gateway.engine.request import OperationRequest
from gateway.runtime import Gateway
from tests.serving import serving

CRM = """\
source: crm
role: CRM
kind: soap
wsdl: {wsdl}
endpoint: ${{CRM_URL}}
auth: {{wsse: {{username: crossdock, password: dock}}}}
fault_code: Problem.Code
faults: {{CRM-404: missing}}
entities:
  Customer:
    key: number
    fields:
      number: {{from: CustNo, form: {{graph: "C{{:06}}", source: "{{:010}}"}}}}
      givenName: Name.First
      kind: {{const: PERSON}}
      email: Email
    lookup:
      number: {{operation: GetCustomers, arguments: {{Ids: {{string: $keys}}}}, rows: Customers.Customer, batch: 20}}
"""
LOYALTY = """\
source: loyalty
role: LOYALTY
kind: rest
url: ${LOYALTY_URL}
auth: {api_key: {header: X-Api-Key, value: "${LOYALTY_KEY}"}}
entities:
  Customer:
    fields: {email: mail}
    keys: {loyaltyCard: card}
    lookup: {loyaltyCard: {post: /members/query, body: {by: card, values: $keys}, rows: members, batch: 25}}
"""
PORTAL = """\
source: portal
role: STORE_SYSTEM
kind: sql
url: ${PORTAL_URL}
entities:
  Customer:
    table: LOGIN
    fields: {number: CUST, email: MAIL}
    lookup: {email: {batch: 10}}
"""
FILES = {"loyalty": LOYALTY, "portal": PORTAL}


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def systems(world: World) -> Iterator[dict[str, str]]:
    """Two of the demo's systems, which count what they are asked."""
    with serving(estate.application("crm", world)) as one, serving(estate.application("loyalty", world)) as other:
        yield {"CRM_URL": f"{one}/crm", "LOYALTY_URL": other, "LOYALTY_KEY": KEY}


@pytest.fixture
async def gateway(tmp_path: Path, systems: dict[str, str], world: World) -> AsyncIterator[Gateway]:
    """Cards are known to the loyalty programme, which knows e-mail addresses; the portal knows whose they are."""
    file = tmp_path / "portal.db"
    with sqlite3.connect(file) as database:
        database.execute("create table LOGIN (MAIL text primary key, CUST text)")
        logins = [(member.email, f"C{member.customer:06}") for member in world.members.values()]
        database.executemany("insert into LOGIN values (?, ?)", logins)
    database.close()
    (tmp_path / "sources").mkdir()
    (tmp_path / "gateway.yaml").write_text("routes: {Customer: crm}\nlimits: {deadline: 30s}\n")
    for name, text in {**FILES, "crm": CRM.format(wsdl=crm.CONTRACT)}.items():
        (tmp_path / "sources" / f"{name}.yaml").write_text(text)
    built = Gateway.build(load(tmp_path, environ={**systems, "PORTAL_URL": f"sqlite:///{file}"}))
    yield built
    await built.aclose()


async def ask(gateway: Gateway, query: str) -> dict[str, Any]:
    request = OperationRequest(query, extensions={"cost": True})
    answer: dict[str, Any] = json.loads((await gateway.execute(request)).body)
    return answer


def counted(systems: dict[str, str]) -> dict[str, int]:
    addresses = {"crm": systems["CRM_URL"].removesuffix("/crm"), "loyalty": systems["LOYALTY_URL"]}
    found = {name: httpx.get(f"{address}/_calls").json()["total"] for name, address in addresses.items()}
    for address in addresses.values():
        httpx.delete(f"{address}/_calls")
    return found


async def test_fifty_cards_lead_to_fifty_customers_in_batches(
    gateway: Gateway, systems: dict[str, str], world: World
) -> None:
    members = list(world.members.values())[:50]
    counted(systems)
    asked = " ".join(
        f'a{place}: customer(loyaltyCard: "{each.card}") {{ number givenName }}' for place, each in enumerate(members)
    )
    response = await ask(gateway, f"{{ {asked} }}")
    assert "errors" not in response, response["errors"]
    assert list(response["data"].values()) == [
        {"number": f"C{each.customer:06}", "givenName": world.customers[each.customer - 1].first_name}
        for each in members
    ]
    calls = counted(systems)
    assert calls == {"loyalty": ceil(50 / 25), "crm": ceil(50 / 20)}
    cost = response["extensions"]["cost"]["sources"]
    spent = {name: (each["calls"], each["worstCase"]["calls"]) for name, each in cost.items()}
    assert spent == {"loyalty": (2, 2), "portal": (ceil(50 / 10), 5), "crm": (3, 3)}


async def test_what_leads_nowhere_is_null_and_asked_no_further(gateway: Gateway, systems: dict[str, str]) -> None:
    counted(systems)
    response = await ask(gateway, '{ customer(loyaltyCard: "2900000000000") { number } }')
    assert response["data"] == {"customer": None}
    assert "errors" not in response
    assert counted(systems) == {"loyalty": 1, "crm": 0}


async def test_the_system_on_the_way_that_fails_is_told(gateway: Gateway, world: World, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "portal.db") as database:
        database.execute("drop table LOGIN")
    database.close()
    card = next(iter(world.members))
    response = await ask(gateway, f'{{ customer(loyaltyCard: "{card}") {{ number }} }}')
    assert response["data"] == {"customer": None}
    assert [error["extensions"]["source"] for error in response["errors"]] == ["portal"]
