"""Every path that a registration's fields read, and where it stands in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from adapters.problems import Place
from adapters.registration import FieldSpec, Value
from adapters.soap.registration import SoapEntity


class Listed(NamedTuple):
    """A list of objects: its path, from the row or from an item of the list around it."""

    place: Place
    path: str


class Read(NamedTuple):
    """``lists``: those around it, from the row inwards; ``path`` is read of an item of the innermost.

    ``many``: it is read as a list of plain values.
    """

    place: Place
    lists: tuple[Listed, ...]
    path: str
    many: bool = False


def reads(entity: SoapEntity, place: Place, names: Iterable[str]) -> Iterator[Read]:
    """Of the fields and hidden keys called ``names``."""
    for word, specs in (("fields", entity.fields), ("keys", entity.keys)):
        wanted = {name: spec for name, spec in specs.items() if name in set(names)}
        yield from _fields(wanted, (*place, word), (), "")
    if entity.as_of is not None:
        yield from _value(entity.as_of, (*place, "as_of"), (), "")


def _fields(specs: Mapping[str, FieldSpec], place: Place, lists: tuple[Listed, ...], prefix: str) -> Iterator[Read]:
    for name, spec in specs.items():
        yield from _value(spec, (*place, name), lists, prefix)


def _value(spec: FieldSpec, place: Place, lists: tuple[Listed, ...], prefix: str) -> Iterator[Read]:
    if isinstance(spec, str):
        yield Read(place, lists, prefix + spec)
    elif spec.fields is not None:
        yield from _object(spec, spec.fields, place, lists, prefix)
    elif spec.locales is not None:
        yield from _fields(spec.locales, (*place, "locales"), lists, prefix)
    elif spec.each is not None:
        yield Read((*place, "each"), lists, prefix + spec.each, many=True)
    else:
        paths = [spec.from_] if isinstance(spec.from_, str) else spec.from_ or []
        yield from (Read((*place, "from"), lists, prefix + path) for path in paths)


def _object(
    spec: Value, fields: Mapping[str, FieldSpec], place: Place, lists: tuple[Listed, ...], prefix: str
) -> Iterator[Read]:
    inner = (*place, "fields")
    if spec.each is not None:
        here = Listed((*place, "each"), prefix + spec.each)
        yield from _fields(fields, inner, (*lists, here), "")
    else:
        yield from _fields(fields, inner, lists, f"{prefix}{spec.from_}." if isinstance(spec.from_, str) else prefix)
