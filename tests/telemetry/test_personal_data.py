"""What people are called and where they can be reached is in the data of answers, and nowhere else.

Every way that personal values can take: asked for in variables and literals, rightly and wrongly, in addresses, headers
and bodies; given by systems that work, that are down, that refuse and that send nonsense.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from examples.backoffice.world import World
from examples.backoffice.world.people import Customer
from gateway.engine import ids
from tests.telemetry.conftest import Written
from tests.telemetry.office import Front, Office, front
from tests.telemetry.receiver import Receiver

PERSON = """{ number displayName givenName familyName email phone birthDate addresses { address { lines city } }
  loyalty { cardNumber points } orders(first: 2) { nodes { number payments { maskedReference } } } }"""
FAULT = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server</faultcode>
<faultstring>{0} is locked</faultstring><detail><Problem><Code>LOCKED-{0}</Code><Text>{0}</Text></Problem></detail>
</s:Fault></s:Body></s:Envelope>"""


@pytest.fixture(scope="module")
def person(world: World) -> Customer:
    return next(each for each in world.customers if each.card and each.phone and each.kind == "person")


@pytest.fixture(scope="module")
def canaries(person: Customer) -> list[str]:
    address = person.addresses[0]
    assert person.card is not None
    digits = re.sub(r"\D", "", person.phone or "")
    return [
        person.email,
        person.email.partition("@")[0],
        f"{person.first_name} {person.last_name}",
        person.last_name,
        f"{address.street} {address.house}",
        digits[-7:],
        person.card,
        f"{person.birth_date:%Y%m%d}",
        f"{person.birth_date:%Y-%m-%d}",
        f"C{person.number:06}",
        f"{person.number:010}",
        ids.id_of("Customer", f"C{person.number:06}"),
    ]


class Witness:
    """Asks, and keeps what is not data."""

    def __init__(self, gateway: Front) -> None:
        self.gateway = gateway
        self.errors: list[str] = []
        self.metrics = ""
        self.answers: list[str] = []

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        return await self.send({"query": query, "variables": variables})

    async def send(self, body: Any, headers: dict[str, str] | None = None) -> dict[str, Any]:
        return self.keep(await self.gateway.send(body, headers or {}))

    async def get(self, **parameters: str) -> dict[str, Any]:
        answer = await self.gateway.http.get("/graphql", params=parameters)
        return self.keep(answer.json())

    def keep(self, response: dict[str, Any]) -> dict[str, Any]:
        self.errors.append(json.dumps(response.get("errors")))
        self.answers.append(json.dumps(response.get("data"), ensure_ascii=False))
        return response


@asynccontextmanager
async def nothing_is_told(
    demo: Office, collector: Receiver, lines: Written, canaries: list[str]
) -> AsyncIterator[Witness]:
    """At the end nothing of it may be anywhere but in data."""
    async with front(demo) as gateway:
        witness = Witness(gateway)
        yield witness
        witness.metrics = (await gateway.http.get("/metrics")).text
    places = {
        "the log": "\n".join(lines()),
        "spans and metrics": b"".join(collector.bodies).decode("utf-8", "replace"),
        "metrics": witness.metrics,
        "errors": "\n".join(witness.errors),
    }
    assert all(len(text) > 4 for text in places.values())  # else it proves nothing
    assert len(collector.spans) > 1
    found = [
        (place, canary, text[max(0, text.index(canary) - 200) :][:300])
        for canary in canaries
        for place, text in places.items()
        if canary in text
    ]
    assert found == []


async def test_asked_for_rightly(
    demo: Office, collector: Receiver, json_lines: Written, person: Customer, canaries: list[str]
) -> None:
    name = f"{person.first_name} {person.last_name}"
    async with nothing_is_told(demo, collector, json_lines, canaries) as witness:
        for argument, value in (
            ("email", person.email),
            ("loyaltyCard", person.card),
            ("number", f"C{person.number:06}"),
            ("id", ids.id_of("Customer", f"C{person.number:06}")),
        ):
            type_ = "ID" if argument == "id" else "String"
            await witness.ask(f"query Q($v: {type_}!) {{ customer({argument}: $v) {PERSON} }}", v=value)
            await witness.ask(f'query Q {{ customer({argument}: "{value}") {PERSON} }}')
        await witness.ask(f"query Q($s: String!) {{ customers(search: $s, first: 3) {{ nodes {PERSON} }} }}", s=name)
        await witness.ask(f'query Q {{ customers(search: "{name}", first: 3) {{ nodes {PERSON} }} }}')
        await witness.get(query=f'query Q {{ customer(email: "{person.email}") {PERSON} }}')
    said = "".join(witness.answers)
    assert set(canaries[:6]) - {canary for canary in canaries if canary in said} <= {canaries[5]}
    assert set(witness.errors) == {"null"}


