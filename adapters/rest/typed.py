"""Replies decoded straight into what the mapping reads of their rows; a reply that does not fit is read as any other.

It is for lookups where nothing but the rows is read of a reply: their path is plain, and no rule looks for errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from msgspec import defstruct
from msgspec.json import Decoder

from adapters.http import Reply
from adapters.mapping import EntityMapping, Typed, TypedRows
from adapters.outline import Outline
from adapters.web.formats.reading import Reader

PLAIN = re.compile(r"@|[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
"""Paths of rows that are followed here."""

Decode = Callable[[bytes], TypedRows]


class TypedReplies:
    """``path``: of the rows, and plain. ``usual`` reads what does not fit."""

    def __init__(self, mapping: EntityMapping, path: str, usual: Reader) -> None:
        self._mapping = mapping
        self._steps = [] if path == "@" else path.split(".")
        self._usual = usual

    def reader(self, fields: frozenset[str], outline: Outline | None) -> Reader:
        """Gives ``TypedRows`` for these fields, or what the usual reader gives."""
        read = self._usual.read
        for typed in reversed(self._mapping.typed(fields, outline)):
            read = first(decoder(typed, self._steps), read)
        return self._usual._replace(read=read)


def first(decode: Decode, other: Callable[[Reply], Any]) -> Callable[[Reply], Any]:
    """What does not fit is read in the other way."""

    def read(reply: Reply) -> Any:
        try:
            return decode(reply.body)
        except (ValueError, RecursionError):
            return other(reply)

    return read


def decoder(typed: Typed, steps: list[str]) -> Decode:
    whole: Any = list[typed.type]  # type: ignore[name-defined]  # made at run time
    for step in reversed(steps):
        whole = defstruct("Holder", [("held", whole)], rename={"held": step}, gc=False)
    decode = Decoder(whole).decode

    def rows(body: bytes) -> TypedRows:
        found = decode(body)
        for _ in steps:
            found = found.held
        return TypedRows(found, typed.read)

    return rows
