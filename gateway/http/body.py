"""A request's body, counted while it arrives."""

from __future__ import annotations

import asyncio

from starlette.types import Receive

from gateway.http.refusal import CLOSE, Disconnected, Refusal

LATE = "the body is late"


async def read_body(receive: Receive, declared: str | None, limit: int, seconds: float) -> bytes:
    """All of it: at most ``limit`` bytes within ``seconds``. ``declared`` is the Content-Length."""
    if declared and declared.isdecimal() and (len(declared) > 15 or int(declared) > limit):
        raise too_large(limit)
    task = asyncio.current_task()
    assert task is not None
    # What asyncio.timeout does, at a quarter of its cost, which is a tenth of the whole edge's.
    timer = asyncio.get_running_loop().call_later(seconds, task.cancel, LATE)
    try:
        return await whole(receive, limit)
    except asyncio.CancelledError as cancelled:
        if cancelled.args == (LATE,) and task.uncancel() == 0:
            raise Refusal(408, f"Expected the whole body within {seconds:g} s.", CLOSE) from None
        raise
    finally:
        timer.cancel()


async def whole(receive: Receive, limit: int) -> bytes:
    """Raises ``Disconnected`` where the client does not send the rest."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def too_large(limit: int) -> Refusal:
    return Refusal(413, f"Expected a body of at most {limit} bytes.", CLOSE)
