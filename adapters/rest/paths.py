"""JMESPath over replies, with one leniency: ``values`` of a list is the list.

So ``values(accounts)`` also reads the systems that answer an object of records, and ``[]`` where it is empty.
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
