"""JMESPath over replies, with two functions for systems that answer an object where others answer a list.

``values(accounts)``: as in the standard, and a list is its own values: for an object that turns into ``[]`` when empty.
``keyed(accounts, 'card')``: the same where the rows do not hold their key: each gets its member's name as ``card``.
A member that is a list of rows gives its name to each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature

from adapters.problems import Mistake


class ReplyFunctions(Functions):  # type: ignore[misc]  # the library has no types
    @signature({"types": ["object", "array"]})  # type: ignore[untyped-decorator]
    def _func_values(self, holder: dict[str, Any] | list[Any]) -> list[Any]:
        return list(holder.values()) if isinstance(holder, dict) else holder

    @signature({"types": ["object", "array"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_keyed(self, holder: dict[str, Any] | list[Any], name: str) -> list[Any]:
        if isinstance(holder, list):
            return holder
        return [
            {**row, name: key}
            for key, rows in holder.items()
            for row in (rows if isinstance(rows, list) else [rows])
            if isinstance(row, dict)
        ]


Search = Callable[[Any], Any]
"""A compiled path."""

OPTIONS = jmespath.Options(custom_functions=ReplyFunctions())


class Unfit(Exception):
    """A reply that a path cannot be applied to: a function met a value of another type than it takes."""


def compiled(text: str) -> Search:
    """The path as a function that raises :class:`Unfit`; one that JMESPath cannot read is a ``Mistake``."""
    try:
        expression = jmespath.compile(text)
    except JMESPathError:
        raise Mistake("a JMESPath expression", f"`{text}`") from None

    def search(document: Any) -> Any:
        try:
            return expression.search(document, options=OPTIONS)
        except JMESPathError as error:
            raise Unfit(type(error).__name__) from None  # the error's text holds the value

    return search
