"""Pages as a client sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.spi import Facet, Key, Page, Record, SearchResult, Sort, SourceError, Unavailable
from gateway.engine.plan import SEARCH, Step


@dataclass(slots=True)
class Window:
    """``cursors`` are the source's own, in the ``order`` that was asked. ``missing``: sources that did not answer."""

    records: Sequence[Record]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool
    total: int | None
    missing: Sequence[str] = ()
    facets: Sequence[Facet] = ()
    order: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the arguments ask of one page. ``backwards``: ``first`` and ``after`` count from the end of the list."""

    first: int
    after: str | None
    filters: Mapping[str, Any]
    whole: bool = False
    sort: Sort | None = None
    backwards: bool = False

    def window(self, page: Page) -> Window:
        """The source's page; of a page nothing was asked of, only whether there is something."""
        if self.whole:
            return Window(page.records, (), False, False, page.total)
        shown = slice(max(0, len(page.records) - self.first), None) if self.backwards else slice(self.first)
        more = page.has_next or len(page.records) > self.first
        has_next, has_previous = self._ends(more, self.after is not None)
        return Window(
            page.records[shown],
            page.cursors[shown],
            has_next,
            has_previous,
            page.total,
            list(page.missing),
            page.facets or (),
            "" if self.sort is None else str(self.sort),
        )

    def cut(self, records: Sequence[Record]) -> Window:
        """A page out of all rows; the cursor is the row's place."""
        place = int(self.after) if self.after is not None and self.after.isdecimal() else None
        if self.backwards:
            end = len(records) if place is None else min(place, len(records))
            start = max(0, end - self.first)
        else:
            start = 0 if place is None else place + 1
            end = min(start + self.first, len(records))
        cursors = [str(index) for index in range(start, end)]
        return Window(records[start:end], cursors, end < len(records), start > 0, len(records))

    def _ends(self, more: bool, behind: bool) -> tuple[bool, bool]:
        """Whether there is a next page and a previous one: ``more`` the way that is gone, ``behind`` where it began."""
        return (behind, more) if self.backwards else (more, behind)


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
