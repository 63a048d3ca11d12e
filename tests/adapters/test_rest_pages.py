"""Pages that name the next one, by a token or a link; pages that end early; last pages that come again."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.conformance import SearchSample, conform
from adapters.spi import BadData, Rejected, Search
from tests.adapters.rest_system import Answer, Asked, connected, everything, page, system

ITEMS = [{"no": f"A{n:02}", "title": f"Item {n}"} for n in range(1, 24)]
SKUS = [row["no"] for row in ITEMS]

NAMES = frozenset({"sku", "name"})

SEARCH = """
aliases: ["http://localhost:18030/api"]
entities:
  Variant:
    key: sku
    fields: {sku: "no", name: title}
    search:
      all: {get: "/list{?q,PARAMS}", rows: items, page: PAGE, filters: {search: q}, limit: 50}
"""


def searched(params: str, page: str) -> str:
    return SEARCH.replace("PARAMS", params).replace("PAGE", page)


def by_token(asked: Asked) -> Any:
    """Pages of the asked size, at most five; where one ends at an even number, an empty one follows."""
    token = asked.given.get("cursor", "t0")
    start, size = int(token[1:]), min(int(asked.given["limit"]), 5)
    if token.startswith("e"):
        return {"items": [], "paging": {"next": f"t{start}"}}
    end = start + size
    return {"items": ITEMS[start:end], "paging": {"next": f"{'et'[end % 2]}{end}" if end < len(ITEMS) else ""}}


def by_link(asked: Asked) -> Any:
    """Four at a time, by absolute links with a host that nobody reaches."""
    start = int(asked.given.get("offset", 0))
    end = start + 4
    link = f"http://localhost:18030/api/list?offset={end}&q=%C3%A9%20x" if end < len(ITEMS) else None
    return {"items": ITEMS[start:end], "next": link}


def by_header(asked: Asked) -> Answer:
    """Relative links in a header; the last page names itself."""
    number = int(asked.given.get("page", 1))
    following = min(number + 1, 6)
    links = f'</list?page=1>; rel="first", </list?page={following}>; title="a, b"; rel="next last"'
    return Answer({"items": ITEMS[(number - 1) * 4 : number * 4]}, headers={"Link": links})


STYLES = [
    pytest.param(by_link, searched("x", "{next: next}"), id="link"),
    pytest.param(by_header, searched("x", "{link: next}"), id="header"),
]


@pytest.mark.quirk("R4")
@pytest.mark.parametrize("first", [1, 3, 4, 7, 23, 50])
@pytest.mark.parametrize(("answer", "words"), STYLES)
async def test_links_cover_everything_once(answer: Any, words: str, first: int) -> None:
    async with system(answer) as shop, connected(shop, words.replace("?q,x", "?q")) as adapter:
        assert await everything(adapter, first) == SKUS


@pytest.mark.quirk("R4")
@pytest.mark.parametrize("first", [2, 3, 5, 7, 23, 50])
async def test_tokens_cover_everything_once_over_short_and_empty_pages(first: int) -> None:
    words = searched("cursor,limit", "{token: cursor, next: paging.next, size: limit}")
    async with system(by_token) as shop, connected(shop, words) as adapter:
        assert await everything(adapter, first) == SKUS
        assert "cursor" not in shop.asked[0].given


@pytest.mark.parametrize(("answer", "words"), STYLES)
async def test_pages_by_links_keep_the_contract(answer: Any, words: str) -> None:
    async with system(answer) as shop, connected(shop, words.replace("?q,x", "?q")) as adapter:
        await conform(adapter, searches=[SearchSample("Variant", "all", page=3, count=23)])


@pytest.mark.quirk("R14")
async def test_a_link_with_another_host_is_followed_at_home() -> None:
    async with system(by_link) as shop, connected(shop, searched("x", "{next: next}").replace(",x", "")) as adapter:
        first = await page(adapter, 4)
        await page(adapter, 4, first.cursors[-1])
    assert shop.paths == ["/list", "/list?offset=4&q=%C3%A9%20x"]


@pytest.mark.quirk("R14")
@pytest.mark.parametrize(
    "link",
    [
        "http://evil.test/list?page=2",
        "http://localhost:18030/apix/list",
        "http://localhost:18030/api/../admin",
        "//evil.test/list",
        "file:///etc/passwd",
        "http://localhost:18030@evil.test/api/list",
        7,
    ],
)
async def test_a_link_that_leads_elsewhere_is_never_followed(link: Any) -> None:
    words = searched("x", "{next: next}").replace(",x", "")
    async with system(lambda asked: {"items": ITEMS[:4], "next": link}) as shop, connected(shop, words) as adapter:
        with pytest.raises(BadData, match="link"):
            await page(adapter, 9)
    assert len(shop.asked) == 1


async def test_a_cursor_that_this_search_did_not_make_is_refused() -> None:
    words = searched("cursor,limit", "{token: cursor, next: paging.next, size: limit}")
    other = words.replace("all: {get", "others: {get")
    async with system(by_token) as shop, connected(shop, words) as adapter, connected(shop, other) as another:
        cursor = (await page(adapter, 3)).cursors[-1]
        [foreign] = (await another.search(Search("Variant", "others", 1, NAMES))).pages[None].cursors
        tag, place = cursor[:22], cursor[22:]
        for forged in (foreign, "x", place, tag[::-1] + place, tag + place.swapcase()):
            with pytest.raises(Rejected, match="unreadable cursor"):
                await page(adapter, 3, forged)
    assert len(shop.asked) == 2


async def test_a_page_is_short_rather_than_made_of_very_many() -> None:
    """One row at a time: the page ends, the list does not."""

    def answer(asked: Asked) -> Any:
        start = int(asked.given.get("offset", 0))
        return {"items": ITEMS[start : start + 1], "next": f"/list?offset={start + 1}" if start < 22 else None}

    async with system(answer) as shop, connected(shop, searched("x", "{next: next}").replace(",x", "")) as adapter:
        most = adapter.capabilities["Variant"].searches["all"].calls
        found = await page(adapter, 20)
        assert (len(found.records), found.has_next, len(shop.asked)) == (most, True, most)
        assert await everything(adapter, 20) == SKUS


async def test_pages_in_a_circle_are_found_out() -> None:
    def answer(asked: Asked) -> Any:
        return {"items": [], "paging": {"next": {"a": "b", "b": "a"}.get(asked.given.get("cursor", ""), "a")}}

    words = searched("cursor", "{token: cursor, next: paging.next}")
    async with system(answer) as shop, connected(shop, words) as adapter:
        with pytest.raises(BadData, match="in a circle"):
            await page(adapter, 3)


@pytest.mark.quirk("R4")
async def test_a_system_that_says_itself_whether_there_is_more() -> None:
    """Exactly 23 rows in pages of 23: without its word a second page would be offered."""

    def answer(asked: Asked) -> Any:
        start, size = int(asked.given["skip"]), int(asked.given["take"])
        return {"items": ITEMS[start : start + size], "more": start + size < len(ITEMS)}

    words = searched("skip,take", "{offset: skip, limit: take, more: more}")
    async with system(answer) as shop, connected(shop, words) as adapter:
        assert not (await page(adapter, 23)).has_next
        assert (await page(adapter, 22)).has_next
        assert shop.asked[0].given["take"] == "23"


@pytest.mark.quirk("R5")
async def test_a_page_past_the_end_that_is_the_last_one_again_ends_the_list() -> None:
    def answer(asked: Asked) -> Any:
        number, size = int(asked.given["p"]), int(asked.given["n"])
        start = min(number - 1, (len(ITEMS) - 1) // size) * size
        return {"items": ITEMS[start : start + size]}

    async with system(answer) as shop, connected(shop, searched("p,n", "{number: p, size: n}")) as adapter:
        assert await everything(adapter, 1) == SKUS
        assert len(shop.asked) == 24
