"""``kind: python``: what can be wrong with an adapter of one's own, and where it says so."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.mapping import MappingProblems
from adapters.problems import MappingProblem
from adapters.python import KIND, PythonSource, Unmapped, mappings
from adapters.spi import EntityCapability
from tests.adapters.counter import Counter
from tests.adapters.rest_shop import TYPES

HERE = "tests.adapters.test_python_source"


def words(adapter: str = f"{HERE}:Right", **more: Any) -> PythonSource:
    given = {"source": "shop", "role": "ERP", "kind": "python", "adapter": adapter, **more}
    return PythonSource.model_validate(given)


class Right(Counter):
    """Knows the names of variants, and what its registration says."""

    def __init__(self, registration: PythonSource, types: Any) -> None:
        super().__init__()
        self.source = registration.source
        self.settings = registration.settings
        self.capabilities = {"Variant": EntityCapability(frozenset({"sku", "name"}))}


class Misnamed(Right):
    def __init__(self, registration: PythonSource, types: Any) -> None:
        super().__init__(registration, types)
        self.source = "other"


class Misspelt(Right):
    def __init__(self, registration: PythonSource, types: Any) -> None:
        super().__init__(registration, types)
        self.capabilities = {
            "Variant": EntityCapability(frozenset({"sku", "nmae", "weight.x"})),
            "Varient": EntityCapability(frozenset()),
        }


def failing(registration: PythonSource, types: Any) -> None:
    raise KeyError("host")


def nothing(registration: PythonSource, types: Any) -> int:
    return 7


def problems(registration: PythonSource) -> list[MappingProblem]:
    with pytest.raises(MappingProblems) as raised:
        KIND.build(registration, TYPES)
    return raised.value.problems


def test_an_adapter_gets_its_settings() -> None:
    adapter = KIND.build(words(settings={"host": "as400"}), TYPES)
    assert isinstance(adapter, Right)
    assert adapter.settings == {"host": "as400"}


@pytest.mark.parametrize(
    ("adapter", "found", "hint"),
    [
        ("no_such_package.x:Y", "`no_such_package` is not installed", "install it beside crossdock"),
        (f"{HERE}:Rihgt", "`Rihgt`", "did you mean `Right`?"),
        (f"{HERE}:failing", "KeyError when", ""),
        (f"{HERE}:nothing", "`int`", ""),
        (f"{HERE}:Misnamed", "`other`", ""),
    ],
)
def test_what_can_be_wrong_with_it(adapter: str, found: str, hint: str) -> None:
    [problem] = problems(words(adapter))
    assert problem.path == ("adapter",)
    assert problem.found.startswith(found)
    assert problem.hint == hint


def test_what_it_declares_is_held_against_the_graph() -> None:
    assert [(problem.found, problem.hint) for problem in problems(words(f"{HERE}:Misspelt"))] == [
        ("`nmae`", "did you mean `name`?"),
        ("`Varient`", "did you mean `Variant`?"),
    ]


def test_all_mistakes_of_its_fields_are_reported() -> None:
    entities = {"Variant": {"key": "sku", "fields": {"sku": "a[", "nmae": "b"}}}
    with pytest.raises(MappingProblems) as raised:
        mappings(words(entities=entities), TYPES, Unmapped())
    assert [problem.path[-1] for problem in raised.value.problems] == ["from", "nmae"]
