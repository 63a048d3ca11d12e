"""What one operation answers, over sources in memory: joins, batching, arguments, partial answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.memory import UNREADABLE, MemoryAdapter, MemoryEntity, MemoryLookup
from adapters.spi import Overloaded, TimedOut, Unavailable
from gateway.engine import ids
from gateway.engine.request import OperationRequest
from tests.engine.estate import SKUS, STORES, Estate, estate, pim, pricing, variant, wms


@pytest.fixture
def graph() -> Estate:
    return estate()


class TestJoins:
    async def test_three_systems_in_one_answer(self, graph: Estate) -> None:
        data = await graph.data(
            """{ variant(sku: "A11") { sku name product { code name(locale: "de") }
                 price { value { amount currency minorUnits } }
                 stock { locationCode available location { address { city } } } } }"""
        )
        assert data["variant"] == {
            "sku": "A11",
            "name": "Variant A11",
            "product": {"code": "P1", "name": "Ding 1"},
            "price": {"value": {"amount": "19.90", "currency": "EUR", "minorUnits": "1990"}},
            "stock": [
                {"locationCode": store, "available": "3.5", "location": {"address": {"city": "Bern"}}}
                for store in STORES
            ],
        }

    async def test_one_call_per_source_and_step_however_many_rows(self, graph: Estate) -> None:
        await graph.data(
            """{ products(first: 4) { nodes { name variants(first: 2) { nodes {
                 price { value { amount } } stock { onHand } } } } } }"""
        )
        assert graph.calls("pim") == [("Product", "products", 0), ("Variant", "productCode", 4)]
        # prices and stock for the six to eight variants that the pages show: two of each product
        assert graph.calls("pricing") == [("Price", "sku", 8)]
        assert graph.calls("wms") == [("StockLevel", "sku", 8)]

    async def test_what_needs_no_record_is_asked_at_once(self, graph: Estate) -> None:
        for source in graph.sources:
            graph[source].delay = 0.05
        query = '{ variant(sku: "A11") { name price { value { amount } } stock { onHand } } }'
        trace = (await _traced(graph, query))["steps"]
        assert all(step["start"] < 40 for step in trace), "price and stock are known by the argument"

    async def test_equal_steps_are_one(self, graph: Estate) -> None:
        data = await graph.data('{ a: variant(sku: "A11") { name } b: variant(sku: "A12") { taxClass } }')
        assert data == {"a": {"name": "Variant A11"}, "b": {"taxClass": "STANDARD"}}
        assert graph.calls("pim") == [("Variant", "sku", 2)]

    async def test_a_reference_of_which_only_the_key_is_wanted_makes_no_call(self, graph: Estate) -> None:
        data = await graph.data(
            '{ stock(skus: ["A11"], locations: ["S1", "S2"]) { variant { sku __typename } location { code } } }'
        )
        assert data["stock"] == [
            {"variant": {"sku": "A11", "__typename": "Variant"}, "location": {"code": store}} for store in STORES
        ]
        assert graph.calls("pim") == []

    async def test_what_does_not_exist_is_left_out_of_a_list_of_references(self, graph: Estate) -> None:
        data = await graph.data('{ product(code: "P1") { categories { name } related(kind: UPSELL) { code } } }')
        assert data["product"] == {"categories": [{"name": "All"}], "related": [{"code": "P2"}]}

    async def test_null_foreign_key_makes_no_call(self, graph: Estate) -> None:
        data = await graph.data('{ category(code: "K1") { parent { name } } }')
        assert data["category"] == {"parent": None}
        assert graph.calls("pim") == [("Category", "code", 1)]

    async def test_a_list_without_pages_is_asked_for_until_it_ends(self, graph: Estate) -> None:
        data = await graph.data('{ all: categories { code } below: categories(root: "K1") { code } }')
        assert data == {"all": [{"code": "K1"}, {"code": "K2"}], "below": [{"code": "K2"}]}

    async def test_ids_lead_back(self, graph: Estate) -> None:
        asked = await graph.data('{ variant(sku: "A11") { id } stock(skus: ["A12"], locations: ["S1"]) { id } }')
        one, level = asked["variant"]["id"], asked["stock"][0]["id"]
        data = await graph.data(
            """query ($one: ID!, $ids: [ID!]!) { node(id: $one) { __typename id }
               nodes(ids: $ids) { id ... on Variant { sku } ... on StockLevel { locationCode onHand } }
               variant(id: $one) { name } }""",
            one=one,
            ids=[level, "nonsense", one, ids.id_of("Variant", "NOPE"), ids.id_of("Money", "x")],
        )
        assert data == {
            "node": {"__typename": "Variant", "id": one},
            "nodes": [{"id": level, "locationCode": "S1", "onHand": "5"}, None, {"id": one, "sku": "A11"}, None, None],
            "variant": {"name": "Variant A11"},
        }


class TestContributions:
    @pytest.fixture
    def graph(self) -> Estate:
        erp = MemoryAdapter(
            "erp",
            {
                "Variant": MemoryEntity(
                    [{"sku": sku, "taxClass": "REDUCED", "salesUnit": "EA"} for sku in SKUS if sku != "A13"],
                    {"sku": MemoryLookup(batch=50)},
                ),
                "StockLevel": MemoryEntity(
                    [{"sku": "A11", "locationCode": "S1", "safetyStock": "2"}], {"sku locationCode": MemoryLookup()}
                ),
            },
        )
        scanner = MemoryAdapter(
            "scanner",
            {"Variant": MemoryEntity([{"barcode": "04012345", "sku": "A12"}], {"barcode": MemoryLookup()})},
        )
        sources: Any = {
            "pim": (pim(), "PIM"),
            "wms": (wms(), "WMS"),
            "pricing": (pricing(), "PRICING"),
            "erp": (erp, "ERP"),
            "scanner": (scanner, "STORE_SYSTEM"),
        }
        return Estate(sources, {"routes": {"Variant": "pim", "StockLevel": "wms", "Variant.taxClass": "erp"}})

    async def test_fields_of_another_source_are_joined_by_key(self, graph: Estate) -> None:
        data = await graph.data('{ variants(skus: ["A13", "A11"]) { sku taxClass salesUnit } }')
        assert data["variants"] == [
            {"sku": "A13", "taxClass": None, "salesUnit": None},
            {"sku": "A11", "taxClass": "REDUCED", "salesUnit": "EA"},
        ]

    async def test_a_contribution_that_fails_blanks_its_fields_only(self, graph: Estate) -> None:
        graph["erp"].down = Unavailable("erp", "socket closed by 10.0.0.7")
        response = await graph.ask('{ variant(sku: "A11") { name t: taxClass salesUnit } }')
        assert response["data"] == {"variant": {"name": "Variant A11", "t": None, "salesUnit": None}}
        assert [
            (error["path"], error["extensions"]["code"], error["extensions"]["source"]) for error in response["errors"]
        ] == [
            (["variant", "t"], "UNAVAILABLE", "erp"),
            (["variant", "salesUnit"], "UNAVAILABLE", "erp"),
        ]
        assert "10.0.0.7" not in json.dumps(response)

    async def test_a_computed_field_takes_what_other_sources_give(self, graph: Estate) -> None:
        data = await graph.data('{ variant(sku: "A11") { stock { available safetyStock } } }')
        assert data["variant"]["stock"] == [
            {"available": "1.5", "safetyStock": "2"},
            {"available": "3.5", "safetyStock": None},
        ]

    async def test_a_computed_field_fails_with_the_code_of_what_it_needs(self, graph: Estate) -> None:
        graph["erp"].down = TimedOut("erp")
        response = await graph.ask('{ variant(sku: "A11") { stock { available onHand } } }')
        assert response["data"]["variant"]["stock"][0] == {"available": None, "onHand": "5"}
        error = response["errors"][0]
        assert error["path"] == ["variant", "stock", 0, "available"]
        assert error["extensions"]["coordinate"] == "StockLevel.available"
        assert error["extensions"]["code"] == "TIMED_OUT"

    async def test_another_source_leads_to_the_owner(self, graph: Estate) -> None:
        data = await graph.data('{ a: variant(barcode: "04012345") { sku name } b: variant(barcode: "1") { sku } }')
        assert data == {"a": {"sku": "A12", "name": "Variant A12"}, "b": None}


class TestArguments:
    async def test_the_asked_order_with_nulls_where_unknown(self, graph: Estate) -> None:
        data = await graph.data('{ variants(skus: ["A11", "NOPE", "A11"]) { sku } }')
        assert data["variants"] == [{"sku": "A11"}, None, {"sku": "A11"}]

    @pytest.mark.parametrize("arguments", ["", '(code: "P1", id: "x")', "(code: null)"])
    async def test_exactly_one_key(self, graph: Estate, arguments: str) -> None:
        response = await graph.ask(f"{{ product{arguments} {{ code }} }}")
        assert response["data"] == {"product": None}
        assert response["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert "exactly one of id, code" in response["errors"][0]["message"]

    async def test_a_plan_is_made_anew_where_another_variable_is_given(self, graph: Estate) -> None:
        query = "query ($id: ID, $code: String) { product(id: $id, code: $code) { code } }"
        assert await graph.data(query, code="P2") == {"product": {"code": "P2"}}
        assert await graph.data(query, id=ids.id_of("Product", "P3")) == {"product": {"code": "P3"}}

    async def test_price_context_is_chosen_from_the_same_rows(self, graph: Estate) -> None:
        data = await graph.data(
            """{ variant(sku: "A11") { any: price { value { amount } }
                 gold: price(context: {customerGroup: "GOLD"}) { value { amount } }
                 francs: price(context: {currency: CHF}) { value { amount } } } }""".replace("CHF", '"CHF"')
        )
        assert data["variant"] == {
            "any": {"value": {"amount": "19.90"}},
            "gold": {"value": {"amount": "17.50"}},
            "francs": None,
        }
        assert graph.calls("pricing") == [("Price", "sku", 1)]

    async def test_headers_set_the_context(self) -> None:
        graph = estate(headers={"X-Customer-Group": "customer_group"})
        query = '{ variant(sku: "A11") { price { value { amount } } } }'
        answer = await graph.engine.execute(OperationRequest(query, headers={"x-customer-group": "GOLD"}))
        assert json.loads(answer.body)["data"]["variant"]["price"]["value"]["amount"] == "17.50"

    async def test_narrowing_is_passed_on_where_the_source_can(self, graph: Estate) -> None:
        data = await graph.data('{ stock(skus: ["A11"], locations: ["S2"]) { locationCode } }')
        assert data["stock"] == [{"locationCode": "S2"}]
        assert graph["wms"].calls[0].arguments == {"locations": ["S2"]}  # type: ignore[union-attr]

    async def test_narrowing_is_done_here_where_the_source_cannot(self, graph: Estate) -> None:
        data = await graph.data('{ locations(kinds: [WAREHOUSE]) { code } all: locations(service: "C&C") { code } }')
        assert data == {"locations": [], "all": [{"code": "S1"}, {"code": "S2"}]}

    async def test_filters_go_to_the_source(self, graph: Estate) -> None:
        data = await graph.data('{ products(filter: {brand: ["Umbra"]}) { totalCount nodes { code } } }')
        assert data["products"] == {"totalCount": 2, "nodes": [{"code": "P2"}, {"code": "P4"}]}

    async def test_filters_of_one_search_hold_together(self, graph: Estate) -> None:
        query = 'query ($in: [Lifecycle!]) { products(filter: {lifecycle: $in, brand: ["Umbra"]}) { nodes { code } } }'
        for lifecycle, codes in ((["ACTIVE"], ["P2"]), (["CLEARANCE", "ACTIVE"], ["P2", "P4"]), (["PLANNED"], [])):
            data = await graph.data(query, **{"in": lifecycle})
            assert data["products"]["nodes"] == [{"code": code} for code in codes]
            assert graph["pim"].calls[-1].filters == {"lifecycle": lifecycle, "brand": ["Umbra"]}  # type: ignore[union-attr]

    async def test_a_filter_may_be_an_argument_beside_those_in_the_input_object(self, graph: Estate) -> None:
        query = 'query ($q: String) { products(search: $q, filter: {brand: ["Acme"]}) { nodes { code } } }'
        for words, codes in (("P3", ["P3"]), ("P2", []), (None, ["P1", "P3", "P5"])):
            data = await graph.data(query, q=words)
            assert [node["code"] for node in data["products"]["nodes"]] == codes
        assert graph["pim"].calls[0].filters == {"search": "P3", "brand": ["Acme"]}  # type: ignore[union-attr]

    async def test_facets_are_of_the_whole_list_and_counted_only_when_selected(self, graph: Estate) -> None:
        query = """query ($facets: Boolean!) { products(first: 1, filter: {codes: ["P1", "P2", "P3"]}) {
            nodes { code } again: facets @include(if: $facets) { code values { count } }
            facets @include(if: $facets) { __typename code label values { value label count } } } }"""
        assert (await graph.data(query, facets=False))["products"] == {"nodes": [{"code": "P1"}]}
        found = (await graph.data(query, facets=True))["products"]
        acme, umbra = ({"value": name, "label": name, "count": count} for name, count in (("Acme", 2), ("Umbra", 1)))
        active = {"value": "ACTIVE", "label": "ACTIVE", "count": 3}
        assert found["facets"] == [
            {"__typename": "Facet", "code": "brand", "label": "brand", "values": [acme, umbra]},
            {"__typename": "Facet", "code": "lifecycle", "label": "lifecycle", "values": [active]},
        ]
        assert found["again"][0] == {"code": "brand", "values": [{"count": 2}, {"count": 1}]}
        assert [call.want_facets for call in graph["pim"].calls] == [False, True]  # type: ignore[union-attr]

    async def test_pages_cover_everything_once(self, graph: Estate) -> None:
        query = """query ($after: String) { products(first: 2, after: $after) {
            nodes { code } edges { cursor node { code } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
        seen, after = [], None
        while True:
            page = (await graph.data(query, after=after))["products"]
            seen += [node["code"] for node in page["nodes"]]
            assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
            assert [edge["node"] for edge in page["edges"]] == page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert seen == ["P1", "P2", "P3", "P4", "P5"]

    async def test_pages_below_parents(self, graph: Estate) -> None:
        query = """query ($after: String) { products(first: 2) { nodes { variants(first: 2, after: $after) {
            totalCount nodes { sku } pageInfo { endCursor hasNextPage } } } } }"""
        first = (await graph.data(query))["products"]["nodes"][0]["variants"]
        assert first["nodes"] == [{"sku": "A11"}, {"sku": "A12"}]
        assert first["totalCount"] == 3
        rest = (await graph.data(query, after=first["pageInfo"]["endCursor"]))["products"]["nodes"]
        assert [page["variants"]["nodes"] for page in rest] == [[{"sku": "A13"}], [{"sku": "A23"}]]


class TestRefusals:
    @pytest.mark.parametrize(
        ("query", "code", "part"),
        [
            ("{ products(first: 2000000) { nodes { code } } }", "LIMIT_EXCEEDED", "at most 4"),
            ("{ products(first: -1) { nodes { code } } }", "BAD_USER_INPUT", "cannot be negative"),
            ('{ products(after: "x") { nodes { code } } }', "BAD_USER_INPUT", "not a cursor"),
            ("{ products { nodes { colour } } }", "GRAPHQL_VALIDATION_FAILED", "colour"),
            ("{ products ", "GRAPHQL_PARSE_FAILED", "Expected"),
            ("fragment F on Product { code }", "GRAPHQL_PARSE_FAILED", "no operation"),
            ("query A { __typename } query B { __typename }", "OPERATION_UNKNOWN", "several"),
            ("{" + " __typename" * 250 + "}", None, ""),
            ("{" + " __typename" * 3000 + "}", "LIMIT_EXCEEDED", "selects __typename 3000 times"),
            ("{ __typename }" + " { __typename }" * 5000, "LIMIT_EXCEEDED", "token"),
            (
                "{ products { nodes { " + "categories { parent { " * 20 + "code" + " } }" * 20 + " } } }",
                "LIMIT_EXCEEDED",
                "deeper",
            ),
        ],
    )
    async def test_before_anything_is_called(self, graph: Estate, query: str, code: str | None, part: str) -> None:
        answer = await graph.answer(query)
        assert answer.executed is (code is None)
        if code is not None:
            error = json.loads(answer.body)["errors"][0]
            assert error["extensions"] == {"code": code, "requestId": "r1"}
            assert part in error["message"]
        assert graph.calls("pim") == []

    async def test_too_many_keys(self) -> None:
        graph = estate(limits={"keys": 3})
        response = await graph.ask("query ($skus: [String!]!) { variants(skus: $skus) { sku } }", skus=["A"] * 4)
        assert response["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"

    async def test_variables_of_the_wrong_type(self, graph: Estate) -> None:
        response = await graph.ask("query ($skus: [String!]!) { variants(skus: $skus) { sku } }", skus=[{}])
        assert response["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"

    async def test_a_fragment_that_fans_out_is_measured_in_a_moment(self, graph: Estate) -> None:
        layers = "".join(
            f"fragment F{level} on Category {{ parent {{ ...F{level + 1} }} p: parent {{ ...F{level + 1} }} }} "
            for level in range(40)
        )
        query = '{ category(code: "K1") { ...F0 } } ' + layers + "fragment F40 on Category { code }"
        answer = await graph.answer(query)
        assert json.loads(answer.body)["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


class TestPartialAnswers:
    async def test_a_dead_source_blanks_its_fields_only(self, graph: Estate) -> None:
        graph["pricing"].down = Unavailable("pricing", "connect to pricing.internal refused")
        response = await graph.ask('{ variants(skus: ["A11", "A12"]) { name price { value { amount } } } }')
        assert response["data"]["variants"] == [
            {"name": "Variant A11", "price": None},
            {"name": "Variant A12", "price": None},
        ]
        assert response["errors"][1] == {
            "message": "The source is not available.",
            "path": ["variants", 1, "price"],
            "locations": [{"line": 1, "column": 41}],
            "extensions": {
                "code": "UNAVAILABLE",
                "source": "pricing",
                "coordinate": "Variant.price",
                "retryable": True,
                "requestId": "r1",
            },
        }
        assert "internal" not in json.dumps(response)

    async def test_a_dead_owner_nulls_the_positions(self, graph: Estate) -> None:
        graph["pim"].down = Overloaded("pim")
        response = await graph.ask(
            '{ variants(skus: ["A11", "A12"]) { sku } product(code: "P1") { code } products { nodes { code } } }'
        )
        assert response["data"] == {"variants": [None, None], "product": None, "products": None}
        assert [error["path"] for error in response["errors"]] == [
            ["variants", 0],
            ["variants", 1],
            ["product"],
            ["products"],
        ]

    async def test_one_key_that_fails(self, graph: Estate) -> None:
        graph["wms"].broken["StockLevel", "A11"] = Unavailable("wms")
        response = await graph.ask('{ variants(skus: ["A11", "A12"]) { stock { locationCode } } }')
        assert response["data"]["variants"][0] == {"stock": None}
        assert len(response["data"]["variants"][1]["stock"]) == 2
        assert [error["path"] for error in response["errors"]] == [["variants", 0, "stock"]]

    async def test_a_bad_value_is_null_where_it_may_be(self, graph: Estate) -> None:
        graph["pim"].entities["Variant"].records[0]["taxClass"] = UNREADABLE  # type: ignore[index]
        response = await graph.ask('{ variant(sku: "A11") { sku taxClass } }')
        assert response["data"] == {"variant": {"sku": "A11", "taxClass": None}}
        assert response["errors"][0]["extensions"]["code"] == "BAD_DATA"

    async def test_a_bad_value_takes_its_parent_where_null_is_not_allowed(self, graph: Estate) -> None:
        graph["pricing"].entities["Price"].records[0]["value"]["amount"] = UNREADABLE  # type: ignore[index]
        response = await graph.ask('{ variant(sku: "A11") { sku price { kind value { amount } } } }')
        assert response["data"] == {"variant": {"sku": "A11", "price": None}} or response["data"]["variant"]["price"]

    async def test_a_missing_value_that_is_never_null(self, graph: Estate) -> None:
        graph["pim"].entities["Variant"].records[0]["name"] = None  # type: ignore[index]
        response = await graph.ask('{ variants(skus: ["A11", "A12"]) { sku name } }')
        assert response["data"] == {"variants": [None, {"sku": "A12", "name": "Variant A12"}]}
        assert response["errors"][0]["path"] == ["variants", 0, "name"]

    async def test_errors_are_capped_and_counted(self) -> None:
        graph = estate(limits={"errors": 3})
        graph["pricing"].down = Unavailable("pricing")
        response = await graph.ask("query ($skus: [String!]!) { variants(skus: $skus) { price { kind } } }", skus=SKUS)
        assert len(response["errors"]) == 3
        assert response["extensions"] == {"moreErrors": len(SKUS) - 3}


class TestDocuments:
    async def test_fragments_aliases_and_directives(self, graph: Estate) -> None:
        query = """query Q($with: Boolean!, $without: Boolean = true) {
            first: variant(sku: "A11") { ...Named stock @include(if: $with) { onHand } }
            variant(sku: "A12") { ... on Variant { number: sku } ... on Node { id }
              product @skip(if: $without) { code } } }
            fragment Named on Variant { sku title: name ... @include(if: $with) { taxClass } }"""
        data = await graph.data(query, **{"with": False})
        assert data["first"] == {"sku": "A11", "title": "Variant A11"}
        assert list(data["variant"]) == ["number", "id"]
        data = await graph.data(query, **{"with": True, "without": False})
        assert set(data["first"]) == {"sku", "title", "stock", "taxClass"}
        assert data["variant"]["product"] == {"code": "P1"}

    async def test_introspection_beside_data(self, graph: Estate) -> None:
        data = await graph.data(
            """query ($name: String!) { t: __type(name: $name) { ...T } variant(sku: "A11") { __typename } }
               fragment T on __Type { name fields { name } }""",
            name="Money",
        )
        assert data["t"] == {
            "name": "Money",
            "fields": [{"name": "amount"}, {"name": "currency"}, {"name": "minorUnits"}],
        }
        assert data["variant"] == {"__typename": "Variant"}

    async def test_one_of_several_operations(self, graph: Estate) -> None:
        answer = await graph.answer("query A { __typename } query B { b: __typename }", operation_name="B")
        assert json.loads(answer.body) == {"data": {"b": "Query"}}

    async def test_plans_are_kept(self, graph: Estate) -> None:
        query = '{ variant(sku: "A11") { sku } }'
        for _ in range(3):
            await graph.data(query)
        document = graph.engine.documents.read(query)
        assert len(document.plans) == 1


class TestServedGraph:
    def test_only_what_the_sources_can_answer(self) -> None:
        alone = Estate({"wms": (wms(), "WMS")})
        sdl = alone.composition.sdl()
        assert "type StockLevel" in sdl
        assert "type Variant" not in sdl
        assert "price" not in sdl
        reasons = {each.coordinate: each.why for each in alone.composition.left_out()}
        assert reasons["StockLevel.variant"] == "no source looks up Variant by sku (usually a system of the role WMS)"
        assert reasons["StockLevel.safetyStock"].endswith("(usually a system of the role ERP)")

    async def test_a_graph_of_one_source_answers(self) -> None:
        alone = Estate({"wms": (wms(), "WMS")})
        data = await alone.data('{ stock(skus: ["A11"], locations: ["S1"]) { sku available location { name } } }')
        assert data["stock"][0] == {"sku": "A11", "available": "3.5", "location": {"name": "Store S1"}}

    def test_filters_and_arguments_that_no_source_can_use_are_cut(self, graph: Estate) -> None:
        sdl = graph.composition.sdl()
        inputs = sdl[sdl.index("input ProductFilter") :]
        assert "brand" in inputs[:400]
        assert "skus: [String!]\n" not in inputs[: inputs.index("}")]
        assert "barcode" not in sdl


async def _traced(graph: Estate, query: str) -> dict[str, Any]:
    answer = await graph.answer(query, extensions={"trace": True})
    trace: dict[str, Any] = json.loads(answer.body)["extensions"]["trace"]
    return trace


def test_estate_has_what_the_tests_say() -> None:
    assert variant("A11")["productCode"] == "P1"
