"""The REST adapter against a shop with old habits: what is asked, what comes back, and the contract."""

from __future__ import annotations

import json
import logging
from time import monotonic
from typing import Any

import httpx
import pytest

from adapters.batching import Batched
from adapters.conformance import LookupSample, SearchSample, conform
from adapters.registration import Limits
from adapters.resilience import Resilient
from adapters.rest.build import build
from adapters.spi import Adapter, Key, Lookup, Rejected, Search, Unavailable, Unsupported
from cache.coalesced import Coalesced
from tests.adapters.rest_shop import REGISTRATION, TYPES, Shop, basic, registration
from tests.adapters.wire import JSON, sends, serve

LOOKUPS = [
    LookupSample("Variant", "sku", ["1", "7", "12", "23"], "99"),
    LookupSample("Variant", "name", ["Item 1", "Item 2"], "Item 99"),
    LookupSample("Price", "sku", ["1", "2", "4"], "8", empty="9"),
    LookupSample("Price", "channel", ["WEB", "STORE"], "KIOSK"),
    LookupSample("StockLevel", "sku locationCode", [("A1", "W1"), ("A2", "W3"), ("A4", "W1")], ("A1", "W9")),
    LookupSample("StockLevel", "locationCode sku", [("W1", "A1"), ("W3", "A2")], ("W9", "A2")),
    LookupSample("LoyaltyAccount", "cardNumber", ["29", "2912"], "30"),
    LookupSample("Order", "number", ["O11", "O24"], "O99"),
]


def searches(*parents: Key) -> list[SearchSample]:
    return [
        SearchSample("Variant", "byOffset", count=23),
        SearchSample("Variant", "byOffset", {"seasonal": True}, count=11),
        SearchSample("Variant", "sorted", count=23, ordered_by={"NAME": "sku", "PRICE": "sku", "RELEVANCE": "sku"}),
        SearchSample("Variant", "uncounted", count=23),
        SearchSample("Variant", "byNumber", count=23),
        SearchSample("Variant", "byNumberCounted", count=23),
        SearchSample("Variant", "whole", count=23),
        SearchSample("Variant", "posted", {"seasonal": False}, count=12),
        SearchSample("Order", "customer", parents=parents, count=11),
    ]


async def lookup(
    adapter: Adapter, entity: str, by: str, keys: list[Any], *fields: str, **arguments: Any
) -> dict[Key, Any]:
    request = Lookup(entity, by, keys, frozenset(fields), arguments, deadline=monotonic() + 5)
    result = await adapter.lookup(request)
    assert result.failed == {}
    return {
        key: [record.values for record in found] if isinstance(found, list) else found.values
        for key, found in result.found.items()
    }


# The contract


async def test_it_keeps_the_contract() -> None:
    findings = await conform(Shop().adapter(), LOOKUPS, searches("C0001"))
    assert len(findings) > 120


async def test_it_keeps_the_contract_in_all_its_wrappers() -> None:
    adapter = Batched(Coalesced(Resilient(Shop().adapter(), Limits())))
    await conform(adapter, LOOKUPS, searches("C0001"))
    result = await adapter.search(Search("Order", "customer", 3, frozenset(), parents=["C0002", "C0009", "C0001"]))
    assert {parent: len(page.records) for parent, page in result.pages.items()} == {"C0002": 3, "C0009": 0, "C0001": 3}


# Lookups


async def test_rows_find_their_keys_in_the_form_of_the_graph() -> None:
    shop = Shop()
    found = await lookup(shop.adapter(), "Variant", "sku", ["7", "99", "3"], "sku", "name", "weight", "seasonal")
    assert found == {
        "3": {"sku": "3", "name": "Item 3", "weight": "3.1", "seasonal": False},
        "7": {"sku": "7", "name": "Item 7", "weight": "7.1", "seasonal": False},
    }
    method, path, head, _ = shop.requests[0]
    assert (method, path) == ("GET", "/api/variants?no=000007&no=000099&no=000003")
    assert (head["x-api-key"], head["x-tenant"], head["accept"]) == ("secret", "eu", "application/json")
    assert head["user-agent"].startswith("crossdock")


