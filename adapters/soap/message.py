"""A request message: written once with marks where values go in, then only filled.

Filling costs a quarter of what writing costs, or less. An absent filter leaves its element out, so there is one form
for each set of given values, made when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
from lxml import etree

from adapters.conditions import Condition
from adapters.conditions import Unwritable as NotInLanguage
from adapters.http import headers
from adapters.references import references
from adapters.soap import wsdl
from adapters.soap.encoding import encode
from adapters.soap.marking import Marking
from adapters.soap.names import ENVELOPES
from adapters.soap.registration import Absent
from adapters.soap.security import SECURITY, Stamp
from adapters.soap.segments import Segment, Unwritable, Values, fill
from adapters.soap.template import Markup, Template

Operation = wsdl.Operation | Template
Sign = Callable[[bytes], bytes]

OPTIONAL = ("filter.", "argument.", "bookmark", "after.", "start")
FORMS = 256  # more sets of given filters than anybody asks for; then they are made anew


class Message:
    """The request of one operation with one registration's arguments, or of a template, which has its own.

    ``parts``: the SOAP header's, by name, and ``markup``, those that are XML. ``stamps`` give values that are new in
    every message. ``absent``: what becomes of the elements of values that are not given. ``sign`` has the last word.
    ``url``: where it goes, if not to the source's own address.

    Raises ``ValueError`` or ``TypeError`` when zeep cannot make it of these arguments.
    """

    def __init__(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        parts: Mapping[str, Any],
        markup: Sequence[Markup] = (),
        stamps: Sequence[Stamp] = (),
        *,
        conditions: Mapping[str, Condition] | None = None,
        absent: Absent = "omit",
        sign: Sign | None = None,
        url: str | None = None,
    ) -> None:
        self.operation = operation
        self._envelope = ENVELOPES[operation.version]
        self._arguments = operation.outline if isinstance(operation, Template) else arguments
        self._parts = parts
        self._markup = markup
        self._stamps = stamps
        self._absent: Absent = absent
        self._sign = sign
        self.names = frozenset(name for _, name in references([self._arguments, parts]))
        self._conditions = {name: each for name, each in (conditions or {}).items() if name in self.names}
        optional = {name for name in self.names if name.startswith(OPTIONAL)}
        self._optional = frozenset(optional | self._conditions.keys())
        self._inner = frozenset(name for each in self._conditions.values() for name in each.names)
        self.url = url
        self._forms: dict[frozenset[str], list[Segment]] = {}
        self._form(self._optional)
        self.http_headers = http_headers(operation.action, operation.version)

    def given(self, of: str) -> frozenset[str]:
        """The names in its ``$filter.name``, ``$argument.name`` or ``$after.name``."""
        return frozenset(name.removeprefix(f"{of}.") for name in self.used if name.startswith(f"{of}."))

    @property
    def used(self) -> frozenset[str]:
        """The names of all values that it takes, those of its conditions too."""
        return self.names | self._inner

    def render(self, values: Values) -> bytes:
        """The message's bytes. Raises ``Unwritable``, and ``ValueError`` where the WSDL wants a value not given."""
        if self._conditions:
            values = {**values, **{name: self._condition(each, values) for name, each in self._conditions.items()}}
        form = self._form(frozenset(name for name in self._optional if values.get(name) is not None))
        for stamp in self._stamps:
            values = {**values, **stamp()}
        content = fill(form, values).encode()
        return content if self._sign is None else self._sign(content)

    def _condition(self, condition: Condition, values: Values) -> str | None:
        try:
            return condition.text(values)
        except NotInLanguage:
            raise Unwritable("a value that the query language cannot hold") from None

    def _form(self, given: frozenset[str]) -> list[Segment]:
        form = self._forms.get(given)
        if form is None:
            if len(self._forms) >= FORMS:
                self._forms.clear()
            form = self._forms[given] = self._write(Marking(self._optional - given, self._absent))
        return form

    def _write(self, marking: Marking) -> list[Segment]:
        envelope = self._written(marking)
        marking.show_repeats(envelope)
        if self.operation.arrays is not None:
            encode(envelope, self.operation.request, self.operation.arrays, marking.count)
        if self._markup:
            self._header(envelope).extend([markup.marked(marking) for markup in self._markup])
        if any(SECURITY in stamp() for stamp in self._stamps):
            self._header(envelope).insert(0, etree.ProcessingInstruction("insert", SECURITY))
        return marking.segments(etree.tostring(envelope, encoding="unicode"))

    def _written(self, marking: Marking) -> etree._Element:
        if isinstance(self.operation, Template):
            return self.operation.envelope(marking)
        arguments = marking.arguments(self._arguments, self.operation.request)
        return self.operation.envelope(arguments, marking.headers(self._parts))

    def _header(self, envelope: etree._Element) -> etree._Element:
        header = envelope.find(f"{{{self._envelope}}}Header")
        if header is None:
            header = etree.Element(f"{{{self._envelope}}}Header")
            envelope.insert(0, header)
        return header


def http_headers(action: str, version: str) -> httpx.Headers:
    """Where SOAP 1.1 has a header of its own for the action, 1.2 has a parameter of the media type."""
    if version == "1.1":
        return headers({"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'})
    parameter = f'; action="{action}"' if action else ""
    return headers({"Content-Type": f"application/soap+xml; charset=utf-8{parameter}"})
