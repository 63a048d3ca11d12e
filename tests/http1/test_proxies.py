"""Servers behind proxies and TLS: what each of them is told, and what a proxy's refusal becomes."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.adapters.wire import Answer, Wire, sends, serve, silent
from tests.http1.servers import ask, pool

CERTIFICATES = Path(__file__).parents[1] / "adapters" / "certificates"
KNOWN = {"authorities": CERTIFICATES / "system.pem"}
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def certified() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / "system.pem", CERTIFICATES / "system.key")
    return context


async def passed(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def tunnels(server: Wire, tls: ssl.SSLContext | None = None) -> AsyncIterator[Wire]:
    """A proxy that connects everybody to ``server``, whoever they ask for."""

    async def connect(reader: StreamReader, writer: StreamWriter) -> bool:
        port = int(server.url.rpartition(":")[2])
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n")
        await asyncio.gather(passed(reader, far_writer), passed(far_reader, writer))
        return False

    async with serve(connect, tls) as proxy:
        yield proxy


@pytest.mark.parametrize("secret", [False, True], ids=["http proxy", "https proxy"])
async def test_a_tunnel_to_a_server_with_tls(secret: bool) -> None:
    async with (
        serve(sends(OK, stay=True), certified()) as server,
        tunnels(server, certified() if secret else None) as proxy,
        pool(proxy=proxy.url.replace("//", "//ann:secret@"), **KNOWN) as made,
    ):
        port = server.url.rpartition(":")[2]
        for _ in range(2):
            assert (await ask(made, f"https://localhost:{port}/x")).body == b"{}"
        assert (proxy.opened, server.opened) == (1, 1)
        told, asked = proxy.heads[0], server.heads[0]
    assert told.startswith(b"CONNECT localhost:%b HTTP/1.1\r\nHost: localhost:%b\r\n" % (port.encode(), port.encode()))
    assert b"Proxy-Authorization: Basic YW5uOnNlY3JldA==\r\n" in told
    assert asked.startswith(b"GET /x HTTP/1.1\r\nHost: localhost:%b\r\n" % port.encode())
    assert b"proxy-authorization" not in asked.lower()
    assert b"x-tenant" not in told.lower()


async def test_without_tls_the_proxy_is_asked_for_the_whole_address() -> None:
    async with serve(sends(OK, stay=True)) as proxy, pool(proxy=proxy.url.replace("//", "//ann:secret@")) as made:
        await ask(made, "http://erp.internal/x?a=1")
    assert proxy.heads[0].startswith(b"GET http://erp.internal/x?a=1 HTTP/1.1\r\nHost: erp.internal\r\n")
    assert b"Proxy-Authorization: Basic YW5uOnNlY3JldA==\r\n" in proxy.heads[0]


@pytest.mark.parametrize(
    "refusal", [b"HTTP/1.1 407 Who\r\nContent-Length: 5\r\n\r\nno no", b"HTTP/1.1 502 Bad\r\n\r\n"], ids=["407", "502"]
)
async def test_a_proxy_that_refuses(refusal: bytes) -> None:
    async with serve(sends(refusal)) as proxy, pool(proxy=proxy.url) as made:
        with pytest.raises(httpx.ProxyError):
            await ask(made, "https://erp.internal/")


@pytest.mark.parametrize(
    "answer",
    [sends(b""), sends(b"HTTP/1.1 200 OK\r\n\r\nno TLS"), sends(b"SSH-2.0\r\n")],
    ids=["end", "no TLS", "SSH"],
)
async def test_a_proxy_that_breaks(answer: Answer) -> None:
    async with serve(answer) as proxy, pool(proxy=proxy.url) as made:
        with pytest.raises(httpx.TransportError):
            await ask(made, "https://erp.internal/")
        await proxy.until(lambda: proxy.open == 0)


async def test_a_proxy_that_says_nothing_is_ended_with_the_request() -> None:
    async with serve(silent) as proxy, pool(proxy=proxy.url) as made:
        with pytest.raises(TimeoutError):
            await ask(made, "https://erp.internal/", seconds=0.1)
        await proxy.until(lambda: proxy.open == 0)


async def test_a_tunnel_that_leads_nowhere_is_ended_with_the_request() -> None:
    async def connect(reader: StreamReader, writer: StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        return await silent(reader, writer)

    async with serve(connect) as proxy, pool(proxy=proxy.url) as made:
        with pytest.raises(TimeoutError):
            await ask(made, "https://erp.internal/", seconds=0.1)
        await proxy.until(lambda: proxy.open == 0)


async def test_a_certificate_is_for_the_name_that_was_asked() -> None:
    async with serve(sends(OK), certified()) as server, pool(**KNOWN) as made:
        assert (await ask(made, server.url)).status == 200
        with pytest.raises(httpx.ConnectError) as raised:
            await ask(made, server.url.replace("127.0.0.1", "127.0.0.2"))
        assert isinstance(raised.value.__cause__, OSError)


async def test_a_server_that_hangs_before_tls_is_ended_with_the_request() -> None:
    async with serve(silent) as server, pool(**KNOWN) as made:
        with pytest.raises(TimeoutError):
            await ask(made, server.url.replace("http:", "https:"), seconds=0.1)
        await server.until(lambda: server.open == 0)
