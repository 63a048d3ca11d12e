"""The reference adapter keeps the contract, and the contract's checks notice adapters that do not."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.conformance import LookupSample, NotConforming, SearchSample, conform, examine
from adapters.memory import UNREADABLE, MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch, among
from adapters.spi import (
    BadData,
    Lookup,
    LookupResult,
    Overloaded,
    Page,
    Record,
    Rejected,
    Search,
    SearchResult,
    Sort,
    TimedOut,
    Unavailable,
    Unsupported,
)

PRODUCTS = [
    {
        "code": f"P{number}",
        "name": f"Product {number}",
        "brand": "odd" if number % 2 else "even",
        "barcodes": [f"{number}0", f"{number}1"],
        "updatedAt": [None, "2026-01-02T00:00:00Z", "2026-01-02T01:00:00+01:00", "2026-01-01T12:00:00Z"][number % 4],
    }
    for number in range(7)
]
STOCK: list[dict[str, Any]] = [
    {"sku": f"S{sku}", "place": f"W{place}", "onHand": str(sku * place), "address": {"city": "Ulm"}}
    for sku in range(3)
    for place in range(4)
]

SORTS = {"BRAND": ("brand", "code"), "CODE": ("code",), "NEWEST": ("updatedAt desc", "code")}
"""With ties; ``NEWEST`` with products that have no instant."""


def adapter(brands: str = "brand") -> MemoryAdapter:
    products = MemoryEntity(
        PRODUCTS,
        {"code": MemoryLookup(batch=5), "barcodes": MemoryLookup()},
        {
            "products": MemorySearch(
                {"brand": among("brand"), "code": among("code")},
                limit=4,
                sorts=SORTS,
                facets={"brand": brands, "bars": "barcodes"},
            )
        },
    )
    stock = MemoryEntity(
        STOCK,
        {"sku place": MemoryLookup(), "sku": MemoryLookup(many=True, arguments={"places": among("place")})},
        {"bySku": MemorySearch(parent="sku", order=lambda values: values["onHand"], total=False)},
    )
    return MemoryAdapter("wms", {"Product": products, "Stock": stock})


LOOKUPS = [
    LookupSample("Product", "code", known=[f"P{number}" for number in range(7)], unknown="P9"),
    LookupSample("Product", "barcodes", known=["11", "20"], unknown="99"),
    LookupSample("Stock", "sku place", known=[("S1", "W1"), ("S2", "W3")], unknown=("S1", "W9")),
    LookupSample("Stock", "sku", known=["S1", "S2"], unknown="S9", empty="S8"),
]
SEARCHES = [
    SearchSample("Product", "products", count=7, ordered_by={"BRAND": "brand", "CODE": "code"}),
    SearchSample("Product", "products", {"brand": ["odd"]}, page=1, count=3),
    SearchSample("Stock", "bySku", parents=["S1", "S2"], unknown_parent="S9", count=4),
]


async def test_it_keeps_the_contract() -> None:
    findings = await conform(adapter(), LOOKUPS, SEARCHES)
    assert len(findings) == 3 + 4 * 12 + 3 * 15


def ask(**words: Any) -> Lookup:
    return Lookup(**{"entity": "Product", "by": "code", "keys": ["P1", "P9"], "fields": frozenset({"name"}), **words})


async def test_an_answer_has_the_asked_fields_and_the_key() -> None:
    result = await adapter().lookup(ask(fields=frozenset({"name", "colour"})))
    assert {key: record.values for key, record in result.found.items()} == {
        "P1": {"code": "P1", "name": "Product 1", "colour": None}
    }


async def test_arguments_and_filters_narrow() -> None:
    result = await adapter().lookup(
        ask(entity="Stock", by="sku", keys=["S1"], fields=frozenset({"place"}), arguments={"places": ["W1", "W3"]})
    )
    assert [record.values["place"] for record in result.found["S1"]] == ["W1", "W3"]
    search = Search("Product", "products", 9, frozenset({"code"}), filters={"brand": "even", "code": ["P2", "P3"]})
    page = (await adapter().search(search)).pages[None]
    assert [record.values["code"] for record in page.records] == ["P2"]


async def test_what_is_planted_goes_wrong() -> None:
    memory = adapter()
    memory.broken["Product", "P1"] = Overloaded("wms")
    result = await memory.lookup(ask(keys=["P1", "P2"]))
    assert (set(result.found), set(result.failed)) == ({"P2"}, {"P1"})
    memory.down = Unavailable("wms")
    for answer in (memory.lookup(ask()), memory.search(Search("Product", "products", 1, frozenset())), memory.ping()):
        with pytest.raises(Unavailable):
            await answer


async def test_an_unreadable_value_is_null_and_an_error_at_its_place() -> None:
    values = {"code": "P1", "lines": [{"city": "Ulm"}, {"city": UNREADABLE}]}
    memory = MemoryAdapter("erp", {"Product": MemoryEntity([values], {"code": MemoryLookup()})})
    record = (await memory.lookup(ask(fields=frozenset({"lines"})))).found["P1"]
    assert record.values["lines"] == [{"city": "Ulm"}, {"city": None}]
    assert isinstance(record.errors[("lines", 1, "city")], BadData)
    assert memory.capabilities["Product"].fields == {"code", "lines", "lines.city"}


async def test_slowness_ends_at_the_deadline() -> None:
    memory = adapter()
    memory.delay = 5
    begun = time.monotonic()
    with pytest.raises(TimedOut):
        await memory.lookup(ask(deadline=begun + 0.02))
    assert time.monotonic() - begun < 1
    assert [call.entity for call in memory.calls] == ["Product"]


async def codes(after: str | None = None, **words: Any) -> tuple[list[str], str]:
    request = Search("Product", "products", 4, frozenset({"code"}), after, **words)
    page = (await adapter().search(request)).pages[None]
    edge = (page.cursors[0 if request.backwards else -1]) if page.has_next else ""
    return [record.values["code"] for record in page.records], edge


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort("CODE", reverse=True), "6543210"),
        (Sort("BRAND"), "0246135"),
        (Sort("BRAND", reverse=True), "1350246"),
        (Sort("NEWEST"), "1256304"),
        (Sort("NEWEST", reverse=True), "3125604"),
    ],
    ids=str,
)
async def test_an_order_is_total_and_what_has_no_value_comes_last(sort: Sort, order: str) -> None:
    first, edge = await codes(sort=sort)
    rest, _ = await codes(sort=sort, after=edge)
    assert "".join(code[1:] for code in first + rest) == order
    last, edge = await codes(sort=sort, backwards=True)
    before, _ = await codes(sort=sort, backwards=True, after=edge)
    assert "".join(code[1:] for code in before + last) == order


@pytest.mark.parametrize("cursor", ["3", "[1]", '["a", "b", "c"]', "[1, 2]", "x"])
async def test_a_cursor_of_another_order_is_rejected(cursor: str) -> None:
    with pytest.raises(Rejected):
        await codes(sort=Sort("BRAND"), after=cursor)


@pytest.mark.parametrize("cursor", ["", "x", "-1", "²", "9" * 5000])
async def test_a_cursor_of_others_is_rejected(cursor: str) -> None:
    with pytest.raises(Rejected):
        await adapter().search(Search("Product", "products", 1, frozenset(), after=cursor))


async def test_parents_of_a_search_that_has_none_are_refused() -> None:
    with pytest.raises(Unsupported, match="wms does not declare search products of Product"):
        await adapter().search(Search("Product", "products", 1, frozenset(), parents=["x"]))


class Broken(MemoryAdapter):
    """An adapter that breaks the contract in one way."""

    def __init__(self, spoil: Callable[[Any, LookupResult | SearchResult], None]) -> None:
        sound = adapter()
        super().__init__("wms", sound.entities)
        self.spoil = spoil

    async def lookup(self, request: Lookup) -> LookupResult:
        result = await super().lookup(request)
        self.spoil(request, result)
        return result

    async def search(self, request: Search) -> SearchResult:
        result = await super().search(request)
        self.spoil(request, result)
        return result


def by_position(request: Any, result: Any) -> None:
    """The classic: the answer's order is taken for the question's."""
    if isinstance(request, Lookup) and len(request.keys) > 1 and request.by == "code":
        result.found = dict(zip(request.keys, reversed(list(result.found.values())), strict=False))


def forgets_fields(request: Any, result: Any) -> None:
    if isinstance(request, Lookup) and request.by == "code":
        for record in result.found.values():
            record.values.pop("brand", None)


def gives_numbers_to_python(request: Any, result: Any) -> None:
    if isinstance(request, Lookup) and request.by == "code":
        for record in result.found.values():
            record.values["name"] = ("tuple",)


def forgets_empty_lists(request: Any, result: Any) -> None:
    if isinstance(request, Lookup) and request.by == "sku":
        result.found = {key: rows for key, rows in result.found.items() if rows}


def answers_the_unknown(request: Any, result: Any) -> None:
    if isinstance(request, Lookup) and request.by == "code":
        result.found |= {key: Record({"code": key}, "wms", "2026-01-01T00:00:00Z") for key in request.keys}


def fails_beside_odd_keys(request: Any, result: Any) -> None:
    if isinstance(request, Lookup) and "'" in request.keys:
        raise ValueError("unbalanced quote")


def tells_clients(request: Any, result: Any) -> None:
    if isinstance(request, Lookup) and request.by == "code" and "P9" in request.keys:
        result.failed = {"P9": Rejected("wms", "ORA-00060 user=svc", message="failed: ORA-00060 user=svc")}


def repeats_the_last_page(request: Any, result: Any) -> None:
    if isinstance(request, Search):
        for page in result.pages.values():
            page.has_next = True
            page.records = page.records or [Record({}, "wms", "2026-01-01T00:00:00Z")]
            page.cursors = page.cursors or ["last"]


def loses_its_place(request: Any, result: Any) -> None:
    if isinstance(request, Search) and request.after == "2":
        for page in result.pages.values():
            page.records = [Record({}, "wms", "2026-01-01T00:00:00Z") for _ in page.records]


def ignores_the_page_size(request: Any, result: Any) -> None:
    if isinstance(request, Search) and request.parents is None:
        record = Record({}, "wms", "2026-01-01T00:00:00Z")
        result.pages[None] = Page([record] * (request.first + 1), [str(n) for n in range(request.first + 1)], False)


def miscounts(request: Any, result: Any) -> None:
    if isinstance(request, Search) and request.want_total:
        for page in result.pages.values():
            page.total = 3


def sorts_one_way_only(request: Any, result: Any) -> None:
    if isinstance(request, Search) and request.sort == Sort("CODE", reverse=True):
        for page in result.pages.values():
            page.records = page.records[::-1]


def loses_what_has_no_value(request: Any, result: Any) -> None:
    if isinstance(request, Search) and request.sort == Sort("NEWEST"):
        for page in result.pages.values():
            page.records = [record for record in page.records if record.values["updatedAt"] is not None]
            page.cursors = page.cursors[: len(page.records)]
            page.has_next = page.has_next and bool(page.records)


def turns_pages_from_the_end_around(request: Any, result: Any) -> None:
    if isinstance(request, Search) and request.backwards:
        for page in result.pages.values():
            page.records = page.records[::-1]


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (by_position, "known keys are found under their own key"),
        (forgets_fields, "every asked field is in the values"),
        (gives_numbers_to_python, "every asked field is in the values"),
        (forgets_empty_lists, "a key without rows has an empty list"),
        (answers_the_unknown, "an unknown key is in neither mapping"),
        (fails_beside_odd_keys, "odd keys mean nothing but themselves"),
        (tells_clients, "an unknown key is in neither mapping"),
        (repeats_the_last_page, "pages of any size cover everything once"),
        (loses_its_place, "a page goes on after any record"),
        (ignores_the_page_size, "pages of any size cover everything once"),
        (miscounts, "the total counts everything"),
        (sorts_one_way_only, "a sorted list is in order"),
        (loses_what_has_no_value, "a sorted list covers everything once"),
        (turns_pages_from_the_end_around, "pages from the end show the same list"),
    ],
)
async def test_a_breach_is_noticed(spoil: Callable[[Any, Any], None], check: str) -> None:
    with pytest.raises(NotConforming, match="wms breaks the contract") as caught:
        await conform(Broken(spoil), LOOKUPS, SEARCHES)
    assert check in {finding.check for finding in caught.value.findings}
    assert all(finding.seen for finding in caught.value.findings)


async def test_a_late_or_wrong_refusal_is_noticed() -> None:
    class Late(MemoryAdapter):
        async def lookup(self, request: Lookup) -> LookupResult:
            if request.by not in {"code", "sku", "sku place", "barcodes"}:
                raise Unsupported("wms", "no such thing")
            return await super().lookup(replace(request, deadline=float("inf")))

    failed = [finding for finding in await examine(Late("wms", adapter().entities), LOOKUPS[:1]) if not finding.passed]
    assert [finding.check for finding in failed] == [
        "an undeclared lookup is refused",
        "an expired deadline is timed out",
    ]


async def test_a_sample_of_something_undeclared_fails_by_itself() -> None:
    findings = await examine(adapter(), [LookupSample("Product", "name", ["a"], "b")])
    assert [str(finding) for finding in findings if not finding.passed] == [
        "Product.name: it is declared: not declared; there are Product.code, Product.barcodes, Product.products, "
        "Stock.sku place, Stock.sku, Stock.bySku"
    ]


async def test_facets_count_the_whole_list_that_the_filters_leave() -> None:
    request = Search("Product", "products", 1, frozenset({"code"}), filters={"brand": ["odd"]}, want_facets=True)
    brand, bars = (await adapter().search(request)).pages[None].facets or ()
    assert brand == {"code": "brand", "label": "brand", "values": [{"value": "odd", "label": "odd", "count": 3}]}
    assert [(each["value"], each["count"]) for each in bars["values"]][:2] == [("10", 1), ("11", 1)]


async def test_a_facet_that_counts_wrong_is_found_out() -> None:
    with pytest.raises(NotConforming, match="a count of 1 for a value of brand that 0 records have"):
        await conform(adapter(brands="code"), searches=[SEARCHES[0]])
