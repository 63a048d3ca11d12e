"""Who is measured: processes that answer the workloads over the same systems."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

REGISTRATION = Path(__file__).parent / "registration"

CALLING = frozenset({"W1", "W2", "W3", "W5"})
ALL = CALLING | {"W4"}


@dataclass(frozen=True, eq=False)
class Subject:
    """``command`` for a port. ``kept``: it keeps answers, so that it makes no calls once it is warm."""

    name: str
    title: str
    command: Callable[[int], list[str]]
    workloads: Collection[str]
    environ: Mapping[str, str]
    kept: bool = False


def module(name: str, *arguments: str) -> Callable[[int], list[str]]:
    return lambda port: [sys.executable, "-m", name, *arguments, str(port)]


def crossdock(port: int, registration: Path = REGISTRATION) -> list[str]:
    """As a user would run it."""
    command = str(Path(sys.executable).with_name("crossdock"))
    return [command, "serve", "--config", str(registration), "--port", str(port)]


NOTHING, RECORDS, ANSWERS = (
    {"FRESH": "0s", "ANSWERS": "0"},
    {"FRESH": "1h", "ANSWERS": "0"},
    {"FRESH": "1h", "ANSWERS": "64MiB"},
)
CROSSDOCK = Subject("crossdock", "crossdock, nothing cached", crossdock, ALL, NOTHING)
CACHED = Subject("cached", "crossdock, records cached", crossdock, CALLING, RECORDS, kept=True)
ANSWERED = Subject("answered", "crossdock, answers cached", crossdock, CALLING, ANSWERS, kept=True)
STRONG = Subject("strong", "Strawberry, aiohttp, caches", module("tests.bench.base", "strong"), ALL, {})
HTTPX = Subject("httpx", "Strawberry, httpx", module("tests.bench.base", "httpx"), ALL, {})
FLOOR = Subject("floor", "uvicorn + Starlette", module("tests.bench.floor"), {"W4"}, {})

SUBJECTS = (CROSSDOCK, CACHED, ANSWERED, STRONG, HTTPX, FLOOR)
