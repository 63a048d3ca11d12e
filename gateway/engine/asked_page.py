"""The arguments of a connection, read: which page of which list a client asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import FieldNode, VariableNode
from graphql.execution import VariableValues

from adapters.spi import Sort
from gateway.engine import ids
from gateway.engine.pages import Asked
from gateway.engine.plan import PageArguments
from gateway.engine.refused import Refused

DEFAULT_FIRST = 20
"""Page size where neither the client nor the graph says."""


def asked_page(page: PageArguments, values: Mapping[str, Any], variables: VariableValues) -> Asked:
    """What the values of a field's arguments ask; ``Refused`` where they cannot be answered."""
    filters = _filters(page, values)
    if page.whole:
        return Asked(page.bound, None, filters, whole=True)
    sort = _sort(page, values)
    backwards = _backwards(page, values, variables)
    size, cursor = ("last", "before") if backwards else ("first", "after")
    return Asked(
        _size(page, size, values, variables),
        _position(page, cursor, values, sort),
        filters,
        sort=sort,
        backwards=backwards,
    )


def _filters(page: PageArguments, values: Mapping[str, Any]) -> dict[str, Any]:
    """Another list may take filters that this one does not: the graph cannot say so."""
    given = {name: value for name in page.filters if (value := values.get(name)) is not None}
    within = values.get(page.filters_in) or {} if page.filters_in is not None else {}
    within = {name: value for name, value in within.items() if value is not None}
    if unable := sorted(within.keys() - page.able):
        known = ", ".join(sorted(page.able))
        raise _refused(page, f"`{page.filters_in}` of", f"asks for {unable[0]}; its source narrows by {known}.")
    return given | within


def _sort(page: PageArguments, values: Mapping[str, Any]) -> Sort | None:
    """Another list may have orders that this one has not: the graph cannot say so."""
    given = values.get(page.sort) if page.sort is not None else None
    if given is None:
        return None
    sort = Sort(given["by"], given.get("direction") == "DESC")
    if sort not in page.sorts:
        known = ", ".join(sorted(map(str, page.sorts)))
        raise _refused(page, f"`{page.sort}` of", f"is {sort}; its source orders by {known}.")
    return sort


def _backwards(page: PageArguments, values: Mapping[str, Any], variables: VariableValues) -> bool:
    """Whether pages are counted from the end; ``first`` has a default, so it counts only where the client gives it."""
    last, before = values.get("last") is not None, values.get("before") is not None
    if last and values.get("first") is not None and _is_given(page.arguments.node, "first", variables):
        raise _refused(page, "`first` and `last` of", "are both given; give one of them.")
    if last and values.get("after") is not None:
        raise _refused(page, "`after` of", "is given with `last`; `last` goes with `before`.")
    if before and not last:
        raise _refused(page, "`before` of", "is given without `last`; `first` goes with `after`.")
    return last


def _size(page: PageArguments, name: str, values: Mapping[str, Any], variables: VariableValues) -> int:
    """What the client asks for is refused where it is too much; what it leaves to the graph is made to fit."""
    size = values.get(name)
    if size is None or not _is_given(page.arguments.node, name, variables):
        size = min(DEFAULT_FIRST if size is None else size, page.bound)
    if size < 0:
        raise _refused(page, f"`{name}` of", f"is {size}; it cannot be negative.")
    if size > page.bound:
        raise _refused(page, f"`{name}` of", f"is {size}; at most {page.bound}.", "LIMIT_EXCEEDED")
    return int(size)


def _is_given(field: FieldNode, name: str, variables: VariableValues) -> bool:
    """Whether the client gives a value: an absent variable is none."""
    for argument in field.arguments or ():
        if argument.name.value == name:
            value = argument.value
            return not isinstance(value, VariableNode) or value.name.value in variables.coerced
    return False


def _position(page: PageArguments, name: str, values: Mapping[str, Any], sort: Sort | None) -> str | None:
    cursor = values.get(name)
    if cursor is None:
        return None
    place = ids.place_of(cursor)
    if place is None:
        raise _refused(page, f"`{name}` of", "is not a cursor.")
    order = "" if sort is None else str(sort)
    if place.order != order:
        asked = order or "its own order"
        raise _refused(page, f"`{name}` of", f"is a cursor of another order; the list is asked in {asked}.")
    return place.position


def _refused(page: PageArguments, what: str, why: str, code: str = "BAD_USER_INPUT") -> Refused:
    return Refused(code, f"{what} {page.arguments.node.name.value} {why}")
