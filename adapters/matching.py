"""Records to the keys that were asked: by the keys that the records themselves hold, never by position."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence, Set
from typing import Any, TypeVar

from adapters.spi import Key, Lookup, LookupResult, Record

T = TypeVar("T")

log = logging.getLogger("crossdock.source")


def match(records: Sequence[Record], request: Lookup, *, many: bool, source: str) -> LookupResult:
    """Each record goes to the key that its values hold under ``by`` (``"sku locationCode"`` is a tuple), or nowhere.

    With ``many`` every asked key is found, with an empty list where there were no rows. Without, the first of two rows
    for one key counts, and how many there were more is logged.
    """
    names = request.by.split()
    if many:
        return children(records, names, request.keys, request.fields)
    return singles(records, names, request.keys, source, request.entity)


def children(records: Sequence[Record], names: Sequence[str], keys: Sequence[Key], wanted: Set[str]) -> LookupResult:
    """A key that was read only to tell whose the records are goes, so that an answer can take what is left as it is."""
    found = grouped(records, records, names, keys)
    if len(names) == 1 and names[0] not in wanted:
        for record in records:
            record.values.pop(names[0], None)
    return LookupResult(found)


def grouped(
    things: Sequence[T], records: Sequence[Record], names: Sequence[str], keys: Sequence[Key]
) -> dict[Key, list[T]]:
    """``things``, one for each of the records, under the keys that its record holds, of those that are asked."""
    try:
        if len(names) == 1:
            return by_plain_key(things, records, names[0], keys)
    except (KeyError, TypeError):  # a record without its key, or with one that nobody asked, or with a list of keys
        pass
    found: dict[Key, list[T]] = {key: [] for key in keys}
    for thing, record in zip(things, records, strict=True):
        for key in keys_of(record, names):
            if key in found:
                found[key].append(thing)
    return found


def by_plain_key(things: Sequence[T], records: Sequence[Record], name: str, keys: Sequence[Key]) -> dict[Key, list[T]]:
    """What is usual: each record has one key that was asked."""
    found: dict[Any, list[T]] = {key: [] for key in keys}
    for thing, record in zip(things, records, strict=True):
        found[record.values[name]].append(thing)
    return found


def singles(
    records: Sequence[Record], names: Sequence[str], keys: Sequence[Key], source: str, entity: str
) -> LookupResult:
    plain = one_each(records, names[0], keys) if len(names) == 1 else None
    if plain is not None:
        return LookupResult(plain)
    asked = set(keys)
    found: dict[Key, Record] = {}
    more = 0
    for record in records:
        for key in keys_of(record, names):
            if key in asked:
                more += key in found
                found.setdefault(key, record)
    if more:
        lookup = f"{entity}.{' '.join(names)}"
        log.warning("%s: %s gave %d rows more than one for a key; the first counts", source, lookup, more)
    return LookupResult(found)


def one_each(records: Sequence[Record], name: str, keys: Sequence[Key]) -> dict[Key, Record] | None:
    """What is usual: each record has a key of its own that was asked, most often in the same order; ``None`` where it
    is otherwise."""
    try:
        found: dict[Any, Record] = {record.values[name]: record for record in records}
    except (KeyError, TypeError):  # no keys, or lists of keys
        return None
    plain = len(found) == len(records) and ([*found] == [*keys] or found.keys() <= set(keys))
    return found if plain else None


def keys_of(record: Record, names: Sequence[str]) -> Iterable[Any]:
    """The keys under which a record is found: one, or each of a list (a variant has several barcodes)."""
    if len(names) > 1:
        parts = tuple(record.values.get(name) for name in names)
        return () if any(isinstance(part, list | dict) for part in parts) else (parts,)
    value = record.values.get(names[0])
    if value.__class__ is str:
        return (value,)
    if isinstance(value, list):
        return {item: None for item in value if not isinstance(item, list | dict)}
    return () if isinstance(value, dict) else (value,)


def belong(records: Iterable[Record], names: str, key: Key) -> None:
    """Gives the records the key that they were asked by, where they do not say it themselves."""
    for name, part in zip(names.split(), key if isinstance(key, tuple) else (key,), strict=True):
        for record in records:
            if record.values.get(name, part) is None:
                record.values[name] = part
                record.outline = None
