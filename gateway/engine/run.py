"""One execution of a plan: steps start as soon as what they wait for is done; the tables they fill come out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import get_argument_values
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
    Tally,
    Unavailable,
)
from gateway.config.settings import OperationLimits
from gateway.engine import ids
from gateway.engine.plan import (
    Arguments,
    Feed,
    InputRefused,
    KeysAsked,
    KeysGiven,
    KeysHeld,
    PageArguments,
    Plan,
    Position,
    Step,
    Table,
)
from gateway.engine.projection import SEARCH
from resolvers.links import Context


DEFAULT_FIRST = 20
"""Page size where neither the client nor the graph says."""


@dataclass(slots=True)
class Window:
    """One page as the client sees it. ``cursors`` are the source's own."""

    records: Sequence[Record]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool
    total: int | None


@dataclass(slots=True)
class Filled:
    """A table of this run: ``found`` by key (a record, records, or a window); ``failed``: why there is none."""

    found: Mapping[Any, Any] = field(default_factory=dict)
    failed: Mapping[Any, SourceError] = field(default_factory=dict)


@dataclass(slots=True)
class StepTaken:
    """What one step took: seconds since the run began and from then on, keys asked, calls made, what failed."""

    start: float
    seconds: float = 0.0
    keys: int = 0
    tally: Tally = field(default_factory=Tally)
    failed: Mapping[Any, SourceError] = field(default_factory=dict)


