"""The server process: one worker, stopped by signals without losing a request."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from math import ceil

import uvicorn

from gateway.config.settings import Server as Place
from gateway.http.app import application
from gateway.http.connection import Connection
from gateway.http.contract import Gateway
from gateway.http.readiness import Readiness
from gateway.telemetry.telemetry import OFF, Telemetry

KEEP_ALIVE = 75
"""Seconds: longer than the usual load balancer keeps an idle connection, so that it is never the one surprised."""

YOUNG = 100_000
"""Objects that may be made, and not freed, before the garbage collector looks for cycles among them. A large answer has
some thousands, which are walked through in vain if many of them are on their way at once."""


def serve(gateway: Gateway, place: Place, announce: Callable[[str], None], telemetry: Telemetry = OFF) -> None:
    """Serve until SIGTERM or SIGINT. ``announce`` gets the address, such as ``http://127.0.0.1:8000``."""
    readiness = Readiness()
    config = uvicorn.Config(
        application(gateway, readiness, telemetry),
        host=place.host,
        port=place.port,
        http=Connection,
        lifespan="on",
        ws="none",
        access_log=False,  # the address of a GET may hold personal data
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=ceil(gateway.settings.limits.deadline) + 1,
    )
    settle()
    Server(config, readiness, place.drain or 0.0, announce).run()


def settle() -> None:
    """What the start has made stays: the collector need not walk through it again and again while requests come.

    It is asked less often, too: answers are freed by counting references, and make few cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 5, 5)


class Server(uvicorn.Server):
    """SIGTERM: not ready, serve on for ``drain`` seconds, finish. SIGINT, or a second signal: finish at once."""

    def __init__(
        self, config: uvicorn.Config, readiness: Readiness, drain: float, announce: Callable[[str], None]
    ) -> None:
        super().__init__(config)
        self.readiness = readiness
        self.drain = drain
        self.announce = announce

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """In the place of uvicorn's own, which after a clean end raises the signal once more: no exit status 0."""
        loop = asyncio.get_running_loop()
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        for number in before:
            loop.add_signal_handler(number, self.stop, number)
        try:
            yield
        finally:
            for number, handler in before.items():
                loop.remove_signal_handler(number)
                signal.signal(number, handler)

    def stop(self, number: signal.Signals) -> None:
        again = self.readiness.state == "draining"
        self.readiness.state = "draining"
        if again or number == signal.SIGINT or not self.drain:
            self.should_exit = True
        else:
            asyncio.get_running_loop().call_later(self.drain, self.finish)

    def finish(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self.announce(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
