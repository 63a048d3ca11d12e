"""Routes over several sources: what they answer, what they cost, and every mistake in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup
from adapters.spi import BadData, Unavailable
from gateway.config.problems import ConfigurationError
from gateway.engine.explain import as_text, explained, traced
from gateway.engine.request import OperationRequest
from tests.engine.estate import SKUS, Estate, pim, price, pricing, wms

PRICES = '{ variants(skus: ["A11", "A12"]) { price { value { amount } kind provenance { source role } } } }'


def erp(**extra: Any) -> MemoryAdapter:
    """List prices, and the tax classes that the PIM has, too."""
    return MemoryAdapter(
        "erp",
        {
            "Price": MemoryEntity(
                [
                    {name: value for name, value in price(sku, "21.00").items() if name != "customerGroup"}
                    for sku in SKUS
                ],
                {"sku": MemoryLookup(many=True, batch=1)},
            ),
            "Variant": MemoryEntity(
                [{"sku": sku, "taxClass": "REDUCED"} for sku in SKUS if sku != "A12"], {"sku": MemoryLookup()}
            ),
        },
    )


def graph(**routes: Any) -> Estate:
    sources: Any = {
        "pim": (pim(), "PIM"),
        "wms": (wms(), "WMS"),
        "pricing": (pricing(), "PRICING"),
        "erp": (erp(), "ERP"),
    }
    return Estate(
        sources, {"routes": {"Variant": "pim", **{name.replace("_", "."): it for name, it in routes.items()}}}
    )


def problems(routes: Mapping[str, Any], **sources: MemoryAdapter) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        made: Any = {name: (adapter, "PIM") for name, adapter in sources.items()}
        Estate(
            {"pim": (pim(), "PIM"), "pricing": (pricing(), "PRICING"), "erp": (erp(), "ERP"), **made},
            {"routes": {"Variant": "pim", **routes}},
        )
    return [
        f"{problem.where}: {problem.expected}; {problem.found}; {problem.hint}" for problem in caught.value.problems
    ]


class TestFallback:
    @pytest.mark.quirk("X5")
    async def test_the_answer_says_who_gave_it(self) -> None:
        asked = graph(Price=["pricing", "erp"])
        asked["pricing"].broken["Price", "A12"] = Unavailable("pricing")
        data = await asked.data(PRICES)
        assert [variant["price"] for variant in data["variants"]] == [
            {"value": {"amount": "19.90"}, "kind": "REGULAR", "provenance": {"source": "pricing", "role": "PRICING"}},
            {"value": {"amount": "21.00"}, "kind": "REGULAR", "provenance": {"source": "erp", "role": "ERP"}},
        ]
        assert asked.calls("erp") == [("Price", "sku", 1)]

    async def test_bad_data_is_an_error_of_the_source_that_gave_it(self) -> None:
        asked = graph(Price={"fallback": ["pricing", "erp"], "missing": True})
        asked["pricing"].broken["Price", "A12"] = BadData("pricing")
        response = await asked.ask(PRICES)
        assert [variant["price"] is None for variant in response["data"]["variants"]] == [False, True]
        assert [(error["extensions"]["code"], error["extensions"]["source"]) for error in response["errors"]] == [
            ("BAD_DATA", "pricing")
        ]

    @pytest.mark.quirk("X5")
    async def test_a_field_from_another_system_while_its_own_is_away(self) -> None:
        asked = graph(Price="pricing", Variant_taxClass=["erp", "pim"])
        query = '{ variants(skus: ["A11", "A12"]) { taxClass } }'
        assert (await asked.data(query))["variants"] == [{"taxClass": "REDUCED"}, {"taxClass": None}]
        asked["erp"].down = Unavailable("erp")
        assert (await asked.data(query))["variants"] == [{"taxClass": "STANDARD"}] * 2

    async def test_where_said_what_a_source_has_not_is_asked_of_the_next(self) -> None:
        asked = graph(Price="pricing", Variant_taxClass={"fallback": ["erp", "pim"], "missing": True})
        data = await asked.data('{ variants(skus: ["A11", "A12"]) { taxClass } }')
        assert data["variants"] == [{"taxClass": "REDUCED"}, {"taxClass": "STANDARD"}]

    async def test_the_plan_names_the_real_sources_and_counts_all_of_them(self) -> None:
        asked = graph(Price=["pricing", "erp"])
        request = OperationRequest(PRICES)
        prepared = asked.engine.prepare(request)
        plan = explained(prepared, asked.composition)
        most = {source: spent["calls"] for source, spent in plan["sources"].items()}
        assert most == {"pim": 1, "pricing": 1, "erp": 2}
        assert plan["worstCase"] == 4
        assert "1. pricing else erp: lookup Price by sku" in as_text(plan)
        asked["pricing"].down = Unavailable("pricing")
        await prepared.run.finish()
        [_, step] = traced(prepared.plan, prepared.run, prepared.cost, asked.composition)["steps"]
        assert (step["role"], step["sources"]) == ("PRICING, ERP", {"pricing": 0, "erp": 0})  # bare: not counted


class TestMistakes:
    def test_two_that_could_own_it_need_a_word(self) -> None:
        [line] = problems({})
        assert line.startswith(
            "routes.Price: one owner, who decides whether a Price exists; pricing and erp; write Price: "
        )
        assert "Price: [pricing, erp] (one stands in for another) or Price: {merge: [pricing, erp]}" in line

    def test_names_are_found_where_they_stand(self) -> None:
        assert problems({"Price": ["pricing", "epr"]}) == [
            "routes.Price[1]: the name of a registered source; epr; did you mean `erp`?"
        ]
        assert problems({"Price": {"fallback": ["pricing", "pricing"]}}) == [
            "routes.Price.fallback[1]: each source once; pricing again; "
        ]

    def test_a_source_that_has_nothing_to_give(self) -> None:
        found = problems({"Price": "pricing", "Product": ["pim", "erp"], "Variant.name": ["pim", "erp"]})
        assert found == [
            "routes.Product[1]: a source that registers Product; erp, which does not; ",
            "routes.Variant.name[1]: a source that gives Variant.name; erp, which does not; "
            "map it under entities.Variant.fields in erp's file",
        ]

    def test_a_link_is_routed_by_the_type_of_its_records(self) -> None:
        found = problems({"Price": "pricing", "Variant.price": ["pricing", "erp"]})
        assert found == [
            f"routes.Variant.price[{index}]: a source that gives Variant.price; {source}, which does not; "
            "write the route of Price, the type of its records"
            for index, source in enumerate(("pricing", "erp"))
        ]

    def test_what_is_never_null_must_come_from_each(self) -> None:
        rough = MemoryAdapter(
            "rough",
            {"Price": MemoryEntity([{"sku": "A11", "value": {"amount": "1"}}], {"sku": MemoryLookup(many=True)})},
        )
        found = problems({"Price": ["pricing", "rough"]}, rough=rough)
        assert [line.split(";")[0] for line in found] == [
            f"routes.Price[1]: Price.{path} of rough too, as it is never null"
            for path in ("kind", "minQuantity", "taxIncluded", "value.currency")
        ]

    def test_a_field_is_not_merged(self) -> None:
        found = problems({"Price": "pricing", "Variant.price": {"merge": ["pricing", "erp"]}})
        assert found == [
            "routes.Variant.price: a type, whose records are merged; a field; "
            "write Price: {merge: ...}; lookups are merged alike"
        ]
