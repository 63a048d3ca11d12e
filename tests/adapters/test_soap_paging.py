"""Lists in pages: by bookmark, and by a locator that the system may forget."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from starlette.responses import Response

from adapters.conformance import SearchSample, conform
from adapters.problems import MappingProblems
from adapters.soap.adapter import SoapAdapter
from adapters.spi import BadData, Page, Rejected, Search, Unsupported
from tests.adapters.soap_shop import SCHEMA, SHOP, Heard, Shop, envelope, item, items, source, write, xml

SKUS = [f"A{number}" for number in range(1, 8)]
WITH_BOOKMARK = SCHEMA.replace(
    '<xsd:element name="Skip"', '<xsd:element name="Bookmark" type="xsd:string" minOccurs="0"/><xsd:element name="Skip"'
)


def field(heard: Heard, name: str) -> str | None:
    found: str | None = etree.fromstring(heard.body or b"<ping/>").findtext(f".//{{{SHOP}}}{name}")
    return found


async def page(made: SoapAdapter, first: int, after: str | None = None, **filters: Any) -> Page:
    request = Search("Item", "all", first, frozenset({"sku"}), after=after, filters=filters)
    return (await made.search(request)).pages[None]


def skus(found: Page) -> list[str]:
    return [record.values["sku"] for record in found.records]


class Bookmarked(Shop):
    """As a page web service: ``Take`` rows behind the row that has the bookmark."""

    def __init__(self) -> None:
        super().__init__(self.reply)

    def reply(self, heard: Heard) -> Response:
        mark, take = field(heard, "Bookmark"), int(field(heard, "Take") or 0)
        start = SKUS.index(mark.removeprefix("28;/wAAA&")) + 1 if mark else 0
        return xml(items(*(item(sku, f"<Note>28;/wAAA&amp;{sku}</Note>") for sku in SKUS[start : start + take])))


BOOKMARKS = {
    "operation": "GetItems",
    "arguments": {"Bookmark": "$bookmark", "Take": "$first"},
    "rows": "Items.Item",
    "bookmark": "Note",
    "limit": 4,
}


@pytest.mark.quirk("S20")
async def test_a_bookmark_leads_from_row_to_row(tmp_path: Path) -> None:
    shop = Bookmarked()
    wsdl = write(tmp_path, schema=WITH_BOOKMARK)
    made = shop.adapter(source(wsdl, {"lookup": {}, "search": {"all": BOOKMARKS}}))
    one = await page(made, 3)
    assert (skus(one), one.has_next, one.total) == (["A1", "A2", "A3"], True, None)
    assert field(shop.heard[0], "Bookmark") is None
    between = await page(made, 2, one.cursors[1])
    assert skus(between) == ["A3", "A4"]
    last = await page(made, 3, (await page(made, 3, one.cursors[2])).cursors[2])
    assert (skus(last), last.has_next) == (["A7"], False)
    await conform(made, [], [SearchSample("Item", "all", page=2, count=7)])


@pytest.mark.quirk("S20")
async def test_a_system_that_ignores_the_bookmark_is_no_endless_list(tmp_path: Path) -> None:
    rows = items(*(item(sku, f"<Note>{sku}</Note>") for sku in SKUS[:3]))
    wsdl = write(tmp_path, schema=WITH_BOOKMARK)
    made = Shop(lambda _: xml(rows)).adapter(source(wsdl, {"lookup": {}, "search": {"all": BOOKMARKS}}))
    with pytest.raises(BadData, match="found its own row again"):
        await page(made, 2, "A3")


class Located(Shop):
    """Gives three rows at a time, and with them what leads to the next three, until ``forget``."""

    def __init__(self, *, counted: bool = False) -> None:
        super().__init__(self.reply)
        self.counted = counted
        self.generation = 1

    def forget(self) -> None:
        self.generation += 1

    def reply(self, heard: Heard) -> Response:
        sku, number = field(heard, "Sku") or "", int(field(heard, "Skip") or 1)
        if sku and sku != f"id.{self.generation}":
            fault = "<faultcode>x:GONE</faultcode><faultstring>no such search</faultstring>"
            return xml(envelope(f"<e:Fault>{fault}</e:Fault>"), 500)
        rows = SKUS[3 * (number - 1) : 3 * number]
        leads_on = self.counted or 3 * number < len(SKUS)
        content = "".join(item(each) for each in rows)
        more = f"<Locator>id.{self.generation}</Locator>" * leads_on + "<Parts>3</Parts>" * self.counted
        return xml(envelope(f'<GetItemsResponse xmlns="{SHOP}"><Items>{content}</Items>{more}</GetItemsResponse>'))


LOCATED_SCHEMA = SCHEMA.replace(
    '<xsd:element name="Count"',
    '<xsd:element name="Locator" type="xsd:string" minOccurs="0"/><xsd:element name="Parts" type="xsd:int"'
    ' minOccurs="0"/><xsd:element name="Count"',
    1,
)


def located(tmp_path: Path, shop: Located) -> SoapAdapter:
    more: dict[str, Any] = {
        "operation": "GetItems",
        "arguments": {"Sku": "$locator", "Skip": "$page"},
        "locator": "Locator",
        "expired": ["GONE"],
    }
    if shop.counted:
        more["pages"] = "Parts"
    search = {"operation": "GetItems", "arguments": {"Active": "$filter.active"}, "rows": "Items.Item", "more": more}
    wsdl = write(tmp_path, schema=LOCATED_SCHEMA)
    return shop.adapter(source(wsdl, {"lookup": {}, "search": {"all": search}}))


@pytest.mark.quirk("S20")
@pytest.mark.parametrize("counted", [False, True])
async def test_a_locator_leads_from_part_to_part_whatever_the_size_of_pages(tmp_path: Path, counted: bool) -> None:
    shop = Located(counted=counted)
    made = located(tmp_path, shop)
    for first in (1, 2, 3, 5, 7, 20):
        seen: list[str] = []
        after = None
        while True:
            found = await page(made, first, after)
            seen += skus(found)
            if not found.has_next:
                break
            after = found.cursors[-1]
        assert seen == SKUS, first
    await conform(made, [], [SearchSample("Item", "all", page=2, count=7)])


@pytest.mark.quirk("S20")
async def test_a_cursor_goes_on_in_its_part_without_asking_for_those_before(tmp_path: Path) -> None:
    shop = Located()
    made = located(tmp_path, shop)
    cursor = (await page(made, 5)).cursors[4]
    shop.heard.clear()
    assert skus(await page(made, 1, cursor)) == ["A6"]
    assert [field(heard, "Skip") for heard in shop.heard] == ["2", "3"]  # the third tells whether there are more


@pytest.mark.quirk("S20")
@pytest.mark.parametrize("counted", [False, True])
async def test_a_cursor_survives_that_the_system_forgets_the_search(tmp_path: Path, counted: bool) -> None:
    shop = Located(counted=counted)
    made = located(tmp_path, shop)
    cursor = (await page(made, 4)).cursors[3]
    shop.forget()
    found = await page(made, 20, cursor)
    assert (skus(found), found.has_next) == (["A5", "A6", "A7"], False)


@pytest.mark.parametrize("cursor", ["", "x", "1", "1.2", "3.4.2.id", "1.0.0.id", "-1.0.1.", "9.0.x.id", "4.3.2.\x00"])
async def test_a_cursor_that_is_none_is_refused(tmp_path: Path, cursor: str) -> None:
    with pytest.raises(Rejected):
        await page(located(tmp_path, Located()), 2, cursor or "")


@pytest.mark.quirk("S21")
async def test_filters_that_the_system_cannot_take_together_are_refused(tmp_path: Path) -> None:
    shop = Shop(lambda _: xml(items()))
    search = {
        "operation": "GetItems",
        "arguments": {"Range": {"From": "$filter.from", "To": "$filter.to"}},
        "rows": "Items.Item",
        "exclusive": [["from", "to"]],
    }
    made = shop.adapter(source(write(tmp_path), {"search": {"all": search}}))
    assert not (await page(made, 2, **{"from": 1})).records
    with pytest.raises(Unsupported, match="by from and to together"):
        await page(made, 2, **{"from": 1, "to": 2})
    assert len(shop.heard) == 1


def test_what_leads_on_is_checked_against_the_wsdl(tmp_path: Path) -> None:
    more = {"operation": "GetItems", "arguments": {"Sku": "$locater"}, "locator": "Locater"}
    search = {"operation": "GetItems", "rows": "Items.Item", "more": more, "bookmark": "Bookmrk"}
    wsdl = write(tmp_path, schema=LOCATED_SCHEMA)
    with pytest.raises(MappingProblems) as error:
        Shop(lambda _: xml("")).adapter(source(wsdl, {"search": {"all": search}}))
    assert {problem.path[-1] for problem in error.value.problems} == {"bookmark", "locator", "Sku"}


def below(tmp_path: Path, shop: Shop, **words: Any) -> SoapAdapter:
    """A search below a parent, by a condition, among the parts of an item."""
    search = {
        "operation": "GetItems",
        "arguments": {"Sku": "$of", "Skip": "$offset", "Take": "$first"},
        "conditions": {"of": {"parts": ["name eq {parent}"], "language": "odata"}},
        "rows": "Items.Item",
        "parents": "name",
        **words,
    }
    fields = {"sku": "Sku", "name": {"from": "Name", "form": {"pad": 4, "fill": "0"}}}
    return shop.adapter(source(write(tmp_path), {"fields": fields, "search": {"all": search}}))


async def test_a_list_below_a_parent_is_asked_by_the_parent_s_own_form(tmp_path: Path) -> None:
    shop = Shop(lambda _: xml(items(item("A1", "<Name>00O'</Name>"), item("A2", "<Name>00O'</Name>"))))
    made = below(tmp_path, shop)
    capability = made.capabilities["Item"].searches["all"]
    assert (capability.parents, capability.batch) == (True, 1)
    request = Search("Item", "all", 1, frozenset({"sku"}), parents=["O'"])
    found = (await made.search(request)).pages["O'"]
    assert (skus(found), found.has_next) == (["A1"], True)
    assert field(shop.heard[0], "Sku") == "name eq '00O'''"
    assert (
        not (await made.search(Search("Item", "all", 1, frozenset({"sku"}), parents=["12345"]))).pages["12345"].records
    )
    assert not (await made.search(Search("Item", "all", 1, frozenset({"sku"}), parents=[]))).pages
    assert len(shop.heard) == 1  # a key that is too long has no form there
    for wrong in (None, ["1", "2"]):
        with pytest.raises(Unsupported):
            await made.search(Search("Item", "all", 1, frozenset({"sku"}), parents=wrong))


async def test_rows_of_another_parent_are_never_given(tmp_path: Path) -> None:
    shop = Shop(lambda _: xml(items(item("A1", "<Name>0002</Name>"))))
    with pytest.raises(BadData, match="expected rows of the asked name, found another's"):
        await below(tmp_path, shop).search(Search("Item", "all", 1, frozenset({"sku"}), parents=["1"]))


async def test_a_value_that_a_query_language_cannot_hold_is_refused(tmp_path: Path) -> None:
    shop = Shop(lambda _: xml(items()))
    with pytest.raises(Rejected):
        await below(tmp_path, shop).search(Search("Item", "all", 1, frozenset({"sku"}), parents=["a\tb"]))
    assert not shop.heard


def test_parents_and_conditions_are_checked(tmp_path: Path) -> None:
    wrong = {"conditions": {"of": {"parts": ["name eq {parnt}"]}}, "parents": "nam"}
    with pytest.raises(MappingProblems) as error:
        below(tmp_path, Shop(lambda _: xml("")), **wrong)
    assert {problem.path[3:] for problem in error.value.problems} == {
        ("all", "arguments"),
        ("all", "parents"),
        ("all", "conditions", "of", 0),
    }
