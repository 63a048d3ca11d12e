"""Errors that are told in a reply which is no fault: in a table of messages, or row by row."""

from __future__ import annotations

from typing import Any

from lxml import etree

from adapters.soap.elements import below
from adapters.soap.expressions import Expression
from adapters.soap.faults import ErrorInReply
from adapters.soap.paths import Steps
from adapters.soap.registration import RowErrors


class ErrorRule:
    """Raises ``Mistake`` for an expression that is none."""

    def __init__(self, spec: RowErrors) -> None:
        self._when = Expression(spec.when)
        self._code = None if spec.code is None else Expression(spec.code)
        self._message = None if spec.message is None else Expression(spec.message)

    def error(self, element: etree._Element) -> ErrorInReply | None:
        found = self._when.read(element)
        if not found or isinstance(found, Exception):
            return None
        return ErrorInReply(_text(self._code, element), _text(self._message, element))


class ReplyErrors:
    """``way``: to the list of messages; the first that is an error is raised."""

    def __init__(self, way: Steps, rule: ErrorRule) -> None:
        self._way = way
        self._rule = rule

    def __call__(self, body: etree._Element) -> None:
        for element in below(body, self._way):
            told = self._rule.error(element)
            if told is not None:
                raise told


def _text(expression: Expression | None, element: etree._Element) -> str:
    found: Any = None if expression is None else expression.read(element)
    return "" if found is None or isinstance(found, Exception) else str(found).strip()