async def test_a_key_that_has_no_form_is_not_asked_for() -> None:
    shop = Shop()
    assert await lookup(shop.adapter(), "Variant", "sku", ["12345678", "x" * 300], "sku") == {}
    assert shop.requests == []


async def test_many_rows_for_a_key_and_none() -> None:
    found = await lookup(Shop().adapter(), "Price", "sku", ["1", "9"], "amount", "channel")
    assert found == {
        "1": [
            {"amount": "10.99", "channel": "WEB"},
            {"amount": "11.99", "channel": "STORE"},
        ],
        "9": [],
    }


async def test_an_argument_is_a_variable_and_left_out_when_it_is_not_given() -> None:
    shop = Shop()
    adapter = shop.adapter()
    assert adapter.capabilities["Price"].lookups["sku"].arguments == {"channel"}
    found = await lookup(adapter, "Price", "sku", ["1"], "amount", channel="S")
    assert [row["amount"] for row in found["1"]] == ["11.99"]
    await lookup(adapter, "Price", "sku", ["1"], "amount", channel=None)
    assert [path for _, path, _, _ in shop.requests] == ["/api/prices?sku=1&chan=S", "/api/prices?sku=1"]
    with pytest.raises(Unsupported, match="argument country of lookup sku of Price"):
        await lookup(adapter, "Price", "sku", ["1"], "amount", country="DE")


async def test_composite_keys_one_item_per_key() -> None:
    shop = Shop()
    found = await lookup(shop.adapter(), "StockLevel", "sku locationCode", [("A2", "W3"), ("A9", "W1")], "onHand")
    assert found == {("A2", "W3"): {"sku": "A2", "locationCode": "W3", "onHand": "1.5"}}
    method, path, head, body = shop.requests[0]
    assert (method, path, head["content-type"]) == ("POST", "/api/stock", "application/json")
    pairs = [{"article": "A2", "plant": "W3"}, {"article": "A9", "plant": "W1"}]
    assert json.loads(body) == {"pairs": pairs, "all": False}


async def test_composite_keys_in_a_path() -> None:
    shop = Shop()
    await lookup(shop.adapter(), "StockLevel", "locationCode sku", [("W 3/", "A?2")], "onHand")
    assert shop.requests[0][1] == "/api/stock/W%203%2F/A%3F2"


@pytest.mark.quirk("R6")
async def test_an_object_by_key_whose_rows_do_not_say_their_key() -> None:
    shop = Shop()
    found = await lookup(shop.adapter(), "LoyaltyAccount", "cardNumber", ["2912", "30", "29"], "points")
    assert found == {"2912": {"cardNumber": "2912", "points": 4}, "29": {"cardNumber": "29", "points": 2}}
    assert json.loads(shop.requests[0][3]) == {"cards": ["2912", "30", "29"]}


@pytest.mark.quirk("R6")
async def test_that_object_is_a_list_when_it_is_empty() -> None:
    assert await lookup(Shop().adapter(), "LoyaltyAccount", "cardNumber", ["30"], "points") == {}


async def test_a_row_that_does_not_say_its_key_is_of_the_key_that_was_asked() -> None:
    found = await lookup(Shop().adapter(), "Order", "number", ["O11"], "status")
    assert found == {"O11": {"number": "O11", "status": "state of O11"}}


async def test_404_for_one_key_is_a_record_that_does_not_exist() -> None:
    assert await lookup(Shop().adapter(), "Order", "number", ["O99"], "status") == {}


async def test_404_for_a_batch_is_a_refusal_unless_it_is_registered_as_missing() -> None:
    nowhere = REGISTRATION.replace("/variants{?no*}", "/nowhere{?no*}")
    with pytest.raises(Rejected, match="HTTP 404"):
        await lookup(Shop().adapter(nowhere), "Variant", "sku", ["1"], "sku")
    registered = nowhere.replace("batch: 20", "batch: 20, missing: [404]")
    assert await lookup(Shop().adapter(registered), "Variant", "sku", ["1"], "sku") == {}


@pytest.mark.parametrize("key", ["\ud800", "x" * 256, 2**63])
async def test_a_key_that_cannot_be_sent_does_not_spoil_the_others(key: str | int) -> None:
    shop = Shop()
    found = await lookup(shop.adapter(), "LoyaltyAccount", "cardNumber", [key, "29"], "points")
    assert set(found) == {"29"}
    assert json.loads(shop.requests[0][3]) == {"cards": ["29"]}


