"""The rows in a reply, and what is read of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from adapters.mapping import EntityMapping
from adapters.soap.elements import below
from adapters.soap.errors import ErrorRule
from adapters.soap.faults import Fault
from adapters.soap.paths import Steps
from adapters.soap.reader import reader
from adapters.soap.wanted import ReadRow, Row

Prepare = Callable[[etree._Element], None]
"""Looks at a reply before its rows are read: changes it, or raises ``Fault`` or ``BadData``."""


class Found(NamedTuple):
    """``rows``: what was read of each. ``faults``: by their place, those that are errors."""

    rows: list[Row]
    faults: dict[int, Fault]
    elements: list[etree._Element]


class Rows:
    """``way``: the steps from the element in the body to the rows; none if it is the only row."""

    def __init__(
        self, way: Steps, mapping: EntityMapping, prepare: Sequence[Prepare] = (), errors: ErrorRule | None = None
    ) -> None:
        self._way = way
        self._prepare = prepare
        self._errors = errors
        self._reader: Callable[[frozenset[str]], ReadRow] = lru_cache(maxsize=256)(
            lambda fields: reader(mapping.node(fields))
        )

    def read(self, body: etree._Element, fields: frozenset[str]) -> Found:
        for prepare in self._prepare:
            prepare(body)
        read = self._reader(fields)
        elements = below(body, self._way)
        return Found([read(row) for row in elements], self._faults(elements), elements)

    def _faults(self, elements: Sequence[etree._Element]) -> dict[int, Fault]:
        if self._errors is None:
            return {}
        found = ((place, self._errors.error(element)) for place, element in enumerate(elements))
        return {place: fault for place, fault in found if fault is not None}
