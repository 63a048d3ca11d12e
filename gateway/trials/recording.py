"""Sees every exchange of the calls that are made while it stands between."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from adapters.exchanges import Between, HttpRequest, Rows, Statements
from adapters.http import Reply
from adapters.spi import SourceError

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Exchange:
    """``reply`` is ``None`` where none came, for the reason in ``error``. ``statements``: of a database."""

    request: HttpRequest | None
    statements: Sequence[tuple[str, Mapping[str, Any]]]
    reply: Reply | Rows | None
    error: SourceError | None
    milliseconds: float


class Unreadable(NamedTuple):
    """A value as the system gave it, which did not become one of the graph."""

    coordinate: str
    expected: str
    value: Any


@dataclass
class Recording(Between):
    """In the order in which the replies came."""

    exchanges: list[Exchange] = field(default_factory=list)
    bad: list[Unreadable] = field(default_factory=list)

    async def http(self, request: HttpRequest, send: Callable[[], Awaitable[Reply]]) -> Reply:
        return await self._timed(request, lambda: (), send)

    async def rows(self, statements: Statements, run: Callable[[], Awaitable[Rows]]) -> Rows:
        return await self._timed(None, statements.texts, run)

    def unreadable(self, coordinate: str, expected: str, value: Any) -> None:
        self.bad.append(Unreadable(coordinate, expected, value))

    async def _timed(
        self,
        request: HttpRequest | None,
        statements: Callable[[], Sequence[tuple[str, Mapping[str, Any]]]],
        call: Callable[[], Awaitable[R]],
    ) -> R:
        began = time.perf_counter()
        reply: Any = None
        failed: SourceError | None = None
        try:
            reply = await call()
        except SourceError as error:
            failed = error
            raise
        finally:
            took = (time.perf_counter() - began) * 1e3
            self.exchanges.append(Exchange(request, statements(), reply, failed, took))
        return reply  # type: ignore[no-any-return]  # as ``call`` gave it