class Run:
    """The values of one execution, in lists indexed as the plan's."""

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
        self.context = context
        self.principal = principal
        self.limits = limits
        self.began = time.monotonic()
        self.deadline = self.began + limits.deadline
        self.taken: list[StepTaken | None] = [None] * len(plan.steps)
        self.arguments = [_evaluated(arguments, variables) for arguments in plan.arguments]
        self.pages = {
            page.arguments.slot: self._page(page)
            for page in (*(step.page for step in plan.steps), *(table.cut for table in plan.tables))
            if page is not None
        }
        self.tables: list[Filled] = [Filled()] * len(plan.tables)
        self.keys: list[Sequence[Key] | None] = [None] * len(plan.feeds)
        for feed in plan.feeds:
            if isinstance(feed.keys, KeysGiven):
                self._keys(feed)

    # ------------------------------------------------------------ steps

    async def finish(self) -> None:
        """Runs every step. A cancelled request cancels what it started."""
        waiting = {step.index: set(step.after) for step in self.plan.steps}
        running: dict[asyncio.Task[None], int] = {}
        try:
            while waiting or running:
                ready = [index for index, after in waiting.items() if not after]
                for index in ready:
                    del waiting[index]
                if len(ready) == 1 and not running:  # nothing to run beside it: no task is needed
                    await self._step(self.plan.steps[ready[0]])
                    done = ready
                else:
                    for index in ready:
                        running[asyncio.ensure_future(self._step(self.plan.steps[index]))] = index
                    finished, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                    done = [running.pop(task) for task in finished]
                    for task in finished:
                        task.result()
                for after in waiting.values():
                    after.difference_update(done)
        finally:
            for task in running:
                task.cancel()

    async def _step(self, step: Step) -> None:
        taken = self.taken[step.index] = StepTaken(time.monotonic() - self.began)
        if step.kind == "lookup":
            keys = list(dict.fromkeys(key for feed in step.feeds for key in self._keys(feed)))
            result = await self._lookup(step, keys, taken.tally) if keys else LookupResult()
            found, failed, taken.keys = result.found, result.failed, len(keys)
        else:
            found, failed = await self._search(step, taken)
        taken.seconds = time.monotonic() - self.began - taken.start
        taken.failed = failed
        for table in step.tables:
            self.tables[table.index] = self._fill(table, found, failed)

    async def _lookup(self, step: Step, keys: list[Key], tally: Tally) -> LookupResult:
        passed = {
            name: value
            for name, arguments in step.passed.items()
            if (value := self.arguments[arguments.slot].get(name)) is not None
        }
        request = Lookup(step.entity, step.name, keys, frozenset(step.fields), passed, self.principal, self.deadline)
        try:
            return await self.sources[step.source].lookup(request)
        except SourceError as error:
            return LookupResult({}, dict.fromkeys(keys, error))

    async def _search(self, step: Step, taken: StepTaken) -> tuple[Mapping[Any, Any], Mapping[Any, SourceError]]:
        if step.page is None:
            raise AssertionError("a search without its page")
        asked = self.pages[step.page.arguments.slot]
        parents = self._keys(step.feeds[0]) if step.feeds else None
        taken.keys = len(parents or ())
        if parents is not None and not parents:
            return {}, {}
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
        )
        try:
            result = await self._whole(step, request) if asked.whole else await self._source(step).search(request)
        except SourceError as error:
            return {}, dict.fromkeys(parents or (SEARCH,), error)
        return _windows(step, asked, result, parents)

    def _source(self, step: Step) -> Adapter:
        return self.sources[step.source]

    async def _whole(self, step: Step, request: Search) -> SearchResult:
        """A list without pages: asks on until the source has no more, up to the gateway's own bound."""
        records: list[Record] = []
        while True:
            result = await self._source(step).search(request)
            page = result.pages.get(None)
            if page is None:
                return result
            records.extend(page.records)
            if not page.has_next or not page.cursors:
                return SearchResult({None: Page(records, (), False, page.total)})
            if len(records) >= self.limits.first:
                raise BadData(
                    step.source,
                    f"more than {self.limits.first} {step.entity} records in a list without pages",
                    message="The list is longer than this gateway passes on at once.",
                )
            request = replace(request, after=page.cursors[-1])

    # ------------------------------------------------------------ keys

    def _keys(self, feed: Feed) -> Sequence[Key]:
        """Unique and without nulls, in the order of their first use."""
        known = self.keys[feed.index]
        if known is None:
            known = self.keys[feed.index] = list(dict.fromkeys(key for key in self._read(feed.keys) if key is not None))
        return known

    def _read(self, keys: KeysGiven | KeysHeld | KeysAsked) -> Iterable[Key | None]:
        if isinstance(keys, KeysGiven):
            return self.asked(keys)
        if isinstance(keys, KeysAsked):
            asked = self._keys(keys.feed)
            if keys.parts is None:
                return asked
            return [_part(key, keys.parts) for key in asked]
        return self._held(keys)

    def asked(self, keys: KeysGiven) -> Sequence[Key | None]:
        """The keys in the arguments, as they were asked."""
        asked = keys.read(self.arguments[keys.arguments.slot])
        if len(asked) > self.limits.keys:
            raise InputRefused(
                "LIMIT_EXCEEDED",
                f"{len(asked)} keys in one argument of {keys.arguments.node.name.value}; at most {self.limits.keys}.",
            )
        return asked

    def _held(self, keys: KeysHeld) -> Iterable[Key | None]:
        if keys.many or any(keys.origins) or len(keys.names) > 1:
            return self._held_apart(keys)
        name = keys.names[0]
        return [row.get(name) for row in self._rows(keys.position)]

    def _held_apart(self, keys: KeysHeld) -> Iterable[Key | None]:
        """Keys in contributions, composite keys, lists of keys."""
        for row in self._rows(keys.position):
            parts: list[Any] = [
                (row if origin is None else self._contributed(origin.table, origin.names, row)).get(name)
                for name, origin in zip(keys.names, keys.origins, strict=True)
            ]
            if keys.pick is not None and keys.arguments is not None and parts[0] is not None:
                yield from keys.pick(parts[0], self.arguments[keys.arguments.slot])
            elif keys.many:
                yield from parts[0] or ()
            else:
                yield parts[0] if len(parts) == 1 else None if None in parts else tuple(parts)

    def _contributed(self, table: Table, names: tuple[str, ...], row: Mapping[str, Any]) -> Mapping[str, Any]:
        parts = [row.get(name) for name in names]
        record = self.tables[table.index].found.get(parts[0] if len(parts) == 1 else tuple(parts))
        return record.values if record is not None else {}

    def _rows(self, position: Position) -> Iterable[Mapping[str, Any]]:
        """The values of every row at a position."""
        if position.table is not None:
            return [record.values for record in self._records(position.table)]
        if position.parent is None:
            return ()
        rows = self._rows(position.parent)
        if position.origin is not None:
            rows = [self._contributed(position.origin.table, position.origin.names, row) for row in rows]
        return [value for row in rows for value in _listed(row.get(position.path[0]))]

    def _records(self, table: Table) -> Iterable[Record]:
        found = self.tables[table.index].found
        keys = self._keys(table.feed) if table.feed else (SEARCH,)
        present = [found[key] for key in keys if key in found]
        if table.shape == "one":
            return present
        if table.shape == "page":
            return [record for window in present for record in window.records]
        return [record for records in present for record in records]

    # ------------------------------------------------------------ tables

    def _fill(self, table: Table, found: Mapping[Any, Any], failed: Mapping[Any, SourceError]) -> Filled:
        """The step's result as one place sees it."""
        if table.through is not None:
            found, failed = self._onward(table, table.through, found, failed)
        arguments = self.arguments[table.arguments.slot] if table.arguments else {}
        for name, field_name in table.narrow.items():
            wanted = arguments.get(name)
            if wanted is not None:
                found = _narrowed(found, field_name, wanted if isinstance(wanted, list) else [wanted])
        if table.choose is not None:
            found, failed = self._chosen(table, found, failed, arguments)
        if table.cut is not None:
            asked = self.pages[table.cut.arguments.slot]
            found = {key: asked.cut(records) for key, records in found.items()}
        return Filled(found, failed)

    def _onward(
        self, table: Table, through: Table, found: Mapping[Any, Any], failed: Mapping[Any, SourceError]
    ) -> tuple[Mapping[Any, Any], Mapping[Any, SourceError]]:
        """Answers keys that another source translated by the translated keys' records."""
        earlier = self.tables[through.index]
        onward: dict[Any, Any] = {}
        lost = dict(earlier.failed)
        for key, record in earlier.found.items():
            parts = [record.values.get(name) for name in table.onward]
            next_key = parts[0] if len(parts) == 1 else tuple(parts)
            if next_key in found:
                onward[key] = found[next_key]
            elif next_key in failed:
                lost[key] = failed[next_key]
        return onward, lost

    def _chosen(
        self, table: Table, found: Mapping[Any, Any], failed: Mapping[Any, SourceError], arguments: Mapping[str, Any]
    ) -> tuple[dict[Any, Record], Mapping[Any, SourceError]]:
        """One record out of many. Where a row's scope cannot be read there is no choice: no price is better than a wrong
        one."""
        chosen: dict[Any, Record] = {}
        lost = dict(failed)
        for key, records in found.items():
            unreadable = next((error for record in records if (error := _unreadable(record, table.reads))), None)
            if unreadable is not None:
                lost[key] = unreadable
                continue
            values = table.choose([record.values for record in records], arguments, self.context) if table.choose else None
            for record in records:
                if record.values is values:
                    chosen[key] = record
                    break
        return chosen, lost

    # ------------------------------------------------------------ pages

    def _page(self, page: PageArguments) -> _Asked:
        values = self.arguments[page.arguments.slot]
        if page.whole:
            first, after = page.bound, None
        else:
            first, after = self._first(page, values), self._after(page, values)
        if isinstance(page.filters, str):
            filters = values.get(page.filters) or {}
        else:
            filters = {name: values[name] for name in page.filters if values.get(name) is not None}
        return _Asked(first, after, {name: value for name, value in filters.items() if value is not None}, page.whole)

    @staticmethod
    def _first(page: PageArguments, values: Mapping[str, Any]) -> int:
        first = values.get("first")
        name = page.arguments.node.name.value
        if first is None or not any(each.name.value == "first" for each in page.arguments.node.arguments or ()):
            first = min(first or DEFAULT_FIRST, page.bound)
        if first < 0:
            raise InputRefused("BAD_USER_INPUT", f"`first` of {name} is {first}; it cannot be negative.")
        if first > page.bound:
            raise InputRefused("LIMIT_EXCEEDED", f"`first` of {name} is {first}; at most {page.bound}.")
        return int(first)

    @staticmethod
    def _after(page: PageArguments, values: Mapping[str, Any]) -> str | None:
        after = values.get("after")
        if after is None:
            return None
        position = ids.position_of(after)
        if position is None:
            raise InputRefused("BAD_USER_INPUT", f"`after` of {page.arguments.node.name.value} is not a cursor.")
        return position


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the arguments ask of one page."""

    first: int
    after: str | None
    filters: Mapping[str, Any]
    whole: bool

    def window(self, page: Page) -> Window:
        """The source's page; of a page nothing was asked of, only whether there is something."""
        if self.whole:
            return Window(page.records, (), False, False, page.total)
        records, cursors = page.records[: self.first], page.cursors[: self.first]
        has_next = page.has_next or len(page.records) > self.first
        return Window(records, cursors, has_next, self.after is not None, page.total)

    def cut(self, records: Sequence[Record]) -> Window:
        """A page out of all rows; the cursor is the row's place."""
        start = int(self.after) + 1 if self.after is not None and self.after.isdecimal() else 0
        end = start + self.first
        cursors = [str(index) for index in range(start, min(end, len(records)))]
        return Window(records[start:end], cursors, end < len(records), start > 0, len(records))


