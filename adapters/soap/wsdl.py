"""A WSDL, read once by zeep from its folder: what the registered operations look like and how they are asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.settings import Settings
from zeep.wsdl import Document
from zeep.wsdl.bindings import Soap11Binding, Soap12Binding

from adapters.problems import MappingProblem
from adapters.soap.bundle import Bundle, OutsideBundle
from adapters.soap.shape import ANYTHING, Shape

ENVELOPES = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
BINDINGS: Mapping[str, type] = {"1.1": Soap11Binding, "1.2": Soap12Binding}

# The bundle decides what may be read, for http imports too; a DTD has no place in a WSDL. With `force_https` zeep would
# make https addresses of file ones.
SETTINGS = Settings(forbid_dtd=True, forbid_entities=True, forbid_external=False, force_https=False)


class ContractError(Exception):
    """A WSDL, or a service or port of it, that cannot be used."""

    def __init__(self, word: str, expected: str, found: str, hint: str = "") -> None:
        self.problem = MappingProblem((word,), expected, found, hint)
        super().__init__(str(self.problem))


class Operation:
    """A WSDL operation: the shapes of its request and its reply, and zeep's way to write the request."""

    def __init__(self, operation: Any, types: Sequence[Any], version: str) -> None:
        self.name: str = operation.name
        self.version = version
        self.action: str = operation.soapaction or ""
        self.request = _shape(operation.input, types)
        self.reply = _shape(operation.output, types)
        header = operation.input.header if operation.input else None
        self.headers = Shape("Header", header.type, types) if header is not None else ANYTHING
        # In the rpc style the name of the reply's element is not defined (WS-I says Response; few listen).
        self.reply_name = None if operation.style == "rpc" or self.reply is ANYTHING else self.reply.name
        self._operation = operation

    def envelope(self, arguments: Mapping[str, Any], headers: Mapping[str, Any]) -> etree._Element:
        """The message; raises ``ValueError`` or ``TypeError`` when the arguments do not fit the WSDL."""
        given = {**arguments, "_soapheaders": headers} if headers else arguments
        try:
            envelope: etree._Element = self._operation.create(**given).content
        except (ZeepError, AttributeError) as error:
            raise ValueError(str(error) or type(error).__name__) from error
        return envelope


class Contract:
    """The chosen port of a WSDL."""

    def __init__(self, port: Any, version: str, types: Sequence[Any]) -> None:
        self.version = version
        self.address: str = (port.binding_options or {}).get("address") or ""
        self._operations: Mapping[str, Any] = port.binding.all()
        self._types = types

    @property
    def names(self) -> list[str]:
        return sorted(self._operations)

    def operation(self, name: str) -> Operation | None:
        found = self._operations.get(name)
        return None if found is None else Operation(found, self._types, self.version)


class Port(NamedTuple):
    service: str
    name: str
    version: str
    found: Any


def read(
    path: Path,
    *,
    schemas: Mapping[str, str],
    service: str | None = None,
    port: str | None = None,
    version: str | None = None,
) -> Contract:
    """Load the WSDL and what it imports. Slow (seconds for hundreds of operations): not for the event loop."""
    try:
        bundle = cast(Any, Bundle(path.parent, schemas))  # zeep's annotation asks for its own transport
        document = Document(str(path.resolve()), bundle, settings=SETTINGS)
    except (ZeepError, etree.LxmlError, OutsideBundle, OSError, LookupError, ValueError, NotImplementedError) as error:
        expected = "a WSDL with everything it imports in its folder"
        raise ContractError("wsdl", expected, f"{path.name}: {error}") from error
    found = _choose(list(_ports(document)), service, port, version)
    return Contract(found.found, found.version, list(document.types.types))


def _ports(document: Any) -> Iterator[Port]:
    for service in document.services.values():
        for port in service.ports.values():
            for version, binding in BINDINGS.items():
                if isinstance(port.binding, binding):
                    yield Port(service.name, port.name, version, port)


def _choose(ports: list[Port], service: str | None, port: str | None, version: str | None) -> Port:
    if not ports:
        raise ContractError("wsdl", "a service with a SOAP port", "none")
    for word, wanted, of in (("service", service, 0), ("port", port, 1), ("soap", version, 2)):
        left = [candidate for candidate in ports if wanted in (None, candidate[of])]
        if not left:
            known = ", ".join(sorted({str(candidate[of]) for candidate in ports}))
            raise ContractError(word, f"one of {known}", str(wanted), "leave it out to take the first")
        ports = left
    return ports[0]


def _shape(message: Any, types: Sequence[Any]) -> Shape:
    """Of the element in the body; a body of several parts, which the document style allows, is not looked into."""
    if message is None or getattr(message, "body", None) is None or message._is_body_wrapped:
        return ANYTHING
    return Shape(message.body.name, message.body.type, types)
