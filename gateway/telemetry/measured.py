"""How long each real call to a source takes, and how it ends."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Coroutine
from time import monotonic
from typing import Any, TypeVar

from adapters.spi import Adapter, Lookup, LookupResult, Search, SearchResult, SourceError, TimedOut
from adapters.wrapper import Wrapper
from gateway.telemetry.metrics import Metrics

Q = TypeVar("Q", Lookup, Search)
R = TypeVar("R", LookupResult, SearchResult)


class Measured(Wrapper):
    """Belongs around the bare adapter: what the cache or another request's call answers is no call."""

    def __init__(self, adapter: Adapter, metrics: Metrics) -> None:
        super().__init__(adapter)
        self._metrics = metrics

    def lookup(self, request: Lookup) -> Coroutine[Any, Any, LookupResult]:
        return self._measured("lookup", request.by, self.adapter.lookup, request)

    def search(self, request: Search) -> Coroutine[Any, Any, SearchResult]:
        return self._measured("search", request.name, self.adapter.search, request)

    async def _measured(self, kind: str, name: str, ask: Callable[[Q], Awaitable[R]], request: Q) -> R:
        began = monotonic()
        outcome = "ok"
        try:
            result = await ask(request)
            if result.failed:
                outcome = next(iter(result.failed.values())).code
            return result
        except BaseException as error:
            outcome = ending(error, request.deadline)
            raise
        finally:
            self._metrics.called(self.source, request.entity, kind, name, outcome, monotonic() - began)
            if counts := self.adapter.unmapped():
                self._metrics.unmapped(self.source, counts)


def ending(error: BaseException, deadline: float) -> str:
    """A call that is out of time is cancelled from outside, and so is one that nobody waits for any more."""
    if isinstance(error, SourceError):
        return error.code
    if isinstance(error, CancelledError):
        return TimedOut.code if monotonic() >= deadline else "CANCELLED"
    return "DEFECT"
