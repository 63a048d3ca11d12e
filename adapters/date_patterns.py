"""Dates and times as old systems write them: ``yyyyMMdd``, ``dd.MM.yy``, ``HH:mm:ss``, ``CyyDDD``, ``epoch_ms``.

A pattern is read once into a regular expression. Letters mean what they mean in Java and .NET patterns; ``C`` is the
century since 1900 as JD Edwards counts it. Other text stands for itself, letters in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any

from adapters.problems import Mistake
from adapters.scalars import Convert, Unreadable, as_decimal, whole

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

LETTERS: Mapping[str, tuple[str, str]] = {
    "yyyy": ("year", r"[0-9]{4}"),
    "yy": ("short", r"[0-9]{2}"),
    "C": ("century", r"[0-9]"),
    "MMM": ("name", r"[A-Za-z]{3}"),
    "MM": ("month", r"[0-9]{2}"),
    "M": ("month", r"[0-9]{1,2}"),
    "DDD": ("ordinal", r"[0-9]{3}"),
    "dd": ("day", r"[0-9]{2}"),
    "d": ("day", r"[0-9]{1,2}"),
    "HH": ("hour", r"[0-9]{2}"),
    "H": ("hour", r"[0-9]{1,2}"),
    "mm": ("minute", r"[0-9]{2}"),
    "ss": ("second", r"[0-9]{2}"),
    "SSSSSS": ("fraction", r"[0-9]{6}"),
    "SSS": ("fraction", r"[0-9]{3}"),
    "XXX": ("offset", r"Z|[+-][0-9]{2}:?[0-9]{2}"),
}
WRITTEN: Mapping[str, Callable[[datetime], str]] = {
    "yyyy": lambda at: f"{at.year:04}",
    "yy": lambda at: f"{at.year % 100:02}",
    "C": lambda at: f"{(at.year - 1900) // 100}",
    "MMM": lambda at: MONTHS[at.month - 1].title(),
    "MM": lambda at: f"{at.month:02}",
    "M": lambda at: f"{at.month}",
    "DDD": lambda at: f"{at.timetuple().tm_yday:03}",
    "dd": lambda at: f"{at.day:02}",
    "d": lambda at: f"{at.day}",
    "HH": lambda at: f"{at.hour:02}",
    "H": lambda at: f"{at.hour}",
    "mm": lambda at: f"{at.minute:02}",
    "ss": lambda at: f"{at.second:02}",
    "SSSSSS": lambda at: f"{at.microsecond:06}",
    "SSS": lambda at: f"{at.microsecond // 1000:03}",
    "XXX": lambda at: at.isoformat()[-6:] if at.utcoffset() else "Z",
}
"""The same the other way: what a moment has there."""

TOKEN = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+")
VARYING = frozenset({"M", "d", "H"})
"""One digit or two."""

NUMBERS = ("year", "month", "day", "hour", "minute", "second")
EPOCHS = {"epoch": 1, "epoch_ms": 1000, "odata": 1000}
ODATA = re.compile(r"/Date\((-?[0-9]{1,15})(?:[+-][0-9]{1,4})?\)/")

Parts = dict[str, str]
"""The texts of a date's parts by their names in ``LETTERS``."""


