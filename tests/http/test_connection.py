"""Operations that arrive whole take a short way through the server: what a client hears is the same, byte by byte."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Iterator

import pytest
from starlette.types import Receive, Scope, Send

from gateway.config.settings import Settings
from gateway.engine.request import Answer, OperationRequest
from gateway.http.app import application
from gateway.http.connection import Connection
from tests.http.small_gateway import SmallGateway
from tests.serving import serving

BODY = b'{"query":"{hello}"}'
JSON = b"Content-Type: application/json\r\nX-Request-Id: r-1\r\n"
CLOSE = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
"""The last request of each conversation: the server hangs up after its answer."""


def post(body: bytes = BODY, head: bytes = b"", target: bytes = b"/graphql", version: bytes = b"1.1") -> bytes:
    return (
        b"POST %b HTTP/%b\r\nHost: x\r\n%b%b" % (target, version, JSON, head)
        + b"Content-Length: %d\r\n\r\n" % len(body)
        + body
    )


CHUNKED = b"POST /graphql HTTP/1.1\r\nHost: x\r\n%bTransfer-Encoding: chunked\r\n\r\n" % JSON
WHOLE = post()
CONVERSATIONS = {
    "whole": [WHOLE],
    "one after the other": [WHOLE, WHOLE, post(b'{"query":"{nope}"}')],
    "not waited for": [WHOLE + WHOLE + WHOLE],
    "other requests between them": [WHOLE + b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" + WHOLE, WHOLE],
    "the head in pieces": [WHOLE[:30], WHOLE[30:]],
    "the body in pieces": [WHOLE[:-5], WHOLE[-5:-1], WHOLE[-1:]],
    "one and a half": [WHOLE + WHOLE[:-3], WHOLE[-3:]],
    "half of a head after it": [WHOLE + WHOLE[:10], WHOLE[10:]],
    "chunked": [CHUNKED + b"13\r\n%b\r\n0\r\n\r\n" % BODY],
    "chunked, in pieces": [CHUNKED + b"5\r\n%b\r\n" % BODY[:5], b"e\r\n%b\r\n0\r\n\r\n" % BODY[5:]],
    "no body": [post(b"")],
    "too large": [post(b'{"query":"%b"}' % (b"x" * 10_000))],
    "too large, in pieces": [post(b'{"query":"%b"}' % (b"x" * 10_000))[:9_000], b"x" * 1_000],
    "of another type": [post(head=b"Content-Encoding: gzip\r\n")],
    "with a query": [post(target=b"/graphql?a=b")],
    "a slash too many": [post(target=b"/graphql/")],
    "a wait for a word": [post(head=b"Expect: 100-continue\r\n")],
    "the last one": [post(head=b"Connection: close\r\n")],
    "of HTTP 1.0": [post(version=b"1.0")],
    "of HTTP 1.0, kept alive": [post(version=b"1.0", head=b"Connection: keep-alive\r\n")],
    "an upgrade": [post(head=b"Connection: upgrade\r\nUpgrade: websocket\r\n")],
    "from a browser": [post(head=b"Origin: https://shop.example\r\n")],
    "of nobody's language": [post(head=b"Accept: text/html\r\n")],
    "nonsense after it": [WHOLE + b"\x00\x01nonsense\r\n\r\n"],
    "a chunk that is none": [CHUNKED + b"zz\r\n"],
    "GET": [b"GET /graphql?query={hello} HTTP/1.1\r\nHost: x\r\nX-Request-Id: r-1\r\n\r\n"],
    "a page": [b"GET /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nIf-None-Match: x\r\n\r\n"],
}


@pytest.fixture(scope="module")
def addresses() -> Iterator[tuple[str, str]]:
    """The short way, and uvicorn's."""
    settings = Settings.model_validate({"limits": {"body": "8 KiB"}, "cors": {"origins": ["https://shop.example"]}})
    with (
        serving(application(SmallGateway(settings)), http=Connection) as short,
        serving(application(SmallGateway(settings))) as long,
    ):
        yield short, long


def connect(address: str) -> socket.socket:
    host, port = address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), 10)


