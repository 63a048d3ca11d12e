"""The converters that ``as:`` names: ``trim``, ``decimal(comma)``, ``date(yyyyMMdd)``, ``flag(J, N)``, …

A converter turns a raw value into one that its field's type can read; the type has the last word. It is never given
null, and raises ``Unreadable`` for what it cannot convert. A team's own is a function: ``as: mycompany.codes:colour``.
"""

from __future__ import annotations

import csv
import html as markup
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.date_patterns import EPOCHS, at_instant, on_day, patterns, since_epoch
from adapters.numerals import comma, point, shifted, signed, unpacked
from adapters.problems import Mistake, nearest
from adapters.scalars import Convert, Unreadable, as_decimal, code, gtin, parse, plain_text, whole

CALL = re.compile(r"([a-z_]+)(?:\((.*)\))?", re.DOTALL)
OWN = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Converter:
    """``takes``: from how many paths it takes its values, as one list. ``lists``: it makes a list of one text.
    ``blank``: it has a meaning for blank text. ``localized``: it makes ``{locale: text}``."""

    convert: Convert
    takes: int = 1
    lists: bool = False
    blank: bool = False
    localized: bool = False


def converter(call: str, zone: tzinfo) -> Converter:
    """The converter that ``call`` names, ``name`` or ``name(arguments)``; anything else is a ``Mistake``."""
    if OWN.fullmatch(call):
        return Converter(own(call))
    match = CALL.fullmatch(call.strip())
    if match is None:
        raise Mistake("a converter such as trim or date(yyyyMMdd)", f"`{call}`")
    name, arguments = match[1], match[2]
    if name not in CONVERTERS:
        raise Mistake("a converter", f"`{name}`", nearest(name, CONVERTERS) or f"there are {', '.join(CONVERTERS)}")
    return CONVERTERS[name](name, split(arguments), zone)


def split(arguments: str | None) -> list[str]:
    """Arguments are separated by commas; one that holds a comma stands in single quotes."""
    if arguments is None:
        return []
    return [text.strip() for text in next(csv.reader([arguments], quotechar="'", skipinitialspace=True), [""])]


def own(call: str) -> Convert:
    """A team's own function of one value, as ``package.module:function``."""
    module, _, name = call.partition(":")
    try:
        function = getattr(import_module(module), name)
    except (ImportError, AttributeError):
        raise Mistake("a function that can be imported", f"`{call}`") from None
    if not callable(function):
        raise Mistake("a function", f"`{call}`")
    return function  # type: ignore[no-any-return]  # what was just imported


Build = Callable[[str, Sequence[str], tzinfo], Converter]
"""A name as written, its arguments and the source's time zone."""


