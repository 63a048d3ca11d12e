"""A connection of the server: uvicorn's, with a short way for operations that have arrived whole.

Nearly all do, in one packet. Such a POST to ``/graphql`` is answered from its bytes to its bytes; through ASGI (a
scope, an event, messages, a look at each header) uvicorn takes 37 µs for it, and this way 15. Whatever comes in pieces,
is too large, or is anything else goes uvicorn's way.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from math import inf
from typing import Any

from uvicorn import Config
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from gateway.http.app import Edge
from gateway.http.graphql_over_http import RawHeaders
from gateway.http.refusal import Headers

LARGE = 64 * 1024
"""Bytes of a body that take longer to copy than a further piece of a write."""


class Connection(HttpToolsProtocol):
    """The parser calls the ``on_...`` methods; a request that may be whole is ``held`` back until it is known."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        assert isinstance(config.app, Edge)
        self.operations = config.app.operations
        self.held: list[bytes] | None = None
        self.idle_since = inf

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.held is not None and not self.transport.is_closing():
            self.let_go(self.held)

    def on_message_begin(self) -> None:
        self.url, self.headers, self.expect_100_continue = b"", [], False

    def on_headers_complete(self) -> None:
        if self.url == b"/graphql" and not self.expect_100_continue and self.is_plain():
            self.held = []
        else:
            self.begin()

    def on_body(self, body: bytes) -> None:
        if self.held is None:
            super().on_body(body)
        else:
            self.held.append(body)

    def on_message_complete(self) -> None:
        if self.held is not None and sum(map(len, self.held)) <= self.operations.limits.body:
            body, self.held = b"".join(self.held), None
            self.take(Operation(self, self.headers, body))
            return
        if self.held is not None:
            self.let_go(self.held)
        super().on_message_complete()

    def is_plain(self) -> bool:
        parser = self.parser
        return (
            parser.get_method() == b"POST"
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
        )

    def begin(self) -> None:
        """What uvicorn does at the beginning of a request and after its headers."""
        url, headers, expect = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expect
        self.headers.extend(headers)
        super().on_headers_complete()

    def let_go(self, held: list[bytes]) -> None:
        """Uvicorn's way, from here on."""
        self.held = None
        self.begin()
        for body in held:
            super().on_body(body)

    # ------------------------------------------------------------ keep-alive

    def _unset_keepalive_if_required(self) -> None:
        """Of each request; the timer runs on, as to stop and start it takes 1.5 µs."""
        self.idle_since = inf

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self.idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.watch_idleness(self.timeout_keep_alive)

    def watch_idleness(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        left = self.idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.watch_idleness(min(left, self.timeout_keep_alive))
        else:
            super().timeout_keep_alive_handler()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()

    # ------------------------------------------------------------ whole operations

    def take(self, operation: Operation) -> None:
        """Now, or after the answers that the client has not waited for."""
        before, self.cycle = self.cycle, operation
        if before is None or before.response_complete:
            self._start_asgi_task(operation, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((operation, self.app))


class Operation(RequestResponseCycle):
    """A request that is there as a whole, in the place of uvicorn's cycle of messages."""

    message_event = asyncio.Event()
    """Nobody waits for it."""

    def __init__(self, connection: Connection, headers: RawHeaders, body: bytes) -> None:
        self.connection = connection
        self.headers = headers
        self.whole = body
        self.keep_alive = True
        self.disconnected = self.response_complete = False

    async def run_asgi(self, app: ASGI3Application) -> None:
        connection = self.connection
        try:
            response = await connection.operations.answer("POST", self.headers, self.whole)
            assert response is not None
            if connection.flow.write_paused:
                await connection.flow.drain()
        except BaseException:  # cancelled, for errors are answers
            connection.transport.close()
            raise
        if self.disconnected:
            return
        head = b"%b%b%bcontent-length: %d\r\nx-request-id: %b\r\n%b\r\n" % (
            STATUS_LINE[response.status],
            lines(tuple(connection.server_state.default_headers)),
            lines(response.shared),
            len(response.body),
            response.identity.encode("ascii"),
            b"" if self.keep_alive else b"connection: close\r\n",
        )
        if len(response.body) < LARGE:
            connection.transport.write(head + response.body)
        else:
            connection.transport.writelines([head, response.body])
        self.response_complete = True
        if not self.keep_alive:
            connection.transport.close()
        connection.on_response_complete()


@lru_cache(maxsize=256)
def lines(headers: Headers) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])
