"""Documents and plans are kept within a bound of bytes, whatever clients write."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

import pytest

from gateway.config.settings import Settings
from gateway.engine.recent import Recent
from gateway.engine.request import OperationRequest
from tests.engine.estate import Estate, estate
from tests.proof.memory import grown

MEGABYTE = 1024**2


def test_many_documents_leave_the_process_where_a_few_left_it() -> None:
    """A tenth of what ``make proof`` asks, within a tenth of the bound."""
    assert grown(documents=1000, bound="3 MiB") < 5 * MEGABYTE


QUERIES = [
    '{ variant(sku: "A11") { sku name price { value { amount } } stock { location { name } available } } }',
    """query Page($first: Int = 3) { products(first: $first) { nodes { ...Card related { ...Card } } totalCount } }
       fragment Card on Product { code name attributes { label text } categories { name ancestors { name } } }""",
    "{ __typename }",
]


@pytest.mark.parametrize("query", QUERIES)
def test_weights_are_what_documents_and_plans_really_take(query: str) -> None:
    """Within a factor of two and a half: enough for a bound that means something."""
    graph = estate()
    graph.engine.prepare(OperationRequest("{ __typename }"))  # what the first of all makes is not its own
    taken = allocated(lambda: [graph.engine.prepare(OperationRequest(f"{query}# {copy}")) for copy in range(8)])
    weight = graph.engine.documents.recent.weight
    assert 0.4 < weight / taken < 2.5, (weight, taken)


def allocated(make: Callable[[], list[object]]) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        make().clear()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


class TestRecent:
    def test_what_was_not_used_of_late_goes_first(self) -> None:
        recent: Recent[str, int] = Recent(3)
        for name in "abc":
            recent.put(name, 1, 1)
        recent.get("a")
        recent.put("d", 1, 1)
        assert [recent.get(name) for name in "abcd"] == [1, None, 1, 1]
        assert recent.weight == len(recent) == 3

    def test_what_has_become_heavier_pushes_others_out(self) -> None:
        recent: Recent[str, int] = Recent(4)
        recent.put("a", 1, 1)
        recent.put("b", 1, 1)
        recent.put("b", 1, 4)
        assert (recent.get("a"), recent.get("b"), recent.weight) == (None, 1, 4)

    def test_what_is_too_heavy_is_not_kept(self) -> None:
        recent: Recent[str, int] = Recent(4)
        recent.put("b", 1, 5)
        assert (recent.get("b"), recent.weight, len(recent)) == (None, 0, 0)


class TestPlans:
    QUERY = 'query Q(%s) { variant(sku: "A11") { %s } }'

    def small(self, size: str) -> Estate:
        return estate(cache={"documents": size})

    def test_one_document_cannot_push_out_all_others(self) -> None:
        """Each choice of what is skipped is a plan of its own."""
        graph = self.small("200 KiB")
        names = [f"v{number}" for number in range(8)]
        declared = ", ".join(f"${name}: Boolean!" for name in names)
        query = self.QUERY % (declared, " ".join(f"{name}: sku @skip(if: ${name})" for name in names) + " sku")
        graph.engine.prepare(OperationRequest("{ __typename }"))
        for number in range(200):
            variables = {name: bool(number >> place & 1) for place, name in enumerate(names)}
            graph.engine.prepare(OperationRequest(query, variables=variables))
        assert graph.engine.documents.recent.get("{ __typename }")
        assert graph.engine.documents.recent.weight < 200 * 1024

    async def test_fragments_that_spread_others_are_counted_wherever_they_are_spread(self) -> None:
        """A text of some hundred characters that selects a few thousand fields."""
        fragments = [
            f"fragment F{level} on Category {{ a: children {{ ...F{level + 1} }} b: children {{ ...F{level + 1} }} }}"
            for level in range(11)
        ]
        query = " ".join(["{ categories { ...F0 } }", *fragments, "fragment F11 on Category { code name }"])
        response = await estate().ask(query)
        [error] = response["errors"]
        assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
        assert error["message"] == "The operation selects more than 2000 fields."
        assert "data" not in response


def test_the_bound_is_a_word_of_the_configuration() -> None:
    settings = Settings.model_validate({"cache": {"documents": "1 MiB"}})
    assert settings.cache.documents == MEGABYTE
