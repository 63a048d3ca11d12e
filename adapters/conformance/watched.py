"""What is seen from outside while an adapter is examined: its errors, and its calls at the same time."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Iterator
from typing import TypeVar

from adapters.conformance.examination import Finding
from adapters.secrets import Secrets
from adapters.spi import Adapter, Lookup, LookupResult, Page, Record, Search, SearchResult, SourceError
from adapters.wrapper import Wrapper

R = TypeVar("R", LookupResult, SearchResult)


class Watched(Wrapper):
    """``most``: the most calls that ran at the same time. ``leaks``: where an error held a secret, in what was asked.

    A secret in ``detail`` counts too: it would be in the log.
    """

    def __init__(self, adapter: Adapter, secrets: Secrets) -> None:
        super().__init__(adapter)
        self.most = 0
        self.leaks: dict[str, None] = {}
        self._running = 0
        self._secrets = secrets

    async def lookup(self, request: Lookup) -> LookupResult:
        what = f"lookup {request.by} of {request.entity}"
        return await self._seen(what, self.adapter.lookup(request))

    async def search(self, request: Search) -> SearchResult:
        what = f"search {request.name} of {request.entity}"
        return await self._seen(what, self.adapter.search(request))

    async def _seen(self, what: str, answer: Awaitable[R]) -> R:
        self._running += 1
        self.most = max(self.most, self._running)
        try:
            result = await answer
        except SourceError as error:
            self._look(what, [error])
            raise
        finally:
            self._running -= 1
        self._look(what, result.failed.values())
        self._look(what, (error for record in records(result) for error in (record.errors or {}).values()))
        return result

    def findings(self, concurrency: int) -> list[Finding]:
        """What the whole examination showed. ``concurrency``: the calls at the same time that the system bears."""
        most = f"{self.most} calls at the same time, where {concurrency} are allowed" if self.most > concurrency else ""
        leaks = f"a secret of the registration in what {', '.join(self.leaks)} failed with" if self.leaks else ""
        return [
            Finding("no more calls at the same time than are allowed", "", not most, most),
            Finding("nothing secret is in an error", "", not leaks, leaks),
        ]

    def _look(self, what: str, errors: Iterable[SourceError]) -> None:
        if any(self._secrets.are_in(f"{error.message}\n{error.detail}\n{error}") for error in errors):
            self.leaks[what] = None


def records(result: LookupResult | SearchResult) -> Iterator[Record]:
    found = result.found if isinstance(result, LookupResult) else result.pages
    for each in found.values():
        several = each.records if isinstance(each, Page) else each if isinstance(each, list | tuple) else [each]
        yield from (record for record in several if isinstance(record, Record))