def heard(address: str, pieces: list[bytes]) -> bytes:
    """Everything until the server hangs up. Pieces are sent by themselves."""
    with connect(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        said = b""
        for piece in [*pieces, CLOSE]:
            try:
                connection.sendall(piece)
            except ConnectionError:
                break
            said += at_once(connection)
        connection.settimeout(10)
        try:
            while part := connection.recv(65536):
                said += part
        except ConnectionError:
            pass
    return re.sub(rb"date: [^\r]*\r\n", b"", said)


def at_once(connection: socket.socket) -> bytes:
    """What is said to a piece, so that the next one is a packet of its own."""
    connection.settimeout(0.05)
    try:
        return connection.recv(65536)
    except (TimeoutError, ConnectionError):
        return b""


@pytest.mark.parametrize("pieces", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def test_both_ways_are_heard_alike(addresses: tuple[str, str], pieces: list[bytes]) -> None:
    short, long = (heard(address, pieces) for address in addresses)
    assert short == long
    assert short.startswith(b"HTTP/1.1 ")


class SlowGateway(SmallGateway):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let = threading.Semaphore(0), asyncio.Event()

    async def execute(self, request: OperationRequest) -> Answer:
        self.loop = asyncio.get_running_loop()
        self.asked.release()
        await self.let.wait()
        return await super().execute(request)

    def answer(self) -> None:
        self.loop.call_soon_threadsafe(self.let.set)


class LargeGateway(SmallGateway):
    async def execute(self, request: OperationRequest) -> Answer:
        return Answer(b"[" + b"0," * 1_000_000 + b"0]", executed=True)


def test_large_answers_arrive_whole_and_in_order() -> None:
    with serving(application(LargeGateway()), http=Connection) as address:
        said = heard(address, [WHOLE + WHOLE])
    assert said.count(b"HTTP/1.1 200 ") == 3
    assert said.count(b"\r\n\r\n[" + b"0," * 1_000_000 + b"0]HTTP/1.1 ") == 2


def test_who_goes_away_before_the_answer_troubles_nobody() -> None:
    gateway = SlowGateway()
    with serving(application(gateway), http=Connection) as address:
        with connect(address) as connection:
            connection.sendall(WHOLE)
            assert gateway.asked.acquire(timeout=10)
        gateway.answer()
        assert heard(address, [WHOLE]).count(b"hello world") == 1


def test_answers_that_were_not_waited_for_come_in_order() -> None:
    gateway = SlowGateway()
    with serving(application(gateway), http=Connection) as address, connect(address) as connection:
        connection.sendall(WHOLE + WHOLE.replace(b"r-1", b"r-2"))
        assert gateway.asked.acquire(timeout=10)
        assert not gateway.asked.acquire(timeout=0.05), "the second was begun before the first was answered"
        gateway.answer()
        connection.sendall(CLOSE)
        said = b"".join(iter(lambda: connection.recv(65536), b""))
    assert re.findall(rb"x-request-id: (\S+)", said) == [b"r-1", b"r-2"]


def test_who_says_nothing_for_long_is_hung_up_on() -> None:
    """``recv`` gives nothing at the end of the connection, and raises where it takes too long."""
    with serving(application(SmallGateway()), http=Connection, keep_alive=1) as address, connect(address) as connection:
        for _ in range(3):
            connection.sendall(WHOLE)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert connection.recv(65536) == b""


def test_who_waits_for_an_answer_is_not() -> None:
    gateway = SlowGateway()
    with serving(application(gateway), http=Connection, keep_alive=1) as address, connect(address) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        connection.sendall(WHOLE)
        connection.settimeout(1.5)
        with pytest.raises(TimeoutError):
            connection.recv(65536)
        gateway.answer()
        connection.settimeout(10)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert connection.recv(65536) == b""


def test_the_short_way_passes_by_the_application() -> None:
    app = application(SmallGateway())

    async def unreachable(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("uvicorn's way")

    app.graphql = unreachable
    with serving(app, http=Connection) as address:
        assert heard(address, [WHOLE]).startswith(b"HTTP/1.1 200 ")
        assert heard(address, [WHOLE[:-1], WHOLE[-1:]]).startswith(b"HTTP/1.1 500 ")
