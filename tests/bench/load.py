"""The load: so many connections, each of which asks again as soon as it is answered. As light as Python can be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

HEAD = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"


@dataclass(frozen=True)
class Load:
    """``latencies`` in seconds, one of each operation."""

    latencies: Sequence[float]
    seconds: float

    def percentile(self, share: float) -> float:
        return sorted(self.latencies)[min(len(self.latencies) - 1, int(len(self.latencies) * share))]


class Connection(asyncio.Protocol):
    """HTTP/1.1 with a Content-Length, which all subjects answer with."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self.requests = [HEAD % len(body) + body for body in bodies]
        self.answers: list[bytes] = []
        self.latencies: list[float] = []
        self.until = 0.0
        self.keep = False
        self.left = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.done.set_result(None)
        self._turn = 0
        self._chunks: list[bytes] = []
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def begin(self, until: float, times: int = 0, *, keep: bool = False) -> None:
        """Ask until then, and at least so many times; ``keep`` the answers."""
        self.until, self.left, self.keep = until, times, keep
        self.done = asyncio.get_running_loop().create_future()
        self._ask()

    def _ask(self) -> None:
        self._turn += 1
        self._began = time.perf_counter()
        self.transport.write(self.requests[self._turn % len(self.requests)])

    def data_received(self, data: bytes) -> None:
        if not self._chunks:
            head, _, _ = data.partition(b"\r\n\r\n")
            lowered = head.lower()
            if not head.startswith(b"HTTP/1.1 200") or b"content-length: " not in lowered:
                self.done.set_exception(AssertionError(data[:2000]))
                return
            length = int(lowered.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            self._missing = len(head) + 4 + length
        self._chunks.append(data)
        self._missing -= len(data)
        if not self._missing:
            self._answered(b"".join(self._chunks))

    def _answered(self, answer: bytes) -> None:
        self._chunks = []
        self.latencies.append(time.perf_counter() - self._began)
        if b'"errors"' in answer:
            self.done.set_exception(AssertionError(answer[:2000]))
            return
        if self.keep:
            self.answers.append(answer.partition(b"\r\n\r\n")[2])
        self.left -= 1
        if self.left > 0 or time.perf_counter() < self.until:
            self._ask()
        else:
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionResetError("the subject closed a connection"))


class Crowd:
    """The connections to one subject."""

    def __init__(self, connections: Sequence[Connection]) -> None:
        self.connections = connections

    @classmethod
    async def connect(cls, port: int, bodies: Sequence[Sequence[bytes]]) -> Crowd:
        loop = asyncio.get_running_loop()
        made = [await loop.create_connection(lambda own=own: Connection(own), "127.0.0.1", port) for own in bodies]
        return cls([connection for _, connection in made])

    async def answers(self) -> list[bytes]:
        """Each request once, which also warms the subject; its answers."""
        await self._run(0.0, [len(connection.requests) for connection in self.connections], keep=True)
        found = [answer for connection in self.connections for answer in connection.answers]
        self._clear()
        return found

    async def load(self, seconds: float, operations: int) -> Load:
        """For so long, and so many at least; ends when everything is answered."""
        began = time.perf_counter()
        each = -(-operations // len(self.connections))
        await self._run(began + seconds, [each] * len(self.connections))
        found = [latency for connection in self.connections for latency in connection.latencies]
        self._clear()
        return Load(found, time.perf_counter() - began)

    async def _run(self, until: float, times: Sequence[int], *, keep: bool = False) -> None:
        for connection, count in zip(self.connections, times, strict=True):
            connection.begin(until, count, keep=keep)
        await asyncio.gather(*(connection.done for connection in self.connections))

    def _clear(self) -> None:
        for connection in self.connections:
            connection.latencies, connection.answers = [], []

    def close(self) -> None:
        for connection in self.connections:
            connection.transport.close()
