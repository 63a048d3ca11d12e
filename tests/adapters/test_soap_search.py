"""Searches: pages of every style, totals, cursors, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from starlette.responses import Response

from adapters.spi import Page, Rejected, Search, Unsupported
from tests.adapters.soap_shop import SHOP, Heard, Shop, item, items, source, write, xml

SKUS = [f"A{number}" for number in range(10)]


def shelf(heard: Heard) -> Response:
    """A search over ten items that gives at most six rows per call."""
    root = etree.fromstring(heard.body)
    skip, take = (
        int(root.findtext(f".//{{{SHOP}}}{name}") or default) for name, default in (("Skip", 0), ("Take", 99))
    )
    rows = SKUS[skip : skip + min(take, 6)] if b"Take" in heard.body else SKUS
    return xml(items(*(item(sku) for sku in rows), more="<Count>10</Count>"))


async def pages(tmp_path: Path, first: int, **words: Any) -> list[Page]:
    search = {"operation": "GetItems", "rows": "Items.Item", "limit": 6, **words}
    made = Shop(shelf).adapter(source(write(tmp_path), {"search": {"all": search}}))
    found: list[Page] = []
    after = None
    while not found or found[-1].has_next:
        request = Search("Item", "all", first, frozenset({"sku"}), after)
        found.append((await made.search(request)).pages[None])
        after = found[-1].cursors[-1]
    return found


@pytest.mark.parametrize(
    ("words", "total", "seen"),
    [
        ({"arguments": {"Skip": "$offset", "Take": "$first"}}, None, 10),
        ({"arguments": {"Skip": "$offset", "Take": "$first"}, "total": "Count"}, 10, 10),
        ({"arguments": {"Take": "$first"}}, None, 6),
        ({}, 10, 10),
    ],
)
@pytest.mark.parametrize("first", [1, 4, 5])
async def test_pages_of_every_style_show_everything_once(
    tmp_path: Path, words: dict[str, Any], total: int | None, seen: int, first: int
) -> None:
    found = await pages(tmp_path, first, **words)
    assert [record.values["sku"] for page in found for record in page.records] == SKUS[:seen]
    assert {page.total for page in found} == {total}
    assert len(found) == -(-seen // first)


async def test_a_cursor_that_is_none_is_refused(tmp_path: Path) -> None:
    made = Shop(shelf).adapter(
        source(write(tmp_path), {"search": {"all": {"operation": "GetItems", "rows": "Items.Item"}}})
    )
    for cursor in ("", "x", "-1", "1" * 40, "٣"):
        with pytest.raises(Rejected) as error:
            await made.search(Search("Item", "all", 1, frozenset({"sku"}), cursor))
        assert error.value.message == "The cursor is none of this source's."
    with pytest.raises(Unsupported):
        await made.search(Search("Item", "all", 101, frozenset({"sku"})))
    with pytest.raises(Unsupported, match="shop does not declare filter tags of search all of Item"):
        await made.search(Search("Item", "all", 1, frozenset({"sku"}), filters={"tags": []}))
