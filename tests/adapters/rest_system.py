"""A web system of any habits on a real port: one function answers, and what it was asked is kept."""

from __future__ import annotations

import json
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from ruamel.yaml import YAML

from adapters.rest.adapter import RestAdapter
from adapters.rest.build import build
from adapters.rest.registration import RestSource
from adapters.spi import Key, Lookup, Page, Search
from tests.adapters.rest_shop import TYPES
from tests.adapters.wire import Wire, serve


class Asked(NamedTuple):
    """One request. ``path`` is decoded, ``raw`` is as it came; names of ``headers`` are lower case."""

    method: str
    raw: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.raw).path)

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.raw).query, keep_blank_values=True)

    @property
    def given(self) -> dict[str, str]:
        return dict(self.query)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Answer(NamedTuple):
    """``body``: bytes as they are, anything else as JSON."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = ()


Answering = Callable[[Asked], Any]
"""An ``Answer``, or the body of one."""


@dataclass
class System:
    """``asked``: the requests so far."""

    wire: Wire
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.wire.url

    @property
    def paths(self) -> list[str]:
        return [each.raw for each in self.asked]


@asynccontextmanager
async def system(answering: Answering) -> AsyncIterator[System]:
    running: System

    async def answer(reader: StreamReader, writer: StreamWriter) -> bool:
        lines = running.wire.heads[-1].decode("latin-1").split("\r\n")
        method, raw, _ = lines[0].split(" ")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        asked = Asked(method, raw, headers, body)
        running.asked.append(asked)
        writer.write(written(answering(asked), asked.method != "HEAD"))
        return True

    async with serve(answer) as wire:
        running = System(wire)
        yield running


def written(given: Any, whole: bool) -> bytes:
    answer = given if isinstance(given, Answer) else Answer(given)
    body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    pairs = list(answer.headers.items()) if isinstance(answer.headers, Mapping) else answer.headers
    head = [f"HTTP/1.1 {answer.status} X", f"Content-Length: {len(body)}", *(f"{name}: {text}" for name, text in pairs)]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + (body if whole else b"")


@asynccontextmanager
async def connected(running: System, words: str) -> AsyncIterator[RestAdapter]:
    """The adapter of a registration in YAML, which may say ``URL`` for the system's address."""
    given = YAML(typ="safe").load(words.replace("URL", running.url))
    source = {"source": "shop", "role": "PIM", "kind": "rest", "url": running.url, **given}
    adapter = build(RestSource.model_validate(source), TYPES)
    try:
        yield adapter
    finally:
        await adapter.aclose()


async def names(adapter: RestAdapter, *keys: Key, by: str = "sku", seconds: float = 5) -> dict[Key, Any]:
    """Name of the variant by key."""
    request = Lookup("Variant", by, keys, frozenset({"name"}), deadline=monotonic() + seconds)
    result = await adapter.lookup(request)
    assert result.failed == {}
    return {key: record.values["name"] for key, record in result.found.items()}


async def page(adapter: RestAdapter, first: int, after: str | None = None, **words: Any) -> Page:
    request = Search("Variant", "all", first, frozenset({"sku"}), after, deadline=monotonic() + 5, **words)
    return (await adapter.search(request)).pages[None]


async def everything(adapter: RestAdapter, first: int, most: int = 60) -> list[str]:
    """The skus of all pages."""
    found: list[str] = []
    after = None
    for _ in range(most):
        seen = await page(adapter, first, after)
        found += [record.values["sku"] for record in seen.records]
        if not seen.has_next:
            return found
        after = seen.cursors[-1]
    raise AssertionError(f"no end after {most} pages")
