"""One customer over CRM, loyalty, tills and orders, which all know one person under other keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from gateway.engine import ids
from tests.identity.estate import People, Rows

ANN = ("C1", "P", "Ann", "Archer", "ann@example.test", None, "L-1")
ANN_AGAIN = ("C7", "P", "Anna", "Archer", "anna@work.test", "+4930999", None)
BEN = ("C2", "P", "Ben", "Baker", "ben@example.test", "0171 555 12 34", None)
CLAIRE = ("C3", "P", "Claire", "Cook", None, None, None)

ROWS: Rows = {
    "PERSON": [ANN, ANN_AGAIN, BEN, CLAIRE],
    "MEMBER": [
        ("L-1", "Annie", "old@example.test", "+4915111", "GOLD"),
        ("L-2", "Benny", "ben@example.test", "+491715551234", "SILVER"),
        ("L-9", "Zoe", "zoe@example.test", "+4977777", "BRONZE"),
    ],
    "CLIENT": [
        ("T-10", "L-1", "ann@example.test", "+4915111", "S1"),
        ("T-20", None, None, "+491715551234", "S2"),
    ],
    "ORDERS": [("O1", "C1", "C", "2026-01-01T10:00:00Z", 1), ("O7", "C7", "C", "2026-01-02T10:00:00Z", 1)],
}

Make = Callable[..., People]

IDS = "externalIds { source role value matchedOn }"


def linked(*rows: tuple[str, str, str, str]) -> Rows:
    return {**ROWS, "LINKS": rows}


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[Make]:
    made: list[People] = []

    def make(rows: Rows = ROWS, files: Mapping[str, str] | None = None) -> People:
        made.append(People(tmp_path, rows, files))
        return made[-1]

    yield make
    for each in made:
        await each.gateway.aclose()


async def ids_of(people: People, number: str) -> list[tuple[str, str, str | None]]:
    data = await people.data(f"query ($n: String!) {{ customer(number: $n) {{ {IDS} }} }}", n=number)
    return [(each["source"], each["value"], each["matchedOn"]) for each in data["customer"]["externalIds"]]


class TestMatching:
    async def test_the_strongest_rule_finds_each_system_s_record(self, people: Make) -> None:
        found = people()
        assert await ids_of(found, "C1") == [
            ("crm", "C1", None),
            ("loyalty", "L-1", "loyaltyCard"),
            ("pos", "T-10", "loyaltyCard"),
            ("oms", "C1", "number"),
        ]
        assert await ids_of(found, "C2") == [
            ("crm", "C2", None),
            ("loyalty", "L-2", "email"),
            ("pos", "T-20", "phone"),
            ("oms", "C2", "number"),
        ]
        assert await ids_of(found, "C3") == [("crm", "C3", None), ("oms", "C3", "number")]

    async def test_what_differs_under_a_stronger_rule_is_somebody_else(self, people: Make) -> None:
        """Two people share a telephone, but each has a card of their own."""
        rows = {**ROWS, "PERSON": [("C5", "P", "Eve", "East", None, "+4915111", "L-5")]}
        assert await ids_of(people(rows), "C5") == [("crm", "C5", None), ("oms", "C5", "number")]

    @pytest.mark.quirk("X4")
    async def test_a_link_overrules_the_rules(self, people: Make) -> None:
        found = people(linked(("loyalty", "L-9", "C2", "Y"), ("pos", "T-20", "C3", "Y")))
        assert await ids_of(found, "C2") == [("crm", "C2", None), ("loyalty", "L-9", "LINK"), ("oms", "C2", "number")]
        assert ("pos", "T-20", "LINK") in await ids_of(found, "C3")

    @pytest.mark.quirk("X4")
    async def test_so_does_an_unlink(self, people: Make) -> None:
        found = people(linked(("loyalty", "L-2", "C2", "N")))
        assert await ids_of(found, "C2") == [("crm", "C2", None), ("pos", "T-20", "phone"), ("oms", "C2", "number")]


class TestTwoRowsOfOnePerson:
    QUERY = "{ one: customer(number: $a) { id number givenName } other: customer(number: $b) { id number givenName } }"

    async def both(self, people: People) -> tuple[dict[str, Any], dict[str, Any]]:
        query = f"query ($a: String!, $b: String!) {self.QUERY}"
        data = await people.data(query, a="C1", b="C7")
        return data["one"], data["other"]

    @pytest.mark.quirk("X4")
    async def test_are_one_when_linked(self, people: Make) -> None:
        found = people(linked(("crm", "C7", "C1", "Y")))
        one, other = await self.both(found)
        assert one == other == {"id": ids.id_of("Customer", "C1"), "number": "C1", "givenName": "Ann"}
        assert ("crm", "C7", "LINK") in await ids_of(found, "C7")

    async def test_are_two_when_unlinked(self, people: Make) -> None:
        one, other = await self.both(people(linked(("crm", "C7", "C1", "N"))))
        assert (one["number"], other["number"]) == ("C1", "C7")

    async def test_every_way_leads_to_the_one(self, people: Make) -> None:
        """Also a reference of which nothing but the key is wanted."""
        found = people(linked(("crm", "C7", "C1", "Y")))
        old = ids.id_of("Customer", "C7")
        data = await found.data(
            """query ($old: ID!) { customer(email: "anna@work.test") { number } id: customer(id: $old) { id }
               node(id: $old) { id } order(number: "O7") { customer { number } }
               customers(search: "Archer") { nodes { number } } }""",
            old=old,
        )
        one = ids.id_of("Customer", "C1")
        assert data == {
            "customer": {"number": "C1"},
            "id": {"id": one},
            "node": {"id": one},
            "order": {"customer": {"number": "C1"}},
            "customers": {"nodes": [{"number": "C1"}]},
        }

    async def test_a_link_to_what_does_not_exist_is_none(self, people: Make) -> None:
        found = people(linked(("crm", "C7", "C404", "Y")))
        data = await found.data('{ customer(number: "C7") { number } }')
        assert data["customer"] == {"number": "C7"}


async def test_one_id_by_every_key(people: Make) -> None:
    found = people(linked(("pos", "T-20", "C3", "Y")))
    data = await found.data(
        """{ number: customer(number: "C1") { id } mail: customer(email: " ANN@example.TEST") { id }
             theirs: customer(email: "old@example.test") { id } card: customer(loyaltyCard: "L-1") { id }
             crm: customer(external: {source: "crm", value: "C1"}) { id }
             oms: customer(external: {source: "oms", value: "C1"}) { id }
             loyalty: customer(external: {source: "loyalty", value: "L-1"}) { id }
             pos: customer(external: {source: "pos", value: "T-10"}) { id }
             linked: customer(external: {source: "pos", value: "T-20"}) { number }
             nobody: customer(external: {source: "pos", value: "T-404"}) { id }
             nowhere: customer(external: {source: "erp", value: "C1"}) { id } }"""
    )
    one = {"id": ids.id_of("Customer", "C1")}
    assert data.pop("linked") == {"number": "C3"}
    assert (data.pop("nobody"), data.pop("nowhere")) == (None, None)
    assert list(data.values()) == [one] * len(data)


class TestSurvivorship:
    @pytest.mark.quirk("X5")
    async def test_each_field_is_the_first_source_s_that_has_a_value(self, people: Make) -> None:
        """The telephone of the loyalty programme before the CRM's; the CRM's own name before the nickname."""
        data = await people().data(
            """{ customer(number: "C2") { givenName phone loyalty { tier }
                 provenance { source fields { field source role } } } }"""
        )
        assert data["customer"] == {
            "givenName": "Ben",
            "phone": "+491715551234",
            "loyalty": {"tier": "SILVER"},  # by the card that only the loyalty programme knows
            "provenance": {
                "source": "crm",
                "fields": [{"field": "phone", "source": "loyalty", "role": "LOYALTY"}],
            },
        }

    async def test_a_source_that_cannot_change_the_record_is_not_asked(self, people: Make) -> None:
        response = await people().ask('{ customer(number: "C1") { givenName email } }')
        cost = response["extensions"]["cost"]["sources"]
        assert {source: spent["calls"] for source, spent in cost.items() if spent["calls"]} == {
            "crm": 1,
            "crosswalk": 1,
        }

    async def test_the_next_source_stands_in_for_one_that_fails(self, people: Make) -> None:
        found = people()
        found.lose("loyalty", "MEMBER")
        response = await found.ask('{ customer(number: "C1") { phone email } }')
        assert response["data"] == {"customer": {"phone": "+4915111", "email": "ann@example.test"}}
        assert "errors" not in response

    async def test_what_only_the_failed_one_has_is_an_error_of_that_field(self, people: Make) -> None:
        found = people()
        found.lose("loyalty", "MEMBER")
        response = await found.ask('{ customer(number: "C2") { givenName loyalty { tier } externalIds { source } } }')
        assert response["data"]["customer"] == {"givenName": "Ben", "loyalty": None, "externalIds": None}
        assert {(error["path"][1], error["extensions"]["source"]) for error in response["errors"]} == {
            ("loyalty", "loyalty"),
            ("externalIds", "loyalty"),
        }

    async def test_without_the_table_of_links_nobody_gets_another_s_data(self, people: Make) -> None:
        found = people()
        found.lose("crosswalk", "LINKS")
        response = await found.ask('{ customer(number: "C1") { givenName phone } }')
        assert response["data"]["customer"] == {"givenName": "Ann", "phone": None}
        assert response["errors"][0]["extensions"]["source"] == "crosswalk"


async def test_fifty_customers_cost_what_their_keys_cost(people: Make) -> None:
    numbers = [f"N{number:02}" for number in range(50)]
    rows = {
        "PERSON": [(no, "P", "A", "B", f"{no}@x.test".lower(), None, f"K{no}") for no in numbers],
        "MEMBER": [(f"K{no}", "M", f"{no}@x.test".lower(), f"+49{no[1:]}000000", "GOLD") for no in numbers],
        "CLIENT": [(f"T{no}", f"K{no}", None, None, None) for no in numbers],
    }
    response = await people(rows).ask(
        f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Customer {{ number phone {IDS} }} }} }}",
        ids=[ids.id_of("Customer", number) for number in numbers],
    )
    nodes = response["data"]["nodes"]
    assert [node["number"] for node in nodes] == numbers
    assert all(len(node["externalIds"]) == 4 and node["phone"] for node in nodes)
    cost = response["extensions"]["cost"]["sources"]
    links = ceil(50 / 100)
    assert {source: spent["calls"] for source, spent in cost.items()} == {
        "crm": ceil(50 / 20),
        "loyalty": ceil(50 / 25),  # by card
        "pos": ceil(50 / 10),  # by card
        "oms": 0,
        "crosswalk": 2 * links + 2 * links,  # by the CRM's keys, of the customers, and by the keys found in each system
    }
    assert all(spent["calls"] <= spent["worstCase"]["calls"] for spent in cost.values())
