"""One kept answer, and how it is written: as JSON, so that reading it runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, NamedTuple

import orjson

from adapters.spi import Facet, Page, Record

Answer = Record | Sequence[Record] | Page
"""Of one key: of a lookup, of a lookup with many records for a key, of a search."""


class Shape(Enum):
    """What an answer consists of."""

    RECORD = "one record"
    RECORDS = "records"
    PAGE = "one page"


class Unusable(Exception):
    """What was found in the store is no entry of that name."""


class Entry(NamedTuple):
    """``answer``: ``None`` says that there is no such key. ``asked``: when the source was (seconds since 1970).

    ``generation``: what was told of its subject and key when it was asked; it counts while that is still told.
    """

    name: str
    generation: str
    asked: float
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the entries of one entity of ``source``, whose records have at least ``fields``."""

    source: str
    fields: frozenset[str]

    def entry(self, name: str, data: bytes, shape: Shape) -> Entry:
        """Raises ``Unusable``: what a store holds is never trusted to be what was put there."""
        try:
            held = orjson.loads(data)
            if held["of"] != name:  # a reply that belongs to somebody else's question
                raise Unusable
            answer = None if held["answer"] is None else self._answer(held["answer"], shape)
            return Entry(name, held["generation"], float(held["asked"]), answer)
        except (ValueError, TypeError, KeyError) as error:
            raise Unusable from error

    def _answer(self, held: Any, shape: Shape) -> Answer:
        if shape is Shape.RECORD:
            return self._record(held)
        if shape is Shape.RECORDS:
            return self._records(held)
        cursors, has_next, total = held["cursors"], held["hasNext"], held["total"]
        if not (all(type(cursor) is str for cursor in cursors) and type(has_next) is bool):
            raise Unusable
        if total is not None and type(total) is not int:
            raise Unusable
        return Page(self._records(held["records"]), cursors, has_next, total, facets=facets_of(held["facets"]))

    def _records(self, held: Any) -> list[Record]:
        if type(held) is not list:
            raise Unusable
        return [self._record(item) for item in held]

    def _record(self, held: Any) -> Record:
        values, as_of = held["values"], held["asOf"]
        if not (type(values) is dict and self.fields <= values.keys() and type(as_of) is str):
            raise Unusable
        return Record(values, self.source, as_of)


FACET = {"code": str, "label": str, "values": list}
FACET_VALUE = {"value": str, "label": str, "count": int}


def facets_of(held: Any) -> list[Facet] | None:
    if held is None:
        return None
    if type(held) is not list or not all(is_made_of(facet, FACET) for facet in held):
        raise Unusable
    if not all(is_made_of(value, FACET_VALUE) for facet in held for value in facet["values"]):
        raise Unusable
    return held


def is_made_of(held: Any, types: Mapping[str, type]) -> bool:
    return type(held) is dict and {name: type(value) for name, value in held.items()} == types


def written(entry: Entry) -> bytes:
    """Raises ``TypeError`` for values that JSON cannot carry."""
    answer = None if entry.answer is None else _written(entry.answer)
    return orjson.dumps({"of": entry.name, "generation": entry.generation, "asked": entry.asked, "answer": answer})


def _written(answer: Answer) -> Any:
    if isinstance(answer, Record):
        return {"values": answer.values, "asOf": answer.as_of}
    if isinstance(answer, Page):
        records = _written(answer.records)
        return {
            "records": records,
            "cursors": list(answer.cursors),
            "hasNext": answer.has_next,
            "total": answer.total,
            "facets": answer.facets,
        }
    return [_written(record) for record in answer]


def records_of(answer: Answer) -> Sequence[Record]:
    if isinstance(answer, Record):
        return (answer,)
    return answer.records if isinstance(answer, Page) else answer


def is_sound(answer: Answer | None) -> bool:
    """Whether it may be kept: nothing in it is an error, or is stale already."""
    return answer is None or not any(record.errors or record.stale for record in records_of(answer))


def aged(answer: Answer) -> Answer:
    """The same answer, saying that it is stale."""
    if isinstance(answer, Record):
        return Record(answer.values, answer.source, answer.as_of, answer.errors, stale=True)
    records = [Record(each.values, each.source, each.as_of, each.errors, stale=True) for each in records_of(answer)]
    if isinstance(answer, Page):
        return replace(answer, records=records)
    return records
