"""Moments on a source's clocks: ``instant(...)`` and ``business_day(...)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import floor
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.date_patterns import EPOCHS, Pattern, at_instant, ordered, patterns, since_epoch
from adapters.problems import Mistake
from adapters.scalars import Convert, Unreadable, parse, plain_text

ZONE_COLUMN = "zone"
"""The argument for a last path that holds an IANA zone."""


STAMPS = frozenset({"timestamp", "timestamptz"})
"""A database's own type, whose values drivers read and write: on the clocks of the source, or with a zone."""


@dataclass(frozen=True, slots=True)
class Clock:
    """``zone``: of times without an offset. ``later``: of an hour that happens twice, the second is meant.

    ``begins``: when a business day does; a time before it is on the calendar day after the date beside it.
    """

    zone: tzinfo
    later: bool = False
    begins: time = time.min

    def read(self, value: Any) -> datetime:
        """A moment in this clock's words; one with an offset says its zone itself."""
        moment = as_moment(value)
        if moment.tzinfo is not None:
            return moment
        if moment.time() < self.begins:
            moment += timedelta(days=1)
        return moment.replace(tzinfo=self.zone, fold=int(self.later))


def as_moment(value: Any) -> datetime:
    if isinstance(value, str):
        return parse(value)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    raise Unreadable("an instant; say how the source writes it with `instant(…)`")


def instant(arguments: Sequence[str], zone: tzinfo) -> tuple[Convert, int]:
    """The function for ``instant(...)``, and from how many paths it reads.

    Patterns come first, one for each path, then ``zone`` for a path that holds one, then ``zone=Europe/Paris``,
    ``fold=later`` and ``day=04:00``.
    """
    arguments, clock = clock_of(arguments, Clock(zone))
    if arguments and arguments[0] in STAMPS:
        if len(arguments) > 1:
            raise Mistake(f"`instant({arguments[0]})`", f"{len(arguments)} arguments")
        return clock.read, 1
    in_column = bool(arguments) and arguments[-1] == ZONE_COLUMN
    written = arguments[:-1] if in_column else arguments
    if written and written[0] in EPOCHS:
        if len(arguments) > 1:
            raise Mistake(f"`instant({written[0]})`", f"{len(arguments)} arguments")
        return lambda value: since_epoch(written[0], value), 1
    read = patterns(written) if written else []
    if in_column:
        moment = together(read) if read else lambda values: values[0]
        return lambda values: in_zone_of(values[-1], clock).read(moment(values[:-1])), max(1, len(read)) + 1
    if not read:
        return clock.read, 1
    if len(read) == 1:
        plain = clock == Clock(clock.zone)
        return read[0].instant(clock.zone) if plain else (lambda value: clock.read(naive(read[0], value))), 1
    joined = together(read)
    return lambda values: clock.read(joined(values)), len(read)


def writer(arguments: Sequence[str], zone: tzinfo) -> Callable[[datetime], list[Any]] | None:
    """The raw values of a moment, as ``instant(...)`` reads them; what is too fine for them is left out. Without a
    pattern: RFC 3339, in UTC."""
    written, clock = clock_of(arguments, Clock(zone))
    if (written and written[-1] == ZONE_COLUMN) or clock != Clock(clock.zone):
        return None
    if not written:
        return lambda moment: [moment.astimezone(UTC).isoformat().replace("+00:00", "Z")]
    if written[0] == "timestamp":
        return lambda moment: [moment.astimezone(clock.zone).replace(tzinfo=None)]
    if written[0] == "timestamptz":
        return lambda moment: [moment.astimezone(UTC)]
    if written[0] in EPOCHS:
        ticks = EPOCHS[written[0]]
        return None if written[0] == "odata" else (lambda moment: [floor(moment.timestamp() * ticks)])
    read = patterns(written)
    return lambda moment: [pattern.write(moment.astimezone(clock.zone)) for pattern in read]


def in_order(arguments: Sequence[str]) -> bool:
    """Whether the raw values that ``instant(...)`` reads are in the order of the moments."""
    written, _ = clock_of(arguments, Clock(UTC))
    if not written or written[0] == "odata" or written[-1] == ZONE_COLUMN:
        return False
    return written[0] in EPOCHS or written[0] in STAMPS or ordered(patterns(written))


def together(read: Sequence[Pattern]) -> Callable[[Sequence[Any]], datetime]:
    """One moment of several values, each in its pattern."""

    def moment(values: Sequence[Any]) -> datetime:
        parts = [pattern.read(value) for pattern, value in zip(read, values, strict=True)]
        return at_instant({part: text for found in parts for part, text in found.items()}, None)

    return moment


def naive(pattern: Pattern, value: Any) -> datetime:
    return at_instant(pattern.read(value), None)


def in_zone_of(name: Any, clock: Clock) -> Clock:
    try:
        return replace(clock, zone=time_zone(plain_text(name).strip()))
    except Mistake as mistake:
        raise Unreadable(mistake.expected) from None


def business_day(arguments: Sequence[str], zone: tzinfo) -> Convert:
    """``business_day(04:00)``: the day on which a shop that closes after midnight counts a moment."""
    arguments, clock = clock_of(arguments, Clock(zone))
    if len(arguments) != 1:
        raise Mistake("`business_day(04:00)`", f"{len(arguments)} arguments")
    begins = time_of_day(arguments[0])
    since_midnight = timedelta(hours=begins.hour, minutes=begins.minute)

    def convert(value: Any) -> date:
        local = clock.read(value).astimezone(clock.zone).replace(tzinfo=None)
        return (local - since_midnight).date()

    return convert


def clock_of(arguments: Sequence[str], clock: Clock) -> tuple[Sequence[str], Clock]:
    """The arguments before the first ``name=value``, and the clock as the others set it."""
    rest = list(arguments)
    while rest and "=" in rest[-1] and rest[-1].partition("=")[0] in SETTINGS:
        word, _, value = rest.pop().partition("=")
        clock = SETTINGS[word](clock, value)
    return rest, clock


def folded(clock: Clock, value: str) -> Clock:
    if value not in {"earlier", "later"}:
        raise Mistake("`fold=earlier` or `fold=later`", f"`fold={value}`")
    return replace(clock, later=value == "later")


SETTINGS: Mapping[str, Callable[[Clock, str], Clock]] = {
    "zone": lambda clock, value: replace(clock, zone=time_zone(value)),
    "fold": folded,
    "day": lambda clock, value: replace(clock, begins=time_of_day(value)),
}


def time_of_day(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Mistake("a time of day such as 04:00", f"`{text}`") from None


def time_zone(name: str) -> tzinfo:
    """An IANA zone by its name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Mistake("an IANA time zone such as Europe/Berlin", f"`{name}`") from None
