"""One connection to a server: requests out, replies in, one after the other."""

from __future__ import annotations

import asyncio
from math import inf
from typing import TypeVar, cast

import httptools
import httpx

from adapters.deadlines import deadlines
from adapters.http1.message import Raw, Request, TooLarge

E = TypeVar("E", bound=httpx.TransportError)

MOST_HEAD = 256 * 1024
"""Bytes of a reply's head, with those of its interim replies."""


class Connection(asyncio.Protocol):
    """``usable``: it may be asked, or asked again; ``lost`` is done when the socket is closed, by whichever side.

    ``answered``: there was a byte of the reply to what was asked last. ``rests_since`` is the pool's.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[None] = self._loop.create_future()
        self.usable = False
        self.answered = False
        self.rests_since = 0.0
        self._parser = patient_parser(self)
        self._reply: asyncio.Future[Raw] | None = None
        self._deadlines = deadlines()

    def ask(self, request: Request) -> asyncio.Future[Raw]:
        """Sends it. The reply, or the error that is there in its place: ``TimeoutError``, ``TooLarge``,
        ``httpx.ReadError`` or ``RemoteProtocolError``."""
        self.usable = self.answered = False
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._headed = False
        self._head_size = 0
        self._body: list[bytes] = []
        self._room = request.most
        self._bodiless = request.bodiless
        self._reply = reply = self._loop.create_future()
        if request.deadline < inf:
            self._deadlines.add(self, request.deadline)
        self.transport.write(request.data)
        return reply

    def close(self) -> None:
        """What is under way is lost."""
        self.usable = False
        if self._finished() is None:
            self.transport.close()
        else:
            self.transport.abort()

    def expire(self) -> None:
        """The deadline of what was asked has come."""
        self._fail(TimeoutError())

    # What the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.usable = True

    def data_received(self, data: bytes) -> None:
        if self._reply is None:
            self.close()  # nobody asked: it must not become the reply to what is asked next
            return
        self.answered = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            self._fail(error.__context__ or error)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(caused(httpx.RemoteProtocolError("not HTTP"), error))
        else:
            if not self._headed:
                self._head_size += len(data)
                if self._head_size > MOST_HEAD:
                    self._fail(httpx.RemoteProtocolError("a head without end"))

    def connection_lost(self, error: Exception | None) -> None:
        if error is None and self._reply is not None and self._headed and not self._delimited():
            self._succeed()
        self._fail(caused(httpx.ReadError("the connection ended"), error or EOFError()))
        self.lost.set_result(None)

    # What the parser calls

    def on_message_begin(self) -> None:
        if self._reply is None:
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._headed:  # behind a body they are trailers, of which nothing is read
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()
        self._headed = self._status >= 200
        if self._headed and self._bodiless:
            self._succeed()

    def on_body(self, body: bytes) -> None:
        if self._reply is None:
            self.close()  # behind a head that has no body
            return
        self._room -= len(body)
        if self._room < 0:
            raise TooLarge
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._status < 200:  # an interim reply; the reply itself follows
            self._headers = []
        elif self._reply is not None:
            # who answers before everything was sent may take the rest of it for another request
            self.usable = self._parser.should_keep_alive() and not self.transport.get_write_buffer_size()
            self._succeed()

    # How it ends

    def _succeed(self) -> None:
        reply = self._finished()
        if reply is not None and not reply.done():
            reply.set_result(Raw(self._status, self._headers, b"".join(self._body)))

    def _fail(self, error: BaseException) -> None:
        self.usable = False
        self.transport.abort()
        reply = self._finished()
        if reply is not None and not reply.done():
            reply.set_exception(error)

    def _finished(self) -> asyncio.Future[Raw] | None:
        """What was under way."""
        reply, self._reply = self._reply, None
        self._deadlines.remove(self)
        return reply

    def _delimited(self) -> bool:
        """Whether the head says where the body ends; otherwise that is where the connection does."""
        return any(name.lower() in {b"content-length", b"transfer-encoding"} for name, _ in self._headers)


def patient_parser(connection: Connection) -> httptools.HttpResponseParser:
    """It takes what old servers write and browsers read."""
    parser = httptools.HttpResponseParser(connection)
    parser.set_dangerous_leniencies(
        lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
    )
    return parser


def caused(error: E, cause: BaseException) -> E:
    error.__cause__ = cause
    return error
