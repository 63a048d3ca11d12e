"""Kept answers in the form in which an operation takes them (``adapters.outline``): made once, then given again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from adapters.outline import Outline
from adapters.spi import Page, Record
from cache.entry import Answer


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """Of records: the ``fields`` that a request wants, those of its ``outline`` first. See :func:`form`."""

    outline: Outline
    fields: frozenset[str]

    def of(self, answer: Answer) -> Answer:
        if isinstance(answer, Record):
            return self._record(answer)
        if isinstance(answer, Page):
            return replace(answer, records=[self._record(record) for record in answer.records])
        return [self._record(record) for record in answer]

    def _record(self, record: Record) -> Record:
        values = self.outline.taken(record.values)
        fits = not record.errors and self.outline.fits(values)
        values |= {name: record.values[name] for name in self.fields - values.keys()}
        return Record(
            values,
            record.source,
            record.as_of,
            record.errors,
            record.stale,
            record.origins,
            self.outline if fits else None,
        )


@lru_cache(maxsize=4096)
def form(outline: Outline, fields: frozenset[str]) -> Form | None:
    """The one form of these, which is known by identity; none where the outline is of more than is asked for."""
    return Form(outline, fields) if {each.name for each in outline.fields} <= fields else None
