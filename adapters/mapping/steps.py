"""The steps of which a value's conversion is made. None of them is given null; null ends a chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.scalars import Convert, Unreadable, code, plain_text


def chain(steps: Sequence[Convert]) -> Convert:
    """One step after the other; null ends it."""
    if len(steps) == 1:
        return steps[0]
    if len(steps) == 2:
        first, second = steps
        return lambda value: None if (half := first(value)) is None else second(half)

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value)
            if value is None:
                return None
        return value

    return convert


def unless(nulls: Sequence[Any]) -> Convert:
    codes = {code(null) for null in nulls} - {None}
    others = [null for null in nulls if not isinstance(null, str | bool)]

    def convert(value: Any) -> Any:
        if code(value) in codes or (not isinstance(value, str | bool) and value in others):
            return None
        return value

    return convert


def blank_is_null(convert: Convert) -> Convert:
    """The same for values of which blank text is none: it is looked for only where a value cannot be read."""

    def read(value: Any) -> Any:
        try:
            return convert(value)
        except Exception:
            if unless_blank(value) is None:
                return None
            raise

    return read


def unless_blank(value: Any) -> Any:
    return None if isinstance(value, str) and (not value or value.isspace()) else value


def separated(separator: str) -> Convert:
    return lambda value: [item for part in plain_text(value).split(separator) if (item := part.strip())]


def a_list(value: Any) -> Sequence[Any]:
    if isinstance(value, list | tuple):
        return value
    raise Unreadable("a list")


def singled(value: Any) -> Sequence[Any]:
    """``each`` without fields: a single value is a list of one (XML has no other way)."""
    return value if isinstance(value, list | tuple) else [value]


def list_of(convert: Convert) -> Convert:
    return lambda value: [None if item is None else convert(item) for item in a_list(value)]


def without(nulls: Sequence[Convert]) -> Convert:
    """A list without the items that ``null_if`` or ``empty`` make null."""
    if not nulls:
        return lambda items: items
    one = chain(nulls)
    return lambda items: [item for item in items if item is None or one(item) is not None]


def columns(keep_blank: bool) -> Convert:
    """What one of several paths adds to the list: its items, or its value unless that is blank."""

    def convert(value: Any) -> Sequence[Any]:
        if isinstance(value, list | tuple):
            return value
        return [value] if keep_blank or unless_blank(value) is not None else []

    return convert


def gathered(items: Convert) -> Convert:
    """Several paths of a list: what they hold, one after the other, without nulls; null where there is nothing."""

    def convert(values: Sequence[Any]) -> list[Any] | None:
        found: list[Any] = []
        for value in values:
            if value is not None:
                found += items(value) or ()
        return found or None

    return convert


def joined(nulls: Sequence[Convert], separator: str, convert: Convert) -> Convert:
    """The texts of several paths as one; null where all are null."""
    one = chain([*nulls, plain_text])

    def join(values: Sequence[Any]) -> Any:
        texts = [text for value in values if value is not None and (text := one(value)) is not None]
        return convert(separator.join(texts)) if texts else None

    return join


def all_of(nulls: Sequence[Convert], convert: Convert, *, keep: bool) -> Convert:
    """Several paths for one converter; null where one of them is null, unless it wants to ``keep`` nulls."""
    one = chain([*nulls, lambda value: value])

    def together(values: Sequence[Any]) -> Any:
        read = [None if value is None else one(value) for value in values]
        return None if None in read and not keep else convert(read)

    return together


def lookup(known: Mapping[str, Any]) -> Convert:
    def convert(value: Any) -> Any:
        key = value if value.__class__ is str else code(value)
        if key is not None and key in known:
            return known[key]
        raise Unreadable(f"one of the {len(known)} codes of `map`; add it there or say `otherwise`")

    return convert


def lookup_or(known: Mapping[str, Any], otherwise: Any, note: Callable[[], None]) -> Convert:
    """``note`` is called for a code that is not known."""

    def convert(value: Any) -> Any:
        key = value if value.__class__ is str else code(value)
        if key is not None and key in known:
            return known[key]
        note()
        return otherwise

    return convert


def defaulted(convert: Convert, default: Any) -> Convert:
    if default is None:
        return convert

    def with_default(value: Any) -> Any:
        converted = None if value is None else convert(value)
        return default if converted is None else converted

    return with_default
