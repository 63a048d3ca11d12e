"""Documents over the served graph: everything a query can contain, and valid by construction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLSchema

from tests.proof.choice import Choice
from tests.proof.pools import Pools
from tests.proof.selections import SelectionWriter, composite
from tests.proof.values import ABSENT, ValueWriter

DEPTH = 6
SIZE = 40
"""Selections of a first operation, about; a second one is small."""


@dataclass(frozen=True, slots=True)
class Request:
    """One of several requests with one document."""

    operation_name: str | None
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """``selected``: the names of all types and fields in the document."""

    query: str
    requests: Sequence[Request]
    selected: frozenset[str]


def write(choice: Choice, schema: GraphQLSchema, pools: Pools) -> Operation:
    """One document, and what it is asked with."""
    return _Author(choice, schema, pools, choice.of((1, 1, 1, 2, 3))).document()


class _Author:
    def __init__(self, choice: Choice, schema: GraphQLSchema, pools: Pools, requests: int) -> None:
        self.choice = choice
        self.requests = requests
        self.query = composite(schema.type_map["Query"])
        self.values = ValueWriter(choice, pools, requests)
        self.selections = SelectionWriter(choice, schema, self.values)

    def document(self) -> Operation:
        names = [None] if self.choice.chance(80) else ["One", "Two"][: 1 + self.choice.up_to(1)]
        written = {name: self._selection(4 if name == "Two" else SIZE) for name in names}
        texts = [f"query {name or ''}{self._declared(selection)} {selection}" for name, selection in written.items()]
        fragments = [str(self.selections.fragments[name]) for name in self._spread_in(" ".join(written.values()))]
        fields = self.selections.written
        return Operation(
            "\n".join([*texts, *fragments]),
            [self._request(written, number) for number in range(self.requests)],
            frozenset(fields) | {each.name for fields_of_type in fields.values() for each in fields_of_type},
        )

    def _selection(self, size: int) -> str:
        self.selections.left = size
        return self.selections.selection(self.query, DEPTH)

    def _declared(self, selection: str) -> str:
        declared = [self.values.variables[name].declaration() for name in self._variables_in(selection)]
        return f"({', '.join(declared)})" if declared else ""

    def _request(self, written: Mapping[str | None, str], number: int) -> Request:
        name = self.choice.of([*written])
        given = {each: self.values.variables[each].given[number] for each in self._variables_in(written[name])}
        named = name if len(written) > 1 or self.choice.chance(50) else None
        return Request(named, {each: value for each, value in given.items() if value is not ABSENT})

    def _spread_in(self, text: str) -> list[str]:
        """The fragments that a text spreads, and those that they spread."""
        found: set[str] = set()
        waiting = re.findall(r"\.\.\.(F\d+)", text)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += re.findall(r"\.\.\.(F\d+)", self.selections.fragments[name].selection)
        return sorted(found)

    def _variables_in(self, selection: str) -> list[str]:
        texts = [selection, *(self.selections.fragments[name].selection for name in self._spread_in(selection))]
        return list(dict.fromkeys(re.findall(r"\$(v\d+)", " ".join(texts))))
