"""The converters that ``as:`` names: ``trim``, ``decimal(comma)``, ``date(yyyyMMdd)``, ``flag(J, N)``, …

A converter turns a raw value into one that its field's type can read; the type has the last word. It is never given
null, and raises ``Unreadable`` for what it cannot convert. A team's own is a function: ``as: mycompany.codes:colour``.
"""

from __future__ import annotations

import csv
import hashlib
import html as markup
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from importlib import import_module
from typing import Any

from adapters import instants
from adapters.date_patterns import on_day, patterns
from adapters.numerals import comma, point, shifted, signed, unpacked, unzoned
from adapters.problems import Mistake, nearest
from adapters.quantities import by_unit, in_minor_units, in_units, product, rounded, to_currency, to_unit
from adapters.scalars import Convert, Unreadable, as_decimal, code, gtin, plain_text, whole
from adapters.texts import decoded, known_encoding, repaired

CALL = re.compile(r"([a-z_]+)(?:\((.*)\))?", re.DOTALL)
SEVERAL = 0
"""For ``takes``: two or more."""

OWN = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Converter:
    """``takes``: from how many paths it takes its values, as one list. ``nulls``: that list may hold null.
    ``lists``: it makes a list of one text. ``blank``: it has a meaning for blank text. ``localized``: it makes
    ``{locale: text}``. ``write``: an instant's raw values, see ``instants.writer``; ``in_order``: they are in
    the order of the instants."""

    convert: Convert
    takes: int = 1
    nulls: bool = False
    lists: bool = False
    blank: bool = False
    localized: bool = False
    write: Callable[[datetime], list[Any]] | None = None
    in_order: bool = False


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


def zoned(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
    """``zoned(2)``: the last digit is a letter that carries the sign (COBOL DISPLAY)."""
    places = number(name, arguments, "zoned(2)")
    return Converter(lambda value: shifted(unzoned(value), places))


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
    """``instant``, ``instant(yyyyMMdd, HHmmss)`` over as many paths, ``instant(epoch_ms)``, ``instant(timestamp)``; see
    ``instants``."""
    convert, takes = instants.instant(arguments, zone)
    return Converter(convert, takes, write=instants.writer(arguments, zone), in_order=instants.in_order(arguments))


def business_day(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
    """``business_day(04:00)``."""
    return Converter(instants.business_day(arguments, zone))


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
    """``encoding(cp1252)``."""
    expect(name, arguments, 1, 1, "encoding(cp1252)")
    return Converter(decoded(known_encoding(arguments[0])))


def minor(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
    """``minor`` and ``minor(2)``, of amount and currency."""
    return Converter(in_minor_units(number(name, arguments, "minor(2)") if arguments else 0), takes=2)


def rounding(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
    """``round(2)``; ``round(currency)`` and ``round(PCE=0, KG=3)`` of a number and what decides about its places."""
    if list(arguments) == ["currency"]:
        return Converter(to_currency, takes=2)
    if any("=" in argument for argument in arguments):
        places = by_unit(arguments, "round(PCE=0, KG=3)")
        if unfit := [unit for unit, each in places.items() if each != each.to_integral_value() or not 0 <= each <= 99]:
            raise Mistake("a number of decimal places for each unit", f"another one for `{unfit[0]}`")
        return Converter(to_unit({unit: int(each) for unit, each in places.items()}), takes=2)
    decimals = number(name, arguments, "round(2)")
    return Converter(lambda value: rounded(point(value), decimals))


def units(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
    """``units(PCE=1, CTN=12)``, of quantity and unit."""
    if not arguments:
        raise Mistake("units with their sizes, as in `units(PCE=1, CTN=12)`", "none")
    return Converter(in_units(by_unit(arguments, "units(PCE=1, CTN=12)")), takes=2)


def several(convert: Convert, *, nulls: bool) -> Build:
    """A converter without arguments of any number of paths."""

    def build(name: str, arguments: Sequence[str], zone: tzinfo) -> Converter:
        expect(name, arguments, 0, 0)
        return Converter(convert, takes=SEVERAL, nulls=nulls)

    return build


def first(values: Sequence[Any]) -> Any:
    """The first value that is there: a shop's own price, else the one for all shops."""
    return next((value for value in values if value is not None), None)


def checksum(values: Sequence[Any]) -> str:
    """A text that is another when one of the values is: the version of a row that has none."""
    text = json.dumps([None if value is None else str(value) for value in values])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


CONVERTERS: Mapping[str, Build] = {
    "trim": plain(on_text(str.strip)),
    "upper": plain(on_text(str.upper)),
    "lower": plain(on_text(str.lower)),
    "unpad": plain(on_text(lambda text: text.lstrip("0") or text[-1:])),
    "int": plain(whole),
    "decimal": decimal,
    "scale": scale,
    "packed": packed,
    "zoned": zoned,
    "minor": minor,
    "round": rounding,
    "units": units,
    "product": several(product, nulls=False),
    "first": several(first, nulls=True),
    "checksum": several(checksum, nulls=True),
    "date": date,
    "instant": instant,
    "business_day": business_day,
    "flag": flag,
    "lines": plain(lines, lists=True),
    "html": plain(on_text(fragment)),
    "localized": plain(localized, localized=True),
    "gtin": plain(gtin),
    "encoding": encoding,
    "repair": plain(on_text(repaired)),
}
