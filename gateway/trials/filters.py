"""Values to try the filters of lists with, by what each takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.conformance import Trial
from adapters.types import FilterType
from gateway.graph import Graph

NOBODY = "no such value 0"
BEYOND = "999999999999"
LATER = "2999-01-01T00:00:00Z"


def trials(graph: Graph) -> Mapping[str, Sequence[Trial]]:
    """By ``Entity.search``."""
    return {
        f"{entity}.{search}": [trial for name, type_ in filters.items() for trial in _of(name, type_, graph)]
        for entity, searches in graph.filters.items()
        for search, filters in searches.items()
    }


def _of(name: str, type_: FilterType, graph: Graph) -> Iterator[Trial]:
    if type_.is_range:
        yield from (Trial(name, {"gte": BEYOND}, True), Trial(name, {"gte": "0", "lte": BEYOND}, False))
    elif type_.is_attributes:
        yield Trial(name, [{"code": NOBODY, "in": [NOBODY]}], True)
    elif type_.is_instant:
        yield Trial(name, LATER, True)
    elif type_.type.name == "Boolean":
        yield from (Trial(name, value, False) for value in (True, False))
    elif (values := graph.types.enums.get(type_.type.name)) is not None:
        yield from (Trial(name, _listed(value, type_), False) for value in sorted(values))
    else:
        yield Trial(name, _listed(NOBODY, type_), True)


def _listed(value: Any, type_: FilterType) -> Any:
    return [value] if type_.type.lists else value
