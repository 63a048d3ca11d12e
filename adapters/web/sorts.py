"""Orders that a client may choose, as values of the variables of a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field

from adapters.spi import Sort

VARIABLE = "sort"
"""What a text is the value of."""

Way = str | dict[str, Any]
"""A value of the variable ``sort``, or the values of several variables."""

Sorts = dict[str, Way | Annotated[list[Way], Field(min_length=2, max_length=2)]]
"""By order: how it is asked for, or how this way and how the other way round."""

SORTS = (
    "Orders that a client may choose: the value of the variable `sort`, or those of several variables; this way, and"
    " the other way round where the system can: `{RELEVANCE: score, NAME: [name, -name],"
    " NEWEST: [{by: changed, dir: desc}, {by: changed, dir: asc}]}`."
)


def values(words: Sorts) -> dict[Sort, Mapping[str, Any]]:
    """Every order that can be asked for, with the values of its variables."""
    return {
        Sort(by, reverse): way if isinstance(way, dict) else {VARIABLE: way}
        for by, ways in words.items()
        for reverse, way in zip((False, True), ways if isinstance(ways, list) else [ways], strict=False)
    }


def variables(words: Sorts) -> Iterable[tuple[str, str]]:
    """By order, each variable that it has a value for."""
    return [(sort.by, name) for sort, way in values(words).items() for name in way]
