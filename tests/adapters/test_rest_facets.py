"""Facets out of the replies of search systems."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML
from starlette.requests import Request
from starlette.responses import JSONResponse

from adapters.problems import MappingProblems
from adapters.rest import KIND
from adapters.rest.build import build
from adapters.spi import Adapter, BadData, Facet, Search
from gateway.graph import declared_graph

REGISTRATION = """
source: search
role: PIM
kind: rest
url: http://search.test
entities:
  Product:
    key: code
    fields: {code: no, name: title, lifecycle: {from: state.code, map: {A: ACTIVE, B: ACTIVE, C: CLEARANCE}}}
    search:
      products:
        post: /products
        body: {from: $offset, size: $size, state: $filter.lifecycle, aggs: $aggregations}
        rows: hits
        page: {offset: offset, limit: size}
        filters: {lifecycle: {field: lifecycle}}
        facets_with: {aggregations: {brand: {terms: 10}}}
        facets:
          brand: {at: found.brand, value: key, count: n, text: names.en, label: Brand}
          lifecycle: {at: found.state, field: lifecycle}
"""
OBJECTS = [{"key": "b", "n": 1, "names": {"en": "Bee"}}, {"key": "a", "n": "7", "names": None}]
SHOWN = [{"value": "a", "label": "a", "count": 7}, {"value": "b", "label": "Bee", "count": 1}]


class Service:
    """Answers a page of one product, with what it found; ``asked`` are the bodies of the requests so far."""

    def __init__(self, found: Any) -> None:
        self.found = found
        self.asked: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(json.loads(await Request(scope, receive).body()))
        await JSONResponse({"hits": [{"no": "P1", "title": "One"}], "found": self.found})(scope, receive, send)


def adapter(service: Service, text: str = REGISTRATION) -> Adapter:
    registration = KIND.registration.model_validate(YAML(typ="safe").load(text))
    return build(registration, declared_graph().types, httpx.ASGITransport(service))


async def facets(service: Service, text: str = REGISTRATION, **other: Any) -> list[Facet]:
    request = Search("Product", "products", 3, frozenset({"name"}), want_facets=True, **other)
    return list((await adapter(service, text).search(request)).pages[None].facets or ())


@pytest.mark.parametrize(
    ("states", "counts"),
    [
        ([{"value": "C", "count": 4}, {"value": "A", "count": 2}, {"value": "B", "count": 3}], [5, 4]),
        (["C", 4, "A", 2, "B", 3, "Z", 9], [5, 4]),  # a code without a meaning is no value
        ({"C": 4, "A": 2, "B": 3}, [5, 4]),
        ({"C": 4, "A": 0}, [0, 4]),
        (None, [0, 0]),
    ],
)
async def test_counts_in_all_their_forms(states: Any, counts: list[int]) -> None:
    service = Service({"brand": OBJECTS, "state": states})
    brand, lifecycle = await facets(service)
    assert brand == {"code": "brand", "label": "Brand", "values": SHOWN}
    names = [(name, count) for name, count in zip(("ACTIVE", "CLEARANCE"), counts, strict=True) if count]
    values = [{"value": name, "label": name, "count": count} for name, count in names]
    assert lifecycle == {"code": "lifecycle", "label": "lifecycle", "values": values}
    assert service.asked == [{"from": 0, "size": 4, "aggs": {"brand": {"terms": 10}}}]


async def test_nothing_is_counted_that_nobody_wants() -> None:
    service = Service({"brand": OBJECTS, "state": {}})
    asked = adapter(service)
    assert asked.capabilities["Product"].searches["products"].facets == {"brand", "lifecycle"}
    page = (await asked.search(Search("Product", "products", 3, frozenset({"name"})))).pages[None]
    assert (page.facets, service.asked) == (None, [{"from": 0, "size": 4}])


async def test_of_a_list_that_nothing_meets_all_facets_are_empty() -> None:
    service = Service({})
    found = await facets(service, filters={"lifecycle": ["PLANNED"]})
    assert [(facet["code"], facet["values"]) for facet in found] == [("brand", []), ("lifecycle", [])]
    assert service.asked == []


@pytest.mark.parametrize("states", ["A", ["A"], ["A", "many"], [{"value": "A"}], {"A": True}, {"A": -1}, 5], ids=str)
async def test_what_is_no_count_is_told(states: Any) -> None:
    with pytest.raises(BadData, match=r"at `found\.state`, found"):
        await facets(Service({"brand": [], "state": states}))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "field: lifecycle}\n",
            "field: livecycle}\n",
            "facets.lifecycle.field: expected a field that is read from one",
        ),
        ("at: found.brand,", "at: 'found[',", "facets.brand.at: expected a JMESPath expression"),
        ("aggs: $aggregations", "aggs: $aggregation", "facets_with.aggregations: expected a variable of the request"),
        ("page: {offset: offset, limit: size}", "page: {next: next}", "expected pages by offset, number or token"),
    ],
)
def test_words_that_do_not_fit_are_told(old: str, new: str, expected: str) -> None:
    with pytest.raises(MappingProblems) as error:
        adapter(Service({}), REGISTRATION.replace(old, new))
    assert expected in str(error.value)
