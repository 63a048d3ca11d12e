"""What generated projections call on the way: null, missing and failed values, joins, local and computed values.

The generated code itself does what is common (pick a value, join a record that is there); everything rare is here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.spi import BadData, Record
from adapters.types import FieldType
from gateway.engine.errors import NO_VALUE, NOT_COMPUTED, Errors, Failure, FieldError, Mark, ResponsePath
from gateway.engine.plan import Place
from resolvers.links import Context, Values

log = logging.getLogger("crossdock.engine")

RecordErrors = Mapping[tuple[str | int, ...], Failure] | None
Lost = Mapping[Any, Failure]
Object = Callable[[Any, ResponsePath, RecordErrors, Record | None], dict[str, Any] | None]


def below(errors: RecordErrors, step: str | int) -> RecordErrors:
    """The errors of a record that lie below one of its fields."""
    if not errors:
        return None
    return {path[1:]: error for path, error in errors.items() if len(path) > 1 and path[0] == step} or None


def value_errors(record: RecordErrors, path: ResponsePath, fields: Sequence[tuple[str, Place]], errors: Errors) -> None:
    """Reports nullable values that could not be read."""
    for name, place in fields:
        error = record.get((name,)) if record else None
        if error is not None:
            errors.add(path, place, error)


def nothing(
    path: ResponsePath, place: Place, record: RecordErrors, name: str, row: Record | None, errors: Errors
) -> None:
    """A value that is never null is missing: says why, and gives the null that goes up to the parent."""
    error = record.get((name,)) if record else None
    errors.add(path, place, error or no_value(row, place, f"no value for {place.coordinate}"))


def no_value(row: Record | None, place: Place, what: str) -> BadData:
    """Of the source that gave the row: one of several may stand behind a route."""
    return BadData(place.source if row is None else row.source, what, message=NO_VALUE)


def items(
    values: Sequence[Any],
    path: ResponsePath,
    place: Place,
    record: RecordErrors,
    row: Record | None,
    required: bool,
    errors: Errors,
) -> Sequence[Any] | None:
    """A list of leaves in which something is null: reports bad items; null as a whole if no item may be null."""
    for index, value in enumerate(values):
        if value is None:
            null_item((path, place.key), index, place, record, row, required, errors)
            if required:
                return None
    return values


def null_item(
    here: ResponsePath,
    index: int,
    place: Place,
    record: RecordErrors,
    row: Record | None,
    required: bool,
    errors: Errors,
) -> None:
    """A null in the list at ``here``, which is an error where it could not be read and where an item is never null."""
    error = record.get((index,)) if record else None
    if error is None and required:
        error = no_value(row, place, f"a null in {place.coordinate}")
    if error is not None:
        errors.put((here, index), place, error)


def objects(
    values: Sequence[Any],
    complete: Object,
    path: ResponsePath,
    place: Place,
    record: RecordErrors,
    row: Record | None,
    required: bool,
    errors: Errors,
) -> list[Any] | None:
    """A list of objects that are values of the row."""
    here = (path, place.key)
    completed: list[Any] = []
    for index, value in enumerate(values):
        answer = None
        if value is None:
            null_item(here, index, place, record, row, required, errors)
        else:
            answer = complete(value, (here, index), below(record, index), row)
        if answer is None and required:
            return None
        completed.append(answer)
    return completed


def nested(
    values: Sequence[Any],
    type_: FieldType,
    complete: Object | None,
    here: ResponsePath,
    place: Place,
    record: RecordErrors,
    row: Record | None,
    errors: Errors,
) -> list[Any] | None:
    """Lists in the list at ``here``. ``complete``: makes the innermost items, where they are objects."""
    item, completed = type_.item, list[Any]()
    for index, value in enumerate(values):
        answer = value
        if value is None:
            null_item(here, index, place, record, row, item.required, errors)
        elif item.lists:
            answer = nested(value, item, complete, (here, index), place, below(record, index), row, errors)
        elif complete is not None:
            answer = complete(value, (here, index), below(record, index), row)
        if answer is None and item.required:
            return None
        completed.append(answer)
    return completed


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


def field_sources(
    record: Record, selected: Sequence[tuple[str, str]], hidden: frozenset[str], roles: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The fields of a record that other sources gave; ``selected``: response keys and names of ``FieldSource``."""
    given = (
        {"__typename": "FieldSource", "field": name, "source": source, "role": roles[source]}
        for name, source in (record.origins or {}).items()
        if name not in hidden
    )
    return [{key: values[name] for key, name in selected} for values in given]


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


def local(
    finish: Callable[[Any, Values, Context], Any],
    value: Any,
    arguments: Values,
    context: Context,
    path: ResponsePath,
    place: Place,
    errors: Errors,
) -> Any:
    """A value finished by a local function of the graph."""
    try:
        return finish(value, arguments, context)
    except Exception:
        log.exception("%s could not be finished", place.coordinate)
        errors.add(path, place, FieldError("INTERNAL", NOT_COMPUTED))
        return None


def local_items(
    finish: Callable[[Any, Values, Context], Any],
    values: Sequence[Any],
    arguments: Values,
    context: Context,
    path: ResponsePath,
    place: Place,
    record: RecordErrors,
    errors: Errors,
) -> tuple[Any, RecordErrors]:
    """A list finished by a local function, which may leave items out: the errors of the others move along with them."""
    if not record:
        return local(finish, values, arguments, context, path, place, errors), None
    kept: list[Any] = []
    moved: dict[tuple[str | int, ...], Failure] = {}
    for index, value in enumerate(values):
        finished = local(finish, [value], arguments, context, path, place, errors)
        if finished is None:
            return None, None
        if finished:
            moved |= {(len(kept), *at[1:]): error for at, error in record.items() if at[0] == index}
            kept += finished
    return kept, moved


def computed(
    compute: Callable[[Values, Values, Context], Any],
    values: dict[str, Any] | None,
    arguments: Values,
    context: Context,
    path: ResponsePath,
    place: Place,
    mark: Mark,
    optional: frozenset[str],
    errors: Errors,
) -> Any:
    """A computed value, or null with the code of the first required value that failed.

    ``mark``: where ``errors`` began to collect what is wrong with its requirements.
    """
    if entries := errors.end(mark):
        failed = [entry for entry in entries if not _is_below(optional, _fields_under(path, entry[0]))]
        if failed or values is None:
            if failed:
                errors.add(path, place, failed[0][2])
            return None
    try:
        return compute(values or {}, arguments, context)
    except Exception:
        log.exception("%s could not be computed", place.coordinate)
        errors.add(path, place, FieldError("INTERNAL", NOT_COMPUTED))
        return None


def _fields_under(parent: ResponsePath, path: ResponsePath) -> str:
    """The fields that a path below the object at ``parent`` leads through, dotted and without list indices."""
    fields: list[str] = []
    while path is not None and path is not parent and path != parent:
        path, key = path
        if isinstance(key, str):
            fields.append(key)
    return ".".join(reversed(fields))


def _is_below(optional: frozenset[str], fields: str) -> bool:
    return any(fields == name or fields.startswith(f"{name}.") for name in optional)
