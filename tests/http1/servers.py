"""Servers of bytes, and what asks them."""

from __future__ import annotations

from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import inf
from time import monotonic
from typing import Any

from adapters.http import headers
from adapters.http1 import Pool, Raw
from adapters.transport import Transport
from tests.adapters.wire import Answer, Wire, serve

HEADERS = headers({"X-Tenant": "eu"})


@asynccontextmanager
async def pool(connections: int = 8, rest: float = 15.0, **words: Any) -> AsyncIterator[Pool]:
    made = Pool(connections, Transport.model_validate(words), rest)
    try:
        yield made
    finally:
        await made.aclose()


@asynccontextmanager
async def asked(answer: Answer, **options: Any) -> AsyncIterator[tuple[Pool, Wire]]:
    async with serve(answer) as wire, pool(**options) as made:
        yield made, wire


async def ask(
    made: Pool,
    url: str,
    method: str = "GET",
    content: bytes = b"",
    most: int = 1_000_000,
    seconds: float = 5,
) -> Raw:
    deadline = monotonic() + seconds if seconds < inf else inf
    return await made.send(method, url, HEADERS, content, most, deadline)


def in_turn(*answers: Callable[[StreamWriter], bool]) -> Answer:
    """One after the other, over all connections, and the last one again and again."""
    left = list(answers)

    async def answer(_: StreamReader, writer: StreamWriter) -> bool:
        return (left.pop(0) if len(left) > 1 else left[0])(writer)

    return answer


def writes(reply: bytes, *, stay: bool = True) -> Callable[[StreamWriter], bool]:
    def write(writer: StreamWriter) -> bool:
        writer.write(reply)
        return stay

    return write
