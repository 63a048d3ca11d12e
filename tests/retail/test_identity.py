"""One customer over CRM (SOAP), loyalty (REST), tills and the table of links (SQL), as the demo has them."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest

from examples.backoffice.world import World
from gateway.engine import ids
from tests.retail.running import Calls, Client

IDS = "externalIds { source role value matchedOn }"


def number(customer: int) -> str:
    return f"C{customer:06}"


@pytest.fixture
def linked(world: World) -> tuple[int, int]:
    """A customer, and the number that the call centre has linked to it."""
    link = next(link for link in world.links if link.source == "crm")
    return link.customer, int(link.value[1:])


async def test_two_rows_of_one_person_are_one_when_linked(client: Client, linked: tuple[int, int]) -> None:
    first, second = linked
    data = await client.data(
        f"""query ($a: String!, $b: String!) {{
              a: customer(number: $a) {{ ...all }} b: customer(number: $b) {{ ...all }} }}
            fragment all on Customer {{ id number email {IDS} orders(first: 50) {{ nodes {{ number }} }} }}""",
        a=number(first),
        b=number(second),
    )
    assert data["a"] == data["b"]
    assert data["a"]["id"] == ids.id_of("Customer", number(first))
    assert {"source": "crm", "role": "CRM", "value": number(second), "matchedOn": "LINK"} in data["a"]["externalIds"]


async def test_and_two_when_not(client: Client, world: World) -> None:
    seconds = {int(link.value[1:]) for link in world.links if link.source == "crm"}
    second, first = next(pair for pair in world.twins.items() if pair[0] not in seconds)
    data = await client.data(
        "query ($a: String!, $b: String!) { a: customer(number: $a) { ...who } b: customer(number: $b) { ...who } }"
        " fragment who on Customer { number displayName }",
        a=number(first),
        b=number(second),
    )
    assert (data["a"]["number"], data["b"]["number"]) == (number(first), number(second))
    assert data["a"]["displayName"] == data["b"]["displayName"]


async def test_orders_under_either_number_are_one_list(client: Client, world: World, linked: tuple[int, int]) -> None:
    """Web orders of both numbers and till receipts, page by page."""
    query = """query ($number: String!, $after: String) { customer(number: $number) {
        orders(first: 4, after: $after) { totalCount nodes { number } pageInfo { hasNextPage endCursor } } } }"""
    found: list[str] = []
    after, more = None, True
    while more:
        page = (await client.data(query, number=number(linked[1]), after=after))["customer"]["orders"]
        found += [node["number"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert len(page["nodes"]) == 4 or not more
    web = [(order.placed, f"O-{order.number:08}") for each in linked for order in world.orders.of_customer(each)]
    till = [(receipt.at, receipt.number) for each in linked for receipt in world.receipts.of_customer(each)]
    assert all(world.orders.of_customer(each) for each in linked)
    assert found == [each for _, each in sorted([*web, *till], reverse=True)]
    assert page["totalCount"] == len(found)


async def test_every_key_leads_to_the_one(client: Client, world: World, linked: tuple[int, int]) -> None:
    first, second = (world.customers[each - 1] for each in linked)
    [till] = [each for each in world.clients if each.customer == first.number]
    data = await client.data(
        """query ($old: String!, $mail: String!, $card: String!, $till: String!, $id: ID!) {
             old: customer(number: $old) { id } mail: customer(email: $mail) { id }
             card: customer(loyaltyCard: $card) { id } id: customer(id: $id) { id }
             till: customer(external: {source: "pos", value: $till}) { id }
             oms: customer(external: {source: "oms", value: $old}) { id } }""",
        old=number(second.number),
        mail=second.email.upper(),
        card=first.card,
        till=till.number,
        id=ids.id_of("Customer", number(second.number)),
    )
    assert list(data.values()) == [{"id": ids.id_of("Customer", number(first.number))}] * 6


async def test_a_card_that_only_the_loyalty_programme_knows(client: Client, world: World) -> None:
    member = next(each for each in world.members.values() if not world.customers[each.customer - 1].card)
    query = f"""query ($number: String!) {{ customer(number: $number) {{ loyalty {{ cardNumber points }} phone {IDS}
                provenance {{ source fields {{ field source role }} }} }} }}"""
    customer = (await client.data(query, number=number(member.customer)))["customer"]
    assert customer["loyalty"] == {"cardNumber": member.card, "points": world.accounts[member.card].points}
    assert customer["phone"] == member.phone
    assert {"field": "phone", "source": "loyalty", "role": "LOYALTY"} in customer["provenance"]["fields"]
    found = {"source": "loyalty", "role": "LOYALTY", "value": member.card, "matchedOn": "email"}
    assert found in customer["externalIds"]
    by_card = await client.data("query ($card: String!) { customer(loyaltyCard: $card) { number } }", card=member.card)
    assert by_card["customer"]["number"] == number(member.customer)


async def test_what_the_call_centre_decided_goes_before_what_looks_alike(client: Client, world: World) -> None:
    misheard = next(link for link in world.links if link.source == "pos" and link.linked)
    household = next(link for link in world.links if link.source == "pos" and not link.linked)
    query = "query ($number: String!) { customer(number: $number) { externalIds { source value matchedOn } } }"

    async def tills(customer: int) -> list[dict[str, Any]]:
        data = await client.data(query, number=number(customer))
        return [each for each in data["customer"]["externalIds"] if each["source"] == "pos"]

    assert await tills(misheard.customer) == [{"source": "pos", "value": misheard.value, "matchedOn": "LINK"}]
    assert await tills(household.customer) == []


async def test_fifty_customers_of_all_systems_cost_what_their_keys_cost(
    client: Client, calls: Calls, world: World
) -> None:
    """All have a card and a client by it; some have a second number, by which nobody asks here."""
    carded = {client.customer for client in world.clients if client.card}
    numbers = [each for each in range(101, 300) if each in carded][:50]
    data = await client.data(
        f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Customer {{ number phone {IDS} }} }} }}",
        ids=[ids.id_of("Customer", number(each)) for each in numbers],
    )
    assert [node["number"] for node in data["nodes"]] == [number(each) for each in numbers]
    assert all(
        {"crm", "loyalty", "pos", "oms"} == {each["source"] for each in node["externalIds"]} for node in data["nodes"]
    )

    def batches(source: str, lookup: str, entity: str = "Customer") -> int:
        return ceil(50 / client.batch(source, entity, lookup))

    links = batches("crosswalk", "source value", "IdentityLink")
    assert calls.counted() == {
        "crm": {"GetCustomers": batches("crm", "number")},
        "loyalty": {"POST /members/query": batches("loyalty", "loyaltyCard")},
        "sql": {
            "CLIENT": batches("pos", "loyaltyCard"),
            "LINK": 3 * links + batches("crosswalk", "key", "IdentityLink"),
        },
    }


async def test_a_search_shows_one_person_once(client: Client, world: World, linked: tuple[int, int]) -> None:
    first = world.customers[linked[0] - 1]
    search = f"{first.first_name} {first.last_name}"
    data = await client.data(
        "query ($search: String!) { customers(search: $search, first: 50) { nodes { number } } }", search=search
    )
    found = [node["number"] for node in data["customers"]["nodes"]]
    assert number(first.number) in found
    assert number(linked[1]) not in found
    assert len(found) == len(set(found))


async def test_a_search_tells_what_it_matched(client: Client, world: World) -> None:
    customer = next(each for each in world.customers if each.card and each.phone and not each.company)
    searched = {
        "name": f"{customer.last_name} {customer.first_name}".upper(),
        "email": customer.email[:-4],
        "phone": customer.phone,
        "loyalty card": customer.card,
    }
    for what, text in searched.items():
        data = await client.data(
            "query ($text: String!) { customers(search: $text) { edges { matchedOn node { number } } } }", text=text
        )
        found = {edge["node"]["number"]: edge["matchedOn"] for edge in data["customers"]["edges"]}
        assert found[number(customer.number)] == [what]