@pytest.mark.parametrize("key", ["", ".", ".."])
async def test_a_key_that_would_be_another_path_is_not_asked_for(key: str) -> None:
    shop = Shop()
    assert await lookup(shop.adapter(), "Order", "number", [key], "status") == {}
    assert shop.requests == []


async def test_a_key_in_a_path_stays_in_its_place() -> None:
    shop = Shop()
    await lookup(shop.adapter(), "Order", "number", ["../admin?all=1#"], "status")
    assert shop.requests[0][1] == "/api/orders/..%2Fadmin%3Fall%3D1%23"


async def test_more_keys_than_a_batch_are_the_callers_mistake() -> None:
    with pytest.raises(Unsupported, match="more than 20 keys in one call"):
        await lookup(Shop().adapter(), "Variant", "sku", [str(key) for key in range(1, 22)], "sku")


# Login, reach, and what is never said


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"api_key": {"header": "X-Key", "value": "k1"}}, "x-key", "k1"),
        ({"bearer": "t1"}, "authorization", "Bearer t1"),
        ({"basic": {"username": "ann", "password": "pä:ss"}}, "authorization", basic("ann", "pä:ss")),
    ],
)
async def test_every_request_carries_the_login(auth: dict[str, Any], header: str, value: str) -> None:
    shop = Shop()
    words = registration(headers={"X-Api-Key": "secret"}, auth=auth)
    await build(words, TYPES, httpx.ASGITransport(shop)).ping()
    assert shop.requests[0][2][header] == value
    assert value.split()[-1] not in repr(words)
    assert "secret" not in repr(words)


async def test_any_answer_to_a_ping_is_an_answer() -> None:
    shop = Shop()
    await shop.adapter().ping()
    await shop.adapter(REGISTRATION.replace("ping: /health", "")).ping()
    assert [(method, path) for method, path, _, _ in shop.requests] == [("GET", "/api/health"), ("HEAD", "/api/")]


async def test_over_a_real_connection() -> None:
    row = b'[{"no": "000001", "title": "Item 1"}]'
    reply = JSON + b"Content-Length: %d\r\n\r\n" % (len(row) + 10) + b'{"items":' + row + b"}"
    async with serve(sends(reply, stay=True)) as wire:
        adapter = build(registration(url=wire.url), TYPES)
        assert (await lookup(adapter, "Variant", "sku", ["1"], "name"))["1"]["name"] == "Item 1"
        await adapter.aclose()
    assert wire.heads[0].startswith(b"GET /variants?no=000001 HTTP/1.1\r\n")


async def test_what_is_no_ascii_is_escaped() -> None:
    async with serve(sends(JSON + b'Content-Length: 12\r\n\r\n{"items":[]}')) as wire:
        text = REGISTRATION.replace("/prices{?sku*,chan}", "/prix à l'unité/50%25{?sku*,chan}&für=1")
        adapter = build(registration(text, url=wire.url), TYPES)
        assert await lookup(adapter, "Price", "sku", ["ä/1"], "amount") == {"ä/1": []}
        await adapter.aclose()
    assert wire.heads[0].startswith(b"GET /prix%20%C3%A0%20l'unit%C3%A9/50%25?sku=%C3%A4%2F1&f%C3%BCr=1 HTTP/1.1\r\n")


async def test_a_source_that_is_not_there() -> None:
    async with serve(sends(b"")) as wire:
        pass
    adapter = build(registration(url=wire.url), TYPES)
    with pytest.raises(Unavailable):
        await adapter.ping()
    with pytest.raises(Unavailable):
        await lookup(adapter, "Variant", "sku", ["1"], "name")
    await adapter.aclose()


async def test_no_value_of_a_request_or_reply_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    adapter = Shop().adapter()
    await lookup(adapter, "Variant", "sku", ["7"], "name")
    await adapter.search(Search("Variant", "byOffset", 3, frozenset(), filters={"seasonal": True}))
    assert "Variant.sku gave 1 rows more than one for a key" in caplog.text
    for value in ("000007", "Item", "flag", "secret", "http"):
        assert value not in caplog.text
