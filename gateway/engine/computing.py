"""What generated projections call for the graph's own functions: local and computed values."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from gateway.engine.completion import RecordErrors
from gateway.engine.errors import NOT_COMPUTED, Errors, Failure, FieldError, Mark, ResponsePath
from gateway.engine.plan import Place
from resolvers.links import Context, Values

log = logging.getLogger("crossdock.engine")


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
