"""``docs/failures.md``, written from the table."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.spi import BadData, Overloaded, Rejected, SourceError, TimedOut, Unavailable
from tests.failures.system import KindName
from tests.failures.table import FAILURES, KINDS, Cell, Never

ERRORS: dict[type[SourceError], str] = {
    Unavailable: "not reached, cut off, out of order, or the gateway's login was refused",
    TimedOut: "no whole answer within the source's `limits.timeout` or the time that the request has left",
    Overloaded: "the system says that it is asked too much, or the gateway's queue for it is full",
    Rejected: "the system understood and refused; to ask again does not help",
    BadData: "an answer, or a value in it, that cannot be read",
}

HEAD = """\
# What a client gets when a system fails

Written by `python -m tests.failures > docs/failures.md` from the table that the tests run: every cell below is one test
through the whole gateway, over a proxy that fails on a new connection and then on one that is open.

In every cell the rest of the answer is right and whole. The answer is there 0.3 s after the source's limit at the
latest. Nothing in it tells of the system: no address, path, statement, fault text or stack. Neither it nor the log
holds a credential or a personal value. The next request is answered whole once the system is back.

An error in a response has the field's `path`, the message below and `extensions` with `code`, `source`, `coordinate`,
`retryable` and `requestId`.
"""


def page() -> str:
    """The whole page, Markdown."""
    sections = [HEAD, "## Codes\n", *codes(), "\n## At a glance\n", *overview()]
    for kind in KINDS:
        sections += [f"\n## {kind}\n", *details(kind)]
    return "\n".join(sections) + "\n"


def codes() -> Iterator[str]:
    yield from heading("Code", "Retryable", "Message", "Means")
    for error, meaning in ERRORS.items():
        yield row(f"`{error.code}`", yes(error.retryable), error.default_message, meaning)


def overview() -> Iterator[str]:
    yield from heading("Failure", *KINDS)
    for failure in FAILURES:
        yield row(failure.name, *(code(failure.cells[kind]) for kind in KINDS))


def details(kind: KindName) -> Iterator[str]:
    yield from heading("Failure", "What happens", "Code", "Retryable", "What the client sees")
    for failure in FAILURES:
        cell = failure.cells[kind]
        if isinstance(cell, Never):
            yield row(failure.name, f"Cannot occur. {cell.because}", "—", "—", "—")
        else:
            retryable = yes(cell.error.retryable) if cell.error else "—"
            yield row(failure.name, cell.happens, code(cell), retryable, seen(cell))


def code(cell: Cell | Never) -> str:
    if isinstance(cell, Never):
        return "cannot occur"
    return f"`{cell.error.code}`" if cell.error else "no error"


def seen(cell: Cell) -> str:
    if cell.error is None:
        return "A whole answer."
    null = "`stock` is null" if cell.lost == "stock" else "This one `onHand` is null, the row and all others stand"
    return f"{null}: {cell.error.default_message}"


def yes(value: bool) -> str:
    return "yes" if value else "no"


def heading(*titles: str) -> Iterator[str]:
    yield row(*titles)
    yield row(*("---" for _ in titles))


def row(*texts: str) -> str:
    return f"| {' | '.join(texts)} |"
