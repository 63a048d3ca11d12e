"""Fields of an edge that are computed from its node and the arguments of its connection."""

from __future__ import annotations

from typing import Any

from adapters.memory import UNREADABLE, MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch
from tests.engine.estate import Estate

PEOPLE: list[dict[str, Any]] = [
    {"number": "C1", "givenName": "Ann", "familyName": "Archer", "email": "ann@x.test", "phone": "+49 555 1"},
    {"number": "C2", "givenName": "Anton", "familyName": "Baker", "email": UNREADABLE, "phone": None},
    {"number": "C3", "givenName": "Cem", "familyName": "Zander", "email": "annex@x.test", "phone": None},
]


def estate(*, cards: bool = False) -> Estate:
    rows = [person | ({"loyaltyCard": "29001"} if cards else {}) for person in PEOPLE]
    crm = MemoryAdapter(
        "crm",
        {
            "Customer": MemoryEntity(
                rows, {"number": MemoryLookup()}, {"customers": MemorySearch({"search": lambda *_: True})}
            )
        },
    )
    account = MemoryEntity([{"cardNumber": "29001", "points": 5}], {"cardNumber": MemoryLookup()})
    loyalty = MemoryAdapter("loyalty", {"LoyaltyAccount": account})
    sources: Any = {"crm": (crm, "CRM")} | ({"loyalty": (loyalty, "LOYALTY")} if cards else {})
    return Estate(sources)


async def test_each_of_its_own_node_under_any_name() -> None:
    data = await estate().data(
        """query ($text: String!) { customers(search: $text) { edges { why: matchedOn node { number } matchedOn }
             nodes { number } } other: customers(search: "Zan") { edges { matchedOn } } }""",
        text="ann",
    )
    assert data["customers"]["edges"] == [
        {"why": ["email", "name"], "node": {"number": "C1"}, "matchedOn": ["email", "name"]},
        {"why": [], "node": {"number": "C2"}, "matchedOn": []},  # what cannot be read says nothing
        {"why": ["email"], "node": {"number": "C3"}, "matchedOn": ["email"]},
    ]
    assert [edge["matchedOn"] for edge in data["other"]["edges"]] == [[], [], ["name"]]


async def test_what_it_is_computed_from_is_asked_for_and_what_is_not_served_is_left_out() -> None:
    graph = estate()
    await graph.data('{ customers(search: "a") { edges { matchedOn } } }')
    [asked] = graph["crm"].calls
    assert {"givenName", "familyName", "email", "phone"} <= asked.fields
    assert "loyaltyCard" not in asked.fields


async def test_a_key_that_the_node_holds_makes_no_call() -> None:
    graph = estate(cards=True)
    data = await graph.data('{ customers(search: "29001", first: 1) { edges { matchedOn } } }')
    assert data["customers"]["edges"] == [{"matchedOn": ["loyalty card"]}]
    assert graph.calls("loyalty") == []
