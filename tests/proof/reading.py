"""One record at a time from sources in memory, with every error at its place in the values."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from adapters.spi import Adapter, Key, Lookup, Page, Path, Record, Search, SourceError

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
    """Asks for one key at a time, always for everything, and raises what the source fails with."""

    def __init__(self, adapters: Mapping[str, Adapter]) -> None:
        self.adapters = adapters
        self._asked: dict[tuple[str, str, str, Key], Any] = {}

    def one(self, source: str, entity: str, by: str, key: Key) -> Thing | None:
        record = self._lookup(source, entity, by, key)
        return None if record is None else thing(entity, record)

    def many(self, source: str, entity: str, by: str, key: Key, origin: str | None = None) -> list[Thing]:
        """``origin``: the source of the parent's record."""
        return [thing(entity, record) for record in self._lookup(source, entity, by, key)]

    def page(self, source: str, entity: str, name: str, parent: Key | None, **asked: Any) -> Page:
        parents = None if parent is None else [parent]
        asked |= {"want_total": True, "want_facets": True}
        request = Search(entity, name, fields=self._fields(source, entity), parents=parents, **asked)
        result = now(self.adapters[source].search(request))
        if parent in result.failed:
            raise result.failed[parent]
        return result.pages[parent]

    def _lookup(self, source: str, entity: str, by: str, key: Key) -> Any:
        """What the source said; the same is asked once."""
        asked = (source, entity, by, key)
        if asked not in self._asked:
            self._asked[asked] = self._answer(source, Lookup(entity, by, [key], self._fields(source, entity)))
        return readable(self._asked[asked])

    def _answer(self, source: str, request: Lookup) -> Any:
        try:
            result = now(self.adapters[source].lookup(request))
        except SourceError as error:
            return error
        [key] = request.keys
        return result.failed[key] if key in result.failed else result.found.get(key)

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


def marked(value: Any, errors: Mapping[Path, SourceError], at: Path) -> Any:
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


def readable(value: Any) -> Any:
    """The value itself; raises the first error that is anywhere in it."""
    if isinstance(value, Exception):
        raise value
    if isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            readable(inner)
    return value
