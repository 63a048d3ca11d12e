"""Merged routes: lookups, lists below many parents, children of what was merged, and what does not fit together."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.conformance import LookupSample, SearchSample, conform
from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup, MemorySearch, among
from adapters.registration import Role
from adapters.spi import BadData, Unavailable
from gateway.config.problems import ConfigurationError
from gateway.engine import ids
from tests.engine.estate import Estate, stock

MERGED = {"Order": {"merge": ["oms", "pos"], "order": "placedAt desc"}, "StockLevel": {"merge": ["wms", "shelf"]}}
CUSTOMERS = [f"C{number}" for number in range(1, 51)]


def order(number: str, minute: int, customer: str | None = None, **more: Any) -> dict[str, Any]:
    placed = f"2026-11-20T10:{minute:02}:00Z"
    return {"number": number, "placedAt": placed, "channel": "WEB", "customerNumber": customer, **more}


def orders(prefix: str, odd: int) -> list[dict[str, Any]]:
    return [
        order(f"{prefix}{number:02}", number // 2, CUSTOMERS[number % 50], channel="STORE" if odd else "WEB")
        for number in range(1 + odd, 100, 2)
    ]


def held(
    source: str,
    records: list[dict[str, Any]],
    *,
    keyset: tuple[str, ...] = ("placedAt desc", "number desc"),
    children: tuple[str, ...] = ("OrderLine", "Payment"),
    **searches: MemorySearch,
) -> MemoryAdapter:
    lines = [
        {"orderNumber": each["number"], "id": "1", "sku": f"of {source}", "name": "x", "quantity": "1"}
        for each in records
    ]
    pages = MemorySearch({"channels": among("channel")}, keyset=keyset, limit=50)
    below = MemorySearch({"channels": among("channel")}, parent="customerNumber", keyset=keyset, limit=50)
    entities = {
        "Order": MemoryEntity(
            records, {"number": MemoryLookup()}, searches or {"orders": pages, "customerNumber": below}
        ),
        "OrderLine": MemoryEntity(lines, {"orderNumber": MemoryLookup(many=True)}),
        "Payment": MemoryEntity(
            [{"orderNumber": each["number"], "id": "1", "at": each["placedAt"]} for each in records],
            {"orderNumber": MemoryLookup(many=True)},
        ),
    }
    kept = {name: entity for name, entity in entities.items() if name == "Order" or name in children}
    return MemoryAdapter(source, kept)


def levels(source: str, skus: list[str], places: list[str], on_hand: str) -> MemoryAdapter:
    rows = [{**stock(sku, place), "onHand": on_hand} for sku in skus for place in places]
    return MemoryAdapter(
        source,
        {
            "StockLevel": MemoryEntity(
                rows,
                {
                    "sku": MemoryLookup(many=True, arguments={"locations": among("locationCode")}),
                    "sku locationCode": MemoryLookup(),
                },
            )
        },
    )


def crm() -> MemoryAdapter:
    rows = [{"number": number, "kind": "PERSON", "version": "1"} for number in CUSTOMERS]
    return MemoryAdapter(
        "crm",
        {
            "Customer": MemoryEntity(
                rows, {"number": MemoryLookup()}, {"customers": MemorySearch({"search": among("kind")})}
            )
        },
    )


def estate(oms: MemoryAdapter | None = None, pos: MemoryAdapter | None = None, **routes: Any) -> Estate:
    sources: dict[str, tuple[MemoryAdapter, Role]] = {
        "oms": (oms or held("oms", orders("O", 0)), "OMS"),
        "pos": (pos or held("pos", orders("R", 1), children=("OrderLine",)), "POS"),
        "wms": (levels("wms", ["A", "B"], ["W1", "S1"], "5"), "WMS"),
        "shelf": (levels("shelf", ["A"], ["S1", "S2"], "7"), "STORE_SYSTEM"),
        "crm": (crm(), "CRM"),
    }
    return Estate(sources, {"routes": {**MERGED, **routes}})


@pytest.fixture
def graph() -> Estate:
    return estate()


def problems(**given: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        estate(**given)
    return [
        f"{problem.where}: {problem.expected}; {problem.found}; {problem.hint}" for problem in caught.value.problems
    ]


class TestLists:
    async def test_ties_come_in_the_order_of_the_sources(self, graph: Estate) -> None:
        data = await graph.data("{ orders(first: 5) { nodes { number placedAt } } }")
        assert [node["number"] for node in data["orders"]["nodes"]] == ["O99", "R98", "O97", "R96", "O95"]
        tied = estate(held("oms", [order("O1", 1), order("O2", 1)]), held("pos", [order("R1", 1), order("R2", 2)]))
        data = await tied.data("{ orders(first: 9) { totalCount nodes { number } } }")
        assert [node["number"] for node in data["orders"]["nodes"]] == ["R2", "O2", "O1", "R1"]
        assert data["orders"]["totalCount"] == 4

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
    async def test_pages_from_the_end_are_the_whole_list(self, size: int) -> None:
        """Records of one instant, in both systems, stand in the order of the systems from this side too."""
        oms = [order(f"O{number:02}", 1 + number // 3) for number in range(30)]
        pos = [order(f"R{number:02}", 1 + number // 4) for number in range(30)]
        graph = estate(held("oms", oms), held("pos", pos))
        listed = (await graph.data("{ orders(first: 50) { nodes { number } pageInfo { endCursor } } }"))["orders"]
        rest = "query ($after: String) { orders(first: 50, after: $after) { nodes { number } } }"
        whole = listed["nodes"] + (await graph.data(rest, after=listed["pageInfo"]["endCursor"]))["orders"]["nodes"]
        assert len(whole) == 60
        query = """query ($last: Int, $before: String) { orders(last: $last, before: $before) {
                   nodes { number } pageInfo { hasNextPage hasPreviousPage startCursor } } }"""
        seen: list[dict[str, str]] = []
        before: str | None = None
        while before is not None or not seen:
            page = (await graph.data(query, last=size, before=before))["orders"]
            assert page["pageInfo"]["hasNextPage"] is (before is not None)
            seen = [*page["nodes"], *seen]
            before = page["pageInfo"]["startCursor"] if page["pageInfo"]["hasPreviousPage"] else None
        assert seen == whole

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
    async def test_pages_of_any_size_are_the_whole_list(self, graph: Estate, size: int) -> None:
        query = """query ($first: Int, $after: String) { orders(first: $first, after: $after) {
                   nodes { number } pageInfo { hasNextPage endCursor hasPreviousPage } } }"""
        seen: list[str] = []
        after = None
        while True:
            page = (await graph.data(query, first=size, after=after))["orders"]
            seen += [node["number"] for node in page["nodes"]]
            assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert seen == [f"{'O' if number % 2 else 'R'}{number:02}" for number in range(99, 0, -1)]

    async def test_filters_go_to_every_source(self, graph: Estate) -> None:
        data = await graph.data("{ orders(first: 2, filter: {channels: [STORE]}) { nodes { number } } }")
        assert data["orders"]["nodes"] == [{"number": "R98"}, {"number": "R96"}]
        assert all(call.filters == {"channels": ["STORE"]} for name in ("oms", "pos") for call in graph[name].calls)  # type: ignore[union-attr]

    async def test_fifty_customers_cost_one_search_of_each_source(self, graph: Estate) -> None:
        query = """{ customers(search: "PERSON", first: 50) { nodes {
                     number orders(first: 3) { totalCount nodes { number } missingSources } } } }"""
        customers = (await graph.data(query))["customers"]["nodes"]
        assert len(customers) == 50
        for customer in customers:
            wanted = [
                f"{'O' if n % 2 else 'R'}{n:02}" for n in range(99, 0, -1) if CUSTOMERS[n % 50] == customer["number"]
            ]
            assert [node["number"] for node in customer["orders"]["nodes"]] == wanted[:3]
            assert customer["orders"]["totalCount"] == len(wanted)
        assert [len(graph[name].calls) for name in ("oms", "pos")] == [1, 1]

    async def test_below_parents_too_who_is_missing_is_said(self, graph: Estate) -> None:
        graph["pos"].broken["Order", "C3"] = Unavailable("pos")
        query = """{ a: customer(number: "C3") { orders { totalCount missingSources } }
                     b: customer(number: "C4") { orders { totalCount missingSources } } }"""
        data = await graph.data(query)
        assert data["a"]["orders"] == {"totalCount": None, "missingSources": ["pos"]}
        assert data["b"]["orders"] == {"totalCount": 2, "missingSources": []}

    async def test_with_all_of_them_down_there_is_no_list(self, graph: Estate) -> None:
        graph["oms"].down, graph["pos"].down = Unavailable("oms"), Unavailable("pos")
        response = await graph.ask("{ orders { nodes { number } } }")
        assert response["data"] == {"orders": None}
        assert response["errors"][0]["extensions"]["source"] == "oms"

    async def test_a_cursor_cannot_be_changed(self, graph: Estate) -> None:
        query = "query ($after: String) { orders(first: 1, after: $after) { nodes { number } pageInfo { endCursor } } }"
        cursor = (await graph.data(query))["orders"]["pageInfo"]["endCursor"]
        place = ids.place_of(cursor)
        assert place is not None
        sealed = place.position
        first, last = ("A" if sealed[0] != "A" else "B"), ("AA" if sealed[-2:] != "AA" else "BB")
        for wrong in (sealed[:-2] + last, first + sealed[1:], "", "!", sealed[:20]):
            response = await graph.ask(query, after=ids.cursor_of(wrong))
            assert response["data"]["orders"] is None
            assert response["errors"][0]["extensions"]["code"] == "REJECTED"
        other = estate().engine  # its sources are the same, and so is the key of this process
        assert other is not graph.engine
        assert (await graph.data(query, after=cursor))["orders"]["nodes"] == [{"number": "R98"}]

    async def test_a_secret_makes_cursors_good_in_other_processes(self) -> None:
        query = "query ($after: String) { orders(first: 1, after: $after) { nodes { number } pageInfo { endCursor } } }"

        def process(secret: str) -> Estate:
            made = estate()
            return Estate(made.sources, {"routes": MERGED, "cursor_secret": secret})

        cursor = (await process("s" * 32).data(query))["orders"]["pageInfo"]["endCursor"]
        assert (await process("s" * 32).data(query, after=cursor))["orders"]["nodes"] == [{"number": "R98"}]
        assert (await process("t" * 32).ask(query, after=cursor))["data"]["orders"] is None

    async def test_it_is_an_adapter_like_others(self, graph: Estate) -> None:
        await conform(
            graph.engine.sources["oms + pos"],
            [LookupSample("Order", "number", ["O01", "R02", "O03"], "NOPE")],
            [
                SearchSample("Order", "orders", count=99, page=7),
                SearchSample("Order", "customerNumber", parents=["C1"], unknown_parent="C99"),
            ][:1],
        )
        await conform(graph.engine.sources["wms + shelf"], [LookupSample("StockLevel", "sku", ["A", "B"], "NOPE")])


class TestLookups:
    async def test_either_source_is_found(self, graph: Estate) -> None:
        data = await graph.data(
            """{ a: order(number: "O01") { provenance { source } }
                 b: order(number: "R02") { provenance { source role } }
                 c: order(number: "NOPE") { number } }"""
        )
        assert data == {
            "a": {"provenance": {"source": "oms"}},
            "b": {"provenance": {"source": "pos", "role": "POS"}},
            "c": None,
        }

    async def test_what_one_has_is_known_and_what_nobody_has_is_not_while_one_is_away(self, graph: Estate) -> None:
        graph["pos"].down = Unavailable("pos")
        response = await graph.ask('{ a: order(number: "O01") { number } b: order(number: "R02") { number } }')
        assert response["data"] == {"a": {"number": "O01"}, "b": None}
        assert [(error["path"], error["extensions"]["source"]) for error in response["errors"]] == [(["b"], "pos")]

    async def test_children_are_asked_of_the_source_that_the_parent_came_from(self, graph: Estate) -> None:
        query = "{ orders(first: 10) { nodes { number lines { sku } payments { id } } } }"
        nodes = (await graph.data(query))["orders"]["nodes"]
        for node in nodes:
            source = "oms" if node["number"].startswith("O") else "pos"
            assert node["lines"] == [{"sku": f"of {source}"}]
            assert node["payments"] == ([{"id": "1"}] if source == "oms" else [])  # the tills register none
        for source, letter in (("oms", "O"), ("pos", "R")):
            asked = [call.keys for call in graph[source].calls if call.entity == "OrderLine"]  # type: ignore[union-attr]
            assert len(asked) == 1
            assert all(str(key).startswith(letter) for key in asked[0])

    async def test_and_so_are_those_of_one_order(self, graph: Estate) -> None:
        data = await graph.data('{ order(number: "R02") { lines { sku } } }')
        assert data["order"]["lines"] == [{"sku": "of pos"}]
        assert graph.calls("oms") == [("Order", "number", 1)]

    async def test_stock_of_all_places_with_the_first_sources_count(self, graph: Estate) -> None:
        data = await graph.data(
            """{ stock(skus: ["A", "B"], locations: ["W1", "S1", "S2"]) {
                 sku locationCode onHand provenance { source } } }"""
        )
        found = [(row["sku"], row["locationCode"], row["onHand"], row["provenance"]["source"]) for row in data["stock"]]
        assert found == [
            ("A", "W1", "5", "wms"),
            ("A", "S1", "5", "wms"),
            ("A", "S2", "7", "shelf"),
            ("B", "W1", "5", "wms"),
            ("B", "S1", "5", "wms"),
        ]

    async def test_half_a_list_without_pages_is_no_answer(self, graph: Estate) -> None:
        graph["shelf"].down = BadData("shelf")
        response = await graph.ask('{ stock(skus: ["A"], locations: ["W1"]) { onHand } }')
        assert response["data"] == {"stock": None}
        assert response["errors"][0]["extensions"]["source"] == "shelf"


class TestMistakes:
    def test_lists_need_an_order(self) -> None:
        assert problems(Order={"merge": ["oms", "pos"]}) == [
            "routes.Order: the word order, as there are lists of Order; nothing; they page by placedAt desc"
        ]

    def test_a_source_that_counts_its_pages(self) -> None:
        pos = held("pos", orders("R", 1), orders=MemorySearch(), customerNumber=MemorySearch(parent="customerNumber"))
        assert [line.split("; see")[0] for line in problems(pos=pos)] == [
            f"routes.Order.merge[1]: a search {name} of pos by keyset in the order placedAt desc; "
            "pages by a count or a token, or another order"
            for name in ("customerNumber", "orders")
        ]

    def test_a_source_in_another_order(self) -> None:
        [first, _] = problems(pos=held("pos", orders("R", 1), keyset=("placedAt", "number")))
        assert "in the order placedAt desc; placedAt; see entities.Order.search in pos's file" in first

    def test_a_source_without_the_search(self) -> None:
        keyset = ("placedAt desc", "number desc")
        [line] = problems(pos=held("pos", orders("R", 1), orders=MemorySearch(keyset=keyset)))
        assert line.startswith("routes.Order.merge[1]: a search customerNumber of pos by keyset in the order placedAt")

    def test_what_is_never_null_must_come_from_all(self) -> None:
        bare = [{name: value for name, value in each.items() if name != "channel"} for each in orders("R", 1)]
        [line] = problems(pos=held("pos", bare))
        assert line.startswith(
            "routes.Order.merge[1]: Order.channel of pos too, as it is never null; only oms to give it"
        )

    def test_filters_that_not_all_have_are_not_served(self) -> None:
        keyset = ("placedAt desc", "number desc")
        pos = held(
            "pos",
            orders("R", 1),
            orders=MemorySearch({"status": among("status")}, keyset=keyset),
            customerNumber=MemorySearch(parent="customerNumber", keyset=keyset),
        )
        assert "OrderFilter" not in estate(pos=pos).composition.sdl()
