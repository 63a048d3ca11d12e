"""The REST adapter's searches: filters, parents, and how systems cut their lists into pages."""

from __future__ import annotations

import json
from time import monotonic
from typing import Any

import pytest

from adapters.spi import Adapter, BadData, Page, Rejected, Search, Sort, Unsupported
from tests.adapters.rest_shop import ITEMS, REGISTRATION, Shop


async def page(adapter: Adapter, name: str, first: int, *, entity: str = "Variant", **other: Any) -> Page:
    fields = frozenset({"sku"} if entity == "Variant" else {"number"})
    parents = other.get("parents")
    result = await adapter.search(Search(entity, name, first, fields, deadline=monotonic() + 5, **other))
    return result.pages[parents[0] if parents else None]


def skus(page: Page) -> list[int]:
    return [int(record.values["sku"]) for record in page.records]


async def test_pages_by_offset_with_a_total() -> None:
    shop = Shop()
    adapter = shop.adapter()
    capability = adapter.capabilities["Variant"].searches["byOffset"]
    assert (capability.limit, capability.total, set(capability.filters)) == (7, True, {"seasonal", "skus"})
    first = await page(adapter, "byOffset", 7)
    last = await page(
        adapter, "byOffset", 7, after=(await page(adapter, "byOffset", 2, after=first.cursors[6])).cursors[1]
    )
    assert (skus(first), first.has_next, first.total) == (list(range(1, 8)), True, 23)
    assert skus(last) == list(range(10, 17))
    assert [path for _, path, _, _ in shop.requests] == [
        "/api/list?skip=0&take=7",
        "/api/list?skip=7&take=2",
        "/api/list?skip=9&take=7",
    ]


async def test_without_a_total_one_record_more_tells_whether_there_is_a_next_page() -> None:
    shop = Shop()
    adapter = shop.adapter()
    after = None
    seen = []
    for _ in range(4):
        found = await page(adapter, "uncounted", 6, after=after)
        seen.append((skus(found), found.has_next, found.total))
        after = found.cursors[-1]
    assert seen[2:] == [(list(range(13, 19)), True, None), (list(range(19, 24)), False, None)]
    assert shop.requests[0][1] == "/api/list?skip=0&take=7"


async def test_filters_are_variables() -> None:
    shop = Shop()
    adapter = shop.adapter()
    assert skus(await page(adapter, "byOffset", 3, filters={"seasonal": True})) == [2, 4, 6]
    assert skus(await page(adapter, "byOffset", 3, filters={"skus": ["9", "11"], "seasonal": None})) == [9, 11]
    assert shop.requests[0][1] == "/api/list?flag=true&skip=0&take=3"
    assert shop.requests[1][1] == "/api/list?skip=0&take=3&nos=000009&nos=000011"
    with pytest.raises(Unsupported, match="filter name of search byOffset of Variant"):
        await page(adapter, "byOffset", 3, filters={"name": "x"})


async def test_one_of_no_values_finds_nothing_without_a_call() -> None:
    shop = Shop()
    found = await page(shop.adapter(), "byOffset", 3, filters={"skus": []})
    assert (found.records, found.has_next, shop.requests) == ((), False, [])


@pytest.mark.parametrize(
    ("sort", "first", "query"),
    [
        (None, 1, ""),
        (Sort("NAME"), 1, "&sort=no"),
        (Sort("NAME", reverse=True), 23, "&sort=-no"),
        (Sort("PRICE"), 1, "&by=kg&dir=asc"),
        (Sort("PRICE", reverse=True), 23, "&by=kg&dir=desc"),
        (Sort("RELEVANCE"), 1, "&sort=kg"),
    ],
    ids=str,
)
async def test_an_order_is_the_values_of_variables(sort: Sort | None, first: int, query: str) -> None:
    shop = Shop()
    found = await page(shop.adapter(), "sorted", 2, sort=sort)
    assert skus(found)[0] == first
    assert shop.requests[0][1] == f"/api/list?skip=0&take=2{query}"


async def test_an_order_goes_only_the_ways_that_are_registered() -> None:
    shop = Shop()
    with pytest.raises(Unsupported, match="shop does not declare sort RELEVANCE DESC of search sorted of Variant"):
        await page(shop.adapter(), "sorted", 2, sort=Sort("RELEVANCE", reverse=True))
    assert shop.requests == []


async def test_a_posted_search() -> None:
    shop = Shop()
    assert skus(await page(shop.adapter(), "posted", 3, filters={"seasonal": False})) == [1, 3, 5]
    assert json.loads(shop.requests[0][3]) == {"where": {"flag": False, "label": "$flag"}, "from": 0, "size": 4}
    await page(shop.adapter(), "posted", 3)
    assert json.loads(shop.requests[1][3])["where"] == {"label": "$flag"}


