"""Keys that several systems translate, and which of several ways is taken."""

from __future__ import annotations

from typing import Any

from adapters.memory import UNREADABLE, MemoryAdapter, MemoryEntity, MemoryLookup
from adapters.spi import TimedOut
from tests.engine.estate import Estate

CRM = [{"number": "C1", "externalId": "X1", "givenName": "Ann", "loyaltyCard": "L1", "email": None}]


def source(name: str, records: list[dict[str, Any]], **batches: int) -> MemoryAdapter:
    """``batches``: of its lookups of customers, by name."""
    lookups = {by: MemoryLookup(batch=batch) for by, batch in batches.items()}
    return MemoryAdapter(name, {"Customer": MemoryEntity(records, lookups)})


def people(crm: MemoryAdapter, **others: MemoryAdapter) -> Estate:
    sources: Any = {"crm": (crm, "CRM"), **{name: (each, "LOYALTY") for name, each in others.items()}}
    given = {"Customer.phone": "loyalty"} if "till" in others else {}
    return Estate(sources, {"routes": {"Customer": "crm", **given}})


class TestToTheOwner:
    async def test_over_two_systems(self) -> None:
        graph = people(
            source("crm", CRM, externalId=50),
            loyalty=source("loyalty", [{"loyaltyCard": "L1", "email": "ann@x.test"}], loyaltyCard=50),
            portal=source("portal", [{"email": "ann@x.test", "externalId": "X1"}], email=50),
        )
        data = await graph.data(
            '{ a: customer(loyaltyCard: "L1") { number } b: customer(loyaltyCard: "L2") { number } }'
        )
        assert data == {"a": {"number": "C1"}, "b": None}
        assert [graph.calls(name) for name in ("loyalty", "portal", "crm")] == [
            [("Customer", "loyaltyCard", 2)],
            [("Customer", "email", 1)],
            [("Customer", "externalId", 1)],
        ]

    async def test_the_fewest_systems_then_the_fewest_calls(self) -> None:
        email = {"email": "ann@x.test"}
        graph = people(
            source("crm", CRM, externalId=1, number=50),
            slow=source("slow", [email | {"externalId": "X1"}], email=50),
            far=source("far", [email | {"loyaltyCard": "L1"}], email=50),
            near=source("near", [email | {"number": "C1"}], email=50),
        )
        assert (await graph.data('{ customer(email: "ann@x.test") { number } }'))["customer"] == {"number": "C1"}
        assert (graph.calls("slow"), graph.calls("far")) == ([], [])
        assert graph.calls("near") == [("Customer", "email", 1)]

    async def test_the_first_system_that_fails_is_told(self) -> None:
        graph = people(
            source("crm", CRM, externalId=50),
            portal=source("portal", [{"email": "ann@x.test", "externalId": "X1"}], email=50),
        )
        graph["portal"].down = TimedOut("portal", "slow")
        (error,) = (await graph.ask('{ customer(email: "ann@x.test") { number } }'))["errors"]
        assert (error["extensions"]["source"], error["extensions"]["code"]) == ("portal", "TIMED_OUT")


class TestContributions:
    """Loyalty knows the tills' key, and the tills know the groups."""

    def graph(self, loyalty: dict[str, Any], **lookups: int) -> Estate:
        crm = [{"number": "C1", "givenName": "Ann", "loyaltyCard": "L1"}]
        till = {"phone": "+491", "groups": ["GOLD"], "loyaltyCard": "L1"}
        return people(
            source("crm", crm, number=50),
            loyalty=source("loyalty", [loyalty], loyaltyCard=50),
            till=source("till", [till], **(lookups or {"phone": 50})),
        )

    async def test_by_a_key_that_another_contribution_gives(self) -> None:
        graph = self.graph({"loyaltyCard": "L1", "phone": "+491"})
        data = await graph.data('{ customer(number: "C1") { groups givenName phone } }')
        assert data["customer"] == {"groups": ["GOLD"], "givenName": "Ann", "phone": "+491"}
        assert graph.calls("till") == [("Customer", "phone", 1)]

    async def test_a_key_that_cannot_be_read_is_the_error_of_what_it_leads_to(self) -> None:
        graph = self.graph({"loyaltyCard": "L1", "phone": UNREADABLE})
        response = await graph.ask('{ customer(number: "C1") { groups } }')
        assert response["data"] == {"customer": {"groups": None}}
        (error,) = response["errors"]
        assert (error["path"], error["extensions"]["source"]) == (["customer", "groups"], "loyalty")

    async def test_the_owner_s_own_keys_are_taken_first(self) -> None:
        graph = self.graph({"loyaltyCard": "L1", "phone": "+491"}, phone=50, loyaltyCard=10)
        assert (await graph.data('{ customer(number: "C1") { groups } }'))["customer"] == {"groups": ["GOLD"]}
        assert (graph.calls("loyalty"), graph.calls("till")) == ([], [("Customer", "loyaltyCard", 1)])
