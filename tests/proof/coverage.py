"""What a run has met: a table of everything that an operation can contain and of every way in which it is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.proof.comparison import Answered, null_of

CODES = ("BAD_DATA", "BAD_USER_INPUT", "OVERLOADED", "REJECTED", "TIMED_OUT", "UNAVAILABLE")

ANSWERED = (
    "Children",
    "Children of a null key",
    "Children, given by a source itself",
    "Children, narrowed by an argument",
    "Children, one of them chosen",
    "Computed",
    "Computed, given by a source itself",
    "Computed, of an edge",
    "Computed without what is optional",
    "Computed without what it requires",
    "Connection at the root",
    "Connection below a parent, cut",
    "Connection below a parent, searched",
    "Connection from the end",
    "Connection from the end, before a cursor",
    "Connection in an order that is asked for",
    "Connection in an order that is asked for, behind a cursor",
    "GatewayValue, id",
    "GatewayValue, provenance",
    "Local",
    "Reference",
    "Reference by a null key",
    "Reference to nothing",
    "Reference, trusted",
    "Reference, list",
    "Reference, list, picked",
    "Reference, list, picked, trusted",
    "Reference, list, to nothing",
    "Reference, list, trusted",
    "RootKey",
    "RootKey by id",
    "RootKey by none or several",
    "RootKeys",
    "RootKeys, all rows in one list",
    "RootList",
    "RootList over several pages",
    "RootNodes",
    "RootNodes by an id that names nothing",
    "another source leads to the owner",
    "facets, counted",
    "facets, none",
    "fallback, another source stands in",
    *(f"filter, {name}" for name in ("attributes", "inStockAt", "onPromotion", "price", "search", "updatedSince")),
    "identity, a list under several keys",
    "identity, another number of the same",
    "identity, another system's value",
    "identity, by a linked record",
    "identity, by another system's record",
    "identity, one record of several",
    "merged, a row that two sources have",
    "merged, one record",
    "merged, rows of all sources",
    "merged, rows of the parent's own source",
    "merged page",
    "merged page, behind a cursor",
    "merged page, from the end",
    "merged page, without a source",
    "_entities, a record",
    "_entities, nothing",
    "_service",
    "value of another source",
    "value that the other source has not",
)
"""Ways in which fields are answered; the truth counts them."""

WRITTEN = (
    "alias",
    "argument, a list of one without brackets",
    "argument, enum",
    "argument, input object",
    "argument, list",
    "argument, null",
    "argument, variable",
    "argument, variable inside a list",
    "argument, variable inside an input object",
    "field merged with another of its name",
    "field twice with other arguments",
    "fragment spread several times",
    "fragment inside a fragment",
    "fragment, inline, on a union",
    "fragment, inline, on an interface",
    "fragment, inline, on an object",
    "fragment, inline, without a type",
    "fragment, named, on an interface",
    "fragment, named, on an object",
    "fragment on one type of an interface",
    "fragment on one type of a union",
    "introspection",
    "one of several operations",
    "requests with other variables for one document",
    "variable with a default",
    "variable used several times",
    "variable absent",
    "variable null",
    "variable null in place of its default",
    "variable given",
    "__typename of a union",
    "__typename of an interface",
    "__typename of an object",
    "__typename of the root",
    *(
        f"@{name} on {place}, by {condition}"
        for name in ("include", "skip")
        for place in ("a field", "an inline fragment", "a spread")
        for condition in ("a literal", "a variable")
    ),
    "@include and @skip together",
)
"""What documents contain; ``constructs`` counts it."""

MET = (
    *(f"error {code}" for code in CODES),
    "error at its own null",
    *(f"error {steps} below the null that it led to" for steps in ("1", "2", "3", "4 and more")),
    "error below a list",
    "several errors",
    "no error",
    "empty list",
    "empty object",
    "null in a list",
    "whole answer, given again",
)
"""What answers contain."""


def met(answered: Answered) -> Iterator[str]:
    """What one answer contains."""
    for path, faults in answered.errors:
        yield from (f"error {fault.code}" for fault in faults)
        null = null_of(answered.data, path)
        steps = len(path) - len(null or path)
        where = "4 and more" if steps > 3 else str(steps)
        yield f"error {where} below the null that it led to" if steps else "error at its own null"
        if any(isinstance(step, int) for step in path):
            yield "error below a list"
    if len(answered.errors) != 1:
        yield "several errors" if answered.errors else "no error"
    yield from _values(answered.data)


def _values(value: Any) -> Iterator[str]:
    if value in ([], {}):
        yield "empty list" if value == [] else "empty object"
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        if isinstance(value, list) and None in value:
            yield "null in a list"
        for each in inner:
            yield from _values(each)


def missing(seen: Counter[str]) -> list[str]:
    """What was not met."""
    return [name for name in (*ANSWERED, *WRITTEN, *MET) if not seen[name]]


def table(seen: Counter[str]) -> str:
    """How often each was met."""
    lines: list[str] = []
    for title, names in (("Fields", ANSWERED), ("Documents", WRITTEN), ("Answers", MET)):
        lines += ["", title, *(f"  {seen[name]:>9,}  {name}" for name in names)]
    return "\n".join(lines[1:])
