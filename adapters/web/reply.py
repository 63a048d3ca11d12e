"""From a reply to its content: by its status, then by the registered rule for errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from adapters.http import Reply, outline, refusal
from adapters.redaction import redacted
from adapters.spi import BadData, Overloaded, Rejected, SourceError, Unavailable
from adapters.web.formats.reading import Reader
from adapters.web.paths import Search, Unfit
from adapters.web.words import Meaning

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


def nothing(_: Any) -> None:
    return None
