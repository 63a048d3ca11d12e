"""What one HTTP call costs by each client: ``python -m tests.bench.clients``; the table of decision 5.

32 calls at a time of one small reply, in turns, CPU time of this process alone.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import aiohttp
import httpx
import uvloop

from adapters.http import Http, headers
from adapters.http1 import Pool
from gateway.commands.back_office import free_ports
from tests.bench.process import LOAD_CORE, SUBJECT_CORE, running
from tests.bench.workloads import CONNECTIONS

CALLS = 50
ROUNDS = 5
HEADERS = headers({"Accept": "application/json"})

Call = Callable[[], Awaitable[object]]


async def microseconds(call: Call) -> float:
    """Of CPU, for one call."""

    async def lane() -> None:
        for _ in range(CALLS):
            await call()

    began = process_time()
    await asyncio.gather(*(lane() for _ in range(CONNECTIONS)))
    return (process_time() - began) / CALLS / CONNECTIONS * 1e6


async def compare(url: str) -> dict[str, float]:
    """The least of the rounds."""
    pool, http = Pool(CONNECTIONS), Http("bench", connections=CONNECTIONS)
    async with aiohttp.ClientSession() as session, httpx.AsyncClient() as client:

        async def by_aiohttp() -> bytes:
            async with session.get(url) as reply:
                return await reply.read()

        calls: dict[str, Call] = {
            "httpx": lambda: client.get(url),
            "aiohttp": by_aiohttp,
            "adapters.http1": lambda: pool.send("GET", url, HEADERS, b"", 1_000_000, inf),
            "adapters.http": lambda: http.send("GET", url, HEADERS),
        }
        found = dict.fromkeys(calls, inf)
        for _ in range(ROUNDS):
            for name, call in calls.items():
                found[name] = min(found[name], await microseconds(call))
    await pool.aclose()
    await http.aclose()
    return found


def main() -> None:
    (port,) = free_ports(1)
    os.sched_setaffinity(0, {SUBJECT_CORE})
    command = [sys.executable, "-m", "tests.bench.services", str(port)]
    with TemporaryDirectory() as folder, running(command, port, LOAD_CORE, {}, Path(folder) / "services.log"):
        for loop in (asyncio.SelectorEventLoop, uvloop.new_event_loop):
            with asyncio.Runner(loop_factory=loop) as runner:
                found = runner.run(compare(f"http://127.0.0.1:{port}/pricing/prices?sku=S00001"))
            print(f"{loop.__module__:20}", *(f"{name} {figure:.0f} µs" for name, figure in found.items()), sep="  ")


if __name__ == "__main__":
    main()