def _windows(
    step: Step, asked: _Asked, result: SearchResult, parents: Sequence[Key] | None
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


def _evaluated(arguments: Arguments, variables: VariableValues) -> dict[str, Any]:
    if arguments.constant is not None:
        return arguments.constant
    return get_argument_values(arguments.definition, arguments.node, variables)


def _part(key: Key, parts: tuple[int, ...]) -> Key:
    values = key if isinstance(key, tuple) else (key,)
    picked = tuple(values[part] for part in parts)
    return picked[0] if len(picked) == 1 else picked


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return [item for item in value if item is not None] if isinstance(value, list) else (value,)


def _unreadable(record: Record, reads: tuple[str, ...]) -> SourceError | None:
    """The error of a field that a choice reads."""
    for path, error in (record.errors or {}).items():
        if path[0] in reads:
            return error
    return None


def _narrowed(found: Mapping[Any, Any], name: str, wanted: Sequence[Any]) -> dict[Any, Any]:
    """Only records whose field (or, where it is a list, one item of it) is wanted."""
    among = set(wanted)

    def keep(record: Record) -> bool:
        value = record.values.get(name)
        return not among.isdisjoint(value) if isinstance(value, list) else value in among

    return {
        key: Window([record for record in rows.records if keep(record)], (), False, False, None)
        if isinstance(rows, Window)
        else [record for record in rows if keep(record)]
        for key, rows in found.items()
    }
