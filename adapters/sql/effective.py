"""The version of a row that holds now: item numbers live on while their names, prices and taxes change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, FromClause, bindparam, literal, or_

from adapters.converters import split
from adapters.date_patterns import Pattern
from adapters.problems import Mistake
from adapters.sql.registration import SqlEffective

Write = Callable[[datetime], Any]
"""A moment as the columns have it."""


class Effective:
    """``slot``: the name of the bound moment; ``zone``: of the source's clocks."""

    def __init__(self, spec: SqlEffective, slot: str, zone: tzinfo) -> None:
        if spec.from_ is None and spec.to is None:
            raise Mistake("`from`, `to` or both", "neither")
        self._spec = spec
        self._slot = slot
        self._zone = zone
        self._write = writer(spec.as_)

    @property
    def columns(self) -> list[str]:
        return [column for column in (self._spec.from_, self._spec.to) if column is not None]

    def conditions(self, source: FromClause) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self._spec.from_ is not None:
            first = source.c[self._spec.from_]
            found.append(or_(first.is_(None), first <= bindparam(self._slot)))
        if self._spec.to is not None:
            last = source.c[self._spec.to]
            never = [last == literal(code, literal_execute=True) for code in map(number, self._spec.open)]
            found.append(or_(last.is_(None), *never, last >= bindparam(self._slot)))
        return found

    def values(self) -> Mapping[str, Any]:
        """The moment to bind: now."""
        return {self._slot: self._write(datetime.now(self._zone))}


def writer(call: str | None) -> Write:
    """``date(yyyyMMdd)`` or ``instant(...)`` of one pattern, the other way; ``date`` is one of the database's own."""
    if call is None:
        return lambda moment: moment.replace(tzinfo=None, microsecond=0)
    if call.strip() == "date":
        return lambda moment: moment.date()
    name, _, arguments = call.strip().removesuffix(")").partition("(")
    texts = split(arguments)
    if name not in {"date", "instant"} or len(texts) != 1:
        raise Mistake("how one column writes a day or moment, such as `date(yyyyMMdd)`", f"`{call}`")
    pattern = Pattern(texts[0])
    return lambda moment: number(pattern.write(moment))


def number(text: str) -> str | int:
    """Digits without leading zeros are bound as a number: that is what columns of such dates mostly hold."""
    return int(text) if text.isdecimal() and (text == "0" or not text.startswith("0")) else text
