"""A message's text in segments: what is fixed, and what is filled in for each call."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Values = Mapping[str, Any]
"""By the name behind ``$``: ``keys``, ``key``, ``key.0``, ``token``, ``filter.city`` ..."""

PLAIN = re.compile("[ !#-%'-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
ESCAPED = re.compile('[&<>"\r\n\t]')
IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Unwritable(ValueError):
    """A text with a character that XML 1.0 cannot carry."""


def writable(value: object) -> bool:
    """Whether a key, or each part of a composite one, can be sent at all."""
    parts = value if isinstance(value, tuple) else (value,)
    return not any(isinstance(part, str) and IMPOSSIBLE.search(part) for part in parts)


def written(value: object) -> str:
    """A value as the content of an element or of an attribute."""
    text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    if PLAIN.fullmatch(text):
        return text
    if IMPOSSIBLE.search(text):
        raise Unwritable("a value has a character that XML cannot carry")
    return ESCAPED.sub(lambda match: f"&#{ord(match[0])};", text)


class Slot(NamedTuple):
    """One value."""

    name: str

    def text(self, values: Values) -> str:
        return written(values[self.name])


class Insert(NamedTuple):
    """Markup, as it is."""

    name: str

    def text(self, values: Values) -> str:
        return str(values[self.name])


class Count(NamedTuple):
    """How many items a list has."""

    over: str

    def text(self, values: Values) -> str:
        return str(len(items_of(values, self.over)))


class Item(NamedTuple):
    """The item of a list, or one part of it where it is composite."""

    part: int | None


class Each(NamedTuple):
    """Segments repeated for each item of a value."""

    over: str
    segments: Sequence[Segment]

    def text(self, values: Values) -> str:
        return "".join([fill(self.segments, values, item) for item in items_of(values, self.over)])


Segment = str | Slot | Insert | Count | Item | Each


def items_of(values: Values, name: str) -> Sequence[Any]:
    """One value is a list of one."""
    items = values[name]
    return items if isinstance(items, (list, tuple)) else (items,)


def fill(segments: Sequence[Segment], values: Values, item: Any = None) -> str:
    """The text, inside of a list that of one item."""
    return "".join(
        [
            segment
            if isinstance(segment, str)
            else written(item if segment.part is None else item[segment.part])
            if isinstance(segment, Item)
            else segment.text(values)
            for segment in segments
        ]
    )
