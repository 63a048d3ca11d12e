"""What could not be answered, and where: the ``errors`` of one response.

Clients see a code, a safe message, the source and the schema coordinate. A source's own words go to the log only.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from adapters.spi import SourceError
from gateway.engine.plan import Place

log = logging.getLogger("crossdock.engine")

ResponsePath = tuple[Any, str | int] | None
"""A linked path: ``(parent, key)``, with ``None`` above the root's fields."""


class FieldError(Exception):
    """Something that is not a source's fault. ``code`` and ``message`` are for clients."""

    retryable = False

    def __init__(self, code: str, message: str, source: str = "gateway") -> None:
        self.code = code
        self.message = message
        self.source = source
        super().__init__(message)


NOT_COMPUTED = "The gateway could not compute this value."
NO_VALUE = "The source gave no value for a field that is never null."

Failure = SourceError | FieldError
Entry = tuple[ResponsePath, Place, Failure]


Mark = tuple[int, int]


class Errors:
    """Collects at most ``limit`` errors and counts the rest."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.total = 0
        self.entries: list[Entry] = []
        self._computing = 0

    def add(self, path: ResponsePath, place: Place, error: Failure) -> None:
        """``path``: of the object; ``place.key`` is the field in it."""
        self.put((path, place.key), place, error)

    def put(self, path: ResponsePath, place: Place, error: Failure) -> None:
        self.total += 1
        if len(self.entries) < self.limit or self._computing:
            self.entries.append((path, place, error))

    def begin(self) -> Mark:
        """What follows is required by a computed value: it is kept whatever the limit, as the value depends on it."""
        self._computing += 1
        return len(self.entries), self.total

    def end(self, mark: Mark) -> list[Entry]:
        """What was added since ``begin`` gave this mark; here, it is forgotten."""
        self._computing -= 1
        kept, self.total = mark
        entries = self.entries[kept:]
        del self.entries[kept:]
        return entries

    def formatted(self, request_id: str) -> list[dict[str, Any]]:
        entries = [_formatted(entry, request_id) for entry in self.entries]
        for path, place, error in self.entries:
            if isinstance(error, SourceError):
                log.warning(
                    "%s at %s (%s): %s",
                    error.code,
                    listed(path),
                    place.coordinate,
                    error.detail,
                    extra={"request_id": request_id, "source": error.source},
                )
        return entries


def listed(path: ResponsePath) -> list[str | int]:
    keys: list[str | int] = []
    while path is not None:
        path, key = path
        keys.append(key)
    return keys[::-1]


def _formatted(entry: Entry, request_id: str) -> dict[str, Any]:
    path, place, error = entry
    return {
        "message": error.message,
        "locations": [{"line": place.line, "column": place.column}],
        "path": listed(path),
        "extensions": {
            "code": error.code,
            "source": error.source,
            "coordinate": place.coordinate,
            "retryable": error.retryable,
            "requestId": request_id,
        },
    }


def refusal(
    code: str,
    message: str,
    request_id: str,
    locations: list[dict[str, int]] | None = None,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """One error of a request that was refused before execution. ``more``: in its extensions."""
    told: dict[str, Any] = {"message": message}
    if locations:
        told["locations"] = locations
    return told | {"extensions": {"code": code, **(more or {}), "requestId": request_id}}


Gone = Mapping[Any, SourceError]
