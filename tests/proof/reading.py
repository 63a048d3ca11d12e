"""One record at a time from sources in memory, with every error at its place in the values."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from adapters.spi import Adapter, Key, Lookup, Page, Record, Search, SourceError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of the graph. ``values``: its own, with the error itself where one could not be read.

    ``record``: the one that it is or lies in; ``whole``: it is that record, so that other sources may add to it.
    """

    type_name: str
    values: Mapping[str, Any]
    record: Record | None = None
    whole: bool = False


class Reader:
    """Asks one key at a time, always for everything, and asks the same thing once."""

    def __init__(self, adapters: Mapping[str, Adapter]) -> None:
        self.adapters = adapters
        self._asked: dict[tuple[Any, ...], Any] = {}

    def one(self, source: str, entity: str, by: str, key: Key) -> Thing | None:
        """The record of a key, or ``None``; raises what the source fails with."""
        record = self._lookup(source, entity, by, key)
        return None if record is None else thing(entity, record)

    def many(self, source: str, entity: str, by: str, key: Key) -> list[Thing]:
        """The records of a key; raises what the source fails with."""
        return [thing(entity, record) for record in self._lookup(source, entity, by, key) or ()]

    def page(self, source: str, entity: str, name: str, parent: Key | None, **asked: Any) -> Page:
        parents = None if parent is None else [parent]
        request = Search(entity, name, fields=self._fields(source, entity), parents=parents, want_total=True, **asked)
        result = now(self.adapters[source].search(request))
        if parent in result.failed:
            raise result.failed[parent]
        return result.pages[parent]

    def _lookup(self, source: str, entity: str, by: str, key: Key) -> Any:
        asked = (source, entity, by, key)
        if asked not in self._asked:
            self._asked[asked] = self._answer(source, Lookup(entity, by, [key], self._fields(source, entity)))
        answer = self._asked[asked]
        if isinstance(answer, SourceError):
            raise answer
        return answer

    def _answer(self, source: str, request: Lookup) -> Any:
        try:
            result = now(self.adapters[source].lookup(request))
        except SourceError as error:
            return error
        return result.failed.get(request.keys[0]) or result.found.get(request.keys[0])

    def _fields(self, source: str, entity: str) -> frozenset[str]:
        return frozenset(path.split(".")[0] for path in self.adapters[source].capabilities[entity].fields)


def now(answer: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits: sources in memory do not, unless they are told to be slow."""
    try:
        answer.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("a source in memory was slow")


def thing(entity: str, record: Record) -> Thing:
    return Thing(entity, marked(record.values, record.errors or {}, ()), record, whole=True)


def marked(value: Any, errors: Mapping[tuple[str | int, ...], SourceError], at: tuple[str | int, ...]) -> Any:
    """The values with each error in the place of the null that it left."""
    if at in errors:
        return errors[at]
    if isinstance(value, Mapping):
        return {name: marked(inner, errors, (*at, name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [marked(inner, errors, (*at, index)) for index, inner in enumerate(value)]
    return value


def plain(value: Any) -> Any:
    """The values as functions of the graph get them: null where one could not be read."""
    if isinstance(value, Exception):
        return None
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def unreadable(value: Any) -> SourceError | None:
    """The first error in a value."""
    if isinstance(value, SourceError):
        return value
    inner: Sequence[Any] = [*value.values()] if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return next((error for each in inner if (error := unreadable(each))), None)
