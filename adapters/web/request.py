"""One HTTP request of a registration: its template, compiled once, and the values that go into it."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from uritemplate import URITemplate
from uritemplate.variable import Operator, URIVariable

from adapters.conditions import Condition, Unwritable
from adapters.references import filling, references
from adapters.web.expansion import expansion
from adapters.web.formats.writing import WRITERS, Writer, write_form
from adapters.web.words import Method

ESCAPING = {"", "/", "?", "&", ".", ";"}
"""The operators after which a value cannot leave its place."""

OF_THE_QUERY = {"?", "&"}

DOTS = re.compile(r"/\.\.?(?=[/?]|$)")


class Unaskable(Exception):
    """These values have no place in the request: what they stand for cannot exist in the system."""


class RequestTemplate:
    """``fill`` makes the request. Values are text, numbers, booleans, or lists of these; ``None`` is not given."""

    def __init__(
        self,
        method: Method,
        template: str,
        body: Any = None,
        writer: Writer = WRITERS["json"],
        conditions: Mapping[str, Condition] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> None:
        self.method = method
        self.template = template
        self.body = body
        self.writer = writer
        self.conditions = conditions or {}
        self.query = query or {}
        # What the template says itself is escaped here, once; its expressions are ASCII and stay as they are.
        self._uri = URITemplate(quote(template, safe=string.punctuation))
        self._expand = expansion(self._uri)
        self._url_names = [*self._uri.variable_names]
        self._filled_query, self._filled_body = filling(self.query), filling(body)
        self._in_path = frozenset(name for variable in self._path() for name in variable.variable_names)

    @property
    def expressions(self) -> list[URIVariable]:
        return list(self._uri.variables)

    @property
    def url_names(self) -> frozenset[str]:
        return frozenset(self._uri.variable_names)

    @property
    def names(self) -> frozenset[str]:
        """Every value that the request itself uses; those that its conditions are made of are theirs."""
        return self.url_names | {name for part in (self.query, self.body) for _, name in references(part)}

    @property
    def used(self) -> frozenset[str]:
        """Every value that the request and its conditions use."""
        return self.names.union(*(condition.names for condition in self.conditions.values()))

    def fill(self, values: Mapping[str, Any]) -> tuple[str, bytes]:
        """What follows the base address, and the body. Raises :class:`Unaskable`."""
        if self.conditions:
            values = {**values, **self._conditions(values)}
        for name in self._in_path:
            # Nothing between two slashes is another resource: the list of all, most often.
            if values.get(name) in ("", [""]):
                raise Unaskable(name)
        try:
            url = self._expand({name: spelled(values.get(name)) for name in self._url_names})
            if self.query:
                url += ("&" if "?" in url else "?") + write_form(self._filled_query(values)).decode()
            content = b"" if self.body is None else self.writer.write(self._filled_body(values))
        except (ValueError, TypeError):
            raise Unaskable("a value that no encoding has") from None
        if "/." in url and DOTS.search(url):
            raise Unaskable("a path that climbs")
        return url, content

    def _conditions(self, values: Mapping[str, Any]) -> dict[str, str | None]:
        try:
            return {name: condition.text(values) for name, condition in self.conditions.items()}
        except Unwritable:
            raise Unaskable("a value that the system's language cannot hold") from None

    def _path(self) -> list[URIVariable]:
        before_query = self.template.partition("?")[0]
        found: list[URIVariable] = []
        for variable in self.expressions:
            if operator(variable) in OF_THE_QUERY or f"{{{variable.original}}}" not in before_query:
                break
            found.append(variable)
        return found


def operator(expression: URIVariable) -> str:
    """What stands before the names in ``{?sku*}``."""
    sign: Operator = expression.operator
    return str(sign.value)


def spelled(value: Any) -> Any:
    """As a URL has it. Always text: the library takes a bare ``0`` for nothing."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return value if {*map(type, value)} == {str} else [spelled(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
