"""Log lines: JSON for machines, text for people; one line each, and nothing in them that somebody asked for or got.

Every line has the id of the request and of the trace that it belongs to. Of an exception it has the classes and the
places: what libraries write into the text of an exception may be a value, and so may be what they log below WARNING.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from time import time
from traceback import extract_tb
from typing import Any, Literal, TextIO, cast

import orjson
from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.trace import format_trace_id

REQUEST_ID: ContextVar[str] = ContextVar("crossdock_request_id", default="")

TALKATIVE = (
    *("aiocache", "asyncio", "httpcore", "httpx", "opentelemetry", "psycopg", "redis", "requests"),
    *("sqlalchemy", "urllib3", "uvicorn", "valkey", "zeep"),
)
"""Loggers that show addresses, statements or messages below WARNING, whatever level is asked of the others."""

LONGEST_TRACEBACK = 20


def configure_logs(form: Literal["json", "text"], level: int = logging.INFO) -> None:
    """Lines on standard error. ``level`` is that of crossdock's own loggers."""
    handler = Lines()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.raiseExceptions = False  # a line that cannot be made would be shown with its arguments
    # Not in any line, and half of what a line costs.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.getLogger("crossdock").setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # each attempt to reach a collector that is down


DELAY = 0.05
"""Seconds that a line may wait for others."""


class Lines(logging.StreamHandler[TextIO]):
    """Lines on their way out: those of a twentieth of a second are written at once.

    A warning is written before the next statement, with all that waits, and so is what is told where no loop runs. What
    waits when the process ends is written then; only one that is killed loses it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._waiting.append(self.format(record))
        except Exception:
            self.handleError(record)
            return
        if record.levelno >= logging.WARNING:
            self.flush()
        elif self._loop is None or self._loop.is_closed():
            self._loop = running_loop()
            if self._loop is None:
                self.flush()
            else:
                self._loop.call_later(DELAY, self.flush)

    def flush(self) -> None:
        self.acquire()
        text = "\n".join([*self._waiting, ""])
        self._waiting.clear()
        self._loop = None
        try:
            self.stream.write(text)
            self.stream.flush()
        except (OSError, ValueError):  # the stream is gone, and nobody can be told
            pass
        finally:
            self.release()


def running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


PATTERN = vars(logging.LogRecord("", logging.INFO, "", 0, "", None, None))


def ready_record(logger: logging.Logger, message: str, fields: Mapping[str, Any]) -> logging.LogRecord:
    """For ``logger.handle``: a record of level INFO with the members of its line, ``fields`` among them.

    What ``logger.info`` does, less a search of the stack and a look at threads and paths: a fifth of its cost.
    """
    record = logging.LogRecord.__new__(logging.LogRecord)
    told, name = time(), logger.name
    found = {"time": stamp(told), "level": "info", "logger": name, "message": message, **belonging(), **fields}
    vars(record).update(PATTERN, name=name, msg=message, created=told, members=found)
    return record


class JsonLines(logging.Formatter):
    """One JSON object a line: ``time``, ``level``, ``logger``, ``message``, then what else is known."""

    def format(self, record: logging.LogRecord) -> str:
        return orjson.dumps(members(record), default=str).decode()


class TextLines(logging.Formatter):
    """``time LEVEL logger: message name=value ...``; places of an exception follow on lines of their own."""

    def format(self, record: logging.LogRecord) -> str:
        found = {**members(record)}
        head = f"{found.pop('time')} {record.levelname} {found.pop('logger')}: {found.pop('message')}"
        places = found.pop("places", ())
        del found["level"]
        line = " ".join([head, *(f"{name}={as_text(value)}" for name, value in found.items())])
        return "\n  ".join([line, *places])


def members(record: logging.LogRecord) -> Mapping[str, Any]:
    if ready := getattr(record, "members", None):
        return cast(Mapping[str, Any], ready)
    found: dict[str, Any] = {
        "time": stamp(record.created),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": message(record),
    }
    found |= belonging(getattr(record, "request_id", ""))
    if source := getattr(record, "source", ""):
        found["source"] = source
    found |= getattr(record, "fields", {})
    if record.exc_info and record.exc_info[1] is not None:
        found["exception"] = " from ".join(type(error).__name__ for error in causes(record.exc_info[1]))
        found["places"] = places(record.exc_info[1])
    return found


def belonging(request: str = "") -> dict[str, str]:
    """The ids of the request and of the trace in which something is told."""
    found = {}
    if request := request or REQUEST_ID.get():
        found["request"] = request
    if contexts.get_current() and (trace_id := trace.get_current_span().get_span_context().trace_id):
        found["trace"] = format_trace_id(trace_id)
    return found


def stamp(seconds: float) -> str:
    return f"{second(int(seconds))}.{int(seconds % 1 * 1000):03}+00:00"


@lru_cache(maxsize=1)
def second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]


def message(record: logging.LogRecord) -> str:
    """Of asyncio's own messages the first line: the others show tasks with their results and exceptions."""
    text = record.getMessage()
    return text.partition("\n")[0] if record.name == "asyncio" else text


def causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def places(error: BaseException) -> list[str]:
    """Where it was raised, innermost last."""
    frames = extract_tb(error.__traceback__)[-LONGEST_TRACEBACK:]
    return [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]


def as_text(value: object) -> str:
    return value if isinstance(value, str) and value else orjson.dumps(value).decode()
