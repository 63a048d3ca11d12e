"""From what a registration says of a reply to how its rows are read, or to what is wrong with it."""

from __future__ import annotations

from adapters.mapping import EntityMapping
from adapters.problems import Mistake, Place
from adapters.soap.checks import Checks
from adapters.soap.decoding import Decoding
from adapters.soap.errors import ErrorRule, ReplyErrors
from adapters.soap.paths import Steps, steps
from adapters.soap.registration import Call, Errors, RowErrors, SoapSearch, SoapSource
from adapters.soap.reply import parser
from adapters.soap.rows import Prepare, Rows
from adapters.soap.searches import Ways
from adapters.soap.shape import Shape


class Replies:
    """Those of one source."""

    def __init__(self, registration: SoapSource, checks: Checks) -> None:
        self._source = registration.source
        self._checks = checks
        self._errors = self._reply_errors((), registration.errors)
        self._check_encoding(registration.encoding)

    def rows(self, place: Place, spec: Call, reply: Shape, mapping: EntityMapping) -> tuple[Rows, Shape]:
        """How rows are read, and what the WSDL says of one."""
        prepare: list[Prepare] = []
        for path in spec.decode:
            way, _ = self._checks.way((*place, "decode", path), path, reply)
            reply = reply.opened(way)
        if spec.decode:
            prepare.append(Decoding(self._source, {steps(path) or (): each for path, each in spec.decode.items()}))
        errors = self._errors if spec.errors is None else self._reply_errors(place, spec.errors)
        if errors is not None:
            prepare.append(errors)
        way, row = self._checks.way((*place, "rows"), spec.rows, reply)
        return Rows(way, mapping, prepare, self._rule((*place, "row_errors"), spec.row_errors)), row

    def ways(self, place: Place, spec: SoapSearch, reply: Shape, row: Shape) -> Ways:
        """Where replies tell of the list."""
        for path in spec.decode:
            reply = reply.opened(steps(path) or ())
        found = Ways(
            self._way((*place, "total"), spec.total, reply),
            self._way((*place, "bookmark"), spec.bookmark, row),
        )
        if spec.more is None:
            return found
        more = (*place, "more")
        locator = self._way((*more, "locator"), spec.more.locator, reply)
        return found._replace(locator=locator, pages=self._way((*more, "pages"), spec.more.pages, reply))

    def _check_encoding(self, encoding: str | None) -> None:
        try:
            parser(encoding)
        except LookupError:
            self._checks.note(("encoding",), "a text encoding such as cp1252", f"`{encoding}`")

    def _way(self, place: Place, path: str | None, shape: Shape) -> Steps | None:
        return None if path is None else self._checks.plain(place, path, shape)

    def _reply_errors(self, place: Place, spec: Errors | None) -> ReplyErrors | None:
        """The list of messages is looked for, not expected: an operation without it tells no errors there."""
        at = (*place, "errors")
        rule = self._rule(at, spec)
        if spec is None or rule is None:
            return None
        way = steps(spec.each)
        if way is None:
            self._checks.note((*at, "each"), "a path of element names", f"`{spec.each}`")
        return ReplyErrors(way or (), rule)

    def _rule(self, place: Place, spec: RowErrors | None) -> ErrorRule | None:
        if spec is None:
            return None
        try:
            return ErrorRule(spec)
        except Mistake as mistake:
            self._checks.add(mistake.at(place))
            return None
