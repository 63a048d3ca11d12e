"""A loopback port in front of a real system, where lines fail as they do in a data centre."""

from __future__ import annotations

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

CHUNK = 65_536
LINGER = struct.pack("ii", 1, 0)  # closing sends a reset, not an end


class Line:
    """One connection: a ``caller`` on this side, the ``system`` on the other."""

    def __init__(self, caller: StreamWriter, system: StreamWriter) -> None:
        self._caller = caller
        self._system = system
        self.answered = False

    async def ask(self, data: bytes) -> None:
        self._system.write(data)
        await self._system.drain()

    async def answer(self, data: bytes) -> None:
        self._caller.write(data)
        await self._caller.drain()

    def reset(self) -> None:
        """The caller is told that the connection is gone; what was under way is lost."""
        self._caller.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        self._caller.transport.abort()
        self._system.close()

    def close(self) -> None:
        self._caller.close()
        self._system.close()


class Passing:
    """What a line does with bytes: passes them on. The others change one direction."""

    async def asked(self, data: bytes, line: Line) -> None:
        await line.ask(data)

    async def replied(self, data: bytes, line: Line) -> None:
        await line.answer(data)


class BlackHole(Passing):
    """Takes connections and bytes, and never answers."""

    async def asked(self, data: bytes, line: Line) -> None:
        return None


class Resetting(Passing):
    """Drops the connection without a word as soon as something is asked."""

    async def asked(self, data: bytes, line: Line) -> None:
        line.reset()


@dataclass(frozen=True)
class Slow(Passing):
    """Everything comes ``seconds`` later."""

    seconds: float

    async def replied(self, data: bytes, line: Line) -> None:
        await asyncio.sleep(self.seconds)
        await line.answer(data)


@dataclass(frozen=True)
class Dripping(Passing):
    """One byte, then nothing for ``seconds``, and so on."""

    seconds: float

    async def replied(self, data: bytes, line: Line) -> None:
        for byte in data:
            await line.answer(bytes((byte,)))
            await asyncio.sleep(self.seconds)


@dataclass(frozen=True)
class Cut(Passing):
    """The connection ends in the middle of a reply, right behind the bytes ``behind``."""

    behind: bytes

    async def replied(self, data: bytes, line: Line) -> None:
        head, found, _ = data.partition(self.behind)
        await line.answer(head + found)
        if found:
            line.close()


@dataclass(frozen=True)
class Instead(Passing):
    """The system is not asked. The reply is these bytes; without any the connection just ends.

    ``to``: only for requests that hold these bytes.
    """

    reply: bytes
    to: bytes = b""

    async def asked(self, data: bytes, line: Line) -> None:
        if line.answered:
            return
        if self.to not in data:
            await line.ask(data)
            return
        line.answered = True  # a request may come in several parts
        await line.answer(self.reply)
        if not self.reply:
            line.close()


@dataclass(frozen=True)
class Changed(Passing):
    """The system's own reply with ``old`` written as ``new``, which is as long."""

    old: bytes
    new: bytes

    async def replied(self, data: bytes, line: Line) -> None:
        await line.answer(data.replace(self.old, self.new))


class Refusing(Passing):
    """Nobody listens on the port, and open connections are gone."""


class ChaosProxy:
    """Passes everything on between ``port`` and the ``system`` on another loopback port, until it is told to fail."""

    def __init__(self, system: int) -> None:
        self.port = 0
        self._system = system
        self._line: Passing = Passing()
        self._server: asyncio.Server | None = None
        self._open: set[Line] = set()

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    async def fail(self, line: Passing) -> None:
        """From now on, on open connections too."""
        self._line = line
        if isinstance(line, Refusing):
            await self._close()

    async def recover(self) -> None:
        self._line = Passing()
        if self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for line in list(self._open):
            line.reset()
        while self._open:  # noqa: ASYNC110  lines end without an event to wait for
            await asyncio.sleep(0.001)

    async def _serve(self, reader: StreamReader, caller: StreamWriter) -> None:
        system_reader, system = await asyncio.open_connection("127.0.0.1", self._system)
        line = Line(caller, system)
        self._open.add(line)
        pumps = (
            asyncio.ensure_future(pump(reader, line, lambda: self._line.asked)),
            asyncio.ensure_future(pump(system_reader, line, lambda: self._line.replied)),
        )
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            line.close()
            for each in pumps:
                each.cancel()
            self._open.discard(line)


async def pump(
    reader: StreamReader, line: Line, deliver: Callable[[], Callable[[bytes, Line], Awaitable[None]]]
) -> None:
    """What to do is asked anew for every piece: a line that was fine may fail now."""
    with suppress(ConnectionError):
        while data := await reader.read(CHUNK):
            await deliver()(data, line)
