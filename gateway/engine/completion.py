"""What generated projections call where a value is not as it should be: null, missing or failed, alone or in a list.

The generated code itself does what is common (pick a value, join a record that is there); everything rare is here, in
``joining`` and in ``computing``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.spi import BadData, Record
from adapters.types import FieldType
from gateway.engine.errors import NO_VALUE, Errors, Failure, ResponsePath
from gateway.engine.plan import Place

RecordErrors = Mapping[tuple[str | int, ...], Failure] | None
"""What is wrong in a record, by path."""

Object = Callable[[Any, ResponsePath, RecordErrors, Record | None], dict[str, Any] | None]
"""A generated function: values, path, errors and record in, the object of the answer out."""


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
