"""Log lines: JSON for machines, text for people; one line each, and nothing in them that somebody asked for or got.

Every line has the id of the request and of the trace that it belongs to. Of an exception it has the classes and the
places: what libraries write into the text of an exception may be a value, and so may be what they log below WARNING.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from threading import RLock
from time import time
from traceback import extract_tb
from typing import Any, Literal, TextIO

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
    lines = Lines(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[lines], force=True)
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

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form
        self.setFormatter(form)
        self._waiting: list[str] = []
        self._writing = RLock()  # what is freed meanwhile may have something to tell
        self._loop: asyncio.AbstractEventLoop | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception:
            self.handleError(record)
            return
        self.put(line)
        if record.levelno >= logging.WARNING:
            self.flush()

    def put(self, line: str) -> None:
        with self._writing:
            self._waiting.append(line)
        if self._loop is None or self._loop.is_closed():
            self._loop = running_loop()
            if self._loop is None:
                self.flush()
            else:
                self._loop.call_later(DELAY, self.flush)

    def flush(self) -> None:
        with self._writing, suppress(OSError, ValueError):  # the stream is gone, and nobody can be told
            waiting, self._waiting = self._waiting, []
            self._loop = None
            self.stream.write("\n".join([*waiting, ""]))
            self.stream.flush()


def running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def tell(logger: logging.Logger, message: str, fields: Mapping[str, Any]) -> None:
    """A line of level INFO with ``fields``, among them the ids of the request and of the trace.

    Straight to the lines where nobody else listens, without a record: an eighth of what ``logger.info`` takes.
    """
    lines = only_lines(logger)
    if lines is None:
        logger.info(message, extra={"fields": fields})
    elif logger.isEnabledFor(logging.INFO):
        head = {"time": stamp(time()), "level": "info", "logger": logger.name, "message": message}
        lines.put(lines.form.line({**head, **fields}))


def only_lines(logger: logging.Logger) -> Lines | None:
    """The lines, where no other handler is on the logger's way."""
    above: logging.Logger | None = logger
    while above is not None and not above.handlers and not above.filters and above.propagate:
        above = above.parent
    if above is not logging.root or len(above.handlers) != 1:
        return None
    return handler if isinstance(handler := above.handlers[0], Lines) else None


class Form(logging.Formatter, ABC):
    """How a line is written."""

    @abstractmethod
    def line(self, members: Mapping[str, Any]) -> str: ...

    def format(self, record: logging.LogRecord) -> str:
        return self.line(members(record))


class JsonLines(Form):
    """One JSON object a line: ``time``, ``level``, ``logger``, ``message``, then what else is known."""

    def line(self, members: Mapping[str, Any]) -> str:
        return orjson.dumps(members, default=str).decode()


class TextLines(Form):
    """``time LEVEL logger: message name=value ...``; places of an exception follow on lines of their own."""

    def line(self, members: Mapping[str, Any]) -> str:
        found = {**members}
        head = f"{found.pop('time')} {found.pop('level').upper()} {found.pop('logger')}: {found.pop('message')}"
        places = found.pop("places", ())
        line = " ".join([head, *(f"{name}={as_text(value)}" for name, value in found.items())])
        return "\n  ".join([line, *places])


def members(record: logging.LogRecord) -> Mapping[str, Any]:
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
