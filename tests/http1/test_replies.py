"""Where a reply ends, what belongs to it, and when its connection may be asked again."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter

import httpx
import pytest

from adapters.http1 import TooLarge
from tests.http1.servers import ask, asked, in_turn, writes

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize(
    ("reply", "body"),
    [
        (OK, b"{}"),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", b"{}"),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", b"{}"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;name=x\r\n}\r\n0\r\n\r\n", b"{}"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2  \r\n{}\r\n0\r\n\r\n", b"{}"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n", b"{}"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK, b"{}"),
        (b"HTTP/1.1 200 OK\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}", b"{}"),
    ],
    ids=[
        "length",
        "bare line ends",
        "no reason",
        "chunks",
        "spaces",
        "trailers",
        "204",
        "304",
        "interim",
        "offers h2c",
    ],
)
async def test_a_whole_reply_leaves_a_connection_for_the_next(reply: bytes, body: bytes) -> None:
    async with asked(in_turn(writes(reply), writes(OK))) as (pool, wire):
        first = await ask(pool, wire.url)
        second = await ask(pool, wire.url)
        assert first.body == body
        assert (second.status, second.headers, second.body) == (200, [(b"Content-Length", b"2")], b"{}")
        assert wire.opened == 1


async def test_what_comes_byte_by_byte_is_the_same_reply() -> None:
    reply = b"HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"

    async def drip(_: StreamReader, writer: StreamWriter) -> bool:
        for byte in reply:
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(0)
        return True

    async with asked(drip) as (pool, wire):
        for _ in range(2):
            raw = await ask(pool, wire.url)
            assert (raw.status, raw.headers[0], raw.body) == (200, (b"X-A", b"b"), b"{}")
        assert wire.opened == 1


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=["no length", "1.0", "close", "close with a length", "1.0 with a length"],
)
async def test_a_reply_that_ends_with_its_connection(reply: bytes) -> None:
    async with asked(in_turn(writes(reply, stay=False))) as (pool, wire):
        for _ in range(2):
            assert (await ask(pool, wire.url)).body == b"{}"
        assert wire.opened == 2


async def test_a_head_has_no_body_whatever_it_says() -> None:
    async with asked(in_turn(writes(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"))) as (pool, wire):
        assert (await ask(pool, wire.url, "HEAD")).body == b""
        assert wire.heads[0].startswith(b"HEAD / HTTP/1.1\r\n")


@pytest.mark.parametrize("together", [True, False], ids=["with the reply", "later"])
async def test_what_nobody_asked_for_is_the_reply_to_nothing(together: bool) -> None:
    later = asyncio.Event()

    async def answer(_: StreamReader, writer: StreamWriter) -> bool:
        writer.write(OK + (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad" if together else b""))
        if not together and wire.opened == 1:
            await writer.drain()
            await later.wait()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad")
        return True

    async with asked(answer) as (pool, wire):
        assert (await ask(pool, wire.url)).body == b"{}"
        later.set()
        await wire.until(lambda: wire.open == 0)
        assert (await ask(pool, wire.url)).body == b"{}"
        assert wire.opened == 2


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
    ],
    ids=["101", "two lengths", "length and chunks", "no number", "no chunk", "HTTP/2", "SSH"],
)
async def test_what_is_not_http(reply: bytes) -> None:
    async with asked(in_turn(writes(reply))) as (pool, wire):
        with pytest.raises(httpx.RemoteProtocolError):
            await ask(pool, wire.url)
        await wire.until(lambda: wire.open == 0)


@pytest.mark.parametrize(
    "line",
    [b"X-Filler: " + b"x" * 1000 + b"\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"],
    ids=["headers", "interim replies"],
)
async def test_a_head_without_end_is_ended(line: bytes) -> None:
    async def flood(_: StreamReader, writer: StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\n" if line.startswith(b"X") else b"")
        while True:
            writer.write(line * 100)
            await writer.drain()

    async with asked(flood) as (pool, wire):
        with pytest.raises(httpx.RemoteProtocolError):
            await ask(pool, wire.url)


async def test_a_body_of_more_than_was_allowed_is_not_read_on() -> None:
    async with asked(in_turn(writes(OK))) as (pool, wire):
        with pytest.raises(TooLarge):
            await ask(pool, wire.url, most=1)
        await wire.until(lambda: wire.open == 0)
