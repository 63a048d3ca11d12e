"""Which connection a request takes, what becomes of it, and every way in which it can end."""

from __future__ import annotations

import asyncio
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from adapters.http import Http, headers
from adapters.http1 import Pool
from adapters.spi import Unavailable
from tests.adapters.wire import Wire, sends, serve, silent
from tests.http1.servers import HEADERS, ask, asked, in_turn, pool, writes

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def test_as_many_connections_as_requests_at_a_time_and_no_more() -> None:
    async def slow(_: StreamReader, writer: StreamWriter) -> bool:
        await asyncio.sleep(0.005)
        writer.write(OK)
        return True

    async with asked(slow, connections=3) as (made, wire):
        await asyncio.gather(*(ask(made, wire.url) for _ in range(20)))
        assert wire.opened == 3


async def test_each_server_has_its_own_connections() -> None:
    async with serve(sends(OK, stay=True)) as one, serve(sends(OK, stay=True)) as other, pool() as made:
        for _ in range(3):
            await ask(made, one.url)
            await ask(made, other.url)
        assert (one.opened, other.opened) == (1, 1)


async def test_a_connection_that_rested_for_too_long_is_closed() -> None:
    async with asked(sends(OK, stay=True), rest=0.02) as (made, wire):
        await ask(made, wire.url)
        assert wire.open == 1
        await wire.until(lambda: wire.open == 0)
        await ask(made, wire.url)
        assert wire.opened == 2


async def test_one_that_the_server_closed_while_it_rested_is_not_taken() -> None:
    async with asked(in_turn(writes(OK, stay=False), writes(OK))) as (made, wire):
        await ask(made, wire.url, "POST", b"1")
        await wire.until(lambda: wire.open == 0)
        await asyncio.sleep(0.01)
        await ask(made, wire.url, "POST", b"2")
        assert wire.opened == 2


# Closed in the moment in which it is asked


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
async def test_what_may_be_asked_twice_is(method: str) -> None:
    async with asked(in_turn(writes(OK), writes(b"", stay=False), writes(OK))) as (made, wire):
        await ask(made, wire.url)
        assert (await ask(made, wire.url, method)).status == 200
        assert (wire.opened, len(wire.heads)) == (2, 3)


@pytest.mark.parametrize(
    ("method", "turns", "opened"),
    [
        ("POST", [OK, b""], 1),
        ("GET", [OK, b"", b""], 2),
        ("GET", [OK, b"HTTP/1.1 200 OK\r\n"], 1),
    ],
    ids=["what might be done twice", "only once", "not after a first byte"],
)
async def test_what_is_not_asked_again(method: str, turns: list[bytes], opened: int) -> None:
    answers = [writes(turn, stay=turn == OK) for turn in turns]
    async with asked(in_turn(*answers)) as (made, wire):
        await ask(made, wire.url)
        with pytest.raises(httpx.ReadError):
            await ask(made, wire.url, method)
        assert (len(wire.heads), wire.opened) == (len(turns), opened)


async def test_a_new_connection_that_ends_is_an_end() -> None:
    async with asked(sends(b"")) as (made, wire):
        with pytest.raises(httpx.ReadError):
            await ask(made, wire.url)
        assert wire.opened == 1


