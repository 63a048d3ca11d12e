"""Pages as a client asks for them, and as it sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, VariableNode
from graphql.execution import VariableValues

from adapters.spi import Facet, Key, Page, Record, SearchResult, SourceError, Unavailable
from gateway.engine import ids
from gateway.engine.plan import SEARCH, PageArguments, Step
from gateway.engine.refused import Refused

DEFAULT_FIRST = 20
"""Page size where neither the client nor the graph says."""


@dataclass(slots=True)
class Window:
    """One page as the client sees it. ``cursors`` are the source's own. ``missing``: sources that did not answer."""

    records: Sequence[Record]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool
    total: int | None
    missing: Sequence[str] = ()
    facets: Sequence[Facet] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the arguments ask of one page."""

    first: int
    after: str | None
    filters: Mapping[str, Any]
    whole: bool

    def window(self, page: Page) -> Window:
        """The source's page; of a page nothing was asked of, only whether there is something."""
        if self.whole:
            return Window(page.records, (), False, False, page.total)
        records, cursors = page.records[: self.first], page.cursors[: self.first]
        has_next = page.has_next or len(page.records) > self.first
        has_previous, missing = self.after is not None, list(page.missing)
        return Window(records, cursors, has_next, has_previous, page.total, missing, page.facets or ())

    def cut(self, records: Sequence[Record]) -> Window:
        """A page out of all rows; the cursor is the row's place."""
        start = int(self.after) + 1 if self.after is not None and self.after.isdecimal() else 0
        end = start + self.first
        cursors = [str(index) for index in range(start, min(end, len(records)))]
        return Window(records[start:end], cursors, end < len(records), start > 0, len(records))


def asked_page(page: PageArguments, values: Mapping[str, Any], variables: VariableValues) -> Asked:
    """What the values of a field's arguments ask; ``Refused`` where they cannot be answered."""
    given = {name: value for name in page.filters if (value := values.get(name)) is not None}
    if page.filters_in is not None:
        within = values.get(page.filters_in) or {}
        given |= {name: value for name, value in within.items() if value is not None}
    if page.whole:
        return Asked(page.bound, None, given, whole=True)
    return Asked(_first(page, values, variables), _after(page, values), given, whole=False)


def _first(page: PageArguments, values: Mapping[str, Any], variables: VariableValues) -> int:
    """What the client asks for is refused where it is too much; what it leaves to the graph is made to fit."""
    first = values.get("first")
    name = page.arguments.node.name.value
    if first is None or not _is_given(page.arguments.node, "first", variables):
        first = min(DEFAULT_FIRST if first is None else first, page.bound)
    if first < 0:
        raise Refused("BAD_USER_INPUT", f"`first` of {name} is {first}; it cannot be negative.")
    if first > page.bound:
        raise Refused("LIMIT_EXCEEDED", f"`first` of {name} is {first}; at most {page.bound}.")
    return int(first)


def _is_given(field: FieldNode, name: str, variables: VariableValues) -> bool:
    """Whether the client gives a value: an absent variable is none."""
    for argument in field.arguments or ():
        if argument.name.value == name:
            value = argument.value
            return not isinstance(value, VariableNode) or value.name.value in variables.coerced
    return False


def _after(page: PageArguments, values: Mapping[str, Any]) -> str | None:
    after = values.get("after")
    if after is None:
        return None
    position = ids.position_of(after)
    if position is None:
        raise Refused("BAD_USER_INPUT", f"`after` of {page.arguments.node.name.value} is not a cursor.")
    return position


def windows(
    step: Step, asked: Asked, result: SearchResult, parents: Sequence[Key] | None
) -> tuple[Mapping[Any, Any], Mapping[Any, SourceError]]:
    """The pages as the client sees them; a parent without an answer has failed."""
    failed: dict[Any, SourceError] = {SEARCH if key is None else key: error for key, error in result.failed.items()}
    found: dict[Any, Any] = {}
    for key in parents or (None,):
        name = SEARCH if key is None else key
        page = result.pages.get(key)
        if page is not None:
            found[name] = asked.window(page)
        elif name not in failed:
            failed[name] = Unavailable(step.source, f"no page for one of the parents of {step.name}")
    return found, failed
