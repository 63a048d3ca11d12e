"""What graphql-core's own execution tests check and a gateway can also meet, as cases of our own.

===========================  =======  ==========================================================================
Their tests                  Applies  Here, or why not
===========================  =======  ==========================================================================
``test_executor``            mostly   ``TestOperations``: choice of the operation, order of fields, merging, aliases.
                                      Context, root values and resolvers are a library's; a gateway has none.
``test_variables``           yes      ``TestVariables``: what arrives at a source is looked at.
``test_directives``          yes      ``TestDirectives``. One deviation: a null for what decides about a field refuses
                                      the request, as without it there is no plan.
``test_nonnull``             yes      ``TestNonNull``; promises that fail are sources that fail: see the proof.
``test_lists``               yes      ``TestLists``; lists of lists are in no graph that can be registered.
``test_abstract``,           partly   ``TestInterfaces``. The runtime type is told by the id, so it is never unknown
``test_union_interface``              or wrong. No graph that can be registered has unions.
``test_resolve``             no       How a library finds a resolver.
``test_schema``              partly   ``TestOperations``: ``__typename``, introspection. The rest builds schemas.
``test_sync``, ``parallel``  no       The engine is always asynchronous; that order of arrival does not matter is in
                                      the proof (slow sources).
``test_mutations``           no       The graph only reads.
``test_subscribe``           no       The graph only reads.
``test_defer``, ``stream``   no       Not offered.
``test_oneof``               no       No input of the graph is one; roots that take exactly one argument: see the proof.
``test_customize``,          no       Extension points of a library.
``test_middleware``
===========================  =======  ==========================================================================
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from adapters.memory import UNREADABLE
from adapters.spi import Search
from gateway.engine import ids
from tests.engine.estate import Estate, estate
from tests.proof.holes import put
from tests.proof.small_graph import WHOLE, SmallGraph

BAD = "BAD_DATA"


class TestOperations:
    async def test_fields_stand_in_the_order_in_which_they_are_asked_first(self) -> None:
        query = """{ b: thing { size name } thing { name code } ...F a: thing { code } }
            fragment F on Query { thing { size } }"""
        data = (await SmallGraph().ask(query))["data"]
        assert json.dumps(data) == json.dumps(
            {
                "b": {"size": 1, "name": "Thing"},
                "thing": {"name": "Thing", "code": "T1", "size": 1},
                "a": {"code": "T1"},
            }
        )

    async def test_selections_of_one_response_name_are_merged_at_every_depth(self) -> None:
        query = """{ thing { part { part { value } } ...A ... on Thing { part { value } } } }
            fragment A on Thing { part { needed ...B } }  fragment B on Part { part { needed } }"""
        assert (await SmallGraph().ask(query))["data"] == {
            "thing": {"part": {"part": {"value": "v", "needed": "n"}, "needed": "n", "value": "v"}}
        }

    async def test_a_field_of_which_nothing_is_left_is_an_empty_object(self) -> None:
        assert (await SmallGraph().ask("{ thing { size @skip(if: true) } }"))["data"] == {"thing": {}}

    @pytest.mark.parametrize(
        ("query", "name", "response"),
        [
            ("{ thing { size } }", None, {"data": {"thing": {"size": 1}}}),
            ("query A { thing { size } }", None, {"data": {"thing": {"size": 1}}}),
            ("query A { thing { size } } query B { thing { code } }", "B", {"data": {"thing": {"code": "T1"}}}),
            ("query A { thing { size } } query B { thing { code } }", None, {"errors": [(None, "OPERATION_UNKNOWN")]}),
            ("query A { thing { size } } query B { thing { code } }", "C", {"errors": [(None, "OPERATION_UNKNOWN")]}),
            ("fragment F on Thing { code }", None, {"errors": [(None, "GRAPHQL_PARSE_FAILED")]}),
            ("{ thing { size { x } } }", None, {"errors": [(None, "GRAPHQL_VALIDATION_FAILED")]}),
            ("mutation { thing { size } }", None, {"errors": [(None, "GRAPHQL_VALIDATION_FAILED")]}),
        ],
    )
    async def test_the_operation_that_is_asked(self, query: str, name: str | None, response: Any) -> None:
        assert await SmallGraph().ask(query, name) == response

    async def test_typename_and_introspection_beside_data(self) -> None:
        query = (
            '{ __typename thing { t: __typename } __type(name: "Part") { kind } s: __schema { queryType { name } } }'
        )
        assert (await SmallGraph().ask(query))["data"] == {
            "__typename": "Query",
            "thing": {"t": "Thing"},
            "__type": {"kind": "OBJECT"},
            "s": {"queryType": {"name": "Query"}},
        }


class TestVariables:
    """By what the product system is asked for: the filters of a search."""

    @pytest.fixture
    def graph(self) -> Estate:
        return estate()

    @pytest.mark.parametrize(
        ("head", "argument", "variables", "filters"),
        [
            ("", '{brand: ["A", "B"]}', {}, {"brand": ["A", "B"]}),
            ("", '{brand: "A"}', {}, {"brand": ["A"]}),
            ("", "{brand: null, codes: []}", {}, {"codes": []}),
            ("", "null", {}, {}),
            ("($f: ProductFilter)", "$f", {"f": {"brand": ["A"], "codes": None}}, {"brand": ["A"]}),
            ("($f: ProductFilter)", "$f", {"f": {"brand": "A"}}, {"brand": ["A"]}),
            ("($f: ProductFilter)", "$f", {"f": None}, {}),
            ("($f: ProductFilter)", "$f", {}, {}),
            ('($f: ProductFilter = {brand: "A"})', "$f", {}, {"brand": ["A"]}),
            ('($f: ProductFilter = {brand: "A"})', "$f", {"f": None}, {}),
            ('($f: ProductFilter = {brand: "A"})', "$f", {"f": {"codes": ["P1"]}}, {"codes": ["P1"]}),
            ("($b: [String!])", "{brand: $b}", {"b": ["A", "B"]}, {"brand": ["A", "B"]}),
            ("($b: [String!])", "{brand: $b}", {"b": "A"}, {"brand": ["A"]}),
            ("($b: [String!])", '{brand: $b, codes: "P1"}', {}, {"codes": ["P1"]}),
            ('($b: [String!] = ["A"])', "{brand: $b}", {}, {"brand": ["A"]}),
            ("($b: String!)", '{brand: ["A", $b]}', {"b": "B"}, {"brand": ["A", "B"]}),
            ('($b: String = "B")', "{brand: [$b]}", {}, {"brand": ["B"]}),
        ],
    )
    async def test_what_arrives_at_the_source(
        self, graph: Estate, head: str, argument: str, variables: dict[str, Any], filters: Any
    ) -> None:
        await graph.data(f"query Q{head} {{ products(filter: {argument}) {{ nodes {{ code }} }} }}", **variables)
        [call] = graph["pim"].calls
        assert isinstance(call, Search)
        assert call.filters == filters

    @pytest.mark.parametrize(
        ("head", "argument", "variables"),
        [
            ("($f: ProductFilter)", "$f", {"f": "A"}),
            ("($f: ProductFilter)", "$f", {"f": {"brand": [None]}}),
            ("($f: ProductFilter)", "$f", {"f": {"brand": [["A"]]}}),
            ("($f: ProductFilter)", "$f", {"f": {"colour": "red"}}),
            ("($f: ProductFilter!)", "$f", {}),
            ("($f: ProductFilter!)", "$f", {"f": None}),
            ("($b: [String!])", "{brand: $b}", {"b": [1]}),
        ],
    )
    async def test_values_of_another_type_are_refused_before_anything_is_called(
        self, graph: Estate, head: str, argument: str, variables: dict[str, Any]
    ) -> None:
        response = await graph.ask(
            f"query Q{head} {{ products(filter: {argument}) {{ nodes {{ code }} }} }}", **variables
        )
        assert [error["extensions"]["code"] for error in response["errors"]] == ["BAD_USER_INPUT"]
        assert "data" not in response
        assert graph["pim"].calls == []

    async def test_a_null_where_an_argument_takes_none_is_the_error_of_its_field(self) -> None:
        """Variables that may be null are allowed there where a default stands in for absent ones."""
        small = SmallGraph()
        query = 'query ($c: String = "T1") { thing { code } things(codes: [$c]) { code } }'
        assert await small.ask(query, c=None) == {"data": None, "errors": [(["things"], "BAD_USER_INPUT")]}
        assert await small.ask(query) == {"data": {"thing": {"code": "T1"}, "things": [{"code": "T1"}]}}
        assert (await small.ask('query ($n: String = "Part") { __type(name: $n) { name } }', n=None)) == {
            "data": {"__type": None},
            "errors": [(["__type"], "BAD_USER_INPUT")],
        }

    @pytest.mark.parametrize(
        ("query", "variables", "code"),
        [
            ("{ thing { code } }", {}, "T1"),
            ("query ($c: String) { thing(code: $c) { code } }", {}, "T1"),
            ('query ($c: String = "T2") { thing(code: $c) { code } }', {}, "T2"),
            ('query ($c: String = "T2") { thing(code: $c) { code } }', {"c": "T1"}, "T1"),
            ("query ($c: String!) { thing(code: $c) { code } }", {"c": "T2"}, "T2"),
        ],
    )
    async def test_defaults_of_arguments_and_variables(self, query: str, variables: Any, code: str) -> None:
        small = SmallGraph()
        await small.ask(query, **variables)
        assert [call.keys for call in small.source.calls] == [[code]]  # type: ignore[union-attr]  # only lookups

    async def test_one_document_with_other_variables_each_time(self) -> None:
        small = SmallGraph()
        query = "query ($c: String, $more: Boolean = false) { thing(code: $c) { code size @include(if: $more) } }"
        assert (await small.ask(query, c="T1"))["data"] == {"thing": {"code": "T1"}}
        assert (await small.ask(query, c="T1", more=True))["data"] == {"thing": {"code": "T1", "size": 1}}
        assert (await small.ask(query, c=None))["errors"] == [(["thing"], "BAD_USER_INPUT")]
        assert (await small.ask(query))["data"] == {"thing": {"code": "T1"}}


class TestDirectives:
    @pytest.mark.parametrize(
        ("directives", "kept"),
        [
            ("@include(if: true)", True),
            ("@include(if: false)", False),
            ("@skip(if: true)", False),
            ("@skip(if: false)", True),
            ("@include(if: true) @skip(if: false)", True),
            ("@include(if: true) @skip(if: true)", False),
            ("@include(if: false) @skip(if: false)", False),
            ("@include(if: $yes)", True),
            ("@skip(if: $yes)", False),
        ],
    )
    @pytest.mark.parametrize(
        "selection",
        ["name {}", "... on Thing {} {{ name }}", "... {} {{ name }}", "...F {}", "...G", "... on Named {} {{ name }}"],
    )
    async def test_what_is_left_out(self, directives: str, kept: bool, selection: str) -> None:
        query = f"""query ($yes: Boolean! = true) {{ thing {{ code {selection.format(directives)} }} }}
            {"fragment F on Thing { name }" if "F" in selection else ""}
            {f"fragment G on Thing {{ name {directives} }}" if "G" in selection else ""}"""
        query = query if "$yes)" in query else query.replace("($yes: Boolean! = true)", "")
        expected = {"code": "T1"} | ({"name": "Thing"} if kept else {})
        assert await SmallGraph().ask(query) == {"data": {"thing": expected}}

    async def test_a_null_decides_nothing(self) -> None:
        small = SmallGraph()
        query = "query ($more: Boolean = true) { thing { code name @include(if: $more) } }"
        assert await small.ask(query, more=None) == {"errors": [(None, "BAD_USER_INPUT")]}
        assert small.source.calls == []
        assert await small.ask(query) == {"data": {"thing": {"code": "T1", "name": "Thing"}}}

    async def test_what_is_left_out_is_not_asked_for(self) -> None:
        small = SmallGraph()
        await small.ask("{ thing { maker @skip(if: true) { name } name @include(if: false) } }")
        assert [(call.entity, call.fields) for call in small.source.calls] == [("Thing", frozenset({"code"}))]


class TestNonNull:
    """A null goes up to the nearest position that may be null, and is told once, where it began."""

    @pytest.mark.parametrize("value", [None, UNREADABLE])
    @pytest.mark.parametrize(
        ("path", "selection", "thing"),
        [
            ("part.needed", "size part { value needed }", {"size": 1, "part": None}),
            ("part.part.needed", "part { value part { needed } }", {"part": {"value": "v", "part": None}}),
            ("part.neededPart.needed", "size part { neededPart { needed } }", {"size": 1, "part": None}),
            ("neededPart.needed", "size neededPart { needed }", None),
            ("neededPart.neededPart.needed", "size neededPart { neededPart { needed } }", None),
            ("neededPart", "size neededPart { value }", None),
        ],
    )
    async def test_up_to_what_may_be_null(self, path: str, value: object, selection: str, thing: Any) -> None:
        response = await SmallGraph(**torn(path, value)).ask(f'{{ things(codes: ["T1"]) {{ {selection} }} }}')
        assert response == {"data": {"things": [thing]}, "errors": [(["things", 0, *path.split(".")], BAD)]}

    @pytest.mark.parametrize(("value", "errors"), [(None, None), (UNREADABLE, [(["thing", "part", "value"], BAD)])])
    async def test_what_may_be_null_stays(self, value: object, errors: Any) -> None:
        response = await SmallGraph(**torn("part.value", value)).ask("{ thing { part { value needed } } }")
        assert response["data"] == {"thing": {"part": {"value": None, "needed": "n"}}}
        assert response.get("errors") == errors

    async def test_each_position_has_its_own_error(self) -> None:
        response = await SmallGraph(**torn("part.needed", None)).ask(
            "{ a: thing { part { needed } } b: thing { p: part { needed } } }"
        )
        assert response["data"] == {"a": {"part": None}, "b": {"p": None}}
        assert response["errors"] == [(["a", "part", "needed"], BAD), (["b", "p", "needed"], BAD)]

    async def test_one_error_for_one_null(self) -> None:
        response = await SmallGraph(**torn("part.needed", None)).ask("{ thing { part { a: needed b: needed } } }")
        assert response == {"data": {"thing": {"part": None}}, "errors": [(["thing", "part", "a"], BAD)]}


ITEMS: list[tuple[object, Any, list[Any], Any, list[Any]]] = [
    ([1, 2], [1, 2], [], [1, 2], []),
    ([], [], [], [], []),
    ([1, None], [1, None], [], None, [1]),
    ([1, UNREADABLE], [1, None], [1], None, [1]),
    ([None, None], [None, None], [], None, [0]),
]
"""What the source gives; the list where an item may be null, and where not, each with the index of the error."""


class TestLists:
    @pytest.mark.parametrize(("given", "loose", "loose_error", "strict", "strict_error"), ITEMS)
    async def test_items(
        self, given: object, loose: Any, loose_error: list[Any], strict: Any, strict_error: list[Any]
    ) -> None:
        for name, value, at in (("list", loose, loose_error), ("listOfNeeded", strict, strict_error)):
            response = await SmallGraph(**{name: given}).ask(f"{{ thing {{ size {name} }} }}")
            assert response["data"] == {"thing": {"size": 1, name: value}}
            assert response.get("errors", []) == [(["thing", name, index], BAD) for index in at]
        for name, value, at in (("neededList", loose, loose_error), ("neededListOfNeeded", strict, strict_error)):
            response = await SmallGraph(**{name: given}).ask(f"{{ thing {{ size {name} }} }}")
            assert response["data"] == {"thing": {"size": 1, name: value} if value is not None else None}
            assert response.get("errors", []) == [(["thing", name, index], BAD) for index in at]

    @pytest.mark.parametrize("given", [None, UNREADABLE])
    @pytest.mark.parametrize("name", ["list", "listOfNeeded", "parts", "partsNeeded"])
    async def test_a_list_that_may_be_null(self, name: str, given: object) -> None:
        below = " { value }" if "arts" in name else ""
        response = await SmallGraph(**{name: given}).ask(f"{{ thing {{ size {name}{below} }} }}")
        assert response["data"] == {"thing": {"size": 1, name: None}}
        assert response.get("errors", []) == ([(["thing", name], BAD)] if given is UNREADABLE else [])

    @pytest.mark.parametrize("given", [None, UNREADABLE])
    @pytest.mark.parametrize("name", ["neededList", "neededListOfNeeded", "neededParts", "neededPartsNeeded"])
    async def test_a_list_that_is_never_null(self, name: str, given: object) -> None:
        below = " { value }" if "arts" in name else ""
        response = await SmallGraph(**{name: given}).ask(f"{{ thing {{ size {name}{below} }} }}")
        assert response == {"data": {"thing": None}, "errors": [(["thing", name], BAD)]}

    @pytest.mark.parametrize(
        ("name", "thing"),
        [
            ("parts", {"parts": [{"needed": "n"}, None]}),
            ("partsNeeded", {"partsNeeded": None}),
            ("neededParts", {"neededParts": [{"needed": "n"}, None]}),
            ("neededPartsNeeded", None),
        ],
    )
    @pytest.mark.parametrize("item", [{"needed": None}, None, UNREADABLE])
    async def test_an_object_in_a_list(self, name: str, thing: Any, item: Any) -> None:
        response = await SmallGraph(**{name: [{"needed": "n"}, item]}).ask(f"{{ thing {{ {name} {{ needed }} }} }}")
        assert response["data"] == {"thing": thing}
        path = ["thing", name, 1, *(["needed"] if isinstance(item, dict) else [])]
        silent = item is None and name in ("parts", "neededParts")
        assert response.get("errors", []) == ([] if silent else [(path, BAD)])


class TestInterfaces:
    THING, MAKER = ids.id_of("Thing", "T1"), ids.id_of("Maker", "M1")

    async def test_fragments_apply_to_the_types_that_they_are_on(self) -> None:
        query = """query ($ids: [ID!]!) { nodes(ids: $ids) {
            __typename id ... on Thing { size } ... on Maker { code }
            ... on Named { name } ... on Node { again: id } } }"""
        thing = {"__typename": "Thing", "id": self.THING, "size": 1, "name": "Thing", "again": self.THING}
        maker = {"__typename": "Maker", "id": self.MAKER, "code": "M1", "name": "Maker", "again": self.MAKER}
        data = (await SmallGraph().ask(query, ids=[self.MAKER, self.THING, self.MAKER]))["data"]
        assert json.dumps(data) == json.dumps({"nodes": [maker, thing, maker]})

    async def test_named_fragments_and_selections_are_merged(self) -> None:
        query = """query ($id: ID!) { node(id: $id) { ... on Thing { part { value } } ...T ...N } }
            fragment T on Thing { part { needed } }  fragment N on Named { ... on Thing { part { n: needed } } name }"""
        assert (await SmallGraph().ask(query, id=self.THING))["data"] == {
            "node": {"part": {"value": "v", "needed": "n", "n": "n"}, "name": "Thing"}
        }

    @pytest.mark.parametrize(
        "id_", ["nonsense", "", ids.id_of("Part", "1"), ids.id_of("Thing", "T9"), ids.id_of("Nope", "1")]
    )
    async def test_what_is_no_id_of_a_record_is_null(self, id_: str) -> None:
        query = "query ($id: ID!) { node(id: $id) { id ... on Thing { code } } nodes(ids: [$id]) { id } }"
        assert await SmallGraph().ask(query, id=id_) == {"data": {"node": None, "nodes": [None]}}

    async def test_a_null_in_one_of_several_goes_up_to_its_own_position(self) -> None:
        query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Thing { neededPart { value } } } }"
        response = await SmallGraph(neededPart=None).ask(query, ids=[self.MAKER, self.THING])
        assert response == {
            "data": {"nodes": [{"id": self.MAKER}, None]},
            "errors": [(["nodes", 1, "neededPart"], BAD)],
        }

    async def test_possible_types_are_known_to_introspection(self) -> None:
        data = (await SmallGraph().ask('{ __type(name: "Named") { kind possibleTypes { name } } }'))["data"]
        assert data["__type"]["kind"] == "INTERFACE"
        assert {each["name"] for each in data["__type"]["possibleTypes"]} == {"Thing", "Maker"}


def torn(path: str, value: object) -> dict[str, Any]:
    """The changed value of ``WHOLE``: at ``part.needed`` there is ``value``."""
    name, *steps = path.split(".")
    whole = deepcopy({name: WHOLE[name]})
    put(whole, (name, *steps), value)
    return whole