class Pattern:
    """One pattern. ``width`` is the length of its texts: whole numbers are padded with zeros to it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.width = 0
        self.parts: list[str] = []
        self._writers: list[Callable[[datetime], str]] = []
        self._expression = re.compile("".join(self._token(match) for match in tokens(text))).fullmatch

    def _token(self, match: re.Match[str]) -> str:
        token = match[0]
        if match[2] is None:
            literal = token if match[1] is None else match[1]
            self.width += len(literal)
            self._writers.append(lambda at: literal)
            return re.escape(literal)
        if token not in LETTERS:
            raise Mistake("a date pattern such as yyyyMMdd or dd.MM.yyyy HH:mm:ss", f"`{token}` in `{self.text}`")
        part, expression = LETTERS[token]
        if part in self.parts:
            raise Mistake("every part of a date once", f"`{token}` again in `{self.text}`")
        self.parts.append(part)
        self._writers.append(WRITTEN[token])
        self.width += len(token)
        return f"(?P<{part}>{expression})"

    def write(self, moment: datetime) -> str:
        """The moment as this pattern has it."""
        return "".join(write(moment) for write in self._writers)

    @property
    def is_fixed(self) -> bool:
        """Whether all its texts have the same length."""
        return VARYING.isdisjoint(match[0] for match in tokens(self.text))

    def read(self, value: Any) -> Parts:
        """The parts of one raw value."""
        return self.match(value).groupdict()

    def match(self, value: Any) -> re.Match[str]:
        """Its text, or a whole number without its leading zeros, by the pattern."""
        text = value.strip() if isinstance(value, str) else str(whole(value)).zfill(self.width)
        match = self._expression(text)
        if match is None:
            raise Unreadable(self.text)
        return match

    def instant(self, zone: tzinfo) -> Convert:
        """A function for values that hold the whole instant, with a short way for plain numbers."""
        names = NUMBERS[: len(self.parts)]
        if set(names) != set(self.parts):
            return lambda value: at_instant(self.read(value), zone)

        def read(value: Any) -> datetime:
            try:
                return datetime(*map(int, self.match(value).group(*names)), tzinfo=zone)  # type: ignore[misc, arg-type]
            except ValueError:
                raise Unreadable(f"an instant of the calendar as {self.text}") from None

        return read


def ordered(patterns: Sequence[Pattern]) -> bool:
    """Whether texts of these patterns, one after the other, are in the order of the moments that they stand for."""
    parts = [part for pattern in patterns for part in pattern.parts]
    return all(pattern.is_fixed for pattern in patterns) and parts == [*NUMBERS, "fraction"][: len(parts)]


def tokens(text: str) -> list[re.Match[str]]:
    found = list(TOKEN.finditer(text))
    if "".join(match[0] for match in found) != text or not text:
        raise Mistake("a date pattern such as yyyyMMdd", f"`{text}`")
    return found


def patterns(texts: Sequence[str]) -> list[Pattern]:
    """Patterns that together name one day: a year, and a month with a day or the day of the year."""
    read = [Pattern(text) for text in texts]
    parts = {part for pattern in read for part in pattern.parts}
    year = parts & {"year", "short"}
    if not year or not ("ordinal" in parts or ("day" in parts and parts & {"month", "name"})):
        raise Mistake("a pattern with year, month and day", f"`{', '.join(texts)}`")
    return read


def on_day(parts: Parts) -> date:
    """The day that the parts name. A year of two digits is the one from 1969 to 2068."""
    try:
        if "ordinal" in parts:
            day = date(year(parts), 1, 1) + timedelta(days=int(parts["ordinal"]) - 1)
            if day.year != year(parts):
                raise Unreadable("a date of the calendar")
            return day
        return date(year(parts), month(parts), int(parts["day"]))
    except ValueError:
        raise Unreadable("a date of the calendar") from None


def year(parts: Parts) -> int:
    if "year" in parts:
        return int(parts["year"])
    short = int(parts["short"])
    if "century" in parts:
        return 1900 + 100 * int(parts["century"]) + short
    return short + (1900 if short > 68 else 2000)


def month(parts: Parts) -> int:
    return MONTHS.index(parts["name"].lower()) + 1 if "name" in parts else int(parts["month"])


def at_instant(parts: Parts, zone: tzinfo | None) -> datetime:
    """The instant that the parts name, in ``zone`` where they carry no offset."""
    day = on_day(parts)
    hour, minute, second = (int(parts.get(part, "0")) for part in ("hour", "minute", "second"))
    micros = int(parts.get("fraction", "").ljust(6, "0"))
    try:
        return datetime(day.year, day.month, day.day, hour, minute, second, micros, tzinfo=offset(parts) or zone)
    except ValueError:
        raise Unreadable("a time of day") from None


def offset(parts: Parts) -> tzinfo | None:
    text = parts.get("offset")
    if text is None or text == "Z":
        return UTC if text else None
    span = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-span if text[0] == "-" else span)


def since_epoch(name: str, value: Any) -> datetime:
    """Seconds or milliseconds since 1970, bare or as OData 2 wraps them: ``/Date(1548806400000)/``."""
    if name == "odata":
        match = ODATA.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise Unreadable("/Date(…)/")
        value = match[1]
    try:
        micros = as_decimal(value) * 1_000_000 / Decimal(EPOCHS[name])
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micros))
    except (OverflowError, ArithmeticError):
        raise Unreadable("an instant between the years 1 and 9999") from None