async def test_who_answers_before_the_whole_request_is_not_asked_on_that_connection() -> None:
    done = asyncio.Event()

    async def refuse(_: StreamReader, writer: StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 413 X\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        await done.wait()  # what is still being sent is not read
        return False

    async with asked(refuse) as (made, wire):
        assert (await ask(made, wire.url, "POST", b"x" * 50_000_000)).status == 413
        assert (await ask(made, wire.url)).status == 413
        assert wire.opened == 2
        done.set()


# Time, cancellation, closing


@contextmanager
def full() -> Iterator[str]:
    """A server that takes no more connections."""
    with socket.socket() as server, socket.socket() as first:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        first.connect(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


async def test_connecting_has_no_more_time_than_the_request() -> None:
    with full() as url:
        async with pool(connections=1) as made:
            for _ in range(2):
                with pytest.raises(TimeoutError):
                    await ask(made, url, seconds=0.05)


async def test_waiting_for_a_place_has_no_more_time_than_the_request() -> None:
    async with asked(silent, connections=1) as (made, wire):
        first = asyncio.create_task(ask(made, wire.url))
        await wire.until(lambda: len(wire.heads) == 1)
        with pytest.raises(TimeoutError):
            await ask(made, wire.url, seconds=0.05)
        first.cancel()
        await asyncio.wait([first])
        assert first.cancelled()


@pytest.mark.parametrize("stage", ["connecting", "waiting for a place", "waiting for the reply", "reading the reply"])
async def test_whoever_is_cancelled_leaves_nothing(stage: str) -> None:
    async def half(reader: StreamReader, writer: StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{" if stage == "reading the reply" else b"")
        await writer.drain()
        return await silent(reader, writer)

    def there(wire: Wire) -> bool:
        return len(wire.heads) > 0

    with full() as url:
        async with asked(half, connections=1) as (made, wire):
            waits = stage == "waiting for a place"
            holder = asyncio.create_task(ask(made, wire.url)) if waits else None
            if holder is not None:
                await wire.until(lambda: there(wire))
            asking = asyncio.create_task(ask(made, url if stage == "connecting" else wire.url))
            if stage in {"waiting for the reply", "reading the reply"}:
                await wire.until(lambda: there(wire))
            await asyncio.sleep(0.02)
            asking.cancel()
            await asyncio.wait([asking])
            assert asking.cancelled()
            if holder is not None:
                holder.cancel()
            await wire.until(lambda: wire.open == 0)
            with pytest.raises(TimeoutError):  # the place is free: the request gets as far as the server
                before = len(wire.heads)
                await ask(made, wire.url, seconds=0.2)
            assert len(wire.heads) == before + 1


async def test_closing_ends_what_is_being_asked() -> None:
    async with serve(silent) as wire:
        http = Http("shop")
        asking = asyncio.create_task(http.send("GET", wire.url, HEADERS))
        await wire.until(lambda: len(wire.heads) == 1)
        await http.aclose()
        with pytest.raises(Unavailable):
            await asking
        await wire.until(lambda: wire.open == 0)


# What goes out


@pytest.mark.parametrize("value", ["eu\r\nX-Other: 1", "eu\n", "eu\r", "eu\0"])
async def test_a_line_break_in_a_header_goes_nowhere(value: str) -> None:
    async with asked(sends(OK)) as (made, wire):
        with pytest.raises(httpx.LocalProtocolError):
            await made.send("GET", wire.url, headers({"X-Tenant": value}), b"", 10)
        assert wire.opened == 0


@pytest.mark.parametrize(
    "path", ["/a b", "/a\r\nX: 1", "/ü", "/\0", "/\x7f"], ids=["space", "line break", "not escaped", "zero", "delete"]
)
async def test_an_address_that_is_none_goes_nowhere(path: str) -> None:
    async with asked(sends(OK)) as (made, wire):
        with pytest.raises(httpx.UnsupportedProtocol):
            await ask(made, wire.url + path)
        assert wire.opened == 0


@pytest.mark.parametrize("url", ["ftp://x/", "x", "http://", "http://h:port/", "http://h:99999/", "http://[::1/"])
async def test_an_address_without_a_server(url: str) -> None:
    async with pool() as made:
        with pytest.raises(httpx.UnsupportedProtocol):
            await ask(made, url)


@pytest.mark.parametrize(
    ("given", "line"),
    [("", b"GET / HTTP/1.1"), ("?a=1", b"GET /?a=1 HTTP/1.1"), ("/x?a=%20#part", b"GET /x?a=%20 HTTP/1.1")],
)
async def test_what_is_asked_for(given: str, line: bytes) -> None:
    async with asked(sends(OK)) as (made, wire):
        await ask(made, wire.url + given)
        assert wire.heads[0].split(b"\r\n")[0] == line


@pytest.mark.parametrize(
    ("method", "content", "length"),
    [("GET", b"", None), ("POST", b"", b"0"), ("POST", b"[1]", b"3"), ("GET", b"{}", b"2"), ("DELETE", b"", None)],
)
async def test_how_long_the_content_is(method: str, content: bytes, length: bytes | None) -> None:
    async def answer(reader: StreamReader, writer: StreamWriter) -> bool:
        assert await reader.readexactly(len(content)) == content
        writer.write(OK)
        return True

    async with asked(answer) as (made, wire):
        await ask(made, wire.url, method, content)
        said = [line[16:] for line in wire.heads[0].split(b"\r\n") if line.startswith(b"Content-Length: ")]
        assert said == ([] if length is None else [length])


async def test_a_header_that_is_given_is_not_given_twice() -> None:
    async with asked(sends(OK)) as (made, wire):
        given = headers({"Host": "shop.internal", "Authorization": "Bearer t"})
        await made.send("GET", wire.url.replace("//", "//ann:secret@"), given, b"", 10)
        assert wire.heads[0].count(b"ost: ") == wire.heads[0].count(b"uthorization: ") == 1
        assert b"shop.internal" in wire.heads[0]


async def test_credentials_in_the_address_are_basic_authorisation() -> None:
    async with asked(sends(OK)) as (made, wire):
        await ask(made, wire.url.replace("//", "//ann:p%40ss@"))
        assert b"\r\nAuthorization: Basic YW5uOnBAc3M=\r\n" in wire.heads[0]
        assert wire.url[7:].encode() in wire.heads[0]


# Names and numbers


async def test_a_name_with_several_addresses_is_tried_until_one_answers() -> None:
    async with asked(sends(OK)) as (made, wire):  # listens on 127.0.0.1 alone
        assert (await ask(made, wire.url.replace("127.0.0.1", "localhost"))).status == 200
        assert b"\r\nHost: localhost:" in b"\r\n" + wire.heads[0]


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
async def test_an_address_of_ipv6() -> None:
    heads: list[bytes] = []

    async def talk(reader: StreamReader, writer: StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK)
        writer.close()

    try:
        server = await asyncio.start_server(talk, "::1", 0)
    except OSError:
        pytest.skip("no IPv6 here")
    port = server.sockets[0].getsockname()[1]
    made = Pool(1)
    assert (await ask(made, f"http://[::1]:{port}/x")).status == 200
    assert heads[0].startswith(b"GET /x HTTP/1.1\r\nHost: [::1]:%d\r\n" % port)
    await made.aclose()
    server.close()
