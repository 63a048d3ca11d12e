"""Habits that many systems have in common, by one word: what a registration need not say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from adapters.conditions import Language

DialectName = Literal["odata2", "odata4", "json-rpc"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """Defaults; each word of the registration goes before them.

    ``more``: path that is something where there is a next page. ``envelope``: members of every JSON body beside those
    that are registered. ``error``: paths over ``{status, body}``: when, code, message.
    """

    rows: str = "@"
    more: str | None = None
    language: Language = "plain"
    envelope: Mapping[str, Any] = field(default_factory=dict)
    error: tuple[str, str, str] | None = None


PLAIN = Dialect()

DIALECTS: Mapping[DialectName, Dialect] = {
    "odata2": Dialect(rows="not_null(d.results, d)", more="d.__next", language="odata"),
    "odata4": Dialect(rows="not_null(value, @)", more='"@odata.nextLink"', language="odata"),
    "json-rpc": Dialect(
        rows="result",
        envelope={"jsonrpc": "2.0", "id": 1},
        error=("body.error", "not_null(body.error.code, body.error[0])", "not_null(body.error.message, body.error[1])"),
    ),
}
