"""Replies as files that people read and write.

``.http``: what was asked as a comment, the status, the headers, an empty line, the body::

    # GET /prices?sku=A-00001
    HTTP/1.1 200
    content-type: application/json

    {"items": [{"sku": "A-00001", "unit_price": 49.9}]}

``.json`` for a database: ``{"asked": ["select ..."], "rows": [[{"SKU": "A-00001"}]]}``, the rows of each statement.
A value that JSON has not is ``{"$decimal": "49.90"}``, ``{"$date": ...}``, ``{"$datetime": ...}``,
``{"$time": ...}`` or ``{"$bytes": "<base64>"}``.

Any other file is the body of a reply of status 200; its ending tells the type.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from mimetypes import guess_type
from pathlib import Path
from typing import Any

import orjson

from adapters.exchanges import Rows
from adapters.http import Reply, reply_of
from gateway.commands.failure import CommandFailure

COMMENT = "# "
KEPT_HEADERS = ("content-type", "link", "location", "retry-after")
"""The headers that may mean something to a registration; others may hold a token."""

WRITTEN: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "$decimal": (Decimal, str, Decimal),
    "$datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "$date": (date, date.isoformat, date.fromisoformat),
    "$time": (time, time.isoformat, time.fromisoformat),
    "$bytes": (bytes, lambda value: b64encode(value).decode(), b64decode),
}
"""In this order: a ``datetime`` is a ``date`` too."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """``asked``: the request's first line without the address of the system; empty where it is not known."""

    asked: str
    reply: Reply | Rows


def http_file(asked: str, reply: Reply) -> bytes:
    headers = (f"{name}: {reply.headers[name]}\n" for name in KEPT_HEADERS if name in reply.headers)
    return f"{COMMENT}{asked}\nHTTP/1.1 {reply.status}\n{''.join(headers)}\n".encode() + reply.body


def rows_file(asked: Sequence[str], rows: Rows) -> bytes:
    return json.dumps({"asked": list(asked), "rows": rows}, default=written, indent=1, ensure_ascii=False).encode()


def written(value: Any) -> Any:
    for name, (type_, write, _) in WRITTEN.items():
        if isinstance(value, type_):
            return {name: write(value)}
    return str(value)


def as_json(value: Any) -> str:
    return orjson.dumps(value, default=written, option=orjson.OPT_NON_STR_KEYS).decode()


def read(file: Path, kind: str) -> Recorded:
    """Raises ``CommandFailure`` where that is not possible. ``kind``: of the source whose reply it is."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CommandFailure(f"expected to read {file}, found {error.strerror}") from None
    try:
        if kind == "sql":
            found = json.loads(content, object_hook=as_written)
            return Recorded("", found["rows"])
        if file.suffix == ".http":
            return http_reply(content)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise CommandFailure(f"expected a reply in {file}, found {type(error).__name__}: {error}") from None
    type_ = guess_type(file.name)[0] or "application/octet-stream"
    return Recorded("", reply_of(200, [("content-type", type_)], content))


def as_written(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        (name, value), *_ = found.items()
        if name in WRITTEN:
            return WRITTEN[name][2](value)
    return found


def http_reply(content: bytes) -> Recorded:
    head, _, body = content.replace(b"\r\n", b"\n", 1).partition(b"\n\n")
    lines = head.decode().splitlines()
    asked = "".join(line.removeprefix(COMMENT) for line in lines if line.startswith(COMMENT))
    status, *headers = (line for line in lines if not line.startswith(COMMENT))
    pairs = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in headers)]
    return Recorded(asked, reply_of(int(status.split()[1]), pairs, body))
