"""The rows of one entity: what is selected of them, and the records that they become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from graphql.language import SelectionSetNode

from adapters.clock import now
from adapters.graphql.endpoint import Answer, Endpoint, Steps
from adapters.graphql.registration import GraphQLEntity
from adapters.graphql.selection import of_type, selection_set, tree, written
from adapters.mapping import EntityMapping
from adapters.mapping.paths import parse as parse_path
from adapters.outline import Outline
from adapters.spi import BadData, Record, SourceError

Placed = tuple[Any, Steps]
"""A row, and where it stands in the data."""


def placed(found: Any, way: Steps) -> list[Placed]:
    """What stands at ``way``: a list of rows, one row, or nothing."""
    return [(row, (*way, index)) for index, row in enumerate(found)] if isinstance(found, list) else [(found, way)]


class RowReader:
    """``error_types``: members of unions by which the service answers errors; with any, each row is asked its type."""

    def __init__(self, source: str, spec: GraphQLEntity, mapping: EntityMapping, error_types: Iterable[str]) -> None:
        self.source = source
        self.mapping = mapping
        self._type = spec.type
        self._select = None if spec.select is None else written(spec.select)
        self._error_types = frozenset(error_types)
        self.selected = lru_cache(maxsize=256)(self._selected)

    def _selected(self, fields: frozenset[str]) -> SelectionSetNode:
        """Of one row, for these fields of the graph."""
        typed = bool(self._error_types)
        if self._select is not None:
            return of_type(self._select, None, typed)
        return selection_set(tree(self.mapping.node(fields)), self._type, typed)

    def records(
        self,
        placed: Iterable[Placed],
        answer: Answer,
        fields: frozenset[str],
        outline: Outline | None,
        endpoint: Endpoint,
    ) -> tuple[list[Record], list[SourceError]]:
        """The records of the rows, and what failed in the place of the others."""
        rows: list[Any] = []
        places: list[Steps] = []
        lost: list[SourceError] = []
        for row, place in placed:
            if row is None:
                lost += [fault.error for fault in answer.at(place) if fault.error is not None]
            elif not isinstance(row, dict):
                raise BadData(self.source, f"expected an object at {'.'.join(map(str, place))}, found another value")
            elif row.get("__typename") in self._error_types:
                error = endpoint.meaning(row["__typename"])
                lost += [] if error is None else [error]
            else:
                rows.append(row)
                places.append(place)
        records = self.mapping.records(rows, fields, now(), outline)
        if answer.faults:
            for record, place in zip(records, places, strict=True):
                self._note(record, answer, place, fields)
        return records, lost

    def _note(self, record: Record, answer: Answer, way: Steps, fields: frozenset[str]) -> None:
        """Fields that the service could not give are errors of the record, not mere nulls."""
        for path, error in answer.below(way):
            for name in fields & self._reading().get(path[0], frozenset()):
                record.fail(name, error)

    @lru_cache(maxsize=1)  # noqa: B019  lives as long as the source
    def _reading(self) -> Mapping[str | int, frozenset[str]]:
        """Field of the service -> the fields of the graph that read it."""
        found: dict[str | int, frozenset[str]] = {}
        every = frozenset(name for name in self.mapping.fields if "." not in name)
        key = self.mapping.node(frozenset())
        for name in every:
            node = self.mapping.node(frozenset({name}))
            for text in (node.paths - key.paths) | (node.each.keys() - key.each.keys()):
                for step in parse_path(text, "nested").steps[:1]:
                    found[step] = found.get(step, frozenset()) | {name}
        return found