@pytest.mark.parametrize("name", ["byNumber", "byNumberCounted"])
async def test_pages_by_number_of_any_size_from_anywhere(name: str) -> None:
    adapter = Shop().adapter()
    everything = [row["title"] for row in ITEMS]
    assert len(everything) == 23
    for sizes in ([7, 7, 7, 7], [5, 3, 7, 2, 6, 7], [1, 7, 4, 7, 7], [6, 6, 6, 6]):
        seen: list[int] = []
        after = None
        for size in sizes:
            found = await page(adapter, name, size, after=after)
            seen += skus(found)
            after = found.cursors[-1]
            assert found.has_next == (len(seen) < 23)
            if not found.has_next:
                break
        assert seen == list(range(1, 24))


async def test_a_last_page_that_comes_again_is_the_end() -> None:
    """23 pages of one, all full: nothing but the repetition tells that the list has ended."""
    adapter = Shop().adapter()
    after = None
    seen: list[int] = []
    for _ in range(30):
        found = await page(adapter, "byNumber", 1, after=after)
        seen += skus(found)
        if not found.has_next:
            break
        after = found.cursors[-1]
    assert seen == list(range(1, 24))


async def test_a_system_that_does_not_know_its_pages_is_found_out() -> None:
    adapter = Shop().adapter(REGISTRATION.replace('"/list{?skip,take}"', '"/all{?skip,take}"'))
    with pytest.raises(BadData, match="expected at most 4 rows of one page, found 23"):
        await page(adapter, "uncounted", 3)


async def test_records_without_a_key_are_no_repetition() -> None:
    adapter = Shop().adapter(REGISTRATION.replace("from: no, form", "from: unknown, form"))
    first = await page(adapter, "byNumber", 4)
    assert first.cursors == ["0-0", "1-0", "2-0", "3-0"]
    assert len((await page(adapter, "byNumber", 4, after="3-0")).records) == 4


async def test_a_page_of_everything_may_be_large() -> None:
    adapter = Shop().adapter()
    assert adapter.capabilities["Variant"].searches["whole"].limit == 1000
    assert skus(await page(adapter, "whole", 1000)) == list(range(1, 24))


async def test_a_page_of_one_parent() -> None:
    shop = Shop()
    adapter = shop.adapter()
    found = await page(adapter, "customer", 3, entity="Order", parents=["C0002"])
    assert [record.values["number"] for record in found.records] == ["O21", "O22", "O23"]
    assert (found.has_next, found.total) == (True, 11)
    assert shop.requests[0][1] == "/api/customers/2/orders?skip=0&take=3"


async def test_a_parent_that_the_system_does_not_know_or_cannot_have_has_an_empty_page() -> None:
    shop = Shop()
    adapter = shop.adapter()
    for parent in ("C0009", "nobody"):
        found = await page(adapter, "customer", 3, entity="Order", parents=[parent])
        assert (list(found.records), found.has_next, found.total) == ([], False, 0)
    assert len(shop.requests) == 1


async def test_what_a_search_does_not_declare() -> None:
    adapter = Shop().adapter()
    for request, sentence in [
        (Search("Order", "customer", 3, frozenset()), "search customer of Order without parents"),
        (Search("Variant", "whole", 3, frozenset(), parents=["1"]), "search whole of Variant below parents"),
        (Search("Order", "customer", 3, frozenset(), parents=["C0001", "C0002"]), "more than 1 parent in one call"),
        (Search("Variant", "byOffset", 8, frozenset()), "a page of 8; at most 7"),
    ]:
        with pytest.raises(Unsupported, match=sentence):
            await adapter.search(request)
    assert (await adapter.search(Search("Order", "customer", 3, frozenset(), parents=[]))).pages == {}


@pytest.mark.parametrize("cursor", ["", "x", "5", "-1-ff", "99999999999999999999-1", "1-0; drop"])
async def test_a_cursor_of_somebody_else_is_refused(cursor: str) -> None:
    shop = Shop()
    with pytest.raises(Rejected) as raised:
        await page(shop.adapter(), "byOffset", 3, after=cursor)
    assert raised.value.message == "The cursor is none of this source's."
    assert shop.requests == []


async def test_a_filter_that_cannot_be_sent_finds_nothing() -> None:
    shop = Shop()
    for name in ("byOffset", "posted"):
        assert skus(await page(shop.adapter(), name, 3, filters={"seasonal": "\ud800"})) == []
    assert shop.requests == []
