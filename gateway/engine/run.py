"""One execution of a plan: a step starts as soon as what it waits for is done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from graphql.execution import VariableValues

from adapters.spi import (
    Adapter,
    BadData,
    Lookup,
    LookupResult,
    Page,
    Principal,
    Record,
    Search,
    SearchResult,
    SourceError,
)
from adapters.tally import Tally
from gateway.config.settings import OperationLimits
from gateway.engine.pages import Asked, Window, windows
from gateway.engine.plan import SEARCH, Plan, Step
from gateway.engine.tables import Tables
from resolvers.links import Context

Question = Coroutine[Any, Any, None]
"""A step that waits for its source."""

NONE_MISSING: Mapping[str, SourceError] = {}


@dataclass(slots=True)
class StepTaken:
    """What one step took: seconds since the run began and from then on, keys asked, calls made, what was found by key
    and what failed; of several sources behind it, those that are ``missing`` from its pages."""

    start: float
    seconds: float
    keys: int
    tally: Tally
    found: Mapping[Any, Any]
    failed: Mapping[Any, SourceError]
    missing: Mapping[str, SourceError]

    def records(self, source: str) -> int:
        """How many the source gave."""
        return sum(_count(found, source) for found in self.found.values())


def _count(found: Record | Window | Sequence[Record], source: str) -> int:
    if isinstance(found, Record):
        return int(found.source == source)
    return sum(record.source == source for record in (found.records if isinstance(found, Window) else found))


class Run:
    """Asks the sources on behalf of one request, all under one deadline. ``until``: of what they answered, the first to
    end (seconds since 1970)."""

    def __init__(
        self,
        plan: Plan,
        sources: Mapping[str, Adapter],
        variables: VariableValues,
        context: Context,
        principal: Principal,
        limits: OperationLimits,
    ) -> None:
        self.plan = plan
        self.sources = sources
        self.principal = principal
        self.limits = limits
        self.began = time.monotonic()
        self.deadline = self.began + limits.deadline
        self.tables = Tables(plan, variables, context, limits.keys)
        self.taken: list[StepTaken | None] = [None] * len(plan.steps)
        self.until = inf
        self._waiting: Sequence[Step] = plan.steps
        self._done: set[int] = set()
        self._tasks: list[asyncio.Task[None]] = []

    async def finish(self) -> None:
        """Runs every step. A cancelled request cancels what it started."""
        try:
            await self._go_on()
            while self._tasks:
                await self._tasks.pop()
        finally:
            for task in self._tasks:
                task.cancel()

    async def _go_on(self, question: Question | None = None) -> None:
        """Asks; then whatever can begin now that it is answered: one step here, each other one in a task of its own."""
        if question is not None:
            await question
        while asked := self._begun():
            here = asked.pop()
            self._tasks += [asyncio.create_task(self._go_on(other)) for other in asked]
            await here

    def _begun(self) -> list[Question]:
        """Begins what can be, in one pass: a step stands behind those that it waits for. Gives what takes waiting."""
        still: list[Step] = []
        asked: list[Question] = []
        for step in self._waiting:
            if not step.after <= self._done:
                still.append(step)
            elif (question := self._begin(step)) is not None:
                asked.append(question)
        self._waiting = still
        return asked

    def _begin(self, step: Step) -> Question | None:
        """Answers the step where that takes no waiting; else gives what does."""
        return self._begin_lookup(step) if step.kind == "lookup" else self._begin_search(step)

    def _answered(
        self,
        step: Step,
        start: float,
        request: Lookup | Search,
        found: Mapping[Any, Any],
        failed: Mapping[Any, SourceError],
        until: float,
        missing: Mapping[str, SourceError] = NONE_MISSING,
    ) -> None:
        began = start - self.began
        keys = request.keys if isinstance(request, Lookup) else request.parents or ()
        seconds = time.monotonic() - start
        self.taken[step.index] = StepTaken(began, seconds, len(keys), request.tally, found, failed, missing)
        if until < self.until:
            self.until = until
        self.tables.fill(step, found, failed)
        self._done.add(step.index)

    def _begin_lookup(self, step: Step) -> Question | None:
        start = time.monotonic()
        keys = self.tables.keys(step.feeds[0])
        if len(step.feeds) > 1:
            keys = list(dict.fromkeys(key for feed in step.feeds for key in self.tables.keys(feed)))
        request = Lookup(
            step.entity,
            step.name,
            keys,
            step.wanted,
            self._passed(step) if step.passed else {},
            self.principal,
            self.deadline,
            Tally(),
            self._origins(step) if step.follows else {},
            step.outline,
            self.tables.further(step) if step.further else {},
        )
        kept = self.sources[step.source].kept_lookup(request) if keys else LookupResult(until=inf)
        if kept is None:
            return self._lookup(step, start, request)
        self._answered(step, start, request, kept.found, kept.failed, kept.until)
        return None

    def _passed(self, step: Step) -> dict[str, Any]:
        return {
            name: value
            for name, arguments in step.passed.items()
            if (value := self.tables.arguments[arguments.slot].get(name)) is not None
        }

    def _origins(self, step: Step) -> Mapping[Any, str]:
        return {key: source for feed in step.feeds for key, source in self.tables.origins(feed).items()}

    async def _lookup(self, step: Step, start: float, request: Lookup) -> None:
        try:
            result = await self.sources[step.source].lookup(request)
        except SourceError as error:
            result = LookupResult({}, dict.fromkeys(request.keys, error))
        self._answered(step, start, request, result.found, result.failed, result.until)

    def _begin_search(self, step: Step) -> Question | None:
        if step.page is None:
            raise AssertionError("a search without its page")
        start = time.monotonic()
        asked = self.tables.pages[step.page.arguments.slot]
        parents = self.tables.keys(step.feeds[0]) if step.feeds else None
        request = Search(
            step.entity,
            step.name,
            max(asked.first, 1),
            step.wanted,
            asked.after,
            asked.filters,
            parents,
            step.page.want_total,
            self.principal,
            self.deadline,
            Tally(),
            want_facets=step.page.want_facets,
            sort=asked.sort,
            backwards=asked.backwards,
            outline=step.outline,
            further=self.tables.further(step) if parents and step.further else {},
        )
        if parents is not None and not parents:
            self._answered(step, start, request, {}, {}, inf)
            return None
        kept = None if asked.whole else self.sources[step.source].kept_search(request)
        if kept is None:
            return self._search(step, start, request, asked)
        self._paged(step, start, request, asked, kept)
        return None

    def _paged(self, step: Step, start: float, request: Search, asked: Asked, result: SearchResult) -> None:
        missing = {source: error for page in result.pages.values() for source, error in page.missing.items()}
        found, failed = windows(step, asked, result, request.parents)
        self._answered(step, start, request, found, failed, result.until, missing)

    async def _search(self, step: Step, start: float, request: Search, asked: Asked) -> None:
        source = self.sources[step.source]
        try:
            result = await self._whole(source, request) if asked.whole else await source.search(request)
        except SourceError as error:
            self._answered(step, start, request, {}, dict.fromkeys(request.parents or (SEARCH,), error), 0.0)
        else:
            self._paged(step, start, request, asked, result)

    async def _whole(self, source: Adapter, request: Search) -> SearchResult:
        """A list without pages: asks on until the source has no more, up to the gateway's own bound."""
        records: list[Record] = []
        until = inf
        while True:
            result = await source.search(request)
            until = min(until, result.until)
            page = result.pages.get(None)
            if page is None:
                return result
            records.extend(page.records)
            if not page.has_next or not page.cursors:
                return SearchResult({None: Page(records, (), False, page.total)}, until=until)
            if len(records) >= self.limits.first:
                raise BadData(
                    source.source,
                    f"more than {self.limits.first} {request.entity} records in a list without pages",
                    message="The list is longer than this gateway passes on at once.",
                )
            request = replace(request, after=page.cursors[-1])
