"""JMESPath over replies, with one leniency and one more function.

``values`` of a list is the list, so ``values(accounts)`` also reads the systems that answer an object of records, and
``[]`` where it is empty. ``base64`` writes a text in base 64.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature

from adapters.http import Reply
from adapters.problems import Mistake


class ReplyFunctions(Functions):  # type: ignore[misc]  # the library has no types
    @signature({"types": ["object", "array"]})  # type: ignore[untyped-decorator]
    def _func_values(self, holder: dict[str, Any] | list[Any]) -> list[Any]:
        return list(holder.values()) if isinstance(holder, dict) else holder

    @signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_base64(self, text: str) -> str:
        return b64encode(text.encode()).decode()


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


def document(reply: Reply, body: Any) -> dict[str, Any]:
    """A whole reply for a path: ``{status, headers, cookies, body}``; the names of headers are lower case."""
    pairs = (text.split(";", 1)[0].partition("=") for text in reply.headers.get_list("set-cookie"))
    cookies = {name.strip(): value.strip() for name, _, value in pairs}
    return {"status": reply.status, "headers": dict(reply.headers), "cookies": cookies, "body": body}
