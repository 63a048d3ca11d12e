"""One execution of a plan: a step starts as soon as what it waits for is done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from graphql.execution import VariableValues

from adapters.spi import (
    Adapter,
    BadData,
    Key,
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


@dataclass(slots=True)
class StepTaken:
    """What one step took: seconds since the run began and from then on, keys asked, calls made, what was found by key
    and what failed; of several sources behind it, those that are ``missing`` from its pages."""

    start: float
    seconds: float = 0.0
    keys: int = 0
    tally: Tally = field(default_factory=Tally)
    found: Mapping[Any, Any] = field(default_factory=dict)
    failed: Mapping[Any, SourceError] = field(default_factory=dict)
    missing: dict[str, SourceError] = field(default_factory=dict)

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

    async def finish(self) -> None:
        """Runs every step. A cancelled request cancels what it started."""
        waiting: Sequence[Step] = self.plan.steps
        done: set[int] = set()
        running: dict[asyncio.Future[None], int] = {}
        try:
            while waiting:
                waiting, asked = self._begun(waiting, done)
                here = None
                if asked and (not waiting or (len(asked) == 1 and not running)):
                    here = asked.popitem()  # until it is done nothing else can begin: it needs no task
                running |= {asyncio.ensure_future(question): index for index, question in asked.items()}
                if here is not None:
                    index, question = here
                    await question
                    done.add(index)
                elif running:
                    done |= await self._next(running)
            for task in running:
                await task
        finally:
            for task in running:
                task.cancel()

    def _begun(
        self, waiting: Sequence[Step], done: set[int]
    ) -> tuple[Sequence[Step], dict[int, Coroutine[Any, Any, None]]]:
        """Begins what can be, in one pass: a step stands behind those that it waits for. What still waits, and what
        takes waiting; the rest is ``done``."""
        still: list[Step] = []
        asked: dict[int, Coroutine[Any, Any, None]] = {}
        for step in waiting:
            if not step.after <= done:
                still.append(step)
            elif (question := self._begin(step)) is None:
                done.add(step.index)
            else:
                asked[step.index] = question
        return still, asked

    @staticmethod
    async def _next(running: dict[asyncio.Future[None], int]) -> set[int]:
        """Waits until one or more of the steps are done."""
        if not running:
            return set()
        finished, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in finished:
            task.result()
        return {running.pop(task) for task in finished}

    def _begin(self, step: Step) -> Coroutine[Any, Any, None] | None:
        """Answers the step where that takes no waiting; else gives what does."""
        taken = self.taken[step.index] = StepTaken(time.monotonic() - self.began)
        return self._begin_lookup(step, taken) if step.kind == "lookup" else self._begin_search(step, taken)

    def _done(
        self,
        step: Step,
        taken: StepTaken,
        found: Mapping[Any, Any],
        failed: Mapping[Any, SourceError],
        until: float,
    ) -> None:
        taken.found, taken.failed = found, failed
        self.until = min(self.until, until)
        taken.seconds = time.monotonic() - self.began - taken.start
        self.tables.fill(step, found, failed)

    def _begin_lookup(self, step: Step, taken: StepTaken) -> Coroutine[Any, Any, None] | None:
        keys = self.tables.keys(step.feeds[0])
        if len(step.feeds) > 1:
            keys = list(dict.fromkeys(key for feed in step.feeds for key in self.tables.keys(feed)))
        taken.keys = len(keys)
        passed = {
            name: value
            for name, arguments in step.passed.items()
            if (value := self.tables.arguments[arguments.slot].get(name)) is not None
        }
        request = Lookup(
            step.entity,
            step.name,
            keys,
            frozenset(step.fields),
            passed,
            self.principal,
            self.deadline,
            taken.tally,
            self._origins(step) if step.follows else {},
            step.outline,
            self.tables.further(step),
        )
        kept = self.sources[step.source].kept_lookup(request) if keys else LookupResult(until=inf)
        if kept is None:
            return self._lookup(step, taken, request)
        self._done(step, taken, kept.found, kept.failed, kept.until)
        return None

    def _origins(self, step: Step) -> Mapping[Any, str]:
        return {key: source for feed in step.feeds for key, source in self.tables.origins(feed).items()}

    async def _lookup(self, step: Step, taken: StepTaken, request: Lookup) -> None:
        try:
            result = await self.sources[step.source].lookup(request)
        except SourceError as error:
            result = LookupResult({}, dict.fromkeys(request.keys, error))
        self._done(step, taken, result.found, result.failed, result.until)

    def _begin_search(self, step: Step, taken: StepTaken) -> Coroutine[Any, Any, None] | None:
        if step.page is None:
            raise AssertionError("a search without its page")
        asked = self.tables.pages[step.page.arguments.slot]
        parents = self.tables.keys(step.feeds[0]) if step.feeds else None
        if parents is not None and not parents:
            self._done(step, taken, {}, {}, inf)
            return None
        taken.keys = len(parents or ())
        request = Search(
            step.entity,
            step.name,
            max(asked.first, 1),
            frozenset(step.fields),
            asked.after,
            asked.filters,
            parents,
            step.page.want_total,
            self.principal,
            self.deadline,
            taken.tally,
            want_facets=step.page.want_facets,
            sort=asked.sort,
            backwards=asked.backwards,
            outline=step.outline,
            further=self.tables.further(step) if parents else {},
        )
        kept = None if asked.whole else self.sources[step.source].kept_search(request)
        if kept is None:
            return self._search(step, taken, request, asked)
        self._paged(step, taken, asked, kept, parents)
        return None

    def _paged(
        self, step: Step, taken: StepTaken, asked: Asked, result: SearchResult, parents: Sequence[Key] | None
    ) -> None:
        for page in result.pages.values():
            taken.missing |= page.missing
        self._done(step, taken, *windows(step, asked, result, parents), result.until)

    async def _search(self, step: Step, taken: StepTaken, request: Search, asked: Asked) -> None:
        source = self.sources[step.source]
        try:
            result = await self._whole(source, request) if asked.whole else await source.search(request)
        except SourceError as error:
            self._done(step, taken, {}, dict.fromkeys(request.parents or (SEARCH,), error), 0.0)
        else:
            self._paged(step, taken, asked, result, request.parents)

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
