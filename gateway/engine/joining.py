"""What generated projections call for keys that lead nowhere, or to several records."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.spi import BadData, Record
from gateway.engine.completion import Object, RecordErrors
from gateway.engine.errors import NO_VALUE, NOT_COMPUTED, Errors, Failure, FieldError, ResponsePath
from gateway.engine.plan import Place
from resolvers.links import Values

log = logging.getLogger("crossdock.engine")

Lost = Mapping[Any, Failure]
"""Why there is nothing, by key."""


def joined(*parts: Any) -> tuple[Any, ...] | None:
    """A composite key; null where a part is."""
    return None if None in parts else parts


def unreadable(record: RecordErrors, names: Sequence[str]) -> Failure | None:
    """The first error at one of these values of a record, or in it."""
    return next((error for path, error in record.items() if path[0] in names), None) if record else None


def absent(
    lost: Lost,
    key: Any,
    path: ResponsePath,
    place: Place,
    held_in: RecordErrors,
    via: Sequence[str],
    required: bool,
    errors: Errors,
) -> None:
    """A link that leads to no record: because its source failed, because its key could not be read, or because there
    is none, which is an error only where null is not allowed."""
    error = unreadable(held_in, via) if key is None else lost.get(key)
    if error is None and required:
        error = BadData(place.source, f"nothing behind {place.coordinate}", message=NO_VALUE)
    if error is not None:
        errors.add(path, place, error)


def picked(
    pick: Callable[[Any, Values], Sequence[Any]],
    value: Any,
    arguments: Values,
    path: ResponsePath,
    place: Place,
    errors: Errors,
) -> Sequence[Any] | None:
    """The keys that a function of the graph reads out of a value."""
    try:
        return pick(value, arguments)
    except Exception:
        log.exception("%s could not be read", place.coordinate)
        errors.add(path, place, FieldError("INTERNAL", NOT_COMPUTED))
        return None


def referenced(
    found: Mapping[Any, Record], lost: Lost, keys: Sequence[Any], path: ResponsePath, place: Place, errors: Errors
) -> list[Record] | None:
    """The records behind a list of keys: what does not exist is left out; one that failed makes the list null."""
    records: list[Record] = []
    for key in keys:
        record = found.get(key)
        if record is not None:
            records.append(record)
        elif key in lost:
            errors.add(path, place, lost[key])
            return None
    return records


def flat(
    found: Mapping[Any, Sequence[Record]],
    lost: Lost,
    keys: Sequence[Any],
    path: ResponsePath,
    place: Place,
    errors: Errors,
) -> list[Record] | None:
    """All rows of all keys, each key once, in the order that was asked."""
    rows: list[Record] = []
    for key in dict.fromkeys(keys):
        if key in lost:
            errors.add(path, place, lost[key])
            return None
        rows.extend(found.get(key, ()))
    return rows


def unanswered(lost: Lost, key: Any, names: Sequence[str], held_in: RecordErrors, via: Sequence[str]) -> RecordErrors:
    """A contribution that is not there: its source's failure, or that of its key, stands for each of its fields."""
    error = unreadable(held_in, via) if key is None else lost.get(key)
    return {(name,): error for name in names} if error is not None else None


Cases = Mapping[Any, tuple[Mapping[Any, Record], Lost, Object]]


def node(
    cases: Cases, named: tuple[Any, Any] | None, path: ResponsePath, place: Place, errors: Errors
) -> dict[str, Any] | None:
    """A record of one of several types; ``path`` is the position's own. What names none of ours is nothing."""
    if named is None or named[0] not in cases:
        return None
    found, lost, complete = cases[named[0]]
    record = found.get(named[1])
    if record is not None:
        return complete(record.values, path, record.errors, record)
    if named[1] in lost:
        errors.put(path, place, lost[named[1]])
    return None
