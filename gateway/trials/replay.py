"""Answers in a system's place, from what it once replied."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from adapters.exchanges import Between, HttpRequest, Rows, Statements
from adapters.http import Reply
from adapters.spi import Unavailable
from gateway.trials.recording import Unreadable
from gateway.trials.reply_files import Recorded


class Replay(Between):
    """Each reply is given once: the one that was recorded for the same request, else one of which that is not known,
    else the first that is left.

    A registration that changed may ask otherwise than it did, and calls of one moment come in any order.
    """

    def __init__(self, source: str, replies: Sequence[Recorded]) -> None:
        self.bad: list[Unreadable] = []
        self._source = source
        self._left = list(replies)

    async def http(self, request: HttpRequest, send: Callable[[], Awaitable[Reply]]) -> Reply:
        asked = first_line(request)
        return self._next(asked)  # type: ignore[no-any-return]  # files of such sources hold such replies

    async def rows(self, statements: Statements, run: Callable[[], Awaitable[Rows]]) -> Rows:
        return self._next("statements")  # type: ignore[no-any-return]

    def unreadable(self, coordinate: str, expected: str, value: Any) -> None:
        self.bad.append(Unreadable(coordinate, expected, value))

    def _next(self, asked: str) -> Any:
        if not self._left:
            raise Unavailable(self._source, f"the example has no reply for one more call: {asked}")
        order = sorted(self._left, key=lambda recorded: (recorded.asked != asked, recorded.asked != ""))
        self._left.remove(order[0])
        return order[0].reply


def first_line(request: HttpRequest) -> str:
    """Without the address of the system, which is another in every environment."""
    parts = urlsplit(request.url)
    return f"{request.method} {parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
