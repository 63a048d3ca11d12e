"""From a reply to its rows: status, then the body, then the registered rule for errors, then the path to the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from adapters.http import Reply, outline, refusal
from adapters.redaction import redacted
from adapters.rest.formats.reading import Reader
from adapters.rest.paths import Search, Unfit, compiled
from adapters.rest.words import Meaning
from adapters.spi import BadData, Overloaded, Rejected, SourceError, Unavailable

MEANINGS: dict[Meaning, type[SourceError]] = {
    "rejected": Rejected,
    "overloaded": Overloaded,
    "unavailable": Unavailable,
}


class Missing(Exception):
    """The system says that what was asked for does not exist."""


class SessionOver(Exception):
    """The system says that it no longer takes the token."""


class ReplyReader:
    """Reads the replies of one source."""

    def __init__(self, source: str, rule: ErrorRule | None = None) -> None:
        self._source = source
        self._rule = rule

    def body(self, reply: Reply, reader: Reader, missing: frozenset[int] = frozenset()) -> Any:
        """The content of a reply that is no error.

        Raises :class:`Missing`, :class:`SessionOver` or a ``SourceError``: by the registered rule where it applies,
        else by the status.
        """
        if reply.status in missing:
            raise Missing
        refused = refusal(self._source, reply)
        if refused is not None and self._rule is None:
            raise refused
        try:
            body = self._parsed(reply, reader)
            if self._rule is not None:
                self._rule.apply(reply.status, body)
        except BadData:
            if refused is None:
                raise
        if refused is not None:
            raise refused
        return body

    def _parsed(self, reply: Reply, reader: Reader) -> Any:
        if not reply.body:
            raise BadData(self._source, f"expected {reader.name}, found an empty body: {reply.described()}")
        try:
            return reader.read(reply)
        except (ValueError, RecursionError):
            raise BadData(self._source, f"expected {reader.name}, found {reply.described()}") from None
        except (TypeError, KeyError, OverflowError, ArithmeticError) as error:  # an object that is not of its class
            raise BadData(self._source, f"{type(error).__name__} in typed JSON: {reply.described()}") from None


class ErrorRule:
    """The compiled ``errors:`` of a registration."""

    def __init__(
        self,
        source: str,
        codes: Mapping[str, Meaning],
        when: Search | None,
        code: Search | None = None,
        message: Search | None = None,
    ) -> None:
        self._source = source
        self._codes = codes
        self._when = when or nothing
        self._code = code or nothing
        self._message = message or nothing

    def apply(self, status: int, body: Any) -> None:
        """Raises what the reply says, if it says that it is an error."""
        document = {"status": status, "body": body}
        try:
            if self._when(document):
                self._fail(status, self._code(document), self._message(document))
        except Unfit as unfit:
            raise BadData(self._source, f"`errors` cannot be applied to the reply: {unfit}") from None

    def _fail(self, status: int, code: Any, message: Any) -> NoReturn:
        meaning = self._codes.get(str(code), "rejected")
        if meaning == "missing":
            raise Missing
        if meaning == "relogin":
            raise SessionOver
        # A code that is not registered may be anything, a name or an address too.
        known = f"code {code}" if str(code) in self._codes else f"a code like {outline(str(code).encode())}"
        said = f": {redacted(message)}" if message is not None else ""
        raise MEANINGS[meaning](self._source, f"HTTP {status}, error with {known}{said}")


class Rows:
    """The path to the rows. ``keyed``: they are an object's members, and are given their names under this path."""

    def __init__(self, source: str, path: str, keyed: str | None = None) -> None:
        self._source = source
        self._path = path
        self._keyed = keyed
        self._search = compiled(path)

    def of(self, body: Any) -> list[Any]:
        """A list as it is, without its nulls; one object as the only row. Anything else is ``BadData``."""
        try:
            found = self._search(body)
        except Unfit:
            found = None
        if isinstance(found, list):
            return [row for row in found if row is not None] if None in found else found
        if isinstance(found, dict):
            return [found] if self._keyed is None else self._members(found, self._keyed)
        raise BadData(self._source, f"expected rows at `{self._path}`, found {a_thing(found)} in {a_thing(body)}")

    def _members(self, found: dict[str, Any], keyed: str) -> list[Any]:
        rows = [row | {keyed: name} for name, row in found.items() if isinstance(row, dict)]
        lost = [row for row in found.values() if row is not None and not isinstance(row, dict)]
        if lost:
            raise BadData(self._source, f"expected objects at `{self._path}`, found {a_thing(lost[0])} among them")
        return rows


def count(source: str, search: Search, body: Any) -> int | None:
    """The number that a path leads to, ``None`` where it is null; systems write counts as text too."""
    try:
        found = search(body)
    except Unfit as unfit:
        raise BadData(source, f"`total` cannot be applied to the reply: {unfit}") from None
    if isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) < 19:
        found = int(found)
    if found is not None and (not isinstance(found, int) or isinstance(found, bool) or found < 0):
        raise BadData(source, f"expected a count at `total`, found {a_thing(found)}")
    return found


def nothing(_: Any) -> None:
    return None


def a_thing(value: Any) -> str:
    """What a value is, without the value. Members may be named by values: by card numbers, for example."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    names = {str: "a text", bool: "a boolean", int: "a number", float: "a number", type(None): "null"}
    return names.get(type(value), "a number")