async def test_asked_for_wrongly(
    demo: Office, collector: Receiver, json_lines: Written, person: Customer, canaries: list[str]
) -> None:
    email = person.email
    async with nothing_is_told(demo, collector, json_lines, canaries) as witness:
        for type_, field in (
            ("Int", "products(first: $v)"),
            ("ID!", "node(id: $v)"),
            ("OrderFilter", "orders(filter: $v)"),
        ):
            for value in (email, [email], {email: email}, {"status": [email]}):
                await witness.ask(f"query Q($v: {type_}) {{ {field} {{ __typename }} }}", v=value)
        for literal in (f'"{email}"', f'["{email}"]', f'{{a: "{email}"}}', f'{{status: ["{email}"]}}'):
            await witness.ask(f"{{ products(first: {literal}) {{ totalCount }} }}")
            await witness.ask(f"{{ orders(filter: {literal}) {{ totalCount }} }}")
            await witness.ask(f"{{ customer(email: {literal} {{ number }} }}")
            await witness.ask(f"{{ customer(nope: {literal}) {{ number }} }}")
        for after in (email, person.card):
            await witness.ask("query Q($a: String) { products(after: $a) { totalCount } }", a=after)
        await witness.ask(f'{{ variant(sku: "A-00001") {{ price(context: {{at: "{email}"}}) {{ kind }} }} }}')
        await witness.send({"query": "{ __typename }", "operationName": email})
        await witness.send({"query": "{ __typename }", "variables": email})
        await witness.send({"query": f'"{email}"'})
        await witness.send(email)
        for header in ("x-channel", "x-currency", "accept-language", "x-location", "traceparent"):
            await witness.send({"query": "{ __typename }"}, {header: email})
        await witness.get(query="query Q { nope }", variables=f'{{"v": "{email}"}}')
        await witness.get(query="{ __typename }", variables=email)
    assert sum(error != "null" for error in witness.errors) > 25


async def test_systems_that_fail(
    demo: Office, collector: Receiver, json_lines: Written, person: Customer, canaries: list[str]
) -> None:
    query = f"query Q($v: String!) {{ customer(email: $v) {PERSON} }}"
    name = f"{person.first_name} {person.last_name}"
    crm, loyalty = demo.systems["crm"], demo.systems["loyalty"]
    async with nothing_is_told(demo, collector, json_lines, canaries) as witness:
        crm.down = True
        await witness.ask(query, v=person.email)
        crm.down = False
        for body in (FAULT.format(name), name, f"<html>{name}</html>", f'<?xml version="1.0"?><a>{name}</a>'):
            crm.spoil = lambda _, body=body: body.encode()
            await witness.ask(query, v=person.email)
        crm.spoil = lambda reply: re.sub(rb"Born>\d{8}<", f"Born>{name}<".encode(), reply)
        await witness.ask(query, v=person.email)
        crm.spoil = None
        for body in (f'{{"error": "{name}"}}', name, f'[{{"card": "{person.card}", "points": "{name}"}}]'):
            loyalty.spoil = lambda _, body=body: body.encode()
            await witness.ask(query, v=person.email)
    codes = set(re.findall(r'"code": "(\w+)"', "".join(witness.errors)))
    assert {"UNAVAILABLE", "BAD_DATA"} <= codes
    assert '"BAD_DATA"' in "".join(error for error in witness.errors if "birthDate" in error)


async def test_systems_that_are_not_there(
    demo: Office, collector: Receiver, json_lines: Written, person: Customer, canaries: list[str]
) -> None:
    gone = {name: "http://127.0.0.1:1/crm" for name in ("CRM_URL", "LOYALTY_URL")}
    nowhere = Office(demo.systems, {**demo.environment, **gone, "OMS_URL": "sqlite:////nowhere/oms.sqlite"})
    async with nothing_is_told(nowhere, collector, json_lines, canaries) as witness:
        await witness.ask(f"query Q($v: String!) {{ customer(email: $v) {PERSON} }}", v=person.email)
        await witness.ask(f'{{ customers(search: "{person.last_name}") {{ nodes {PERSON} }} }}')
        await witness.ask('{ orders(first: 1) { nodes { number } } order(number: "O-00000001") { number } }')
    assert "UNAVAILABLE" in witness.errors[0]


@pytest.mark.parametrize("sql", ["x' or '1'='1", "%", "\x00"])
async def test_keys_that_no_system_likes(
    demo: Office, collector: Receiver, json_lines: Written, person: Customer, canaries: list[str], sql: str
) -> None:
    async with nothing_is_told(demo, collector, json_lines, canaries) as witness:
        value = f"{person.email}{sql}"
        await witness.ask("query Q($v: String!) { order(number: $v) { number } }", v=value)
        await witness.ask("query Q($v: String!) { customer(email: $v) { number } variant(sku: $v) { sku } }", v=value)
        await witness.ask("query Q($v: [String!]!) { variants(skus: $v) { name stock { onHand } } }", v=[value] * 3)
        await witness.ask("query Q { nope }")
