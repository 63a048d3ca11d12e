"""The table: every failure, how it comes about in each kind of system, and what a client gets then.

``docs/failures.md`` and one test per cell are made from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from adapters.spi import BadData, Overloaded, Rejected, SourceError, TimedOut, Unavailable
from tests.failures import replies
from tests.failures.proxy import BlackHole, Changed, Cut, Dripping, Instead, Passing, Refusing, Resetting, Slow
from tests.failures.sql import SqlStock
from tests.failures.stock import INTERNAL
from tests.failures.system import LIMIT, KindName, System

KINDS: tuple[KindName, ...] = ("sql", "rest", "soap")

Trouble = Passing | Callable[[System], AbstractContextManager[None]]
"""What is done to the line, or to the system for as long as the context lasts."""


@dataclass(frozen=True)
class Cell:
    """``happens``: how the failure looks here. ``error``: what the client is told; ``None``: it notices nothing.

    ``lost``: the field that is null. ``opened``: it can only befall a connection that is open already.
    ``quiet``: seconds in which the gateway does not ask again, as the system wants it.
    """

    trouble: Trouble
    happens: str
    error: type[SourceError] | None
    lost: Literal["stock", "onHand"] = "stock"
    opened: bool = False
    quiet: float = 0.0


@dataclass(frozen=True)
class Never:
    """It cannot occur."""

    because: str


@dataclass(frozen=True)
class Failure:
    name: str
    cells: Mapping[KindName, Cell | Never]


def everywhere(name: str, trouble: Trouble, happens: str, error: type[SourceError]) -> Failure:
    """The same on every line."""
    return Failure(name, {kind: Cell(trouble, happens, error) for kind in KINDS})


def over_http(
    name: str, reply: bytes, happens: str, error: type[SourceError], sql: Cell | Never, *, quiet: float = 0.0
) -> Failure:
    """The same reply in both kinds that speak HTTP. ``quiet``: for REST, whose calls are paced."""
    cell = Cell(Instead(reply), happens, error)
    return Failure(name, {"sql": sql, "rest": replace(cell, quiet=quiet), "soap": cell})


def raising(code: str) -> Trouble:
    def trouble(system: System) -> AbstractContextManager[None]:
        assert isinstance(system, SqlStock)
        return system.raising(code)

    return trouble


def says(code: str, name: str, error: type[SourceError]) -> Cell:
    return Cell(raising(code), f"The statement ends with SQLSTATE {code}, {name}.", error)


@contextmanager
def session_over(system: System) -> Iterator[None]:
    system.end_sessions()
    yield


@contextmanager
def password_over(system: System) -> Iterator[None]:
    system.take_password(False)
    try:
        yield
    finally:
        system.take_password(True)


@contextmanager
def no_connection_left(system: System) -> Iterator[None]:
    assert isinstance(system, SqlStock)
    system.take_connections(False)
    try:
        yield
    finally:
        system.take_connections(True)


REFUSAL = json.dumps({"state": "ERR", "code": "E77", "text": INTERNAL})
OUTAGE = json.dumps({"state": "ERR", "code": "DOWN", "text": INTERNAL})
HALF_OF_JSON = '{"state": "OK", "rows": [{"sku": "V1", "whse": "W1", "qty": "12.50", "counted": "2026-11-20T0'
HALF_OF_XML = (
    replies.ENVELOPE.partition("{}")[0]
    + "<e:GetStockResponse><e:Row><e:Sku>V1</e:Sku><e:Whse>W1</e:Whse><e:Qty>12.50</e:Qty></e:Row><e:Row><e:Sku>V"
)
BROKEN_XML = replies.ENVELOPE.format("<e:GetStockResponse><e:Row><e:Sku>V1</e:Whse></e:GetStockResponse>")

FAILURES = (
    everywhere("refused", Refusing(), "Nobody listens on the port.", Unavailable),
    everywhere("reset", Resetting(), "The connection is reset as soon as something is asked.", Unavailable),
    everywhere("black hole", BlackHole(), "The connection is taken and never answered.", TimedOut),
    everywhere("slow", Slow(4 * LIMIT), "The reply comes behind the limit.", TimedOut),
    everywhere("drip", Dripping(LIMIT / 5), "The reply comes byte by byte and is not whole by the limit.", TimedOut),
    Failure(
        "cut body",
        {
            "sql": Cell(Cut(b"WHSE"), "The connection ends in the description of the rows.", Unavailable),
            "rest": Cell(Cut(b"W1"), "The connection ends before `Content-Length` bytes.", Unavailable),
            "soap": Cell(Cut(b"W1"), "The connection ends before `Content-Length` bytes.", Unavailable),
        },
    ),
    over_http(
        "HTML 200",
        replies.html(200),
        "A maintenance page, as if all were well.",
        BadData,
        Cell(Instead(replies.html(200)), "A web server answers on the database's port.", Unavailable),
    ),
    over_http(
        "503",
        replies.html(503),
        "HTTP 503 with a page for people.",
        Unavailable,
        says("57P03", "cannot connect now", Unavailable),
    ),
    over_http(
        "503 with Retry-After",
        replies.html(503, Retry_After="1"),
        "HTTP 503 that says when to come back.",
        Overloaded,
        Never("No SQLSTATE says when to come back."),
        quiet=1.0,
    ),
    over_http(
        "429",
        replies.html(429, Retry_After="1"),
        "HTTP 429.",
        Overloaded,
        says("53200", "out of memory", Overloaded),
        quiet=1.0,
    ),
    Failure(
        "no connection left",
        {
            "sql": Cell(
                no_connection_left, "The role has too many connections; the driver hands on no SQLSTATE.", Unavailable
            ),
            "rest": Never("Over HTTP that is refused, 429 or 503."),
            "soap": Never("Over HTTP that is refused, 429 or 503."),
        },
    ),
    Failure(
        "fault 200",
        {
            "sql": says("P0001", "raised by a procedure", Rejected),
            "rest": Cell(Instead(replies.json(REFUSAL)), "The registered `errors` rule applies at HTTP 200.", Rejected),
            "soap": Cell(Instead(replies.fault(200, "s:Client"), b"GetStock"), "A Client fault at HTTP 200.", Rejected),
        },
    ),
    Failure(
        "fault 500",
        {
            "sql": Never("A database's reply has no status beside the error itself: see fault 200."),
            "rest": Cell(
                Instead(replies.json(REFUSAL, 500)), "The registered `errors` rule applies at HTTP 500.", Rejected
            ),
            "soap": Cell(Instead(replies.fault(500, "s:Client"), b"GetStock"), "A Client fault at HTTP 500.", Rejected),
        },
    ),
    Failure(
        "fault of the server",
        {
            "sql": says("58030", "I/O error", Unavailable),
            "rest": Cell(Instead(replies.json(OUTAGE)), "An error code registered as `unavailable`.", Unavailable),
            "soap": Cell(Instead(replies.fault(500, "s:Server")), "A Server fault.", Unavailable),
        },
    ),
    Failure(
        "malformed",
        {
            "sql": Cell(Instead(b"R\x00\x00\x00\x02?\xff"), "Bytes that are no message of PostgreSQL.", Unavailable),
            "rest": Cell(Instead(replies.json('{"state": "OK", "rows": [}')), "JSON with a mistake in it.", BadData),
            "soap": Cell(Instead(replies.xml(BROKEN_XML)), "XML whose tags do not match.", BadData),
        },
    ),
    Failure(
        "empty body",
        {
            "sql": Cell(Instead(b""), "The connection ends without a byte.", Unavailable),
            "rest": Cell(Instead(replies.json("")), "HTTP 200 without a body.", BadData),
            "soap": Cell(Instead(replies.xml("")), "HTTP 200 without a body.", BadData),
        },
    ),
    Failure(
        "truncated rows",
        {
            "sql": Cell(Cut(b"W2"), "The connection ends in the middle of the rows.", Unavailable),
            "rest": Cell(Instead(replies.json(HALF_OF_JSON)), "A whole HTTP reply whose JSON ends in a row.", BadData),
            "soap": Cell(Instead(replies.xml(HALF_OF_XML)), "A whole HTTP reply whose XML ends in a row.", BadData),
        },
    ),
    Failure(
        "unconvertible value",
        {
            kind: Cell(Changed(b"12.50", b"1Z.50"), "A quantity that is no number.", BadData, lost="onHand")
            for kind in KINDS
        },
    ),
    Failure(
        "session over",
        {
            "sql": Cell(session_over, "The server has ended an idle connection.", Unavailable, opened=True),
            "rest": Never("Each request brings its key, password or token: there is no session."),
            "soap": Cell(session_over, "The session token has expired: the gateway logs in again.", None),
        },
    ),
    Failure(
        "password over",
        {
            "sql": Cell(password_over, "The role's password is no longer valid.", Unavailable),
            "rest": Cell(password_over, "HTTP 401.", Unavailable),
            "soap": Cell(password_over, "The login operation answers with a fault.", Unavailable),
        },
    ),
)
