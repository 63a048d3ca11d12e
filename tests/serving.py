"""An ASGI application on a real loopback port, in a thread of its own."""

from __future__ import annotations

import threading
import time
from asyncio import Protocol
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


@contextmanager
def serving(
    app: ASGIApp,
    lifespan: Literal["on", "off"] = "off",
    http: type[Protocol] = HttpToolsProtocol,
    keep_alive: int = 5,
) -> Iterator[str]:
    """The address, such as ``http://127.0.0.1:40123``. ``lifespan``: ``on`` where the application closes things.
    ``keep_alive``: seconds."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_level="warning",
        lifespan=lifespan,
        http=http,
        timeout_keep_alive=keep_alive,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)
