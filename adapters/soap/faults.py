"""SOAP faults: their codes, and what the registration says a code means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from adapters.redaction import redacted
from adapters.soap.paths import Steps
from adapters.soap.registration import Meaning
from adapters.spi import Overloaded, Rejected, SourceError, Unavailable

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SERVER = ("Server", "Receiver")
PLAIN = re.compile(r"[A-Za-z_.]{1,60}")
ERRORS: Mapping[Meaning, type[SourceError]] = {
    "rejected": Rejected,
    "overloaded": Overloaded,
    "unavailable": Unavailable,
    "relogin": Unavailable,
    "missing": Rejected,  # where nothing was looked up, such as in a search
}


class Fault(Exception):
    """A fault as it came. Its text is the system's own and may hold anything."""

    told = "SOAP fault"

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        super().__init__("SOAP fault")

    def codes(self, way: Steps | None) -> Iterator[Sequence[str]]:
        """The codes, the most particular first; each as its full and its local name. ``way``: to one in the detail."""
        if way is not None:
            yield from ([code] for code in _detail_codes(self.element, way))
        yield from reversed([_names(code) for code in _fault_codes(self.element)])

    @property
    def text(self) -> str:
        return _reason(self.element)


class ErrorInReply(Fault):
    """An error that is told in a reply which is no fault, by its own code and text."""

    told = "error"

    def __init__(self, code: str, text: str) -> None:
        Exception.__init__(self, "an error in a reply")
        self.code = code
        self._text = text

    def codes(self, way: Steps | None) -> Iterator[Sequence[str]]:
        if self.code:
            yield [self.code]

    @property
    def text(self) -> str:
        return self._text


class Faults:
    """What faults mean, by code; ``more`` goes before what is there.

    ``code``: the way to the system's own code, from the fault's detail.
    """

    def __init__(self, source: str, meanings: Mapping[str, Meaning], code: Steps | None) -> None:
        self.source = source
        self.meanings = meanings
        self.code = code

    def with_more(self, meanings: Mapping[str, Meaning]) -> Faults:
        return Faults(self.source, {**self.meanings, **meanings}, self.code)

    def meaning(self, fault: Fault) -> Meaning:
        """By the most particular code that has one. Else the system is to blame for what it says it is to blame for."""
        found = self.names(fault)
        for name in found:
            if name in self.meanings:
                return self.meanings[name]
        secured = any(name.startswith(f"{{{WSSE}}}") for name in found)
        return "unavailable" if secured or any(name.partition(".")[0] in SERVER for name in found) else "rejected"

    def names(self, fault: Fault) -> list[str]:
        """All its codes, the most particular first, by full and local name."""
        return [name for names in fault.codes(self.code) for name in names]

    def error(self, fault: Fault) -> SourceError:
        """The fault for the one who asked; its text, without values, is for the log."""
        found = list(fault.codes(self.code))
        told = ", ".join(self._told(names[-1]) for names in found) or "without a code"
        hint = "; check `auth` in the registration" if any(f"{{{WSSE}}}" in names[0] for names in found) else ""
        return ERRORS[self.meaning(fault)](self.source, f"{fault.told} {told}: {redacted(fault.text)}{hint}")

    def _told(self, code: str) -> str:
        """A code that is not registered may be anything, a name or an address too, unless it is one plain word."""
        return code if code in self.meanings or PLAIN.fullmatch(code) else redacted(code)


def _fault_codes(fault: etree._Element) -> Iterator[etree._Element]:
    """``faultcode`` of SOAP 1.1; ``Value`` of Code and of each Subcode of SOAP 1.2."""
    yield from fault.iterchildren("{*}faultcode")
    for code in fault.iterchildren("{*}Code"):
        yield from code.iter("{*}Value")


def _detail_codes(fault: etree._Element, way: Steps) -> Iterator[str]:
    found = [*fault.iterchildren("{*}detail", "{*}Detail")]
    for step in way:
        found = [child for element in found for child in element.iterchildren(f"{{*}}{step}")]
    for element in found:
        if element.text and element.text.strip():
            yield element.text.strip()


def _names(code: etree._Element) -> list[str]:
    """``wsse:FailedCheck`` as ``{namespace}FailedCheck`` and ``FailedCheck``."""
    prefix, _, name = (code.text or "").strip().rpartition(":")
    namespace = code.nsmap.get(prefix or None)
    return [f"{{{namespace}}}{name}", name] if namespace else [name]


def _reason(fault: etree._Element) -> str:
    texts = [*fault.iterchildren("{*}faultstring"), *(t for r in fault.iterchildren("{*}Reason") for t in r)]
    return (texts[0].text or "").strip() if texts else ""
