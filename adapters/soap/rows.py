"""The rows in a reply, and what is read of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from lxml import etree

from adapters.mapping import EntityMapping
from adapters.soap.paths import Steps
from adapters.soap.reader import Reader, Row, reader


class Rows:
    """``way``: the steps from the element in the body to the rows; none if it is the only row."""

    def __init__(self, way: Steps, mapping: EntityMapping) -> None:
        self._way = way
        self._reader: Callable[[frozenset[str]], Reader] = lru_cache(maxsize=256)(
            lambda fields: reader(mapping.node(fields))
        )

    def read(self, body: etree._Element, fields: frozenset[str]) -> list[Row]:
        read = self._reader(fields)
        return [read(row) for row in below(body, self._way)]


def below(element: etree._Element, way: Steps) -> list[etree._Element]:
    """The elements at the end of a way, namespaces aside."""
    found = [element]
    for step in way:
        found = [child for parent in found for child in parent.iterchildren(f"{{*}}{step}")]
    return found
