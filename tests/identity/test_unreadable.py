"""Keys that cannot be read or asked for: nobody's record is taken for another's, and errors say whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.memory import UNREADABLE, MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch
from adapters.spi import Unavailable
from tests.engine.estate import Estate

ONE = MemoryLookup()
FOUND = {"customers": MemorySearch({"search": lambda *_: True})}
Rows = Sequence[dict[str, Any]]

LINKS: Rows = [{"source": "crm", "value": "C7", "key": "C1", "linked": True}]


def person(number: Any, **more: Any) -> dict[str, Any]:
    return {"number": number, "kind": "PERSON", "givenName": None, "email": None, **more}


def estate(crm: Rows, clients: Rows = (), links: Rows = LINKS) -> Estate:
    lookups = {"externalId": ONE, "email": ONE}
    fields = frozenset({"externalId", "email", "givenName"})
    many = MemoryLookup(many=True)
    sources: Any = {
        "crm": (MemoryAdapter("crm", {"Customer": MemoryEntity(crm, {"number": ONE, "email": ONE}, FOUND)}), "CRM"),
        "pos": (MemoryAdapter("pos", {"Customer": MemoryEntity(clients, lookups, {}, fields)}), "POS"),
        "table": (
            MemoryAdapter("table", {"IdentityLink": MemoryEntity(links, {"source value": many, "key": many})}),
            "CRM",
        ),
    }
    words = {"sources": {"crm": "number", "pos": "externalId"}, "match": {"email": "email"}, "links": "table"}
    return Estate(sources, {"identity": {"Customer": words}})


async def test_two_whose_numbers_cannot_be_read_are_not_one() -> None:
    graph = estate([person(UNREADABLE, email="ann@x.test"), person(UNREADABLE, email="ben@x.test")])
    query = '{ a: customer(email: "ann@x.test") { email } b: customer(email: "ben@x.test") { email } }'
    response = await graph.ask(query)
    assert response["data"] == {"a": None, "b": None}
    assert {error["extensions"]["code"] for error in response["errors"]} == {"BAD_DATA"}
    data = await graph.data('{ customers(search: "any") { nodes { email } } }')
    assert data["customers"]["nodes"] == [{"email": "ann@x.test"}, {"email": "ben@x.test"}]


async def test_a_link_to_somebody_who_cannot_be_asked_for_is_that_error() -> None:
    graph = estate([person("C1", givenName="Ann"), person("C7", givenName="Anna")])
    graph["crm"].broken["Customer", "C1"] = Unavailable("crm")
    response = await graph.ask('{ customer(number: "C7") { givenName } }')
    assert response["data"] == {"customer": None}
    assert [error["extensions"]["code"] for error in response["errors"]] == ["UNAVAILABLE"]


async def test_on_a_page_such_a_record_stands_for_itself() -> None:
    graph = estate([person("C7", givenName="Anna"), person("C8", givenName="Ben")])
    graph["crm"].broken["Customer", "C1"] = Unavailable("crm")
    data = await graph.data('{ customers(search: "any") { nodes { number givenName } } }')
    assert data["customers"]["nodes"] == [
        {"number": "C7", "givenName": "Anna"},
        {"number": "C8", "givenName": "Ben"},
    ]


async def test_another_system_s_record_without_a_readable_key_is_not_taken() -> None:
    clients = [{"externalId": UNREADABLE, "email": "ann@x.test", "givenName": "Annie"}]
    graph = estate([person("C1", email="ann@x.test")], clients)
    response = await graph.ask('{ customer(number: "C1") { givenName externalIds { value } } }')
    assert response["data"] == {"customer": {"givenName": None, "externalIds": None}}
    assert {(error["extensions"]["code"], error["extensions"]["source"]) for error in response["errors"]} == {
        ("BAD_DATA", "pos")
    }


async def test_nor_one_without_a_key() -> None:
    clients = [{"externalId": None, "email": "ann@x.test", "givenName": "Annie"}]
    graph = estate([person("C1", email="ann@x.test")], clients, [])
    data = await graph.data('{ customer(number: "C1") { givenName externalIds { value } } }')
    assert data["customer"] == {"givenName": None, "externalIds": [{"value": "C1"}]}
