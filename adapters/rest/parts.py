"""What a row has behind addresses of its own: one request more per row and part, some at a time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from adapters.clock import now
from adapters.mapping import EntityMapping, Node
from adapters.spi import BadData, Lookup, Record, Search, SourceError
from adapters.web.asked import Asked
from adapters.web.endpoint import Endpoint
from adapters.web.paths import Search as Path
from adapters.web.paths import Unfit
from adapters.web.reply import Missing
from adapters.web.request import Unaskable


class PartCall(NamedTuple):
    """``link``: the path of the link to follow; ``variables``: path by variable; ``rows``: the path in the reply."""

    asked: Asked
    link: Path | None
    variables: Mapping[str, Path]
    rows: Path


class Parts:
    """The parts of one entity, by name; most entities have none. ``parallel``: the most requests at a time."""

    def __init__(self, source: str, mapping: EntityMapping, calls: Mapping[str, PartCall], parallel: int) -> None:
        self._source = source
        self._mapping = mapping
        self._calls = calls
        self._parallel = parallel
        self._fields = lru_cache(maxsize=256)(self._reading)

    def apart(self) -> list[frozenset[str]]:
        """By part: the fields that read from it."""
        names = {path.partition(".")[0] for path in self._mapping.fields}
        return [frozenset(reading) for reading in self._reading(frozenset(names)).values()]

    async def records(
        self, rows: Sequence[Any], fields: frozenset[str], request: Lookup | Search, endpoint: Endpoint
    ) -> list[Record]:
        """A record per row. What fails for a part is the failure of the fields that read from it."""
        reading = self._fields(fields) if self._calls else {}
        if not reading:
            return self._mapping.records(rows, fields, now(), request.outline)
        whole = [dict(row) if isinstance(row, Mapping) else row for row in rows]
        jobs = [(index, name) for index, row in enumerate(whole) if isinstance(row, dict) for name in reading]
        failures = await self._complete(whole, jobs, request, endpoint)
        records = self._mapping.records(whole, fields, now(), request.outline)
        for (index, name), error in failures.items():
            record = records[index]
            for field in reading[name]:
                record.fail(field, error)
            record.values |= dict.fromkeys(reading[name])
        return records

    async def _complete(
        self, rows: list[Any], jobs: Sequence[tuple[int, str]], request: Lookup | Search, endpoint: Endpoint
    ) -> dict[tuple[int, str], SourceError]:
        waiting = iter(jobs)
        failures: dict[tuple[int, str], SourceError] = {}
        originals = [dict(row) if isinstance(row, dict) else row for row in rows]

        async def work() -> None:
            for index, name in waiting:
                try:
                    rows[index][name] = await self._part(self._calls[name], originals[index], request, endpoint)
                except SourceError as error:
                    rows[index][name] = None
                    failures[index, name] = error

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._parallel, len(jobs))):
                group.create_task(work())
        return failures

    async def _part(self, call: PartCall, row: Mapping[str, Any], request: Lookup | Search, endpoint: Endpoint) -> Any:
        try:
            link = None if call.link is None else call.link(row)
            if call.link is not None and not link:
                return None
            values = {name: path(row) for name, path in call.variables.items()}
            request.tally.calls += 1
            if link is not None:
                answered = await endpoint.follow(call.asked, endpoint.links.path(link), request.deadline)
            else:
                answered = await endpoint.ask(call.asked, values, request.deadline)
            return call.rows(answered.body)
        except (Missing, Unaskable):
            return None
        except Unfit as unfit:
            raise BadData(self._source, f"a path of `parts` cannot be applied: {unfit}") from None

    def _reading(self, fields: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """By part that is needed: the fields that read from it."""
        own = self._mapping.node(frozenset())
        found: dict[str, tuple[str, ...]] = {}
        for name in self._calls:
            reading = [field for field in fields if mentions(self._mapping.node(frozenset({field})), name)]
            if reading or mentions(own, name):
                found[name] = tuple(reading)
        return found


def mentions(node: Node, name: str) -> bool:
    """Whether something is read from the member ``name`` of the row."""
    word = re.compile(rf'(?<![\w."]){re.escape(name)}(?!\w)|(?<![.])"{re.escape(name)}"')
    return any(word.search(path) for path in [*node.paths, *node.each])
