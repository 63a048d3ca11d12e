"""A request message: written once by zeep with marks where values go in, then only filled.

Filling costs a quarter of what writing costs, or less. An absent filter leaves its element out, so there is one form
for each set of given values, made when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx
from lxml import etree

from adapters.http import headers
from adapters.references import references
from adapters.soap.marking import Marking
from adapters.soap.names import ENVELOPES
from adapters.soap.segments import Segment, Values, fill
from adapters.soap.wsdl import Operation

OPTIONAL = ("filter.", "argument.")
FORMS = 256  # more sets of given filters than anybody asks for; then they are made anew


class Message:
    """The request of one operation with one registration's arguments.

    ``parts``: the SOAP header's, by name. ``security`` writes the WS-Security header.

    Raises ``ValueError`` or ``TypeError`` when zeep cannot make it of these arguments.
    """

    def __init__(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        parts: Mapping[str, Any],
        security: Callable[[], str] | None = None,
    ) -> None:
        self.operation = operation
        self._envelope = ENVELOPES[operation.version]
        self._arguments = arguments
        self._parts = parts
        self._security = security
        self.names = frozenset(name for _, name in references([arguments, parts]))
        self._optional = frozenset(name for name in self.names if name.startswith(OPTIONAL))
        self._forms: dict[frozenset[str], list[Segment]] = {}
        self._form(self._optional)
        self.http_headers = http_headers(operation.action, operation.version)

    def given(self, of: str) -> frozenset[str]:
        """The names in its ``$filter.name`` or ``$argument.name``."""
        return frozenset(name.removeprefix(f"{of}.") for name in self._optional if name.startswith(f"{of}."))

    def render(self, values: Values) -> bytes:
        """The message's bytes. Raises ``Unwritable``, and ``ValueError`` where the WSDL wants a value not given."""
        form = self._form(frozenset(name for name in self._optional if values.get(name) is not None))
        if self._security is not None:
            values = {**values, "security": self._security()}
        return fill(form, values).encode()

    def _form(self, given: frozenset[str]) -> list[Segment]:
        form = self._forms.get(given)
        if form is None:
            if len(self._forms) >= FORMS:
                self._forms.clear()
            form = self._forms[given] = self._write(Marking(self._optional - given))
        return form

    def _write(self, marking: Marking) -> list[Segment]:
        arguments = marking.arguments(self._arguments, self.operation.request)
        envelope = self.operation.envelope(arguments, marking.headers(self._parts))
        marking.show_repeats(envelope)
        if self._security is not None:
            self._header(envelope).insert(0, etree.ProcessingInstruction("insert", "security"))
        return marking.segments(etree.tostring(envelope, encoding="unicode"))

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
