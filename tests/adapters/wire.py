"""A server of bytes on a real port: for replies that no HTTP library would send."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[StreamReader, StreamWriter], Awaitable[bool]]
"""Called behind the head of a request; says whether the connection stays open for another one."""

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@dataclass
class Wire:
    """``heads``: of the requests so far. ``open``: connections now; ``opened``: ever."""

    url: str = ""
    heads: list[bytes] = field(default_factory=list)
    open: int = 0
    opened: int = 0

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110  connections end without an event to wait for
                await asyncio.sleep(0.002)


@asynccontextmanager
async def serve(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Wire]:
    wire = Wire()

    async def talk(reader: StreamReader, writer: StreamWriter) -> None:
        wire.open += 1
        wire.opened += 1
        with suppress(IncompleteReadError, ConnectionError):
            while True:
                wire.heads.append(await reader.readuntil(b"\r\n\r\n"))
                if not await answer(reader, writer):
                    break
                await writer.drain()
        writer.close()
        wire.open -= 1

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    wire.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        server.close()
        await wire.until(lambda: wire.open == 0)


def sends(reply: bytes, *, stay: bool = False) -> Answer:
    """The same bytes for every request."""

    async def answer(_: StreamReader, writer: StreamWriter) -> bool:
        writer.write(reply)
        return stay

    return answer


async def silent(reader: StreamReader, _: StreamWriter) -> bool:
    """Says nothing until the caller hangs up."""
    await reader.read()
    return False
