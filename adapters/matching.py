"""Records to the keys that were asked: by the keys that the records themselves hold, never by position."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence, Set
from typing import Any

from adapters.spi import Key, LookupResult, Record

log = logging.getLogger("crossdock.source")


def match(
    records: Sequence[Record], by: str, keys: Sequence[Key], *, many: bool, source: str, entity: str
) -> LookupResult:
    """Each record goes to the key that its values hold under ``by`` (``"sku locationCode"`` is a tuple), or nowhere.

    With ``many`` every asked key is found, with an empty list where there were no rows. Without, the first of two rows
    for one key counts, and how many there were more is logged.
    """
    names = by.split()
    return children(records, names, keys) if many else singles(records, names, keys, source, f"{entity}.{by}")


def children(records: Sequence[Record], names: Sequence[str], keys: Sequence[Key]) -> LookupResult:
    found: dict[Key, list[Record]] = {key: [] for key in keys}
    single = names[0] if len(names) == 1 else ""
    for record in records:
        own = record.values.get(single)
        if own.__class__ is str:
            if own in found:
                found[own].append(record)
            continue
        for key in keys_of(record, names):
            if key in found:
                found[key].append(record)
    return LookupResult(found)


def singles(
    records: Sequence[Record], names: Sequence[str], keys: Sequence[Key], source: str, lookup: str
) -> LookupResult:
    asked = set(keys)
    plain = one_each(records, names[0], asked) if len(names) == 1 else None
    if plain is not None:
        return LookupResult(plain)
    found: dict[Key, Record] = {}
    more = 0
    for record in records:
        for key in keys_of(record, names):
            if key in asked:
                more += key in found
                found.setdefault(key, record)
    if more:
        log.warning("%s: %s gave %d rows more than one for a key; the first counts", source, lookup, more)
    return LookupResult(found)


def one_each(records: Sequence[Record], name: str, asked: Set[Key]) -> dict[Key, Record] | None:
    """What is usual: each record has a key of its own that was asked; ``None`` where it is otherwise."""
    try:
        found: dict[Any, Record] = {record.values[name]: record for record in records}
    except (KeyError, TypeError):  # no keys, or lists of keys
        return None
    return found if len(found) == len(records) and found.keys() <= asked else None


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
