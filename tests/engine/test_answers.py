"""Whole answers are given again exactly while the systems' records, the clock and the request allow no other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import pytest
from graphql import get_introspection_query

from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup
from adapters.spi import Lookup, LookupResult, Principal
from cache.policy import Policy
from gateway.engine.answers import ONCE, Answers
from gateway.engine.context import Scope
from gateway.engine.request import Answer, OperationRequest
from gateway.runtime import Gateway
from tests.cache.shop import Clock
from tests.engine.estate import Estate, estate, pim, price, pricing, variant, wms

UNTIL_AT_HAND = 1
"""Requests: one is answered by the sources."""
UNTIL_KEPT = UNTIL_AT_HAND + 1

MINUTE = Policy(fresh=60, missing=60)
PRIVATE = Policy(fresh=60, private=True)
ALL: Mapping[str, Mapping[str, Policy]] = {
    "pim": {"Product": MINUTE, "Variant": MINUTE, "Category": MINUTE},
    "pricing": {"Price": MINUTE},
    "wms": {"StockLevel": MINUTE, "Location": MINUTE},
}

PAGE = "query ($sku: String!) { variant(sku: $sku) { name price { value { amount } } stock { onHand } } }"
PRICE = '{ variant(sku: "A11") { price { value { amount } } } }'


@dataclass
class Shop:
    """A gateway whose sources keep everything for a minute, on a clock that a test sets."""

    estate: Estate
    clock: Clock
    gateway: Gateway

    async def answer(self, query: str = PAGE, /, **more: Any) -> Answer:
        more.setdefault("variables", {"sku": "A11"} if "$sku" in query else {})
        return await self.gateway.execute(OperationRequest(query, **more))

    async def warmed(self, query: str = PAGE, /, **more: Any) -> Answer:
        """Asked so often that it is kept, if it ever is."""
        for _ in range(UNTIL_KEPT):
            answer = await self.answer(query, **more)
        return answer

    async def is_kept(self, query: str = PAGE, /, **more: Any) -> bool:
        return kept(await self.answer(query, **more))


def kept(answer: Answer) -> bool:
    assert answer.account is not None
    return answer.account.kept


def data(answer: Answer) -> Any:
    return json.loads(answer.body)["data"]


def running(
    sources: Mapping[str, MemoryAdapter] | None = None,
    policies: Mapping[str, Mapping[str, Policy]] = ALL,
    **settings: Any,
) -> Shop:
    given = {"pim": pim(), "pricing": pricing(), "wms": wms(), **(sources or {})}
    roles: Mapping[str, Any] = {"pim": "PIM", "pricing": "PRICING", "wms": "WMS", "erp": "ERP"}
    estate = Estate({name: (adapter, roles[name]) for name, adapter in given.items()}, settings)
    clock = Clock()
    return Shop(estate, clock, Gateway(replace(estate.composition, policies=policies), clock=clock))


@pytest.fixture
def shop() -> Shop:
    return running()


# ------------------------------------------------------------ given again


async def test_what_is_asked_again_gets_the_same_bytes_and_counts_as_kept(shop: Shop) -> None:
    made = [await shop.answer() for _ in range(UNTIL_KEPT)]
    given = await shop.answer()
    assert [kept(answer) for answer in made] == [False] * UNTIL_KEPT
    assert kept(given)
    assert {answer.body for answer in (*made, given)} == {given.body}
    assert given.account is not None
    assert {(step.source, step.tally.hits, step.tally.calls, step.seconds) for step in given.account.steps} == {
        ("pim", 1, 0, 0.0),
        ("pricing", 1, 0, 0.0),
        ("wms", 1, 0, 0.0),
    }
    assert len(shop.estate["pim"].calls) == 1


@pytest.mark.parametrize(
    "query",
    [
        '{ variants(skus: ["A11", "A12", "nope"]) { sku name options { code value } taxClass } }',
        '{ variants(skus: ["A11", "A12"]) { name price { value { amount } } stock { onHand location { name } } } }',
        "{ products(first: 3) { nodes { name attributes { code value } variants { nodes { sku } } } totalCount } }",
        '{ variant(sku: "A11") { options { value v: value } product { code categories { name } } } }',
    ],
)
async def test_what_is_made_of_records_at_hand_is_always_the_same(query: str) -> None:
    bare = await estate().answer(query)
    shop = running(cache={"answers": 0})
    assert {(await shop.answer(query)).body for _ in range(5)} == {bare.body}


async def test_what_comes_once_while_all_is_at_hand_is_not_kept(shop: Shop) -> None:
    await shop.warmed(f"# another text\n{PAGE}")
    assert not await shop.is_kept()
    assert not await shop.is_kept()
    assert await shop.is_kept()


SCHEMA = "{ __schema { queryType { name } } }"


@pytest.mark.parametrize("query", [SCHEMA, "{ __typename }", "{ ...T } fragment T on Query { t: __typename }"])
@pytest.mark.parametrize("size", [0, "1 MiB"])
async def test_what_needs_no_source_is_kept_with_its_plan_when_it_comes_again(query: str, size: Any) -> None:
    shop = running(cache={"answers": size})
    once = await shop.answer(query)
    weight = shop.gateway.engine.documents.recent.weight
    again = await shop.answer(query)
    assert shop.gateway.engine.documents.recent.weight == weight + len(again.body)
    shop.clock.now += 1_000_000
    given = await shop.answer(query, principal=Principal("bob"))
    assert [kept(answer) for answer in (once, again, given)] == [False, False, True]
    assert once.body == again.body == given.body


async def test_what_is_asked_of_the_graph_with_other_variables_is_another_answer() -> None:
    shop = running(cache={"answers": 0})
    typed = "query ($name: String!) { __type(name: $name) { name } }"
    chosen = "query ($with: Boolean = true) { __typename b: __typename @include(if: $with) }"
    for _ in range(3):
        for name in ("Product", "Variant"):
            assert data(await shop.answer(typed, variables={"name": name})) == {"__type": {"name": name}}
        for given, keys in (({}, ["__typename", "b"]), ({"with": False}, ["__typename"])):
            assert list(data(await shop.answer(chosen, variables=given))) == keys
    assert [await shop.is_kept(chosen), await shop.is_kept(typed, variables={"name": "Product"})] == [True, False]
    refused = await shop.answer(chosen, variables={"with": 1})
    assert not refused.executed


async def test_an_answer_that_leaves_no_room_for_its_plan_is_kept_elsewhere_or_made_each_time() -> None:
    small = running(cache={"answers": 0, "documents": "200 KiB"})
    usual = running(cache={"answers": 0})
    beside = running(cache={"answers": "1 MiB", "documents": "200 KiB"})
    for shop, both in ((small, False), (usual, True), (beside, True)):
        _, made, given = [await shop.answer(get_introspection_query()) for _ in range(3)]
        assert given.body == made.body and given.account is not None
        assert (given.account.plan, kept(given)) == ("hit", both)
    documents = [shop.gateway.engine.documents.recent.weight for shop in (small, usual)]
    assert documents[1] - documents[0] == len(given.body)


async def test_where_one_system_is_not_cached_nothing_is_kept() -> None:
    shop = running(policies={**ALL, "wms": {}})
    await shop.warmed()
    assert not await shop.is_kept()
    await shop.warmed(PRICE)
    assert await shop.is_kept(PRICE)


@pytest.mark.parametrize("route", [["pricing", "erp"], {"merge": ["pricing", "erp"]}], ids=["fallback", "merge"])
async def test_what_a_route_combines_is_kept_while_all_of_it_is_fresh(route: Any) -> None:
    erp = MemoryAdapter("erp", prices([price("A11", "9.90", customerGroup="STAFF")]))
    policies = {**ALL, "erp": {"Price": Policy(fresh=30)}}
    shop = running({"erp": erp}, policies, routes={"Price": route})
    await shop.warmed(PRICE)
    shop.clock.now += 29
    assert await shop.is_kept(PRICE)
    shop.clock.now += 1
    first_alone = route == ["pricing", "erp"]  # it has a price, so that nobody asks the other
    assert await shop.is_kept(PRICE) == first_alone


async def test_a_list_without_pages_is_kept_with_all_the_calls_that_it_takes(shop: Shop) -> None:
    query = "{ categories { code } }"
    await shop.warmed(query)
    answer = await shop.answer(query)
    assert kept(answer)
    assert data(answer) == {"categories": [{"code": "K1"}, {"code": "K2"}]}
    assert len(shop.estate["pim"].calls) == 2


async def test_pages_are_kept_by_everything_that_is_asked_of_them(shop: Shop) -> None:
    query = "query ($first: Int!) { products(first: $first) { nodes { code } pageInfo { endCursor } } }"
    two = await shop.warmed(query, variables={"first": 2})
    three = await shop.warmed(query, variables={"first": 3})
    assert await shop.is_kept(query, variables={"first": 2})
    assert [len(data(answer)["products"]["nodes"]) for answer in (two, three)] == [2, 3]
    assert data(await shop.answer(query, variables={"first": 3})) == data(three)


# ------------------------------------------------------------ what ends it


async def test_it_ends_with_the_first_of_its_records_to_expire(shop: Shop) -> None:
    await shop.answer(PRICE)
    shop.clock.now += 30
    await shop.warmed()
    shop.clock.now += 29.5
    assert await shop.is_kept()
    shop.clock.now += 0.5
    assert not await shop.is_kept()


@pytest.mark.parametrize("entity", ["Variant", "Price", "Product"])
async def test_it_ends_when_anything_at_hand_is_made_invalid(shop: Shop, entity: str) -> None:
    await shop.warmed()
    shop.estate["pim"].entities["Variant"].records[0]["name"] = "New"
    await shop.gateway.invalidate(entity)
    answer = await shop.answer()
    assert not kept(answer)
    assert data(answer)["variant"]["name"] == ("New" if entity == "Variant" else "Variant A11")


async def test_what_was_made_before_something_became_invalid_is_not_kept() -> None:
    turn = 0
    answers = Answers(1_000_000, lambda: turn, Clock())
    question = answers.question(OperationRequest("{ a }"), SCOPE)
    assert question is not None
    for _ in range(2):
        answers.keep(question, Answer(b"old", True), until=inf, turn=0)
    assert answers.get(question) is not None
    turn = 1
    assert answers.get(question) is None
    answers.keep(question, Answer(b"old", True), until=inf, turn=0)
    assert answers.get(question) is None


@pytest.mark.parametrize("starts", [True, False], ids=["validFrom", "validTo"])
async def test_a_price_holds_until_the_next_instant_that_may_change_it(starts: bool) -> None:
    rows = [price("A11", "19.90"), price("A11", "9.90", channel="WEB", validFrom=at(20), validTo=at(40))]
    shop = running({"pricing": MemoryAdapter("pricing", prices(rows))}, defaults={"channel": "WEB", "currency": "EUR"})
    before, during = ("19.90", "9.90") if starts else ("9.90", "19.90")
    shop.clock.now += 0 if starts else 20
    await shop.warmed(PRICE)
    shop.clock.now += 19.5
    answer = await shop.answer(PRICE)
    assert (kept(answer), amount(answer)) == (True, before)
    shop.clock.now += 0.5
    answer = await shop.answer(PRICE)
    assert (kept(answer), amount(answer)) == (False, during)


async def test_a_price_at_a_given_instant_does_not_depend_on_the_clock() -> None:
    rows = [price("A11", "19.90", validTo=at(20)), price("A11", "9.90", validFrom=at(20))]
    shop = running({"pricing": MemoryAdapter("pricing", prices(rows))})
    query = f'{{ variant(sku: "A11") {{ price(context: {{at: "{at(10)}"}}) {{ value {{ amount }} }} }} }}'
    await shop.warmed(query)
    shop.clock.now += 30
    answer = await shop.answer(query)
    assert (kept(answer), amount(answer)) == (True, "19.90")


async def test_what_tells_the_instant_itself_is_never_kept(shop: Shop) -> None:
    shop.estate["wms"].entities["StockLevel"].records.clear()
    query = '{ variant(sku: "A11") { availability { status provenance { asOf } } } }'
    answer = await shop.warmed(query)
    assert data(answer)["variant"]["availability"]["status"] == "UNKNOWN"
    assert not await shop.is_kept(query)
    shop.clock.now += 1
    assert (await shop.answer(query)).body != answer.body


# ------------------------------------------------------------ whose it is


async def test_another_caller_gets_an_answer_of_its_own() -> None:
    shop = running({"pim": Personal()}, {**ALL, "pim": {"Variant": PRIVATE}})
    query = '{ variant(sku: "A11") { name } }'
    for name in ("ann", "bob"):
        await shop.warmed(query, principal=Principal(name))
    for name in ("ann", "bob"):
        answer = await shop.answer(query, principal=Principal(name))
        assert kept(answer)
        assert data(answer) == {"variant": {"name": f"for {name}"}}


@pytest.mark.parametrize(
    ("header", "value", "changed"),
    [("x-group", "GOLD", {"price": "17.50"}), ("accept-language", "de-CH, en;q=0.5", {"name": "Ding 1"})],
)
async def test_what_a_header_sets_makes_another_answer(header: str, value: str, changed: Mapping[str, str]) -> None:
    shop = running(headers={"X-Group": "customer_group", "Accept-Language": "locale"})
    query = '{ variant(sku: "A11") { price { value { amount } } product { name } } }'

    def seen(answer: Answer) -> dict[str, str]:
        found = data(answer)["variant"]
        return {"price": found["price"]["value"]["amount"], "name": found["product"]["name"]}

    usual = {"price": "19.90", "name": "Thing 1"}
    assert seen(await shop.warmed(query)) == usual
    assert seen(await shop.warmed(query, headers={header: value})) == usual | changed
    assert seen(await shop.answer(query, headers={"x-other": "1"})) == usual
    assert await shop.is_kept(query, headers={"x-other": "1"})
    assert await shop.is_kept(query, headers={header: value})


async def test_a_header_that_cannot_be_is_refused_whatever_is_kept() -> None:
    shop = running(headers={"X-Currency": "currency"})
    for query in (PAGE, "{ __typename }"):
        await shop.warmed(query)
        answer = await shop.answer(query, headers={"x-currency": "much"})
        assert not answer.executed
        assert not kept(answer)


@pytest.mark.parametrize(
    ("one", "other"),
    [({"n": 1}, {"n": 2}), ({"n": None}, {}), ({"b": True}, {"b": False}), ({"s": "1"}, {"s": "true"})],
)
async def test_other_variables_are_another_question(
    shop: Shop, one: Mapping[str, Any], other: Mapping[str, Any]
) -> None:
    query = (
        "query ($n: Int = 7, $b: Boolean = true, $s: String) {"
        " a: products(first: $n, after: $s) { nodes { code } } b: __typename @include(if: $b) }"
    )
    alone = [await running().answer(query, variables=each) for each in (one, other)]
    for each in (one, other):
        await shop.warmed(query, variables=each)
    assert [(await shop.answer(query, variables=each)).body for each in (one, other)] == [each.body for each in alone]


async def test_operations_of_one_document_are_kept_apart(shop: Shop) -> None:
    query = "query A { a: __typename } query B { b: __typename }"
    for name in "AB":
        await shop.warmed(query, operation_name=name)
    assert [data(await shop.answer(query, operation_name=name)) for name in "AB"] == [{"a": "Query"}, {"b": "Query"}]
    assert not (await shop.answer(query)).executed


# ------------------------------------------------------------ what is never kept


async def test_answers_with_errors_are_made_anew_for_each_request(shop: Shop) -> None:
    shop.estate["pim"].entities["Variant"].records[0]["options"] = [{"code": None, "label": "Size", "value": "M"}]
    query = '{ variant(sku: "A11") { options { code } } }'
    await shop.warmed(query)
    for number in ("r1", "r2"):
        answer = await shop.answer(query, request_id=number)
        assert not kept(answer)
        assert json.loads(answer.body)["errors"][0]["extensions"]["requestId"] == number


@pytest.mark.parametrize("word", ["trace", "cost"])
async def test_what_an_operation_took_is_told_of_one_that_was_run(shop: Shop, word: str) -> None:
    for query in (PAGE, "{ __typename }"):
        await shop.warmed(query, extensions={word: True})
        assert not await shop.is_kept(query)
        await shop.warmed(query)
        answer = await shop.answer(query, extensions={word: True})
        assert not kept(answer)
        assert word in json.loads(answer.body)["extensions"]
    assert await shop.is_kept(extensions={word: False, "persistedQuery": {"version": 1}})


async def test_variables_that_are_not_json_are_answered_all_the_same(shop: Shop) -> None:
    query = "query ($skus: [String!]!) { variants(skus: $skus) { name } }"
    answer = await shop.warmed(query, variables={"skus": frozenset({"A11"})})
    assert data(answer) == {"variants": [{"name": "Variant A11"}]}
    assert not await shop.is_kept(query, variables={"skus": frozenset({"A11"})})


# ------------------------------------------------------------ how much


async def test_memory_is_bounded_and_what_is_asked_for_stays() -> None:
    answers = Answers(100_000, clock=Clock())
    held = []
    for number in range(300):
        question = answers.question(OperationRequest("{ a }", variables={"n": number}), SCOPE)
        assert question is not None
        for _ in range(2):
            answers.keep(question, Answer(bytes(1000), True), until=inf, turn=0)
        assert answers.get(question) is not None
        held.append(question)
        assert answers.get(held[0]) is not None
    assert 40 < sum(answers.get(question) is not None for question in held) < 50


async def test_what_came_once_is_forgotten_some_day() -> None:
    answers = Answers(100_000, clock=Clock())
    for number in range(2 * ONCE):
        question = answers.question(OperationRequest("{ a }", variables={"n": number}), SCOPE)
        assert question is not None
        answers.keep(question, Answer(b"", True), until=inf, turn=0)
    assert answers.remembered <= ONCE


async def test_with_no_memory_nothing_is_kept() -> None:
    shop = running(cache={"answers": 0})
    await shop.warmed()
    assert not await shop.is_kept()


SCOPE = Scope(None, "EUR", None, None, None, "en")


class Personal(MemoryAdapter):
    """Tells each caller its own name."""

    def __init__(self) -> None:
        super().__init__("pim", {"Variant": MemoryEntity([variant("A11")], {"sku": MemoryLookup()})})

    async def lookup(self, request: Lookup) -> LookupResult:
        found = await super().lookup(request)
        for record in found.found.values():
            record.values["name"] = {"en": f"for {request.principal.name}"}
        return found


def prices(rows: list[dict[str, Any]]) -> dict[str, MemoryEntity]:
    return {"Price": MemoryEntity(rows, {"sku": MemoryLookup(many=True)})}


def at(seconds: int) -> str:
    """An instant so long after the clock's first one, which is 2027-01-15T08:00:00Z."""
    return f"2027-01-15T08:00:{seconds:02}Z"


def amount(answer: Answer) -> str:
    found: str = data(answer)["variant"]["price"]["value"]["amount"]
    return found