def plain(convert: Convert, *, lists: bool = False, localized: bool = False) -> Build:
    """A converter without arguments."""

    def build(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
        expect(name, arguments, 0, 0)
        return Converter(convert, lists=lists, localized=localized)

    return build


def expect(name: str, arguments: Sequence[str], least: int, most: int, example: str = "") -> None:
    if not least <= len(arguments) <= most:
        wanted = f"`{example}`" if example else f"`{name}` without arguments"
        raise Mistake(wanted, f"{len(arguments)} arguments")


def on_text(change: Callable[[str], Any]) -> Convert:
    return lambda value: change(value if value.__class__ is str else plain_text(value))


def lines(value: Any) -> list[str]:
    """The lines of a text that are not blank."""
    return [line.strip() for line in plain_text(value).splitlines() if line.strip()]


def fragment(text: str) -> str:
    """Plain text as an HTML fragment."""
    return "<br>".join(markup.escape(text, quote=False).splitlines())


def localized(value: Any) -> dict[str, str] | None:
    """``{locale: text}`` without the languages that have none."""
    if not isinstance(value, Mapping):
        raise Unreadable("an object of text by language")
    return {str(locale): plain_text(text) for locale, text in value.items() if text is not None} or None


def decimal(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
    """``decimal``, ``decimal(comma)``: 1.234,56. A minus may stand behind the digits."""
    expect(name, arguments, 0, 1, "decimal(comma)")
    if arguments and arguments[0] != "comma":
        raise Mistake("`decimal` or `decimal(comma)`", f"`decimal({arguments[0]})`")
    return Converter(comma if arguments else point)


def scale(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
    """``scale(2)``: 1299 is 12.99."""
    places = number(name, arguments, "scale(2)")
    return Converter(lambda value: shifted(as_decimal(signed(value)), places))


def packed(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
    """``packed(2)``: two digits a byte, the sign in the last half byte (COBOL COMP-3)."""
    places = number(name, arguments, "packed(2)")
    return Converter(lambda value: shifted(unpacked(value), places))


def number(name: str, arguments: Sequence[str], example: str) -> int:
    """The one argument of a converter that counts decimal places."""
    expect(name, arguments, 1, 1, example)
    if not re.fullmatch(r"[0-9]{1,2}", arguments[0]):
        raise Mistake(f"a number of decimal places, as in `{example}`", f"`{arguments[0]}`")
    return int(arguments[0])


def date(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
    """``date(yyyyMMdd)``."""
    expect(name, arguments, 1, 1, "date(yyyyMMdd)")
    (pattern,) = patterns(arguments)
    return Converter(lambda value: on_day(pattern.read(value)))


def instant(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
    """``instant``, ``instant(yyyyMMdd, HHmmss)`` over as many paths, ``instant(epoch_ms)``; ``zone=UTC`` last."""
    arguments, zone = zoned(arguments, zone)
    if not arguments:
        return Converter(lambda value: attach(parse(value) if isinstance(value, str) else value, zone))
    if arguments[0] in EPOCHS:
        expect(name, arguments, 1, 1, f"instant({arguments[0]})")
        return Converter(lambda value: since_epoch(arguments[0], value))
    read = patterns(arguments)
    if len(read) == 1:
        return Converter(read[0].instant(zone))

    def joined(values: Sequence[Any]) -> Any:
        parts = [pattern.read(value) for pattern, value in zip(read, values, strict=True)]
        return at_instant({part: text for found in parts for part, text in found.items()}, zone)

    return Converter(joined, takes=len(read))


def zoned(arguments: Sequence[str], zone: tzinfo) -> tuple[Sequence[str], tzinfo]:
    """A last argument ``zone=…`` goes before the source's own time zone."""
    if not arguments or not arguments[-1].startswith("zone="):
        return arguments, zone
    return arguments[:-1], time_zone(arguments[-1].removeprefix("zone="))


def attach(value: Any, zone: tzinfo) -> Any:
    return value.replace(tzinfo=zone) if getattr(value, "tzinfo", zone) is None else value


def time_zone(name: str) -> tzinfo:
    """An IANA zone by its name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Mistake("an IANA time zone such as Europe/Berlin", f"`{name}`") from None


def flag(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
    """``flag(J, N)``: what stands for true and for false."""
    expect(name, arguments, 2, 2, "flag(J, N)")
    if arguments[0] == arguments[1]:
        raise Mistake("one code for true and another for false", f"`{arguments[0]}` for both")
    meanings = dict(zip(arguments, (True, False), strict=True))

    def read(value: Any) -> bool:
        meaning = meanings.get((code(value) or "").strip())
        if meaning is None:
            raise Unreadable("one of the 2 codes of `flag`")
        return meaning

    return Converter(read, blank="" in meanings)


def encoding(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
    """``encoding(cp1252)``: bytes to text. Text that the driver has decoded already stays."""
    expect(name, arguments, 1, 1, "encoding(cp1252)")
    (codec,) = arguments
    try:
        "0".encode(codec)
    except LookupError:
        raise Mistake("a text encoding such as cp1252", f"`{codec}`") from None

    def decode(value: Any) -> str:
        if not isinstance(value, bytes | bytearray | memoryview):
            return plain_text(value)
        try:
            return bytes(value).decode(codec)
        except UnicodeDecodeError:
            raise Unreadable(f"text in {codec}") from None

    return Converter(decode)


CONVERTERS: Mapping[str, Build] = {
    "trim": plain(on_text(str.strip)),
    "upper": plain(on_text(str.upper)),
    "lower": plain(on_text(str.lower)),
    "unpad": plain(on_text(lambda text: text.lstrip("0") or text[-1:])),
    "int": plain(whole),
    "decimal": decimal,
    "scale": scale,
    "packed": packed,
    "date": date,
    "instant": instant,
    "flag": flag,
    "lines": plain(lines, lists=True),
    "html": plain(on_text(fragment)),
    "localized": plain(localized, localized=True),
    "gtin": plain(gtin),
    "encoding": encoding,
}
