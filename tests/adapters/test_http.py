"""HTTP on real sockets: what goes out, what comes back, and everything that can go wrong on the way."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import struct
import tracemalloc
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import httpx
import pytest

from adapters.http import Http, Reply, headers, outline, refusal
from adapters.spi import BadData, Overloaded, Rejected, SourceError, TimedOut, Unavailable
from tests.adapters.wire import JSON, Answer, Wire, sends, serve, silent

HEADERS = headers({"X-Tenant": "eu"})
OK = JSON + b"Content-Length: 2\r\n\r\n{}"


@asynccontextmanager
async def talking_to(answer: Answer, **options: Any) -> AsyncIterator[tuple[Http, Wire]]:
    async with serve(answer) as wire:
        http = Http("shop", **options)
        try:
            yield http, wire
        finally:
            await http.aclose()


async def get(http: Http, wire: Wire, path: str = "/", seconds: float = 5) -> Reply:
    return await http.send("GET", wire.url + path, HEADERS, deadline=monotonic() + seconds)


async def failure(answer: Answer, seconds: float = 5, **options: Any) -> SourceError:
    async with talking_to(answer, **options) as (http, wire):
        with pytest.raises(SourceError) as raised:
            await get(http, wire, "/secret?key=C1", seconds)
        assert wire.url not in str(raised.value)
        assert "secret" not in str(raised.value)
        return raised.value


async def test_sends_what_it_is_told_and_gives_the_whole_reply() -> None:
    async with talking_to(sends(OK + b"", stay=False)) as (http, wire):
        reply = await http.send("POST", wire.url + "/a%2Fb?x=%C3%BC", HEADERS, b"[1]", deadline=monotonic() + 5)
    assert (reply.status, reply.body, reply.headers["content-type"]) == (200, b"{}", "application/json")
    head = wire.heads[0].decode().lower()
    assert head.startswith("post /a%2fb?x=%c3%bc http/1.1\r\n")
    assert "user-agent: crossdock" in head
    assert "x-tenant: eu" in head
    assert "content-length: 3\r\n" in head


async def test_a_later_header_replaces_an_earlier_one_of_another_case() -> None:
    assert headers({"Accept": "text/xml"}, {"accept": "application/json"}).get_list("accept") == ["application/json"]


async def test_connections_are_kept() -> None:
    async with talking_to(sends(OK, stay=True)) as (http, wire):
        for _ in range(5):
            await get(http, wire)
        assert wire.opened == 1


async def test_a_cookie_never_goes_out_again() -> None:
    reply = JSON + b"Set-Cookie: session=of-somebody-else; Path=/\r\nContent-Length: 2\r\n\r\n{}"
    async with talking_to(sends(reply, stay=True)) as (http, wire):
        await get(http, wire)
        await get(http, wire)
    assert len(wire.heads) == 2
    assert b"cookie" not in wire.heads[1].lower()


async def test_redirects_are_not_followed() -> None:
    found = b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"
    async with talking_to(sends(found)) as (http, wire):
        reply = await get(http, wire)
    assert (reply.status, len(wire.heads)) == (302, 1)


async def test_nothing_of_a_call_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with talking_to(sends(JSON + b'Content-Length: 8\r\n\r\n"canary"', stay=True)) as (http, wire):
        await http.send("POST", wire.url + "/canary?canary", headers({"X": "canary"}), b"canary")
    assert "canary" not in caplog.text


# What goes wrong


async def test_refused() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        http = Http("shop")
        with pytest.raises(Unavailable) as raised:
            await http.send("GET", f"http://127.0.0.1:{unused.getsockname()[1]}/secret", HEADERS)
        await http.aclose()
    assert raised.value.detail == "ConnectError from ConnectionRefusedError"
    assert raised.value.message == "The source is not available."


async def test_no_such_host() -> None:
    http = Http("shop")
    with pytest.raises(Unavailable, match="ConnectError"):
        await http.send("GET", "http://shop.invalid/", HEADERS)
    await http.aclose()


async def test_dropped_after_the_request() -> None:
    error = await failure(sends(b""))
    assert (type(error), error.detail) == (Unavailable, "ReadError from EOFError")


@pytest.mark.quirk("R21")
async def test_a_status_line_that_is_none() -> None:
    error = await failure(sends(b"Http/1.1: 404 Not Found\r\n\r\n"))
    assert type(error) is Unavailable
    assert error.detail.startswith("RemoteProtocolError from HttpParser")


@pytest.mark.parametrize(
    "reply",
    [JSON + b"Content-Length: 100\r\n\r\n{", JSON + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a"'],
    ids=["length", "chunks"],
)
async def test_a_body_that_is_cut(reply: bytes) -> None:
    error = await failure(sends(reply))
    assert (type(error), error.detail.split()[0]) == (Unavailable, "ReadError")


async def test_a_connection_that_is_reset_in_the_body() -> None:
    async def reset(_: StreamReader, writer: StreamWriter) -> bool:
        writer.write(JSON + b"Content-Length: 100\r\n\r\n{")
        await writer.drain()
        await asyncio.sleep(0.02)
        linger_not = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
        return False

    error = await failure(reset)
    assert type(error) is Unavailable
    assert error.detail.startswith("ReadError")


async def test_no_answer_in_time() -> None:
    began = monotonic()
    error = await failure(silent, seconds=0.1)
    assert type(error) is TimedOut
    assert monotonic() - began < 2


async def test_a_body_that_drips_is_ended_too() -> None:
    async def drip(_: StreamReader, writer: StreamWriter) -> bool:
        writer.write(JSON + b"Content-Length: 1000000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    assert type(await failure(drip, seconds=0.15)) is TimedOut


async def test_after_the_deadline_nothing_is_sent() -> None:
    async with talking_to(sends(OK)) as (http, wire):
        with pytest.raises(TimedOut):
            await get(http, wire, seconds=0)
        await asyncio.sleep(0.02)
        assert wire.opened == 0


# Sizes


async def test_a_reply_without_end_is_ended_at_the_limit() -> None:
    async def flood(_: StreamReader, writer: StreamWriter) -> bool:
        writer.write(JSON + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
            await writer.drain()

    error = await failure(flood, most_bytes=1_000_000)
    assert (type(error), error.detail) == (BadData, "the reply is larger than 1000000 bytes")


async def test_a_reply_of_just_the_limit_is_read() -> None:
    async with talking_to(sends(JSON + b"Content-Length: 1000\r\n\r\n" + b"1" * 1000), most_bytes=1000) as (http, wire):
        assert len((await get(http, wire)).body) == 1000


def packed(body: bytes, packing: bytes = b"gzip") -> bytes:
    return JSON + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (packing, len(body)) + body


async def test_a_packed_reply_is_unpacked() -> None:
    async with talking_to(sends(packed(gzip.compress(b"[1]")))) as (http, wire):
        assert (await get(http, wire)).body == b"[1]"
    assert b"accept-encoding: gzip\r\n" in wire.heads[0].lower()


async def test_a_reply_that_unpacks_to_too_much_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 64_000_000)
    tracemalloc.start()
    error = await failure(sends(packed(bomb)), most_bytes=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (type(error), error.detail) == (BadData, "the reply is larger than 1000000 bytes")
    assert peak < 8_000_000


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (packed(gzip.compress(b"[1]" * 100)[:-9]), Unavailable),
        (packed(b"[1]"), BadData),
        (packed(b"[1]", b"br"), BadData),
    ],
    ids=["cut", "not packed", "packed otherwise"],
)
async def test_a_reply_that_cannot_be_unpacked(reply: bytes, kind: type[SourceError]) -> None:
    assert type(await failure(sends(reply))) is kind


# Cancellation


async def test_two_hundred_cancelled_calls_leave_no_connection_and_no_place_taken() -> None:
    slow = asyncio.Event()

    async def answer(reader: StreamReader, writer: StreamWriter) -> bool:
        if slow.is_set():
            writer.write(OK)
            return True
        return await silent(reader, writer)

    async with talking_to(answer, connections=8) as (http, wire):
        calls = [asyncio.create_task(http.send("GET", wire.url, HEADERS)) for _ in range(200)]
        await wire.until(lambda: len(wire.heads) == 8)
        for call in calls:
            call.cancel()
        ended = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ended)
        await wire.until(lambda: wire.open == 0)
        slow.set()
        replies = await asyncio.gather(*(get(http, wire) for _ in range(16)))
        assert [reply.status for reply in replies] == [200] * 16


async def test_calls_cancelled_in_the_body_leave_no_place_taken() -> None:
    async def half(reader: StreamReader, writer: StreamWriter) -> bool:
        writer.write(JSON + b"Content-Length: 3\r\n\r\n[")
        if len(wire.heads) <= 8:
            return await silent(reader, writer)
        writer.write(b"1]")
        return True

    async with talking_to(half, connections=8) as (http, wire):
        calls = [asyncio.create_task(http.send("GET", wire.url, HEADERS)) for _ in range(8)]
        await wire.until(lambda: len(wire.heads) == 8)
        await asyncio.sleep(0.05)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await wire.until(lambda: wire.open == 0)
        assert (await get(http, wire)).body == b"[1]"


# What a status says


@pytest.mark.parametrize(
    ("status", "head", "kind"),
    [
        (302, {}, Unavailable),
        (400, {}, Rejected),
        (401, {}, Unavailable),
        (403, {}, Unavailable),
        (404, {}, Rejected),
        (422, {}, Rejected),
        (429, {}, Overloaded),
        (500, {}, Unavailable),
        (502, {}, Unavailable),
        (503, {}, Unavailable),
        (503, {"Retry-After": "30"}, Overloaded),
    ],
)
def test_refusal(status: int, head: dict[str, str], kind: type[SourceError]) -> None:
    error = refusal("shop", Reply(status, httpx.Headers(head), b"<h1>Ann Smith</h1>"))
    assert type(error) is kind
    assert f"HTTP {status}" in error.detail
    assert "Ann" not in str(error)


def test_success_is_no_refusal() -> None:
    assert refusal("shop", Reply(204, httpx.Headers(), b"")) is None


@pytest.mark.parametrize(("value", "said"), [("30", "30 s"), ("Sat, 22 Nov 2026 10:00:00 GMT", "a date")])
def test_how_long_to_wait_is_said(value: str, said: str) -> None:
    error = refusal("shop", Reply(429, httpx.Headers({"Retry-After": value}), b""))
    assert error is not None
    assert error.detail.endswith(f"Retry-After: {said}")


def test_a_wrong_login_says_where_to_look() -> None:
    error = refusal("shop", Reply(401, httpx.Headers(), b""))
    assert error is not None
    assert "`auth`" in error.detail


def test_outline_shows_the_kind_of_content_and_no_value() -> None:
    assert outline(b"<!DOCTYPE html><title>Ann 1990") == "'<!aaaaaaa aaaa><aaaaa>aaa 9999'"
    assert outline(b'{"email": "\xc3\xbc1@x.y"}').startswith('\'{"aaaaa": "')


async def test_after_closing_nothing_is_opened_again() -> None:
    async with talking_to(sends(OK, stay=True)) as (http, wire):
        await get(http, wire)
        await http.aclose()
        with pytest.raises(Unavailable, match="ConnectError"):
            await get(http, wire)
        assert wire.opened == 1
