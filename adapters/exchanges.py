"""What goes between an adapter and its system, where it can be seen and replayed.

``crossdock try`` watches the exchanges of one request, ``crossdock test`` answers them from files. Whoever stands
between does so for the calls of the task that said so and of those that it starts, and for no other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapters.http import Reply

Rows = list[list[dict[str, Any]]]
"""For each statement its rows: a column's name -> its raw value."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """As it is sent, with its credentials."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Statements:
    """What is sent to a database, on one connection. ``texts``: each with its bound values, once it has been sent."""

    texts: Callable[[], Sequence[tuple[str, Mapping[str, Any]]]]


class Between(ABC):
    """Makes an exchange, or answers in the system's place."""

    @abstractmethod
    async def http(self, request: HttpRequest, send: Callable[[], Awaitable[Reply]]) -> Reply: ...

    @abstractmethod
    async def rows(self, statements: Statements, run: Callable[[], Awaitable[Rows]]) -> Rows: ...

    def unreadable(self, coordinate: str, expected: str, value: Any) -> None:  # noqa: B027  seeing it is enough
        """A value of the system's that did not become one of the graph."""


BETWEEN: ContextVar[Between | None] = ContextVar("crossdock between", default=None)


@contextmanager
def between(who: Between) -> Iterator[None]:
    before = BETWEEN.set(who)
    try:
        yield
    finally:
        BETWEEN.reset(before)
