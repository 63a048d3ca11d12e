"""How long what may be used, and which words of a registration and of the graph say so."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.problems import MappingProblems
from adapters.registration import CacheSpec, Entity, LookupSpec, SearchSpec
from cache.policy import GraphDefault, Policy, Use, policies

GRAPH: dict[str, GraphDefault] = {"Product": (3600, "PUBLIC"), "Customer": (60, "PRIVATE")}


def entity(**words: Any) -> Entity[LookupSpec, SearchSpec]:
    return Entity[LookupSpec, SearchSpec].model_validate(words)


@pytest.mark.parametrize(
    ("age", "use"),
    [
        (-5, Use.NONE),
        (-0.5, Use.FRESH),
        (0, Use.FRESH),
        (9.9, Use.FRESH),
        (10, Use.STALE),
        (29.9, Use.STALE),
        (30, Use.SPARE),
        (109.9, Use.SPARE),
        (110, Use.NONE),
        (float("inf"), Use.NONE),
        (float("nan"), Use.NONE),
    ],
)
def test_an_answer_ages(age: float, use: Use) -> None:
    assert Policy(fresh=10, missing=5, stale=20, stale_if_error=100).use(age, exists=True) is use


@pytest.mark.parametrize(("age", "use"), [(0, Use.FRESH), (4.9, Use.FRESH), (5, Use.NONE), (15, Use.NONE)])
def test_that_there_is_nothing_is_never_stale(age: float, use: Use) -> None:
    assert Policy(fresh=10, missing=5, stale=20, stale_if_error=100).use(age, exists=False) is use


def test_the_words_of_a_registration() -> None:
    words = {"fresh": "5m", "missing": "30s", "stale": "1h", "stale_if_error": "1d", "scope": "private"}
    assert policies({"Order": entity(cache=words)}, {}) == {"Order": Policy(300, 30, 3600, 86400, True)}


@pytest.mark.parametrize(
    ("name", "words", "policy"),
    [
        ("Product", None, Policy(3600)),
        ("Customer", None, Policy(60, private=True)),
        ("Product", {"fresh": "1m"}, Policy(60)),
        ("Product", {"missing": "30s"}, Policy(3600, missing=30)),
        ("Product", {"scope": "private"}, Policy(3600, private=True)),
        ("Customer", {"fresh": "1s"}, Policy(1, private=True)),
        ("Customer", {"scope": "public"}, Policy(60)),
        ("Price", {"fresh": "1s"}, Policy(1)),
        ("Price", None, None),
        ("Product", {"fresh": "0s"}, None),
        ("Price", {"fresh": "0s", "missing": "1s"}, None),
    ],
)
def test_the_graph_speaks_where_the_registration_is_silent(
    name: str, words: dict[str, str] | None, policy: Policy | None
) -> None:
    assert policies({name: entity(cache=words)}, GRAPH) == ({name: policy} if policy else {})


def test_words_without_a_time_to_work_on_are_a_problem_with_its_place() -> None:
    entities = {name: entity(cache={"missing": "30s"}) for name in ("Product", "Price", "Order")}
    with pytest.raises(MappingProblems) as caught:
        policies(entities, GRAPH)
    assert [problem.path for problem in caught.value.problems] == [
        ("entities", "Price", "cache"),
        ("entities", "Order", "cache"),
    ]
    assert "add fresh: 5m" in str(caught.value)


@pytest.mark.parametrize("words", [{"fresh": "5"}, {"fresh": "-1s"}, {"scope": "PRIVATE"}, {"ttl": "5m"}, {"fresh": 5}])
def test_other_words_are_refused(words: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CacheSpec.model_validate(words)
