"""Keys, lookups and searches as a person writes them on the command line."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from adapters.problems import nearest
from adapters.spi import Key
from adapters.types import Types
from gateway.commands.failure import CommandFailure

T = TypeVar("T")


def key(text: str, entity: str, by: str, types: Types) -> Key:
    """``C1``, ``"A-1 W2"`` for a key of two parts, ``'["A 1","W2"]'`` where a part has a blank in it."""
    names = by.split()
    parts = json_list(text) if text.startswith("[") else text.split(" ") if len(names) > 1 else [text]
    if len(parts) != len(names):
        raise CommandFailure(f"expected a value for each of {', '.join(names)}, found {text!r}")
    found = tuple(part(value, entity, name, types) for value, name in zip(parts, names, strict=True))
    return found if len(found) > 1 else found[0]


def part(text: Any, entity: str, name: str, types: Types) -> str | int:
    field = types.objects.get(entity, {}).get(name)
    if field is None or field.name != "Int":
        return str(text)
    try:
        return int(text)
    except ValueError:
        raise CommandFailure(f"expected a whole number for {entity}.{name}, found {text!r}") from None


def json_list(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise CommandFailure(f"expected a JSON list, found {text!r}: {error}") from None
    return found if isinstance(found, list) else [found]


def value(text: str) -> Any:
    """JSON where it is some, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def one_of(names: Mapping[str, T], name: str, what: str) -> T:
    """What has this name; ``what`` says what it must be."""
    if name not in names:
        raise CommandFailure(f"expected {what}, found {name!r}; {choices(name, names)}")
    return names[name]


def choices(name: str, names: Collection[str]) -> str:
    """The nearest right name, and all there are."""
    there = f"there are {', '.join(sorted(names)) or 'none'}"
    return "; ".join(filter(None, (nearest(name, names), there)))
